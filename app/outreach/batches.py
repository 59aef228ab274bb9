"""What is decided of a claimed batch: the policy asked once more, what it allows composed."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import config
from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, PersonFacts, Sent, Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import paused_channels, policy_in_force
from app.compliance.rules import decide
from app.outreach import lapsing, queries, waiting
from app.outreach.channels import Parcel
from app.outreach.claiming import Due, KeptBack
from app.outreach.composing import Composed, Said, Writer
from app.outreach.leasing import Leaving
from app.outreach.models import MessageClass, MessageState
from emails.compose import Email
from tenants.clock import now
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands
from themes.dress import Brand

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Candidate:
    """A message that may leave, on its way from a row to a parcel: see `app.outreach.composing`."""

    row: Due
    reasons: list[dict[str, Any]]
    said: Said = field(init=False)
    email: Email | None = field(init=False)
    parcel: Parcel = field(init=False)
    composed: Composed = field(init=False)
    failed: str = ""
    """Why it cannot be composed: the kind of the error."""


class Point(NamedTuple):
    """An address meant."""

    id: uuid.UUID
    sealed: bytes
    area_code: str | None
    state: str
    whose: str


_POINTS = """
SELECT id, sealed, area_code, state, whose FROM contact_points
WHERE tenant_id = $1 AND id = ANY($2::uuid[])"""
_PEOPLE = "SELECT id, sealed FROM debtors WHERE tenant_id = $1 AND id = ANY($2::uuid[])"


class Batch:
    """What is known about the people of a batch, and what is decided for each of its messages."""

    def __init__(
        self,
        session: Session,
        tenant: Resolved,
        rows: Sequence[Due],
        number: str | None,
        meanwhile: Callable[[], None],
    ) -> None:
        self.parcels: list[Parcel] = []
        self.leaving: list[Leaving] = []
        self.kept_back: list[KeptBack] = []
        self._meanwhile = meanwhile
        self._is_anybody_crowded = False
        """Whether a person has several messages in the batch: the first counts for the others."""
        self._session = session
        self._at = now()
        self._policy: Policy = policy_in_force(session)
        self._paused = paused_channels(session)
        self._facts = queries.person_facts(session, {r.debtor_id for r in rows}, self._at)
        self._rows = rows
        writer = waiting.writer(session)
        points = waiting.packed([row.contact_point_id for row in rows])
        people = waiting.packed([row.debtor_id for row in rows])
        self._points = {row[0]: Point._make(row) for row in writer.select(_POINTS, points)}
        self._people = dict(writer.select(_PEOPLE, people))
        self._allowed: dict[str, list[dict[str, Any]]] = {}
        self._keys = vault(session)
        self._writer = Writer(
            tenant=tenant,
            portal=config.settings().origin(tenant.primary_host),
            keys=self._keys,
            policy=self._policy,
            sender_number=number,
            at=self._at,
        )
        self._brands: dict[uuid.UUID, Brand] = {}
        self._days = lapsing.Days(self._at)

    def decide(self) -> None:
        """Find what becomes of each message: the policy is asked once more, what it allows is
        composed. Each is in `leaving`, with its parcel, or in `kept_back` then.

        Everybody's first message of the batch is decided with all others, as columns; a further
        one of the same person after it, for what was decided counts.
        """
        first = list({row.debtor_id.int: row for row in reversed(self._rows)}.values())[::-1]
        self._is_anybody_crowded = len(first) < len(self._rows)
        self._settle(first, self._ask(first))
        if self._is_anybody_crowded:
            taken = {row.id for row in first}
            for row in self._rows:
                if row.id not in taken:
                    self._settle([row], [self._again(row)])

    def _ask(self, rows: Sequence[Due]) -> list[Verdict]:
        columns = from_facts(
            [self._facts[row.debtor_id] for row in rows],
            [self._contact(row) for row in rows],
            self._policy,
        )
        return decide_columns(columns, self._at, self._policy).each()

    def _settle(self, rows: Sequence[Due], verdicts: Sequence[Verdict]) -> None:
        allowed: list[Candidate] = []
        for row, verdict in zip(rows, verdicts, strict=True):
            reasons = self._reasons(verdict, row.message_class)
            if self._is_over(row, verdict):
                stopped = [] if verdict.allows else reasons
                self._keep_back(row, MessageState.WITHHELD, [*stopped, dict(lapsing.REASON)])
            elif verdict.effect is Effect.DELAY:
                self._keep_back(row, MessageState.QUEUED, reasons, send_after=verdict.until)
            elif verdict.allows:
                allowed.append(Candidate(row, reasons))
            else:
                self._keep_back(row, MessageState.WITHHELD, reasons)
        for step in (self._say, self._dress, self._pack, self._keep):
            for message in allowed:
                if not message.failed:
                    self._try(step, message)
        for message in allowed:
            self._let_go(message)

    def _is_over(self, row: Due, verdict: Verdict) -> bool:
        """Whether the day that the message was planned for is over, or will be before it may
        leave."""
        if not lapsing.is_of_a_day(row.message_class, row.cause):
            return False
        until = verdict.until if verdict.effect is Effect.DELAY else None
        time_zone = self._facts[row.debtor_id].time_zone
        return self._days.is_over(row.send_after, until, time_zone)

    def _try(self, step: Callable[[Candidate], None], message: Candidate) -> None:
        """A step of one message; what fails in it fails alone. Only the database's failures are
        everybody's: the whole claim is taken back."""
        try:
            step(message)
        except SQLAlchemyError:
            raise
        except Exception as error:
            message.failed = type(error).__name__
            log.error("message.not_composed", message=str(message.row.id), error=message.failed)

    def _let_go(self, message: Candidate) -> None:
        row, reasons = message.row, message.reasons
        if message.failed:
            failed = {"effect": "FAILED", "detail": message.failed}
            self._keep_back(row, MessageState.FAILED, [*reasons, failed])
            return
        composed = message.composed
        if composed.broken:
            broken = [reason.as_data() for reason in composed.broken]
            self._keep_back(row, MessageState.WITHHELD, broken, composed.kept)
        else:
            self._count(row)
            self.parcels.append(composed.parcel)
            self.leaving.append(Leaving(row, reasons, composed.kept, composed.parcel.sender))

    def _keep_back(
        self,
        row: Due,
        state: str,
        reasons: list[dict[str, Any]],
        body: bytes | None = None,
        send_after: datetime | None = None,
    ) -> None:
        self.kept_back.append(KeptBack(row, state, reasons, body, send_after))

    def _again(self, row: Due) -> Verdict:
        """A person's further message: what was decided in this batch counts."""
        return decide(self._facts[row.debtor_id], self._contact(row), self._at, self._policy)

    def _reasons(self, verdict: Verdict, message_class: str) -> list[dict[str, Any]]:
        """As stored; what nearly all have in common is one object."""
        if verdict.reasons:
            return stored_reasons(verdict, self._policy, message_class)
        if message_class not in self._allowed:
            self._allowed[message_class] = stored_reasons(verdict, self._policy, message_class)
        return self._allowed[message_class]

    def _contact(self, row: Due) -> ContactFacts:
        point = self._points[row.contact_point_id]
        return ContactFacts(
            channel=row.channel,
            message_class=row.message_class,
            area_code=point.area_code,
            state=point.state,
            whose=point.whose,
            sender_paused=self._paused.get(row.channel, ""),
            line=row.contact_point_id,
        )

    def _count(self, row: Due) -> None:
        """A message of this batch counts for the next one to the same person."""
        if self._is_anybody_crowded and row.message_class == MessageClass.OUTBOUND:
            facts: PersonFacts = self._facts[row.debtor_id]
            self._facts[row.debtor_id] = _with_sent(facts, Sent(row.channel, self._at))

    def _say(self, message: Candidate) -> None:
        self._meanwhile()
        row = message.row
        person = orjson.loads(self._keys.unseal(self._people[row.debtor_id], "debtor"))
        message.said = self._writer.say(row, brand=self._brand(row), full_name=person["name"])

    def _dress(self, message: Candidate) -> None:
        message.email = self._writer.dress(message.row, message.said)

    def _pack(self, message: Candidate) -> None:
        self._meanwhile()
        row = message.row
        to = self._keys.text(self._points[row.contact_point_id].sealed, "contact")
        message.parcel = self._writer.pack(row, message.said, message.email, to)

    def _keep(self, message: Candidate) -> None:
        message.composed = self._writer.keep(
            message.row, message.said, message.email, message.parcel
        )

    def _brand(self, row: Due) -> Brand:
        brand = self._brands.get(row.brand_version_id)
        if brand is None:
            brand = brands.load(self._session, row.brand_version_id)
            self._brands[row.brand_version_id] = brand
        return brand


def _with_sent(facts: PersonFacts, sent: Sent) -> PersonFacts:
    return replace(facts, sent=(*facts.sent, sent))
