"""When a person may be contacted: every place they may be in has to be open at once.

A person may be where they live, where their own time zone is, or where their phone's area code is.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.compliance.places import Place, is_holiday
from app.compliance.policy import Policy
from app.compliance.windows import MINUTES_IN_DAY, Window

DAYS_SEARCHED = 21
ROUNDS = 60


class Opening(NamedTuple):
    """What the hours say of a moment; `slot` is the first permitted one, None if there is none."""

    base_closed: bool
    state_closed: bool
    slot: datetime | None


def _windows(place: Place, day: date, policy: Policy) -> tuple[Window, Window] | None:
    """The hours of everywhere and of the state, both within what suits the person."""
    base_week = policy.base_week
    if base_week is None:
        return None
    holiday = (place.uf, day) in policy.days_of_rest or is_holiday(
        place.uf, day, policy.jurisdiction
    )
    base = base_week.on(day.weekday(), is_holiday=holiday)
    if place.convenient is not None:
        base = base.narrowed_by(place.convenient)
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
        windows = _windows(place, day, policy)
        if windows is None:
            return at
        window = windows[0].narrowed_by(windows[1])
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
    """What the hours say of `at` for a person who may be in any of `places`."""
    places = tuple(places)
    base_closed = state_closed = False
    for place in places:
        zone = ZoneInfo(place.time_zone)
        day = at.astimezone(zone).date()
        windows = _windows(place, day, policy)
        if windows is None:
            break
        base, state = windows
        base_closed |= not _is_within(base, day, at, zone)
        state_closed |= state is not base and not _is_within(state, day, at, zone)
    slot = next_slot(places, at, policy) if base_closed or state_closed else at
    return Opening(base_closed, state_closed, slot)


@lru_cache(maxsize=2048)
def _intervals(
    place: Place, first: date, days: int, policy: Policy
) -> tuple[tuple[datetime, datetime], ...]:
    """When a place is open, in UTC."""
    zone, found = ZoneInfo(place.time_zone), []
    for day in (first + timedelta(days=offset) for offset in range(days)):
        windows = _windows(place, day, policy)
        assert windows is not None, "somewhere without hours is always open"
        window = windows[0].narrowed_by(windows[1])
        if window:
            found.append((_instant(day, window.start, zone), _instant(day, window.end, zone)))
    return tuple(found)


def slots(
    places: Sequence[Place], moments: Sequence[datetime], policy: Policy
) -> list[datetime | None]:
    """`next_slot` of each of many moments, which are in ascending order."""
    if policy.base_week is None:
        return list(moments)
    first = moments[0].date() - timedelta(days=2)
    days = (moments[-1].date() - first).days + DAYS_SEARCHED
    common = list(_intervals(places[0], first, days, policy))
    for place in places[1:]:
        common = _both(common, _intervals(place, first, days, policy))
    found: list[datetime | None] = []
    at = 0
    for moment in moments:
        while at < len(common) and common[at][1] <= moment:
            at += 1
        found.append(max(common[at][0], moment) if at < len(common) else None)
    return found


def _both(
    ours: Sequence[tuple[datetime, datetime]], theirs: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """The time that lies in an interval of both; each is in ascending order."""
    found, mine, other = [], 0, 0
    while mine < len(ours) and other < len(theirs):
        start = max(ours[mine][0], theirs[other][0])
        end = min(ours[mine][1], theirs[other][1])
        if start < end:
            found.append((start, end))
        if ours[mine][1] <= theirs[other][1]:
            mine += 1
        else:
            other += 1
    return found
