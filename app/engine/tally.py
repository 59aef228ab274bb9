"""What the report counts: contacts by channel, wording and hour, visits by step, cost by person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.journeys.arms import ARM_NAMES
from app.journeys.spec import Spec
from app.scoring.events import Contacts, Day

Table = NDArray[np.float64]
COUNTED = ("contacts", "delivered", "reached", "engaged", "expected", "visits")


@dataclass(slots=True)
class Tally:
    """Tables by arm (3), place and what is COUNTED; money in cents."""

    channel: Table
    wording: Table
    hour: Table
    step: Table
    """(3, steps + 1, 3): visits, agreements, conceded share summed."""
    cost: Table
    """Contact cost by person (n,)."""

    @classmethod
    def fresh(cls, people: int, spec: Spec) -> "Tally":
        """Nothing counted."""
        arms, kinds = len(ARM_NAMES), len(COUNTED)
        return cls(
            channel=np.zeros((arms, len(spec.channels), kinds)),
            wording=np.zeros((arms, len(spec.wordings), kinds)),
            hour=np.zeros((arms, len(spec.hours), kinds)),
            step=np.zeros((arms, 4, 3)),
            cost=np.zeros(people),
        )

    def contacts(
        self,
        contacts: Contacts,
        arm: NDArray[np.int8],
        expected: NDArray[np.float32],
        came: NDArray[np.bool_],
        cost: NDArray[np.float32],
    ) -> None:
        """Count a day's contacts (m,) of people in `arm` (m,)."""
        values = np.stack(
            [
                np.ones(len(arm)),
                contacts.delivered,
                contacts.reached,
                contacts.engaged,
                expected,
                came,
            ],
            axis=1,
        )
        for table, place in (
            (self.channel, contacts.channel),
            (self.wording, contacts.wording),
            (self.hour, contacts.hour),
        ):
            known = place >= 0
            np.add.at(table, (arm[known], place[known]), values[known])
        np.add.at(self.cost, contacts.rows, cost[contacts.channel])

    def visits(self, happened: Day, arm: NDArray[np.int8], step: NDArray[np.int8]) -> None:
        """Count a day's visits (v,) by the step of the offer that was seen."""
        visits = happened.visits
        discount = np.where(np.isnan(visits.discount), 0, visits.discount)
        values = np.stack(
            [np.ones(len(arm)), visits.committed, discount * visits.committed], axis=1
        )
        np.add.at(self.step, (arm, np.minimum(step, 3)), values)
