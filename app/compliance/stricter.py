"""What a creditor may set a parameter of the contact policy to: something of its kind, stricter.

How a parameter is made stricter is its direction: lower, higher, on, superset, days or narrower.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.compliance.places import HOLIDAYS_OF, zones_of_state
from app.compliance.windows import Window, parse_window
from themes.checks import Problem

MOST_ENTRIES, MOST_CHARACTERS = 200, 100
WINDOW = re.compile(r"none|\d{1,2}:[0-5]\d-\d{1,2}:[0-5]\d")
EXPECTED = {
    "lower": "A whole number from 0 to %(now)s: only a lower one is stricter.",
    "higher": "A whole number from %(now)s to %(most)s: only a higher one is stricter.",
    "on": "Only true is stricter.",
    "superset": "A list of texts with nothing missing that is there already: %(now)s.",
    "days": 'A list of states and dates, ["SP 2027-01-25"], with all that are there already: '
    "%(now)s.",
    "narrower": "From one time of day to another, 09:30-17:00, within %(now)s; or none.",
}
"""By direction: what a value must be; msgids of the catalogue "files"."""
NO_ENTRY = "%(unknown)s: there is no such thing here. Possible are: %(possible)s."

Bound = int | Sequence[str] | None
"""How high a number may be; which entries a list may have (None: every text is one)."""


class NotStricter(ValueError):
    """A creditor's own value is none, or would loosen the policy; `problem` says it in any
    language."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self.problem: Problem = (message, values)


def stricter(direction: str, ours: Any, theirs: Any, bound: Bound = None) -> Any:
    """The stricter of two values of a parameter, as it is written.

    Raises NotStricter where theirs is no value at all.
    """
    try:
        return _OF[direction](ours, theirs, bound)
    except NotStricter:
        raise
    except ValueError as error:
        raise refusal(direction, ours, bound) from error


def is_kept(direction: str, strictest: Any, theirs: Any) -> bool:
    """Whether a value is the stricter one itself, however it is written."""
    if direction in ("superset", "days"):
        return set(strictest) == set(theirs)
    if direction == "narrower":
        return bool(strictest == str(parse_window(theirs)))
    return bool(strictest == theirs)


def refusal(direction: str, ours: Any, bound: Bound = None) -> NotStricter:
    """What a value must be beside ours."""
    now = (", ".join(ours) or "—") if isinstance(ours, list) else ours
    return NotStricter(EXPECTED[direction], now=now, most=bound)


def days_of_rest(texts: Iterable[str]) -> frozenset[tuple[str | None, date]]:
    """`["SP 2027-01-25"]`: days on which a state rests besides its holidays. Raises ValueError."""
    found = set()
    for text in texts:
        state, _, day = text.partition(" ")
        if not any(zones_of_state(state, jurisdiction) for jurisdiction in HOLIDAYS_OF):
            raise ValueError(f"no state {state}")
        on = date.fromisoformat(day)
        if day != on.isoformat():
            raise ValueError(f"not written as year-month-day: {day}")
        found.add((state, on))
    return frozenset(found)


def _whole(value: Any, most: int | None) -> int:
    if type(value) is not int or value < 0 or (most is not None and value > most):
        raise ValueError(f"no whole number: {value!r}")
    return value


def _lower(ours: int, theirs: Any, _bound: Any) -> int:
    return min(ours, _whole(theirs, None))


def _higher(ours: int, theirs: Any, most: Any) -> int:
    return max(ours, _whole(theirs, most))


def _on(ours: bool, theirs: Any, _bound: Any) -> bool:
    if type(theirs) is not bool:
        raise ValueError(f"neither true nor false: {theirs!r}")
    return ours or theirs


def _superset(ours: list[str], theirs: Any, possible: Any) -> list[str]:
    if not isinstance(theirs, list) or len(theirs) > MOST_ENTRIES or not all(map(_is_text, theirs)):
        raise ValueError("no list of texts")
    unknown = [] if possible is None else [one for one in theirs if one not in possible]
    if unknown:
        raise NotStricter(NO_ENTRY, unknown=", ".join(unknown), possible=", ".join(possible))
    return list(dict.fromkeys([*ours, *theirs]))


def _is_text(value: Any) -> bool:
    """A line of text that says something."""
    return (
        isinstance(value, str)
        and value.isprintable()
        and value == value.strip()
        and 0 < len(value) <= MOST_CHARACTERS
    )


def _days(ours: list[str], theirs: Any, _bound: Any) -> list[str]:
    both = _superset(ours, theirs, None)
    days_of_rest(both)
    return both


def _narrower(ours: str, theirs: Any, _bound: Any) -> str:
    if not isinstance(theirs, str) or not WINDOW.fullmatch(theirs):
        raise ValueError(f"not a window of hours: {theirs!r}")
    narrowed: Window = parse_window(ours).narrowed_by(parse_window(theirs))
    return str(narrowed)


_OF: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "lower": _lower,
    "higher": _higher,
    "on": _on,
    "superset": _superset,
    "days": _days,
    "narrower": _narrower,
}
