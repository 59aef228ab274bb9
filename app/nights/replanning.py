"""One person planned anew after something happened, under the prices of the night."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.compliance.queries import paused_channels, policy_in_force
from app.engine import frames, planning
from app.engine.state import State, begin
from app.journeys.arms import Arm, arms, number_of
from app.journeys.models import Decision, DecisionKind, Night, NightState
from app.journeys.planning import OFFER
from app.journeys.spec import Spec
from app.nights import book as books
from app.nights import folding, gathering, happened, packing, specs
from app.nights.choosing import stand_today
from app.nights.deciding import Action, Decided, decide
from app.nights.foretelling import foretell_one
from app.nights.offering import Offering, write_offers
from app.nights.writing import Writing
from app.offers.models import OfferRules
from app.outreach.models import Message, MessageClass, MessageState
from app.outreach.withdrawing import withdraw
from app.scoring.events import day_of
from app.scoring.models import PersonState
from tenants.clock import now, today
from tenants.resolve import Resolved
from tenants.scope import within

ONE = np.zeros(1, dtype=np.int64)
"""The position of a person looked at alone."""


class Became(StrEnum):
    """What came of planning somebody anew."""

    NOTHING = "nothing"
    """What was planned is still best, or nothing was and is."""
    TOO_EARLY = "too_early"
    """The night is not written yet."""
    CHANGED = "changed"
    """Another message is to be written, in the place of one that waited or of none."""
    WITHDRAWN = "withdrawn"


class Because(StrEnum):
    """Why no message fits any more; codes for texts."""

    AGREED = "agreed_meanwhile"
    STOPPED = "stopped_meanwhile"
    WAITING = "waiting_is_better"
    ANOTHER = "another_fits_better"


def replan(tenant: Resolved, debtor_id: uuid.UUID) -> Became:
    """Fold what a person did today, score them under the night's prices, take back the message
    that no longer fits and write the one that does; in one transaction.

    Only the engine's own people are planned anew, on days that have a night.
    """
    day = today(tenant.time_zone)
    with within(tenant) as session:
        night = session.scalar(select(Night).where(Night.day == day))
        if night is None:
            return Became.NOTHING
        if night.state == NightState.PLANNED:
            return Became.TOO_EARLY
        spec = specs.from_data(night.spec)
        if not _is_ours(spec, debtor_id):
            return Became.NOTHING
        return Replan(session, tenant, night, spec, debtor_id).carry_out()


def _is_ours(spec: Spec, debtor_id: uuid.UUID) -> bool:
    number = np.array([number_of(debtor_id)], dtype=np.int64)
    groups = arms(number, seed=spec.seed, holdout=spec.holdout, untouched=spec.untouched)
    return bool(groups[0] == Arm.ENGINE)


@dataclass(frozen=True)
class Replan:
    """One person's, in the caller's transaction."""

    session: Session
    tenant: Resolved
    night: Night
    spec: Spec
    debtor_id: uuid.UUID

    def carry_out(self) -> Became:
        """Decide, and make it so."""
        part = self._part
        if not len(part.book):
            return Became.NOTHING
        state = self._state()
        legal = planning.legal_of(state, self.night.day)
        scored = planning.score(state, ONE, self.night.day, legal)
        chosen, _ = planning.choose(state, scored, self.night.day, self._prices())
        rows = frames.actions(state, chosen).rows(named=True)
        action = rows[0] if rows else None
        if self._still_fits(action):
            return Became.NOTHING
        write_offers(
            self.session, self._writing(), Offering(state, scored.offers), [self.debtor_id]
        )
        return self._change(state, action)

    @cached_property
    def _waiting(self) -> Sequence[Any]:
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
    def _reading(self) -> gathering.Reading:
        return gathering.Reading(
            self.tenant,
            self.spec.channels,
            now(),
            self.night.day,
            policy_in_force(self.session),
            paused_channels(self.session),
            besides=frozenset(row.cause for row in self._waiting),
        )

    @cached_property
    def _part(self) -> gathering.Part:
        return gathering.gather(self.session, self._reading, [self.debtor_id])

    def _state(self) -> State:
        """What is known of the person now, among what the night knew of all."""
        session, day, part, reading = self.session, self.night.day, self._part, self._reading
        rules = session.scalar(
            select(OfferRules.rules).where(OfferRules.version == self.night.versions["rules"])
        )
        frame = gathering.frame(reading, books.terms_of(session), part)
        legal = gathering.legal_hours(part.place, self.spec.hours, day, reading.at, reading.policy)
        spec = specs.with_legal_hours(self.spec, legal)
        scale = specs.scale_from(self.night.scale)
        state = begin(frame, rules or {}, spec, scale)
        if not (part.offered | state.limits.banded)[0]:
            state.people.reachable[:] = False
        self._recall(state, day - timedelta(days=1))
        since, until = folding.bounds(day, self.tenant.time_zone)
        events = happened.frame(session, self.tenant.time_zone, since, until, self.debtor_id)
        index = state.index
        told = day_of(events, state.people, index.channels, index.hours, index.wordings)
        state.history.absorb(day, told)
        stand_today(state)
        foretell_one(session, state, day, self.night.versions["score"])
        return state

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

    def _prices(self) -> planning.Night:
        cents, tries = self.night.prices["cents"], self.night.prices["tries"]
        return planning.Night(
            np.array([cents[name] for name in self.spec.channels], dtype=np.float64),
            np.array([tries[name] for name in self.spec.channels], dtype=np.float64),
        )

    def _still_fits(self, action: Action | None) -> bool:
        """Whether what waits is what would be chosen now: another hour alone is no reason to take
        it back. A message that is due is on its way as long as anything may be said at all."""
        if not self._waiting:
            return action is None
        first = self._waiting[0]
        if action is None or first.Decision is None:
            return first.Decision is None
        if first.send_after <= now():
            return True
        names = ("channel", "intent", "wording")
        return all(getattr(first.Decision, name) == action[name] for name in names)

    def _change(self, state: State, action: Action | None) -> Became:
        because = Because.ANOTHER if action else self._why_none(state)
        taken = [
            row.id
            for row in self._waiting
            if row.Decision is not None and withdraw(self.session, row.id, because)
        ]
        if self._waiting and not taken:
            return Became.NOTHING  # it was handed over at this moment
        writing = self._writing(taken)
        if action is not None:
            counts = writing.write(self.session, {self.debtor_id: action})
            return Became.CHANGED if counts["queued"] or taken else Became.NOTHING
        nothing = {"arm": "engine", "propensity": 1.0, "value_cents": 0.0, "reasons": [because]}
        decide(
            self.session,
            night_id=self.night.id,
            kind=DecisionKind.REPLAN,
            decided=[Decided(self.debtor_id, nothing, None, writing.terms)],
            round=writing.round,
        )
        return Became.WITHDRAWN

    def _why_none(self, state: State) -> Because:
        if self._part.agreed[0]:
            return Because.AGREED
        return Because.WAITING if state.people.reachable.any() else Because.STOPPED

    def _writing(self, taken: Sequence[uuid.UUID] = ()) -> Writing:
        return replace(
            self._plain, terms={"withdrew": [str(one) for one in taken]} if taken else None
        )

    @cached_property
    def _plain(self) -> Writing:
        last = self.session.scalar(
            select(func.max(Decision.round)).where(
                Decision.night_id == self.night.id, Decision.debtor_id == self.debtor_id
            )
        )
        return Writing(
            self.tenant, self.night.id, self.night.day, DecisionKind.REPLAN, (last or 0) + 1
        )
