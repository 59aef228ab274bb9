"""What was gained against the creditor's rules, with its interval; never a winner that is noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.card import card_of
from app.engine.settling import ladder_watch
from app.engine.state import State
from app.engine.tally import COUNTED
from app.insights.effects import Effect, difference, shares
from app.insights.power import Power, detectable
from app.journeys.arms import ARM_NAMES, Arm
from app.offers.gaming import Watch


@dataclass(frozen=True, slots=True)
class Report:
    """Money in cents per person of the group; tables per channel, wording, hour and step."""

    days: int
    uplift: Effect
    """Payments received, the engine's people against those on the creditor's rules."""
    net_uplift: Effect
    """The same less contact cost, complaints and opt-outs at their prices."""
    power: Power
    groups: pl.DataFrame
    """Per arm: people, cash, what open agreements still promise (counted in no effect), cost,
    complaints, opt_outs, cost per real recovered."""
    channels: pl.DataFrame
    wordings: pl.DataFrame
    hours: pl.DataFrame
    steps: pl.DataFrame
    ladder: Watch
    ignored: int
    """Events of unknown people or kinds."""
    card: Mapping[str, Any]
    """The model card: data, calibration, drift, fairness."""


def report(state: State) -> Report:
    """The report as of the last day learned."""
    history, tally, spec = state.history, state.tally, state.spec
    goodwill = history.complaints * spec.complaint_cents + history.opt_outs * spec.opt_out_cents
    net = history.cash - tally.cost - goodwill
    compared = (state.arm == Arm.ENGINE) | (state.arm == Arm.RULES)
    treated = state.arm[compared] == Arm.ENGINE
    before = _before(state)[compared]
    uplift = difference(history.cash[compared], treated, before)
    theirs = history.cash[state.arm == Arm.RULES]
    control = float(theirs.mean()) if len(theirs) else 0.0
    return Report(
        days=state.days,
        uplift=uplift,
        net_uplift=difference(net[compared], treated, before, information=uplift.information),
        power=detectable(uplift.standard_error, control, len(state.people), needed=uplift.needed),
        groups=_groups(state, net),
        channels=_table(tally.channel, "channel", spec.channels),
        wordings=_table(tally.wording, "wording", spec.wordings),
        hours=_table(tally.hour, "hour", spec.hours),
        steps=_steps(tally.step),
        ladder=ladder_watch(state),
        ignored=state.ignored,
        card=card_of(state),
    )


def _before(state: State) -> NDArray[np.float64]:
    """What was known before the start: balance, its logarithm, age of the debt (n, 3)."""
    count = max(len(state.people), 1)
    balance = state.people.balance / max(float(state.people.balance.sum()) / count, 1.0)
    return np.stack([balance, state.traits[:, 1], state.traits[:, 2]], axis=1).astype(np.float64)


def _groups(state: State, net: NDArray[np.float64]) -> pl.DataFrame:
    history, rows = state.history, []
    to_come = np.maximum(history.committed_net - history.cash_since_commit, 0) * history.agreed
    for arm, name in enumerate(ARM_NAMES):
        mine = state.arm == arm
        cash, cost = float(history.cash[mine].sum()), float(state.tally.cost[mine].sum())
        rows.append({
            "arm": name,
            "people": int(mine.sum()),
            "cash_cents": cash,
            "to_come_cents": float(to_come[mine].sum()),
            "cost_cents": cost,
            "net_cents": float(net[mine].sum()),
            "contacts": int(history.contacts[mine].sum()),
            "complaints": int(history.complaints[mine].sum()),
            "opt_outs": int(history.opt_outs[mine].sum()),
            "agreements": int(history.commits[mine].sum()),
            "breaks": int(history.breaks[mine].sum()),
            "cost_per_real": cost / cash if cash else None,
        })  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _table(counted: NDArray[np.float64], name: str, places: tuple[Any, ...]) -> pl.DataFrame:
    """The engine's people: how often each place was used, and engagement against expectation.

    `low` and `high` bound the difference of the engagement rate from the average of all places,
    over all comparisons together: where they enclose 0 nothing stands out.
    """
    own = counted[Arm.ENGINE]
    values = dict(zip(COUNTED, own.T, strict=True))
    rate, low, high = shares(values["engaged"], values["contacts"], len(places), at_any_time=True)
    usual = values["expected"] / np.maximum(values["contacts"], 1)
    scale = values["engaged"].sum() / max(values["expected"].sum(), 1e-9)
    usual = usual * scale
    return pl.DataFrame({
        name: list(places),
        **values,
        "rate": rate,
        "difference": rate - usual,
        "low": np.where(values["contacts"] > 0, low - usual, -1.0),
        "high": np.where(values["contacts"] > 0, high - usual, 1.0),
    })  # fmt: skip


def _steps(counted: NDArray[np.float64]) -> pl.DataFrame:
    own = counted[Arm.ENGINE]
    rate, low, high = shares(own[:, 1], own[:, 0], len(own), at_any_time=True)
    return pl.DataFrame({
        "step": list(range(len(own))),
        "visits": own[:, 0],
        "agreements": own[:, 1],
        "rate": rate,
        "low": low,
        "high": high,
        "conceded": own[:, 2] / np.maximum(own[:, 1], 1),
    })  # fmt: skip
