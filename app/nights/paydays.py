"""When money comes to most people of a country, for those of whom no payday is known."""

from datetime import date, timedelta
from functools import lru_cache

from app.compliance.places import after_business_days

WAGES = 5
"""Wages are paid by the fifth business day of the next month (CLT, art. 459, § 1)."""
THIRTEENTH = ((11, 30), (12, 20))
"""Month and day by which the halves of the thirteenth salary are paid (Lei 4.749/1965, arts. 1–2).
"""
YEARS = 5
"""So many, up to that of the day: what is learned anew from the events begins no earlier."""


@lru_cache(maxsize=64)
def usual_paydays(year: int, jurisdiction: str) -> frozenset[date]:
    """The days of a year and those before it; none where no law says when."""
    if jurisdiction != "BR":
        return frozenset()
    found: set[date] = set()
    for one in range(year - YEARS + 1, year + 1):
        begins = [date(one, month, 1) - timedelta(days=1) for month in range(1, 13)]
        found.update(after_business_days(None, day, WAGES, jurisdiction) for day in begins)
        found.update(date(one, month, day) for month, day in THIRTEENTH)
    return frozenset(found)
