"""A creditor's intent and limits, from TOML or JSON to typed values; errors name the field."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journeys.models import JourneySettings
from app.outreach.models import Channel

CHANNELS = tuple(str(channel) for channel in Channel)
EXTRA_COLUMNS = ("store_visits", "purchases")
"""Optional columns of a portfolio that scores may look at."""
LEGAL_BASES = ("consent", "contract", "credit_protection", "legitimate_interest")
"""Grounds of LGPD 7 that such a use may rest on (I, V, X, IX)."""
COST_CENTS = {"email": 1.0, "sms": 12.0}
"""What a message costs where the creditor says nothing."""


class SettingsInvalid(ValueError):
    """Settings that are none. `errors`: dotted field → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Processing:
    """An entry of the record of processing (LGPD 37): a column of the portfolio, what it is used
    for and on which ground. A column without an entry is kept and never looked at."""

    column: str
    purpose: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the engine works within; everything tightens the contact policy, nothing loosens it."""

    channels: tuple[str, ...]
    hours: tuple[int, int]
    """From the first to before the second, where the person is, inside the legal ones."""
    contacts_per_week: int
    capacity: Mapping[str, int]
    """Messages a day; a channel that is not named has no limit."""
    cost_cents: Mapping[str, float]
    discount_budget: float | None
    ladder_steps: int
    complaint_cents: float
    opt_out_cents: float
    horizon_days: int
    holdout: float
    """Share of people who stay on the creditor's present journey, for the comparison."""
    untouched: float
    explore: float
    processing: tuple["Processing", ...]
    """The creditor's record of processing: what else of its own may be looked at."""


def parse(data: Mapping[str, Any]) -> Settings:
    """Typed settings. Raises SettingsInvalid naming each wrong field."""
    try:
        loaded: Settings = SettingsSchema().load(dict(data))
    except ValidationError as wrong:
        errors = {str(field): _text(said) for field, said in dict(wrong.messages_dict).items()}
        raise SettingsInvalid(errors) from wrong
    return loaded


def _text(said: Any) -> str:
    if isinstance(said, dict):
        return "; ".join(f"{key}: {_text(inner)}" for key, inner in said.items())
    return " ".join(str(one) for one in said) if isinstance(said, list) else str(said)


def parse_toml(source: bytes) -> dict[str, Any]:
    """Settings as written, to be given to `put`. Raises SettingsInvalid for what is no TOML."""
    try:
        return tomllib.loads(source.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsInvalid({"file": str(wrong)}) from wrong


def put(session: Session, data: Mapping[str, Any]) -> JourneySettings:
    """Bring settings into force as a new version; the same settings again change nothing.

    Raises SettingsInvalid.
    """
    parse(data)
    latest = in_force(session)
    if latest is not None and latest.data == dict(data):
        return latest
    made = JourneySettings(version=latest.version + 1 if latest else 1, data=dict(data))
    session.add(made)
    session.flush()
    return made


def in_force(session: Session) -> JourneySettings | None:
    """The highest version, or None: then the first journey is what everybody gets."""
    return session.scalar(select(JourneySettings).order_by(JourneySettings.version.desc()).limit(1))


def _share(most: float = 1.0, **options: Any) -> fields.Float:
    return fields.Float(validate=validate.Range(0, most), **options)


def _whole(least: int, most: int, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


def _by_channel(values: fields.Field[Any]) -> fields.Dict:
    keys = fields.String(validate=validate.OneOf(CHANNELS))
    return fields.Dict(keys=keys, values=values, load_default=dict)


class ProcessingSchema(Schema):
    """An entry of the record of processing."""

    column = fields.String(required=True, validate=validate.OneOf(EXTRA_COLUMNS))
    purpose = fields.String(required=True, validate=validate.Length(3, 200))
    legal_basis = fields.String(required=True, validate=validate.OneOf(LEGAL_BASES))

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Processing:
        """The entry as a value."""
        return Processing(**data)


class SettingsSchema(Schema):
    """The file."""

    channels = fields.List(
        fields.String(validate=validate.OneOf(CHANNELS)),
        validate=validate.Length(1, len(CHANNELS)),
        load_default=list(CHANNELS),
    )
    hours = fields.List(
        _whole(0, 24), validate=validate.Length(equal=2), load_default=lambda: [8, 20]
    )
    contacts_per_week = _whole(1, 7, load_default=3)
    capacity = _by_channel(_whole(0, 10**9))
    cost_cents = _by_channel(_share(100_000))
    discount_budget = _share(allow_none=True, load_default=None)
    ladder_steps = _whole(0, 3, load_default=3)
    complaint_cents = _share(1e9, load_default=5_000.0)
    opt_out_cents = _share(1e9, load_default=500.0)
    horizon_days = _whole(1, 365, load_default=90)
    holdout = _share(0.5, load_default=0.10)
    untouched = _share(0.1, load_default=0.01)
    explore = _share(0.5, load_default=0.05)
    processing = fields.List(fields.Nested(ProcessingSchema), load_default=list)

    @validates_schema
    def hours_are_in_order(self, data: dict[str, Any], **_: Any) -> None:
        """A day with at least one hour, and each channel once."""
        if data["hours"][0] >= data["hours"][1]:
            raise ValidationError("From an hour to a later one.", "hours")
        if len(set(data["channels"])) < len(data["channels"]):
            raise ValidationError("Each channel once.", "channels")
        columns = [entry.column for entry in data["processing"]]
        if len(set(columns)) < len(columns):
            raise ValidationError("Each column once.", "processing")

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Settings:
        """The settings as a value."""
        return Settings(
            **{
                **data,
                "channels": tuple(c for c in CHANNELS if c in data["channels"]),
                "hours": (data["hours"][0], data["hours"][1]),
                "processing": tuple(data["processing"]),
                "cost_cents": {**COST_CENTS, **data["cost_cents"]},
            }
        )
