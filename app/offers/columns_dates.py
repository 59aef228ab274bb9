"""When plans begin, for many people: those of one state and one shape of plan share the dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.offers import due_dates
from app.offers.due_dates import Calendar
from app.offers.terms import PlanRules


@dataclass(frozen=True, slots=True)
class Beginning:
    """The dates of one shape of plan in one state."""

    due_day: int | None
    """None when all is paid at once."""
    first_due_on: date
    """Of the down payment, where there is one."""
    instalment_days: list[int]
    """Days from today to each instalment, the down payment left out."""


class Beginnings:
    """The beginnings of the plans of people in these states, made today."""

    def __init__(self, today: date, ufs: Sequence[str | None], jurisdiction: str) -> None:
        self._ufs = ufs
        self._calendars = {uf: Calendar(today, uf, jurisdiction) for uf in set(ufs)}
        self._known: dict[tuple[Any, ...], Beginning] = {}

    def of(
        self,
        rules: Sequence[PlanRules],
        count: NDArray[np.int64],
        down: NDArray[np.bool_],
        interest: NDArray[np.bool_],
        wanted: NDArray[np.bool_],
    ) -> list[Beginning | None]:
        """Each person's beginning, None where none is wanted. Equal rules must be one object."""
        columns = (count.tolist(), down.tolist(), interest.tolist(), wanted.tolist())
        known, found = self._known, []
        for plan, uf, number, has_down, bears, asked in zip(
            rules, self._ufs, *columns, strict=True
        ):
            beginning = None
            if asked:
                key = (id(plan), uf, number, has_down, bears)
                beginning = known.get(key)
                if beginning is None:
                    beginning = known[key] = self._made(plan, uf, number, has_down, bears)
            found.append(beginning)
        return found

    def _made(
        self, plan: PlanRules, uf: str | None, count: int, down: bool, interest: bool
    ) -> Beginning:
        when, day = self._calendars[uf], None
        if count > 1:
            day = due_dates.default_due_day(plan, when.today, down=down, interest=interest)
        dates = due_dates.dates(plan, when, count=count, down=down, interest=interest, due_day=day)
        return Beginning(day, dates[0], [(one - when.today).days for one in dates[-count:]])
