"""The model card: what the scores were learned from and how far they may be trusted."""

from collections.abc import Mapping
from typing import Any

from app.engine.state import State


def card_of(state: State) -> Mapping[str, Any]:
    """Rows learned from and the state of every score."""
    return {
        "days": state.days,
        "rows": {
            "reached": state.reach.reached.model.rows,
            "engaged": state.reach.engaged.model.rows,
            "agree": state.agree.model.rows,
            "keep": state.keep.model.rows,
        },
        "between_people": {
            "person": state.reach.person.variance,
            "channel": state.reach.by_channel.variance,
            "hour": state.reach.by_hour.variance,
            "keen": state.reach.keen.variance,
        },
        "step_rate": state.step_rate,
        "restraint_cents": state.restraint,
        "concession_price": state.concession_price,
    }
