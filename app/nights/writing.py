"""What was chosen becomes messages and decisions, chunk by chunk; what is written is not again."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import among, identifiers, paused_channels, policy_in_force
from app.debts.portfolio import bulk
from app.journeys.models import Decision, DecisionKind
from app.journeys.planning import OFFER
from app.journeys.queries import Known, known
from app.journeys.rules import first
from app.nights.gathering import contact_of, may_hear, point_for
from app.outreach.models import MessageClass
from app.outreach.writing import Draft, write
from tenants.clock import now
from tenants.database import new_ids
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands

Action = Mapping[str, Any]
"""A row of the engine's actions."""
CHANGED = "changed_meanwhile"
"""Reason of a decision that became no message: something stood against it at the last moment."""
BETTER = "better_offer"
"""An intent of the engine's that the voice says in the words of a reminder."""
DECISIONS = bulk.Insert(
    "decisions",
    ("night_id", "kind"),
    (
        "id", "debtor_id", "subject_id", "channel", "hour", "intent", "wording", "intensity",
        "arm", "propensity", "eligible", "worth", "reasons",
    ),
    ("tenant_id", "night_id", "debtor_id", "kind"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writing:
    """The night whose plan is written."""

    tenant: Resolved
    night_id: uuid.UUID
    day: date

    def write(self, session: Session, actions: Mapping[uuid.UUID, Action]) -> Counter[str]:
        """Write the messages and decisions of a chunk, by person; how many were queued, and how
        many decisions became no message. Those that were decided on before are left as they are.
        """
        wanted = self._undecided(session, actions)
        if not wanted:
            return Counter()
        at, policy = now(), policy_in_force(session)
        people = known(session, identifiers(wanted), at, first())
        drafts = self._drafts(session, people, actions, at, policy)
        brand = brands.published(session)
        ids = write(session, vault(session), self.tenant.id, brand, list(drafts.values()))
        subjects = {
            person: ids[draft.cause] for person, draft in drafts.items() if draft.cause in ids
        }
        self._decide(session, wanted, actions, subjects)
        return Counter(queued=len(subjects), dropped=len(wanted) - len(subjects))

    def _undecided(self, session: Session, actions: Mapping[uuid.UUID, Action]) -> list[uuid.UUID]:
        if not actions:
            return []
        done = set(
            session.scalars(
                select(Decision.debtor_id).where(
                    Decision.night_id == self.night_id, among(Decision.debtor_id, actions)
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
            if point is not None and may_hear(person, at):
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
            cause=f"{OFFER}{person.offer.id}:{self.day:%Y%m%d}",
            locale=person.locale,
            send_after=when,
            facts={"valid_until": person.offer.valid_until},
            reasons=stored_reasons(verdict, policy, MessageClass.OUTBOUND),
            variant=action["wording"],
        )

    def _decide(
        self,
        session: Session,
        wanted: Sequence[uuid.UUID],
        actions: Mapping[uuid.UUID, Action],
        subjects: Mapping[uuid.UUID, uuid.UUID],
    ) -> None:
        rows = [
            _packed(decision_id, person, actions[person], subjects.get(person))
            for decision_id, person in zip(new_ids(len(wanted)), wanted, strict=True)
        ]
        driver: Any = session.connection().connection.driver_connection
        shared = (self.night_id.bytes, bulk.text(DecisionKind.CONTACT))
        bulk.Writer(driver, self.tenant.id).insert(DECISIONS, shared, rows)


def _packed(
    decision_id: bytes, person: uuid.UUID, action: Action, subject: uuid.UUID | None
) -> tuple[bulk.Packed, ...]:
    reasons = list(action["reasons"]) + ([] if subject else [CHANGED])
    return (
        decision_id,
        person.bytes,
        subject.bytes if subject else None,
        bulk.text(action["channel"]),
        bulk.int2(action["hour"]),
        bulk.text(action["intent"]),
        bulk.text(action["wording"]),
        bulk.int2(action["intensity"]),
        bulk.text(action["arm"]),
        bulk.float8(action["propensity"]),
        bulk.int8(signed(action["eligible"])),
        bulk.float8(action["value_cents"]),
        bulk.jsonb(reasons),
    )


def signed(bits: int) -> int:
    """64 bits as the database's bigint."""
    return bits - 2**64 if bits >= 2**63 else bits
