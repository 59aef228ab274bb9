"""When a person may be contacted: every place they may be in has to be open at once.

A person may be where they live, where their own time zone is, or where their phone's area code is.
"""

import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

from app.compliance.policy import Policy
from app.compliance.windows import MINUTES_IN_DAY, Window

SOURCE = Path(__file__).with_name("places.toml")
DAYS_SEARCHED = 21
ROUNDS = 60


class Place(NamedTuple):
    """A time zone (IANA), and a state where it is known."""

    time_zone: str
    uf: str | None


class Opening(NamedTuple):
    """What the hours say of a moment; `slot` is the first permitted one, None if there is none."""

    base_closed: bool
    state_closed: bool
    slot: datetime | None


@cache
def _places() -> tuple[dict[str, str], dict[str, str]]:
    document = tomllib.loads(SOURCE.read_text("utf-8"))
    by_area = {code: uf for uf, codes in document["area_codes"].items() for code in codes}
    return document["time_zones"], by_area


def zone_of_state(uf: str) -> str | None:
    """The time zone of a state's capital."""
    return _places()[0].get(uf)


def state_of_area_code(area_code: str) -> str | None:
    """The state of a DDD."""
    return _places()[1].get(area_code)


@lru_cache(maxsize=4096)
def places_of(time_zone: str, uf: str | None, area_code: str | None) -> tuple[Place, ...]:
    """Every place the person may be in."""
    found = {Place(time_zone, uf)}
    for state in (uf, state_of_area_code(area_code) if area_code else None):
        if state:
            found.add(Place(zone_of_state(state) or time_zone, state))
    return tuple(sorted(found, key=str))


@lru_cache(maxsize=256)
def _holidays(uf: str | None, year: int) -> frozenset[date]:
    known = uf if uf and zone_of_state(uf) else None
    return frozenset(holidays.country_holidays("BR", subdiv=known, years=year))


def is_holiday(uf: str | None, day: date) -> bool:
    """National and state holidays (BR)."""
    return day in _holidays(uf, day.year)


def is_business_day(uf: str | None, day: date) -> bool:
    """Monday to Friday, no holiday of the country or the state."""
    return day.weekday() < 5 and not is_holiday(uf, day)


def after_business_days(uf: str | None, day: date, count: int) -> date:
    """The `count`-th business day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_business_day(uf, day)
    return day


def _windows(place: Place, day: date, policy: Policy) -> tuple[Window, Window]:
    holiday = is_holiday(place.uf, day)
    base = policy.base_week.on(day.weekday(), is_holiday=holiday)
    week = policy.state_weeks.get(place.uf or "")
    return base, week.on(day.weekday(), is_holiday=holiday) if week else base


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    if minute == MINUTES_IN_DAY:
        day, minute = day + timedelta(days=1), 0
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def _is_within(window: Window, day: date, at: datetime, zone: ZoneInfo) -> bool:
    if not window:
        return False
    return _instant(day, window.start, zone) <= at < _instant(day, window.end, zone)


def _opens(place: Place, at: datetime, policy: Policy) -> datetime | None:
    zone = ZoneInfo(place.time_zone)
    first = at.astimezone(zone).date()
    for offset in range(DAYS_SEARCHED):
        day = first + timedelta(days=offset)
        base, state = _windows(place, day, policy)
        window = base.narrowed_by(state)
        if window and at < _instant(day, window.end, zone):
            return max(at, _instant(day, window.start, zone))
    return None


def next_slot(places: Iterable[Place], at: datetime, policy: Policy) -> datetime | None:
    """The first moment from `at` on at which all places are open; None if they never are."""
    places = tuple(places)
    for _ in range(ROUNDS):
        later = [_opens(place, at, policy) for place in places]
        if None in later:
            return None
        latest = max(moment for moment in later if moment is not None)
        if latest == at:
            return at
        at = latest
    return None


def opening(places: Iterable[Place], at: datetime, policy: Policy) -> Opening:
    """What BR-03 and BR-04 say of `at` for a person who may be in any of `places`."""
    places = tuple(places)
    base_closed = state_closed = False
    for place in places:
        zone = ZoneInfo(place.time_zone)
        day = at.astimezone(zone).date()
        base, state = _windows(place, day, policy)
        base_closed |= not _is_within(base, day, at, zone)
        state_closed |= state is not base and not _is_within(state, day, at, zone)
    slot = next_slot(places, at, policy) if base_closed or state_closed else at
    return Opening(base_closed, state_closed, slot)
