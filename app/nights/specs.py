"""A creditor's settings and the voice's wordings as the engine's spec.

What the contact policy forbids is no part of it but of what a night may choose from: the policy
itself is asked for everybody before choosing, and again before writing and sending.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np

from app.engine.planning import Night
from app.journeys.rules import first
from app.journeys.settings import Settings
from app.journeys.spec import Incumbent, LegalHours, Spec
from app.scoring.traits import Scale
from themes import voice
from themes.dress import Brand
from themes.translations import LOCALES

FIRST = "first_contact"
INTENTS = (FIRST, "reminder")
"""What is written about offers."""
PAYDAY = "payday"
"""A column that the engine knows, of the creditor's all the same."""
DATES = ("closed", "paydays")
"""Fields of a spec that are sets of days."""
USUAL_HOUR = 10
"""When the first journey writes."""


def spec_of(
    tenant_id: uuid.UUID,
    settings: Settings,
    brand: Brand,
) -> Spec:
    """A creditor's spec; it has no legal hours yet, which is enough to learn."""
    hours = tuple(range(*settings.hours))
    wordings = wordings_of(brand, settings.channels)
    named = [one.column for one in settings.processing]
    return Spec(
        channels=settings.channels,
        hours=hours,
        wordings=wordings,
        cost_cents=dict(settings.cost_cents),
        capacity=engines_capacity(settings),
        legal_hours={},
        incumbent=Incumbent(
            channels=settings.channels,
            hour=USUAL_HOUR if USUAL_HOUR in hours else hours[0],
            spacing_days=first().spacing_days[0],
            wording=wordings[0],
        ),
        per_day=1,
        per_week=settings.contacts_per_week,
        per_day_and_channel=1,
        discount_budget=settings.discount_budget,
        steps=settings.ladder_steps,
        opening=settings.opening,
        complaint_cents=settings.complaint_cents,
        opt_out_cents=settings.opt_out_cents,
        horizon_days=settings.horizon_days,
        seed=seed_of(tenant_id),
        holdout=settings.holdout,
        untouched=settings.untouched,
        explore=settings.explore,
        features_allowed=tuple(f"extra_{name}" for name in named if name != PAYDAY),
        withheld=() if PAYDAY in named else (PAYDAY,),
    )


def engines_capacity(settings: Settings) -> dict[str, int]:
    """Places of scarce channels are shared between the engine and the creditor's own journey as
    their people are, so that neither is compared with less room than the other."""
    theirs = share_of_rules(settings)
    return {name: limit - round(limit * theirs) for name, limit in settings.capacity.items()}


def share_of_rules(settings: Settings) -> float:
    """Of the people who are written to, the creditor's own journey's."""
    return settings.holdout / max(1 - settings.untouched, settings.holdout)


def with_legal_hours(spec: Spec, hours: LegalHours) -> Spec:
    """The spec of one day."""
    return replace(spec, legal_hours=hours)


def seed_of(tenant_id: uuid.UUID) -> int:
    """One seed a creditor, for good: who is in which arm never changes."""
    return int.from_bytes(blake2b(tenant_id.bytes, digest_size=8).digest()) >> 1


def wordings_of(brand: Brand, channels: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of wordings that differ in every slot, in every intent, channel and language."""
    found = [
        voice.variants(brand.tone, locale, intent, channel)
        for locale in LOCALES
        for intent in INTENTS
        for channel in channels
    ]
    return min(found, key=len)


def scale_data(scale: Scale) -> dict[str, Any]:
    """As JSON."""
    return asdict(scale)


def scale_from(data: Mapping[str, Any]) -> Scale:
    """From JSON."""

    def pair(name: str) -> tuple[float, float]:
        mean, deviation = data[name]
        return mean, deviation

    return Scale(
        balance=pair("balance"),
        age=pair("age"),
        income=pair("income"),
        extra=tuple((mean, deviation) for mean, deviation in data["extra"]),
        products=tuple(data["products"]),
        # A scale of before credits were looked at: its records are read by no engine of today.
        credit=pair("credit") if "credit" in data else (0.0, 1.0),
    )


def prices_from(data: Mapping[str, Any], spec: Spec) -> Night:
    """What a night fixed, from JSON."""
    cents, tries = data["cents"], data["tries"]
    return Night(
        np.array([cents[name] for name in spec.channels], dtype=np.float64),
        np.array([tries[name] for name in spec.channels], dtype=np.float64),
    )


def legal_hours_from(data: Mapping[str, Any]) -> LegalHours:
    """From JSON."""
    return {
        region: {int(day): (hours[0], hours[1]) for day, hours in week.items()}
        for region, week in data.items()
    }


def as_data(spec: Spec) -> dict[str, Any]:
    """As JSON."""
    data = asdict(spec)
    for name in DATES:
        data[name] = sorted(day.isoformat() for day in getattr(spec, name))
    data["legal_hours"] = {
        region: {str(day): list(hours) for day, hours in week.items()}
        for region, week in spec.legal_hours.items()
    }
    return data


def from_data(data: Mapping[str, Any]) -> Spec:
    """From JSON."""
    lists = ("channels", "hours", "wordings", "features_allowed", "withheld")
    # A night of before a list was thought of has none of it.
    incumbent = {**data["incumbent"], "channels": tuple(data["incumbent"]["channels"])}
    return Spec(
        **{
            **data,
            **{name: tuple(data.get(name, ())) for name in lists},
            **{
                name: frozenset(date.fromisoformat(day) for day in data.get(name, ()))
                for name in DATES
            },
            "incumbent": Incumbent(**incumbent),
            "legal_hours": legal_hours_from(data["legal_hours"]),
        }
    )
