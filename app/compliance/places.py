"""Where a person may be, and which days are holidays and business days there."""

import tomllib
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import holidays
import phonenumbers
from phonenumbers import timezone

from app.compliance.windows import Window

SOURCE = Path(__file__).with_name("places.toml")
HOLIDAYS_OF = {"BR": "BR", "US": "US", "UK": "GB"}
"""Jurisdictions whose holidays are known; elsewhere only weekends are."""
UNKNOWN_ZONE = "Etc/Unknown"
MOST_ZONES = 4
"""An area code with more zones than this (a toll-free one) says nothing of where somebody is."""


class Place(NamedTuple):
    """A time zone (IANA), a state where it is known, and the hours that suit the person there."""

    time_zone: str
    uf: str | None
    convenient: Window | None = None


@cache
def _places(jurisdiction: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    document = tomllib.loads(SOURCE.read_text("utf-8")).get(jurisdiction, {})
    zones = {
        state: (found,) if isinstance(found, str) else tuple(found)
        for state, found in document.get("time_zones", {}).items()
    }
    areas = document.get("area_codes", {})
    return zones, {code: state for state, codes in areas.items() for code in codes}


def zones_of_state(state: str, jurisdiction: str = "BR") -> tuple[str, ...]:
    """The time zones of a state; none for one that is unknown."""
    return _places(jurisdiction)[0].get(state, ())


def state_of_area_code(area_code: str) -> str | None:
    """The state of a Brazilian DDD."""
    return _places("BR")[1].get(area_code)


@cache
def zones_of_area_code(area_code: str) -> tuple[str, ...]:
    """Every time zone of an area code of the USA, as phonenumbers knows them."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(f"{area_code}5550123"))
    found = timezone.time_zones_for_number(number)
    return tuple(found) if len(found) <= MOST_ZONES and UNKNOWN_ZONE not in found else ()


@lru_cache(maxsize=4096)
def places_of(
    time_zone: str,
    uf: str | None,
    area_code: str | None,
    convenient: Window | None = None,
    jurisdiction: str = "BR",
) -> tuple[Place, ...]:
    """Every place the person may be in: the whole country, where neither state nor phone tells.

    A state and a phone that disagree are both believed: all their places have to be open.
    """
    found = {Place(time_zone, uf, convenient)}
    of_phone: str | None = None
    zones_of_phone: tuple[str, ...] = ()
    if area_code and jurisdiction == "BR":
        of_phone = state_of_area_code(area_code)
    elif area_code and jurisdiction == "US" and area_code.isdigit():
        zones_of_phone = zones_of_area_code(area_code)
        found |= {Place(zone, None) for zone in zones_of_phone}
    states = {state for state in (uf, of_phone) if state}
    if not states and not zones_of_phone:
        states = set(_places(jurisdiction)[0])
    for state in states:
        zones = zones_of_state(state, jurisdiction) or (time_zone,)
        found |= {Place(zone, state) for zone in zones}
    return tuple(sorted(found, key=str))


@lru_cache(maxsize=512)
def _holidays(uf: str | None, year: int, jurisdiction: str) -> frozenset[date]:
    country = HOLIDAYS_OF.get(jurisdiction)
    if country is None:
        return frozenset()
    known = uf if uf and zones_of_state(uf, jurisdiction) else None
    return frozenset(holidays.country_holidays(country, subdiv=known, years=year))


def is_holiday(uf: str | None, day: date, jurisdiction: str = "BR") -> bool:
    """Holidays of the country and of the state."""
    return day in _holidays(uf, day.year, jurisdiction)


def is_business_day(uf: str | None, day: date, jurisdiction: str = "BR") -> bool:
    """Monday to Friday, no holiday of the country or the state."""
    return day.weekday() < 5 and not is_holiday(uf, day, jurisdiction)


def after_business_days(uf: str | None, day: date, count: int, jurisdiction: str = "BR") -> date:
    """The `count`-th business day after `day`."""
    while count:
        day += timedelta(days=1)
        count -= is_business_day(uf, day, jurisdiction)
    return day
