"""The first half of a night: read everybody, fold what happened, choose, and store it all."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import overrides, paused_channels, policy_in_force
from app.debts.terms import Terms
from app.engine.state import State, begin
from app.insights import figures
from app.journeys import settings as intents
from app.journeys.arms import ARM_NAMES
from app.journeys.hands import overlapping
from app.journeys.models import Night
from app.journeys.queries import debtor_chunks
from app.journeys.spec import Spec
from app.nights import budget, choosing, foretelling, gathering, packing, specs
from app.nights.book import terms_of
from app.nights.choosing import Choice, Inputs
from app.nights.folding import Folding, Known
from app.nights.paydays import usual_paydays
from app.offers import queries as offers
from app.offers.means import minimum_cents
from app.offers.models import OfferRules
from app.scoring.events import day_of
from app.scoring.traits import Scale
from tenants import files
from tenants.clock import now
from tenants.resolve import Resolved
from tenants.scope import within
from themes import brands
from themes.dress import Brand
from themes.lacking import Lacking

Progress = Callable[[str, int], None]
"""Told what is being done and how many people it was done for."""
CONTENT_TYPE = "application/vnd.apache.arrow.file"


@dataclass(frozen=True, slots=True)
class Asked:
    """What holds for a whole night of a creditor."""

    reading: gathering.Reading
    settings: intents.Settings
    rules: Mapping[str, Any]
    terms: Terms
    brand: Brand
    versions: Mapping[str, Any]
    budget_cents: float
    """What the day's messages may cost; inf without a budget."""

    def spec(self, places: list[gathering.Place] | None = None) -> Spec:
        """The engine's spec; with the places of its people, their legal hours of the day."""
        reading = self.reading
        bare = specs.spec_of(reading.tenant.id, self.settings, self.brand)
        left = minimum_cents(reading.policy)
        usual = usual_paydays(reading.day.year, reading.policy.jurisdiction)
        bare = replace(bare, income_left_cents=float(left or 0), paydays=usual)
        if self.settings.budget_cents is not None:
            mine = self.budget_cents * (1 - specs.share_of_rules(self.settings))
            bare = replace(bare, budget_cents=mine)
        if places is None:
            return bare
        legal = gathering.legal_hours(places, bare.hours, reading.day, reading.at, reading.policy)
        return specs.with_legal_hours(bare, legal)


def ask(session: Session, tenant: Resolved, day: date) -> Asked:
    """What the night rests on. Raises Lacking without settings, offer rules or a brand."""
    stored, rules = intents.in_force(session), offers.rules_in_force(session)
    if stored is None:
        raise Lacking("No journey settings were set.")
    if rules is None:
        raise Lacking(offers.NO_RULES)
    settings, policy = intents.parse(stored.data), policy_in_force(session)
    brand, paused = brands.published(session), paused_channels(session)
    return Asked(
        reading=gathering.Reading(tenant, settings.channels, now(), day, policy, paused),
        settings=settings,
        rules=rules.rules,
        terms=terms_of(session),
        brand=brand,
        budget_cents=budget.of_day(session, settings, day),
        versions={
            "settings": stored.version,
            "rules": rules.version,
            "policy": f"{policy.jurisdiction} {policy.version}",
            "own_policy": _digest(overrides(session)),
            "brand": str(brand.version_id),
        },
    )


def _digest(own: Mapping[str, Any]) -> str | None:
    """Of a creditor's own parameters, to tell them apart; the audit trail holds them."""
    if not own:
        return None
    return blake2b(orjson.dumps(own, option=orjson.OPT_SORT_KEYS), digest_size=4).hexdigest()


