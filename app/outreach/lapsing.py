"""A message that a plan wrote for a day leaves on that day or never: the next day has its own plan.

Its day is that of `send_after`, where the person is. What answers somebody, and a notice of what
happened, was planned for no day and waits as long as it must.
"""

from collections.abc import Mapping
from datetime import datetime

from app.compliance.numbers import day_bounds
from app.outreach.models import MessageClass
from app.outreach.withdrawing import REPLANNED

OFFER, INSTALMENT = "offer:", "instalment:"
"""Causes of what a day's plan writes: about an offer, about an instalment near its day."""
OF_A_DAY = (OFFER, INSTALMENT)
DAY_OVER = "day_over"
"""Why a message was taken back; a code for texts."""
REASON: Mapping[str, str] = {"rule": REPLANNED, "because": DAY_OVER}


def is_of_a_day(message_class: str, cause: str) -> bool:
    """Whether a message was planned for its day alone."""
    return message_class == MessageClass.OUTBOUND and cause.startswith(OF_A_DAY)


class Days:
    """The day that it is at a moment, where people are."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._bounds: dict[str, tuple[datetime, datetime]] = {}

    def is_over(self, planned: datetime, until: datetime | None, time_zone: str) -> bool:
        """Whether the day of a message planned for a moment that has come is over, or will be when
        it may leave at last."""
        if time_zone not in self._bounds:
            self._bounds[time_zone] = day_bounds(self._at, time_zone)
        begins, ends = self._bounds[time_zone]
        return planned < begins or (until is not None and until >= ends)
