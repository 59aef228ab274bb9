"""What the ladder would show to each person who comes: the offers of a night, person by person."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from app.engine.state import State
from app.journeys.arms import ARM_NAMES, Arm, number_of
from app.journeys.models import DecisionKind
from app.nights.deciding import Action, Decided, decide
from app.nights.writing import Writing
from app.offers.conceding import as_conceded, concede, concessions_of
from app.offers.concession import Concession
from app.offers.ladder import Offers, names_of


class Offered(NamedTuple):
    """One person's, with why."""

    concession: Concession
    worth: float
    """What agreeing is expected to add, times the chance of it, in cents."""
    reasons: list[str]

    @property
    def action(self) -> Action:
        """As it is stored and compared."""
        return {
            "arm": self.concession.arm,
            "propensity": self.concession.propensity,
            "value_cents": self.worth,
            "reasons": self.reasons,
        }

    @property
    def terms(self) -> Mapping[str, Any]:
        """What was chosen, as data."""
        chosen = self.concession
        return {
            "discount": chosen.discount,
            "instalments": chosen.instalments,
            "step": chosen.step,
            "final": chosen.final,
        }

    def decided(self, debtor_id: uuid.UUID, offer_id: uuid.UUID) -> Decided:
        """The decision that an offer follows from."""
        return Decided(debtor_id, self.action, offer_id, self.terms)


@dataclass(frozen=True, slots=True)
class Offering:
    """The ladder's columns beside the people they are of."""

    state: State
    offers: Offers

    def of(self, debtor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Offered]:
        """What these people would see. Left out are those the night did not know, and those whose
        offer stays on the step where they are."""
        state = self.state
        numbers = np.array([number_of(one) for one in debtor_ids], dtype=np.int64)
        found = state.people.find(numbers)
        step, up = self.offers.step[found], self._goes_up(found)
        spots = np.flatnonzero((found >= 0) & (up | (step == 0)))
        rows, ids = found[spots], [debtor_ids[spot] for spot in spots.tolist()]
        taken = as_conceded(
            Offers(*(getattr(self.offers, name)[rows] for name in Offers.__slots__))
        )
        arms = [ARM_NAMES[arm] for arm in state.arm[rows].tolist()]
        conceded = concessions_of(ids, arms, state.people.balance[rows], taken)
        worth = (taken.chance.astype(np.float64) * taken.margin_cents).tolist()
        return {
            debtor_id: Offered(conceded[debtor_id], cents, names_of(why))
            for debtor_id, cents, why in zip(ids, worth, taken.why.tolist(), strict=True)
        }

    def _goes_up(self, rows: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, Any]:
        history = self.state.history
        free = ~(history.agreed[rows] | history.settled[rows] | history.held[rows])
        higher = self.offers.step[rows] > history.step[rows]
        return np.asarray(higher & free & (self.state.arm[rows] == Arm.ENGINE))


def write_offers(
    session: Session, writing: Writing, offering: Offering | None, debtor_ids: Sequence[uuid.UUID]
) -> Counter[str]:
    """Make the offers of these people as the night chose them, each with its decision; those whom
    the night did not know get what the creditor's rules say."""
    if offering is None:
        return Counter()
    wanted = offering.of(debtor_ids)
    made = concede(
        session,
        writing.tenant,
        {debtor_id: one.concession for debtor_id, one in wanted.items()},
        writing.day,
        others=[debtor_id for debtor_id in debtor_ids if debtor_id not in wanted],
    )
    chosen = {debtor_id: one for debtor_id, one in wanted.items() if debtor_id in made}
    decide(
        session,
        night_id=writing.night_id,
        kind=DecisionKind.OFFER,
        decided=[one.decided(debtor_id, made[debtor_id]) for debtor_id, one in chosen.items()],
        round=writing.round,
    )
    steps = sum(one.concession.step > 0 for one in chosen.values())
    return Counter(offers=len(made), conceded=steps)