def fix(tenant: Resolved, day: date, progress: Progress, chunk: int) -> Choice | None:
    """Choose for everybody and store the night in one transaction; None without anybody."""
    with within(tenant) as session:
        asked = ask(session, tenant, day)
    if asked.settings.budget_cents is not None:
        figures.bring_up(tenant)
        with within(tenant) as session:
            asked = ask(session, tenant, day)
    parts, count = [], 0
    for part in overlapping(partial(_gather, asked.reading), debtor_chunks(tenant, chunk)):
        parts.append(part)
        count += len(part.book)
        progress("read", count)
    if not parts:
        return None
    everybody = gathering.joined(parts)
    with within(tenant) as session:
        inputs, score = _inputs(session, asked, everybody)
        choice = choosing.choose(inputs)
        _store(session, asked, inputs, choice, score)
    progress("chosen", len(choice.actions))
    return choice


def _gather(reading: gathering.Reading, debtor_ids: list[uuid.UUID]) -> gathering.Part:
    with within(reading.tenant) as session:
        return gathering.gather(session, reading, debtor_ids)


def _inputs(session: Session, asked: Asked, everybody: gathering.Part) -> tuple[Inputs, int | None]:
    """Fold up to yesterday, take in today so far, and put it all beside what stands today; with
    the version of the trained score, if one holds."""
    day, book = asked.reading.day, everybody.book
    folding = Folding(asked.reading.tenant, book, asked.terms, asked.rules, asked.spec())
    known = folding.fold(session, day - timedelta(days=1))
    spec = asked.spec(everybody.place)
    frame = gathering.frame(asked.reading, asked.terms, everybody)
    scale = folding.scale(day, asked.reading.at)
    state = _this_morning(session, folding, known, frame, day, scale)
    frame = gathering.only_with_offers(frame, everybody.offered | state.limits.banded)
    records = packing.records(state, np.arange(len(state.people)))
    choosing.stand_today(state)
    score = foretelling.foretell(session, state, day)
    expected = [None] * len(records) if state.expected is None else state.expected
    frame = frame.with_columns(
        pl.Series("record", [record.tobytes() for record in records], pl.Binary),
        pl.Series("expected", expected, pl.Float32),
    )
    return Inputs(day, frame, packing.learned(state), asked.rules, spec, scale), score


def _this_morning(
    session: Session,
    folding: Folding,
    known: Known,
    frame: pl.DataFrame,
    day: date,
    scale: Scale,
) -> State:
    """What is known of everybody in today's portfolio, today's own events included."""
    state = begin(frame, folding.rules, folding.spec, scale)
    packing.carry(known.state, state, known.places)
    index = state.index
    events = folding.so_far(session, day)
    state.history.absorb(
        day, day_of(events, state.people, index.channels, index.hours, index.wordings)
    )
    return state


def inputs_of(session: Session, night: Night) -> Inputs:
    """What a night's plan followed from. Raises Lacking when its snapshot is gone."""
    if night.snapshot_id is None:
        raise Lacking("What this night was planned from is not kept any more.")
    _, content = files.read(session, night.snapshot_id)
    rules = session.scalar(
        select(OfferRules.rules).where(OfferRules.version == night.versions["rules"])
    )
    spec, scale = specs.from_data(night.spec), specs.scale_from(night.scale)
    layout = night.versions["layout"]
    return choosing.inputs_from(content, night.day, rules or {}, spec, scale, layout)


def _store(
    session: Session, asked: Asked, inputs: Inputs, choice: Choice, score: int | None
) -> None:
    kept = files.save(
        session,
        name=f"night-{inputs.day.isoformat()}",
        content_type=CONTENT_TYPE,
        content=inputs.stored(),
    )
    channels, fixed = inputs.spec.channels, choice.night
    arms = np.bincount(choice.state.arm, minlength=len(ARM_NAMES)).tolist()
    session.add(
        Night(
            day=inputs.day,
            seed=inputs.spec.seed,
            versions={
                **asked.versions,
                "layout": packing.layout_of(choice.state),
                "score": score,
            },
            spec=specs.as_data(inputs.spec),
            prices={
                "cents": dict(zip(channels, fixed.prices.tolist(), strict=True)),
                "tries": dict(zip(channels, fixed.tries.tolist(), strict=True)),
            },
            scale=specs.scale_data(inputs.scale),
            snapshot_id=kept.id,
            counts={"people": dict(zip(ARM_NAMES, arms, strict=True))},
        )
    )
