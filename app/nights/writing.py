"""What was chosen becomes messages and decisions, chunk by chunk; what is written is not again."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import among, identifiers, paused_channels, policy_in_force
from app.journeys.models import Decision, DecisionKind
from app.journeys.planning import OFFER
from app.journeys.queries import Known, known
from app.journeys.rules import first
from app.nights.deciding import Action, Decided, decide
from app.nights.gathering import contact_of, may_hear, point_for
from app.outreach.models import Channel, MessageClass
from app.outreach.writing import Draft, write
from tenants.clock import now
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands, voice

CHANGED = "changed_meanwhile"
"""Reason of a decision that became no message: something stood against it at the last moment."""
BETTER = "better_offer"
"""An intent of the engine's that the voice says in the words of a reminder."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The night whose plan is written, or a part of it that was made anew."""

    tenant: Resolved
    night_id: uuid.UUID
    day: date
    kind: str = DecisionKind.CONTACT
    round: int = 0
    """How many-th re-plan of the day it is."""
    terms: Mapping[uuid.UUID, Mapping[str, Any]] = field(default_factory=dict)
    """What is kept with a person's decision."""

    def write(self, session: Session, actions: Mapping[uuid.UUID, Action]) -> Counter[str]:
        """Write the messages and decisions of a chunk, by person; how many were queued, and how
        many decisions became no message. Those that were decided on before are left as they are.
        """
        wanted = self._undecided(session, actions)
        queued = len(self.messages(session, actions, wanted))
        return Counter(queued=queued, dropped=len(wanted) - queued) if wanted else Counter()

    def messages(
        self,
        session: Session,
        actions: Mapping[uuid.UUID, Action],
        wanted: Sequence[uuid.UUID],
    ) -> dict[uuid.UUID, uuid.UUID]:
        """The same for people on whom nothing was decided: the messages queued, by person."""
        if not wanted:
            return {}
        at, policy = now(), policy_in_force(session)
        people = known(session, identifiers(wanted), at, first())
        drafts = self._drafts(session, people, actions, at, policy)
        brand = brands.published(session)
        ids = write(session, vault(session), self.tenant.id, brand, list(drafts.values()))
        subjects = {
            person: ids[draft.cause] for person, draft in drafts.items() if draft.cause in ids
        }
        decided = [
            Decided(person, actions[person], subjects.get(person), self.terms.get(person),
                    () if person in subjects else (CHANGED,))
            for person in wanted
        ]  # fmt: skip
        decide(session, night_id=self.night_id, kind=self.kind, decided=decided, round=self.round)
        return subjects

    def _undecided(self, session: Session, actions: Mapping[uuid.UUID, Action]) -> list[uuid.UUID]:
        if not actions:
            return []
        done = set(
            session.scalars(
                select(Decision.debtor_id).where(
                    Decision.night_id == self.night_id,
                    Decision.kind == self.kind,
                    Decision.round == self.round,
                    among(Decision.debtor_id, actions),
                )
            )
        )
        return [debtor_id for debtor_id in actions if debtor_id not in done]

    def _drafts(
        self,
        session: Session,
        people: Sequence[Known],
        actions: Mapping[uuid.UUID, Action],
        at: datetime,
        policy: Policy,
    ) -> dict[uuid.UUID, Draft]:
        """The messages that may still be written. Who is to hear at the same moment is asked about
        together."""
        paused = paused_channels(session)
        by_moment: dict[datetime, list[tuple[Known, Any]]] = defaultdict(list)
        for person in people:
            action = actions[person.debtor_id]
            point = point_for(person, action["channel"])
            if point is not None and person.offer is not None and may_hear(person, at):
                by_moment[max(at, self._moment(person, action))].append((person, point))
        drafts = {}
        for moment, group in by_moment.items():
            contacts = [
                contact_of(actions[person.debtor_id]["channel"], point, paused)
                for person, point in group
            ]
            columns = from_facts([person.facts for person, _ in group], contacts, policy)
            verdicts = decide_columns(columns, moment, policy).each()
            for (person, point), verdict in zip(group, verdicts, strict=True):
                action = actions[person.debtor_id]
                draft = self._draft(person, point, action, moment, verdict, policy)
                if draft is not None:
                    drafts[person.debtor_id] = draft
        return drafts

    def _again(self) -> str:
        return f":{self.round}" if self.round else ""

    def _moment(self, person: Known, action: Action) -> datetime:
        return datetime.combine(self.day, time(action["hour"]), ZoneInfo(person.time_zone))

    def _draft(
        self,
        person: Known,
        point: Any,
        action: Action,
        moment: datetime,
        verdict: Verdict,
        policy: Policy,
    ) -> Draft | None:
        when = verdict.until or moment
        late = when.astimezone(ZoneInfo(person.time_zone)).date() != self.day
        if late or not (verdict.allows or verdict.effect is Effect.DELAY):
            return None
        return Draft(
            debtor_id=person.debtor_id,
            contact_point_id=point.id,
            channel=action["channel"],
            intent="reminder" if action["intent"] == BETTER else action["intent"],
            message_class=MessageClass.OUTBOUND,
            cause=f"{OFFER}{person.offer.id}:{self.day:%Y%m%d}{self._again()}",
            locale=person.locale,
            send_after=when,
            facts={"valid_until": person.offer.valid_until},
            reasons=stored_reasons(verdict, policy, MessageClass.OUTBOUND),
            variant=_variant(action),
        )


def _variant(action: Action) -> str:
    """The words' key. An SMS has one length."""
    wording: str = action["wording"]
    is_short = action["channel"] != Channel.SMS and not action["intensity"]
    return voice.shortened(wording) if is_short else wording
