"""A creditor's intent and limits, from TOML or JSON to typed values; errors name the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import policy_in_force
from app.compliance.windows import Window
from app.journeys.models import JourneySettings
from app.journeys.spec import KEPT, LEARNED
from app.outreach.models import Channel
from themes.tables import ByName, Choice, Kind, Number, Table, Whole, listed, table, text
from themes.tomlfile import Fault, FileInvalid, checked

CHANNELS = tuple(str(channel) for channel in Channel)
EXTRA_COLUMNS = ("store_visits", "purchases", "payday")
"""Optional columns of a portfolio that scores may look at."""
LEGAL_BASES = ("consent", "contract", "credit_protection", "legitimate_interest")
"""Grounds of LGPD 7 that such a use may rest on (I, V, X, IX)."""
COST_CENTS = {"email": 1.0, "sms": 12.0}
"""What a message costs where the creditor says nothing."""
GOALS: Mapping[str, Mapping[str, float]] = {
    "balanced": {"horizon_days": 365, "complaint_cents": 5_000.0, "opt_out_cents": 500.0},
    "soonest": {"horizon_days": 90, "complaint_cents": 5_000.0, "opt_out_cents": 500.0},
    "goodwill": {"horizon_days": 365, "complaint_cents": 15_000.0, "opt_out_cents": 1_500.0},
}
"""What a goal means where the creditor says nothing else: by when money must come to count, and
what a complaint and an opt-out weigh."""
HOURS = "From an hour to a later one, such as [9, 19]."
OUTSIDE = "The contact policy allows nothing at these hours, only: %(hours)s."
EMPTY = "The file sets nothing."
ONCE = "Each of them stands here once."


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
    budget_cents: int | None
    """What a month's messages may cost; None: no limit."""
    discount_budget: float | None
    ladder_steps: int
    opening: str
    """Whether first offers begin where the engine expects most, or where the offer rules say."""
    goal: str
    """One of GOALS: as much as can be, as soon as can be, or in peace with people."""
    complaint_cents: float
    opt_out_cents: float
    horizon_days: int
    holdout: float
    """Share of people who stay on the creditor's present journey, for the comparison."""
    untouched: float
    explore: float
    """Share of choices drawn evenly among all that is allowed (`journeys.spec`)."""
    processing: tuple["Processing", ...]
    """The creditor's record of processing: what else of its own may be looked at."""

    @property
    def window(self) -> Window:
        """The hours in minutes of the day."""
        return Window(self.hours[0] * 60, self.hours[1] * 60)


def parse(data: Mapping[str, Any]) -> Settings:
    """Typed settings. Raises FileInvalid naming each wrong field."""
    settings: Settings = checked(SettingsSchema(), data)
    return settings


def put(session: Session, data: Mapping[str, Any]) -> JourneySettings:
    """Bring settings into force as a new version; the same settings again change nothing.

    Raises FileInvalid, also for a file that sets nothing and for hours at which the contact policy
    lets nothing leave on any day.
    """
    if not data:
        raise FileInvalid([Fault("", ((EMPTY, {}),))])
    settings = parse(data)
    week = policy_in_force(session).base_week
    legal = dict.fromkeys(filter(None, (week.weekday, week.saturday, week.sunday))) if week else {}
    if legal and not any(settings.window.narrowed_by(hours) for hours in legal):
        named = ", ".join(map(str, legal))
        raise FileInvalid([Fault("hours", ((OUTSIDE, {"hours": named}),))])
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


def _by_channel(values: Kind[Any]) -> ByName:
    return ByName(keys=Choice(CHANNELS), values=values, load_default=dict)


class ProcessingSchema(Table):
    """An entry of the record of processing."""

    column = Choice(EXTRA_COLUMNS, required=True)
    purpose = text(3, 200)
    legal_basis = Choice(LEGAL_BASES, required=True)

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Processing:
        """The entry as a value."""
        return Processing(**data)


class SettingsSchema(Table):
    """The file."""

    channels = listed(Choice(CHANNELS), 1, load_default=list(CHANNELS))
    hours = listed(Whole(0, 24), 2, 2, load_default=lambda: [8, 20])
    contacts_per_week = Whole(1, 7, load_default=3)
    capacity = _by_channel(Whole(0, 10**9))
    cost_cents = _by_channel(Number(100_000))
    budget_cents = Whole(0, 10**12, allow_none=True, load_default=None)
    discount_budget = Number(1, allow_none=True, load_default=None)
    ladder_steps = Whole(0, 3, load_default=3)
    opening = Choice((LEARNED, KEPT), load_default=LEARNED)
    goal = Choice(tuple(GOALS), load_default="balanced")
    complaint_cents = Number(1e9)
    opt_out_cents = Number(1e9)
    horizon_days = Whole(1, 1_095)
    holdout = Number(0.5, load_default=0.10)
    untouched = Number(0.1, load_default=0.01)
    explore = Number(0.5, load_default=0.05)
    processing = listed(table(ProcessingSchema), load_default=list)

    @validates_schema
    def fields_agree(self, data: dict[str, Any], **_: Any) -> None:
        """A day with at least one hour, each channel once and each column."""
        if data["hours"][0] >= data["hours"][1]:
            raise ValidationError([(HOURS, {})], "hours")
        if len(set(data["channels"])) < len(data["channels"]):
            raise ValidationError([(ONCE, {})], "channels")
        columns = [entry.column for entry in data["processing"]]
        if len(set(columns)) < len(columns):
            raise ValidationError([(ONCE, {})], "processing")

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> Settings:
        """The settings as a value."""
        return Settings(
            **{
                **GOALS[data["goal"]],
                **data,
                "channels": tuple(c for c in CHANNELS if c in data["channels"]),
                "hours": (data["hours"][0], data["hours"][1]),
                "processing": tuple(data["processing"]),
                "cost_cents": {**COST_CENTS, **data["cost_cents"]},
            }
        )
