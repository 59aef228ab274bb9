"""A page's own blocks, moulded: rendered once per shape with holes, then filled for each person.

What a page says differs from person to person in a few amounts, dates and names; its markup
depends on much less: how many options there are, whether something is saved, which one is
recommended. That is its *shape*. A mould is the page rendered once for a shape, with a hole where
each value goes; to fill it is to escape and to join, and no template runs. A mould holds nothing
of anybody: it is the same for all people, and all creditors, whose page has that shape in that
skin and language.

Whether a value is there at all (not None, empty, zero or false) belongs to the shape. All else a
template may do with a hole is to show it or to pass it through a filter of ours; whatever looks
inside, compares or measures raises Unmouldable, so that a mould gives what the template would.
A value is escaped whatever the template says: there is no `safe` for a hole.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache, partial
from itertools import count
from operator import attrgetter
from typing import Any, Never

from flask import Flask, current_app
from jinja2 import Environment
from markupsafe import Markup, escape

from app.portal import filters, shell, tongues
from app.portal.language import current
from tenants.kept import Kept

NAME = "portal.moulds"
VALUES = frozenset((int, str, date, datetime))
"""What a hole may stand for."""
FOR_ALL = ("components", "locale", "static_url", "person_signed_in")
"""What a moulded page may ask of its surroundings, besides its form token."""
OF_ONE_REQUEST = ("request", "session", "g", "csrf_token")
_PLACE = secrets.token_hex(16)
_PLACES = re.compile(f"{_PLACE}-([0-9]+)-")

Shape = list[Any]
"""Of hashables, in the order of a walk: a type where there is a hole, its name where there is
nothing; the type of what holds others before them, with their number where it may vary."""
Change = Callable[[Any], Any]
Slot = tuple[int, tuple[Change, ...]]
"""Which value, and what it goes through before it is shown."""


class Unmouldable(RuntimeError):
    """A template looks inside a value, or there is a value that no hole can stand for."""


class Hole:
    """Stands in a template where a value will be; a filter makes another hole of it."""

    def __init__(self, slots: list[Slot], number: int, changes: tuple[Change, ...] = ()) -> None:
        self._slots, self._number, self._changes = slots, number, changes

    def through(self, change: Change) -> "Hole":
        """The hole of the changed value."""
        return Hole(self._slots, self._number, (*self._changes, change))

    def __html__(self) -> str:
        slot = (self._number, self._changes)
        if slot not in self._slots:
            self._slots.append(slot)
        return f"{_PLACE}-{self._slots.index(slot)}-"

    def __bool__(self) -> bool:
        return True


def _refuse(*_values: Any) -> Never:
    raise Unmouldable("a moulded template shows a value or filters it: no more")


for _look in (
    *("str", "repr", "format", "hash", "len", "iter", "contains", "getitem", "int", "float"),
    *("eq", "ne", "lt", "le", "gt", "ge", "add", "radd", "sub", "mul", "floordiv", "mod"),
):
    setattr(Hole, f"__{_look}__", _refuse)


class Mould:
    """Constant pieces of HTML, and what goes between them."""

    def __init__(self, html: str, slots: list[Slot]) -> None:
        self._slots = slots
        self._pieces = _PLACES.split(html)
        self._order = [int(slot) for slot in self._pieces[1::2]]

    def fill(self, values: list[Any]) -> str:
        """The HTML, with each value escaped as a template would."""
        shown = [_shown(values[number], changes) for number, changes in self._slots]
        pieces = self._pieces.copy()
        pieces[1::2] = [shown[slot] for slot in self._order]
        return "".join(pieces)


def _shown(value: Any, changes: tuple[Change, ...]) -> str:
    for change in changes:
        value = change(value)
    kind = type(value)
    if kind is Markup or (kind is str and not _special(value)):
        shown: str = value  # nothing in it to escape, as in most that a page shows
        return shown
    return str(value) if kind is int else escape(value)


_special = re.compile("[&<>'\"]").search


def parts(
    template: str, surroundings: Mapping[str, Any], subject: Mapping[str, Any], token: str
) -> dict[str, str]:
    """A page's own blocks as HTML by name, as `shell.parts` gives them.

    `subject` is what the page is about: values, lists, dataclasses and named tuples of them. A
    dict in it belongs to the shape as it is. `token` is the visitor's form token.
    Raises Unmouldable.
    """
    values: list[Any] = [token]
    shape: Shape = []
    for name, one in subject.items():
        shape.append(name)
        survey(one, shape, values)
    around = {name: surroundings[name] for name in FOR_ALL}
    key = (template, around["components"], around["person_signed_in"], *filters.manner(), *shape)
    mould = _kept.get(key)
    if mould is None:
        mould = _make(template, around, subject)
        _kept.keep(key, mould)
    return shell.apart(mould.fill(values))


def survey(value: Any, shape: Shape, values: list[Any]) -> None:
    """Add the shape of `value` to `shape`, and what goes into its holes to `values`."""
    kind: Any = type(value)
    if not value:
        shape.append(kind.__name__)
    elif kind in VALUES:
        shape.append(kind)
        values.append(value)
    elif kind is bool:
        shape.append(True)
    elif kind is dict:
        shape.append(tuple(value.items()))
    else:
        shape.append(kind)
        if kind is list or kind is tuple:
            shape.append(len(value))
            inside = value
        else:
            inside = _fields(kind)(value)
        for one in inside:
            of = type(one)
            if not one:  # this and the next are what most of them are: no call
                shape.append(of.__name__)
            elif of in VALUES:
                shape.append(of)
                values.append(one)
            else:
                survey(one, shape, values)


def _with_holes(value: Any, hole: Callable[[], Hole]) -> Any:
    """The same thing with holes in it, made in the order of `survey`."""
    kind: Any = type(value)
    if not value or kind is bool or kind is dict:
        return value
    if kind in VALUES:
        return hole()
    if kind is list or kind is tuple:
        return kind(_with_holes(one, hole) for one in value)
    return kind(*(_with_holes(one, hole) for one in _fields(kind)(value)))


@cache
def _fields(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    if issubclass(kind, tuple):
        return tuple  # a named one
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    if len(names) < 2:
        raise Unmouldable(f"no hole stands for {kind.__name__}")
    return attrgetter(*names)


def forget() -> None:
    """Drop the moulds: a template was just edited."""
    _kept.clear()


def _make(template: str, around: Mapping[str, Any], subject: Mapping[str, Any]) -> Mould:
    slots: list[Slot] = []
    numbers = count(1)
    token = Hole(slots, 0)
    holed = {
        name: _with_holes(one, lambda: Hole(slots, next(numbers))) for name, one in subject.items()
    }
    environment: Environment = current_app.extensions[NAME][current()]
    html = environment.get_template(template).render(
        {**around, **holed, "csrf_token": lambda: token, **shell.APART}
    )
    return Mould(html, slots)


def prepare(app: Flask) -> None:
    """Give each language an environment whose filters and plurals know holes."""
    app.extensions[NAME] = {
        locale: _knowing_holes(environment)
        for locale, environment in tongues.environments(app).items()
    }


def _knowing_holes(environment: Environment) -> Environment:
    sister = environment.overlay()
    ours = {name: _filtering(name) for name in filters.TOLD}
    sister.filters = {**environment.filters, **ours}
    sister.globals = {
        name: value for name, value in environment.globals.items() if name not in OF_ONE_REQUEST
    }
    plural: Any = environment.globals["ngettext"]
    sister.globals["ngettext"] = partial(_plural, plural)
    return sister


def _filtering(name: str) -> Callable[..., Any]:
    def filtered(value: Any, *more: Any, **named: Any) -> Any:
        change = filters.told(*filters.manner())[name]
        if not isinstance(value, Hole):
            return change(value, *more, **named)
        if not (more or named):
            return value.through(change)
        return value.through(lambda shown: change(shown, *more, **named))

    return filtered


def _plural(plural: Callable[..., Any], one: str, many: str, number: Any, **values: Any) -> Any:
    if not isinstance(number, Hole):
        return plural(one, many, number, **values)
    if values:
        _refuse()
    return number.through(partial(plural, one, many))


_kept: Kept[tuple[object, ...], Mould] = Kept(1_024)
"""About 10 kB each."""
