"""One person as they stand now, among what the night knew of everybody: what a re-plan rests on."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import orjson
import polars as pl
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.compliance.queries import paused_channels, policy_in_force
from app.engine.state import State, begin
from app.journeys.models import Decision, Night, ReplanInputs
from app.journeys.planning import OFFER
from app.journeys.spec import Spec
from app.nights import book as books
from app.nights import choosing, folding, gathering, happened, packing, specs
from app.nights.choosing import Choice
from app.nights.foretelling import foretell_one
from app.offers.models import OfferRules
from app.outreach.models import Message, MessageClass, MessageState
from app.scoring.events import day_of
from app.scoring.models import PersonState
from tenants.clock import bounds, now
from tenants.keys import vault
from tenants.resolve import Resolved

ONE = np.zeros(1, dtype=np.int64)
"""The position of a person looked at alone."""
CONTEXT = "replan"
"""Of what is sealed."""


@dataclass(frozen=True)
class Standing:
    """One person's on a night's day, in the caller's transaction."""

    session: Session
    tenant: Resolved
    night: Night
    spec: Spec
    debtor_id: uuid.UUID

    @cached_property
    def waiting(self) -> Sequence[Any]:
        """Messages about offers that have not left, with what was decided today (None: nothing)."""
        return self.session.execute(
            select(Message.id, Message.cause, Message.send_after, Decision)
            .outerjoin(
                Decision,
                and_(Decision.subject_id == Message.id, Decision.night_id == self.night.id),
            )
            .where(
                Message.debtor_id == self.debtor_id,
                Message.state == MessageState.QUEUED,
                Message.message_class == MessageClass.OUTBOUND,
                Message.cause.startswith(OFFER),
            )
            .order_by(Message.id.desc())
        ).all()

    @cached_property
    def round(self) -> int:
        """How many-th re-plan of the person and day a decision would be of."""
        last = self.session.scalar(
            select(func.max(Decision.round)).where(
                Decision.night_id == self.night.id, Decision.debtor_id == self.debtor_id
            )
        )
        return (last or 0) + 1

    @cached_property
    def part(self) -> gathering.Part:
        """What is read of everybody at night, of this one; nobody: an empty book."""
        return gathering.gather(self.session, self._reading, [self.debtor_id])

    @cached_property
    def _reading(self) -> gathering.Reading:
        return gathering.Reading(
            self.tenant,
            self.spec.channels,
            now(),
            self.night.day,
            policy_in_force(self.session),
            paused_channels(self.session),
            besides=frozenset(row.cause for row in self.waiting),
        )

    def choose(self) -> tuple[Choice, bytes]:
        """What is best under the night's prices, and what it followed from beside the night."""
        day = self.night.day
        state, frame = self._state()
        record = packing.records(state, ONE)[0].tobytes()
        choosing.stand_today(state)
        foretell_one(self.session, state, day, self.night.versions["score"])
        expected = [None] if state.expected is None else state.expected
        known = choosing.packed(
            orjson.dumps(specs.as_data(state.spec)["legal_hours"]),
            frame.with_columns(
                pl.Series("record", [record], pl.Binary),
                pl.Series("expected", expected, pl.Float32),
            ),
        )
        prices = specs.prices_from(self.night.prices, self.spec)
        return choosing.chosen(state, day, prices), known

    def keep(self, known: bytes) -> None:
        """Store what a re-plan followed from, if it decided anything."""
        decided = select(Decision.id).where(
            Decision.night_id == self.night.id,
            Decision.debtor_id == self.debtor_id,
            Decision.round == self.round,
        )
        if self.session.scalar(decided.limit(1)) is not None:
            self.session.add(
                ReplanInputs(
                    night_id=self.night.id,
                    debtor_id=self.debtor_id,
                    round=self.round,
                    known=vault(self.session).seal(known, CONTEXT),
                )
            )

    def _state(self) -> tuple[State, pl.DataFrame]:
        """What is known of the person now, and the engine's columns it was begun with."""
        session, day, part, reading = self.session, self.night.day, self.part, self._reading
        rules = session.scalar(
            select(OfferRules.rules).where(OfferRules.version == self.night.versions["rules"])
        )
        frame = gathering.frame(reading, books.terms_of(session), part)
        legal = gathering.legal_hours(part.place, self.spec.hours, day, reading.at, reading.policy)
        spec = specs.with_legal_hours(self.spec, legal)
        state = begin(frame, rules or {}, spec, specs.scale_from(self.night.scale))
        possible = part.offered | state.limits.banded
        state.people.reachable[~possible] = False
        self._recall(state, day - timedelta(days=1))
        since, until = bounds(day, self.tenant.time_zone)
        events = happened.frame(session, self.tenant.time_zone, since, until, self.debtor_id)
        index = state.index
        told = day_of(events, state.people, index.channels, index.hours, index.wordings)
        state.history.absorb(day, told)
        return state, gathering.only_with_offers(frame, possible)

    def _recall(self, state: State, yesterday: date) -> None:
        """What was learned up to yesterday, of everybody and of this person."""
        session, layout = self.session, packing.layout_of(state)
        learned = folding.learned_bytes(session, layout, yesterday)
        if learned is None:
            return
        packing.put_learned(state, learned)
        own = session.scalar(
            select(PersonState).where(
                PersonState.debtor_id == self.debtor_id,
                PersonState.layout == layout,
                PersonState.folded_on <= yesterday,
            )
        )
        if own is not None:
            packed = np.frombuffer(own.record, np.uint8).reshape(1, -1)
            packing.put_records(state, ONE, packed)
            mark = np.array([own.folded_on.toordinal()], dtype=np.int64)
            packing.age(state, mark, yesterday.toordinal())
