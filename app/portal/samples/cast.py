"""Who and what the samples speak of: one invented person, one day, fixed ids."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.portal.visitor import Person

State = Callable[[], dict[str, Any]]
Form = TypeVar("Form", bound=FlaskForm)
Choices = Mapping[str, list[tuple[Any, str]]]
"""Field → [(value, label)]."""

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
PERSON = Person(
    id=uuid.UUID(int=1),
    name="MARIA APARECIDA DOS SANTOS",
    document="52998224725",
    uf="SP",
    time_zone="America/Sao_Paulo",
    adult_on=date(2006, 4, 2),
)
AGREEMENT = uuid.UUID(int=2)
PAYMENT = uuid.UUID(int=3)
ACCOUNT = uuid.UUID(int=4)
INSTALMENT = uuid.UUID(int=5)
RECEIPT = uuid.UUID(int=6)


def plain(**context: Any) -> State:
    """A state that needs nothing made."""
    return lambda: dict(context)


def unsigned(**context: Any) -> State:
    """The same, before anybody is identified."""
    return lambda: {"person_signed_in": False, **context}


def filled(kind: type[Form], typed: Mapping[str, str], choices: Choices | None = None) -> Form:
    """A form as it comes back from a person, checked: its errors are on it."""
    form: Form = kind(formdata=MultiDict(typed), meta={"csrf": False})
    _fill(form, choices)
    form.validate()
    return form


def untouched(kind: type[Form], choices: Choices | None = None, **values: Any) -> Form:
    """A form as it is first shown; `choices` fill its lists."""
    form: Form = kind(formdata=None, meta={"csrf": False}, **values)
    _fill(form, choices)
    return form


def _fill(form: FlaskForm, choices: Choices | None) -> None:
    for name, pairs in (choices or {}).items():
        form[name].choices = pairs
