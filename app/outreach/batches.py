"""What is decided of a claimed batch: the policy asked once more, what it allows composed."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import structlog
from sqlalchemy.orm import Session

from app import config
from app.compliance.columns import decide_columns, from_facts
from app.compliance.facts import ContactFacts, PersonFacts, Sent, Verdict, stored_reasons
from app.compliance.policy import Effect, Policy
from app.compliance.queries import paused_channels, policy_in_force
from app.compliance.rules import decide
from app.outreach import queries, waiting
from app.outreach.channels import Parcel
from app.outreach.claiming import Claim, Due
from app.outreach.composing import Writer
from app.outreach.models import MessageClass, MessageState
from tenants.clock import now
from tenants.keys import vault
from tenants.resolve import Resolved
from themes import brands
from themes.dress import Brand

log = structlog.get_logger(__name__)


class Point(NamedTuple):
    """An address meant."""

    id: uuid.UUID
    sealed: bytes
    area_code: str | None
    state: str


_POINTS = """
SELECT id, sealed, area_code, state FROM contact_points
WHERE tenant_id = $1 AND id = ANY($2::uuid[])"""
_PEOPLE = "SELECT id, sealed FROM debtors WHERE tenant_id = $1 AND id = ANY($2::uuid[])"


class Batch:
    """What is known about the people of a batch, and what is decided for each of its messages."""

    def __init__(
        self, session: Session, tenant: Resolved, rows: Sequence[Due], number: str | None
    ) -> None:
        self.parcels: list[Parcel] = []
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
        self._verdicts: Mapping[uuid.UUID, Verdict] = {}
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

    def ask(self) -> None:
        """Ask the policy once more about everybody's first message of the batch, as columns."""
        first = list({row.debtor_id: row for row in reversed(self._rows)}.values())
        columns = from_facts(
            [self._facts[row.debtor_id] for row in first],
            [self._contact(row) for row in first],
            self._policy,
        )
        verdicts = decide_columns(columns, self._at, self._policy)
        self._verdicts = {row.id: verdicts.verdict(place) for place, row in enumerate(first)}

    def decide(self, row: Due) -> Claim:
        """What the policy says of a message; composed if it allows."""
        verdict = self._verdicts.get(row.id) or self._again(row)
        reasons = self._reasons(verdict, row.message_class)
        if verdict.effect is Effect.DELAY:
            return Claim(row.id, MessageState.QUEUED, reasons, send_after=verdict.until)
        if not verdict.allows:
            return Claim(row.id, MessageState.WITHHELD, reasons)
        try:
            composed = self._compose(row)
        except (ValueError, LookupError) as error:
            log.error("message.not_composed", message=str(row.id), error=type(error).__name__)
            failed = {"effect": "FAILED", "detail": type(error).__name__}
            return Claim(row.id, MessageState.FAILED, [*reasons, failed])
        if composed.broken:
            broken = [reason.as_data() for reason in composed.broken]
            return Claim(row.id, MessageState.WITHHELD, broken, composed.kept)
        self._count(row)
        parcel = composed.parcel
        self.parcels.append(parcel)
        return Claim(row.id, MessageState.SENDING, reasons, composed.kept, sent_from=parcel.sender)

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
            sender_paused=row.channel in self._paused,
        )

    def _count(self, row: Due) -> None:
        """A message of this batch counts for the next one to the same person."""
        if row.message_class == MessageClass.OUTBOUND:
            facts: PersonFacts = self._facts[row.debtor_id]
            self._facts[row.debtor_id] = _with_sent(facts, Sent(row.channel, self._at))

    def _compose(self, row: Due) -> Any:
        person = orjson.loads(self._keys.unseal(self._people[row.debtor_id], "debtor"))
        recipient = self._keys.text(self._points[row.contact_point_id].sealed, "contact")
        brand = self._brands.get(row.brand_version_id)
        if brand is None:
            brand = brands.load(self._session, row.brand_version_id)
            self._brands[row.brand_version_id] = brand
        return self._writer.compose(row, brand=brand, full_name=person["name"], recipient=recipient)


def _with_sent(facts: PersonFacts, sent: Sent) -> PersonFacts:
    return PersonFacts(
        debtor_id=facts.debtor_id,
        time_zone=facts.time_zone,
        uf=facts.uf,
        adult_on=facts.adult_on,
        holds=facts.holds,
        opted_out=facts.opted_out,
        debts=facts.debts,
        sent=(*facts.sent, sent),
    )
