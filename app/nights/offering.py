"""What the ladder would show to each person who comes: the offers of a night, person by person."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from app.engine.state import State
from app.journeys.arms import ARM_NAMES, Arm, number_of
from app.nights.deciding import Action, Decided
from app.offers.conceding import concessions_of
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
        taken = Offers(*(getattr(self.offers, name)[rows] for name in Offers.__slots__))
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
