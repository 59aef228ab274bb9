"""People as they stand now, among what the night knew of everybody: what a re-plan rests on."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import orjson
import polars as pl
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.compliance.queries import among, paused_channels, policy_in_force
from app.engine.state import State, begin
from app.journeys.arms import number_of
from app.journeys.models import Decision, Night, ReplanInputs
from app.journeys.planning import OFFER
from app.journeys.spec import Spec
from app.nights import book as books
from app.nights import choosing, folding, gathering, happened, packing, specs
from app.nights.choosing import Choice
from app.nights.foretelling import foretell_again
from app.offers.models import OfferRules
from app.outreach.models import Message, MessageClass, MessageState
from app.scoring.events import day_of
from app.scoring.models import PersonState
from tenants.clock import bounds, now
from tenants.keys import vault
from tenants.resolve import Resolved

CONTEXT = "replan"
"""Of what is sealed."""


@dataclass(frozen=True)
class Standing:
    """Of some people on a night's day, in the caller's transaction."""

    session: Session
    tenant: Resolved
    night: Night
    spec: Spec
    debtor_ids: Sequence[uuid.UUID]

    @cached_property
    def waiting(self) -> Mapping[uuid.UUID, Sequence[Any]]:
        """Messages about offers that have not left, with what was decided today (None: nothing),
        by person, the latest first."""
        rows = self.session.execute(
            select(Message.id, Message.debtor_id, Message.cause, Message.send_after, Decision)
            .outerjoin(
                Decision,
                and_(Decision.subject_id == Message.id, Decision.night_id == self.night.id),
            )
            .where(
                among(Message.debtor_id, self.debtor_ids),
                Message.state == MessageState.QUEUED,
                Message.message_class == MessageClass.OUTBOUND,
                Message.cause.startswith(OFFER),
            )
            .order_by(Message.id.desc())
        ).all()
        found: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for row in rows:
            found[row.debtor_id].append(row)
        return found

    @cached_property
    def round(self) -> Mapping[uuid.UUID, int]:
        """How many-th re-plan of each person and day a decision would be of."""
        rows = self.session.execute(
            select(Decision.debtor_id, func.max(Decision.round))
            .where(Decision.night_id == self.night.id, among(Decision.debtor_id, self.debtor_ids))
            .group_by(Decision.debtor_id)
        )
        last = {row[0]: row[1] for row in rows}
        return {debtor_id: last.get(debtor_id, 0) + 1 for debtor_id in self.debtor_ids}

    @cached_property
    def part(self) -> gathering.Part:
        """What is read of everybody at night, of these; nobody: an empty book."""
        return gathering.gather(self.session, self._reading, self.debtor_ids)

    @cached_property
    def _reading(self) -> gathering.Reading:
        return gathering.Reading(
            self.tenant,
            self.spec.channels,
            now(),
            self.night.day,
            policy_in_force(self.session),
            paused_channels(self.session),
            besides=frozenset(row.cause for rows in self.waiting.values() for row in rows),
        )

    def choose(self) -> tuple[Choice, pl.DataFrame]:
        """What is best for each under the night's prices, and the columns it followed from."""
        day = self.night.day
        state, frame = self._state()
        records = packing.records(state, np.arange(len(state.people)))
        choosing.stand_today(state)
        foretell_again(self.session, state, day, self.night.versions["score"])
        expected = [None] * len(records) if state.expected is None else state.expected
        known = frame.with_columns(
            pl.Series("record", [record.tobytes() for record in records], pl.Binary),
            pl.Series("expected", expected, pl.Float32),
        )
        prices = specs.prices_from(self.night.prices, self.spec)
        return choosing.chosen(state, day, prices), known

    def keep(self, choice: Choice, known: pl.DataFrame) -> None:
        """Store what a re-plan followed from, if it decided anything."""
        rows = self.session.execute(
            select(Decision.debtor_id, Decision.round).where(
                Decision.night_id == self.night.id, among(Decision.debtor_id, self.debtor_ids)
            )
        )
        decided = {one: round for one, round in rows if round == self.round[one]}
        if not decided:
            return
        head = {
            "legal_hours": specs.as_data(choice.state.spec)["legal_hours"],
            "rounds": {str(number_of(one)): round for one, round in decided.items()},
        }
        theirs = known.filter(pl.col("person").is_in([number_of(one) for one in decided]))
        kept = choosing.packed(orjson.dumps(head), theirs)
        sealed = vault(self.session).seal(kept, CONTEXT)
        self.session.add(ReplanInputs(night_id=self.night.id, known=sealed))

    def _state(self) -> tuple[State, pl.DataFrame]:
        """What is known of each now, and the engine's columns it was begun with."""
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
        events = happened.frame(session, self.tenant.time_zone, since, until, self.debtor_ids)
        index = state.index
        told = day_of(events, state.people, index.channels, index.hours, index.wordings)
        state.history.absorb(day, told)
        return state, gathering.only_with_offers(frame, possible)

    def _recall(self, state: State, yesterday: date) -> None:
        """What was learned up to yesterday, of everybody and of these people."""
        session, layout = self.session, packing.layout_of(state)
        if layout != self.night.versions["layout"]:
            raise choosing.OtherMake
        learned = folding.learned_bytes(session, layout, yesterday)
        if learned is None:
            return
        packing.put_learned(state, learned)
        own = session.execute(
            select(PersonState.number, PersonState.record, PersonState.folded_on).where(
                among(PersonState.debtor_id, self.debtor_ids),
                PersonState.layout == layout,
                PersonState.folded_on <= yesterday,
            )
        ).all()
        folding.recall(state, own, yesterday)
