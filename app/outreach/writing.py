"""Message rows: one by one for what people ask for, by the thousand for a day's plan."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.queries import among
from app.outreach import links, waiting
from app.outreach.models import Message, MessageState
from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.keys import Vault
from themes import voice
from themes.dress import Brand


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to be written."""

    debtor_id: uuid.UUID
    contact_point_id: uuid.UUID
    channel: str
    intent: str
    message_class: str
    cause: str
    locale: str
    send_after: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    state: str = MessageState.QUEUED
    reasons: Sequence[Mapping[str, Any]] = ()
    variant: str | None = None
    """The key of the wording; None: drawn evenly."""


def as_json(facts: Mapping[str, Any]) -> bytes:
    """Facts as they are sealed: dates in ISO form, ids and decimals as text."""
    return orjson.dumps(facts, default=str)


def carries_link(intent: str) -> bool:
    """Whether messages of this intent lead to the portal."""
    return "link" in voice.required_facts(intent)


MESSAGES = bulk.Insert(
    "messages",
    ("brand_version_id", "created_at", "attempts"),
    (
        "id",
        "debtor_id",
        "contact_point_id",
        "channel",
        "intent",
        "message_class",
        "cause",
        "locale",
        "variant",
        "facts",
        "verification_code",
        "send_after",
        "state",
        "reasons",
    ),
    ("tenant_id", "cause", "channel"),
)


def write(
    session: Session, keys: Vault, tenant_id: uuid.UUID, brand: Brand, drafts: Sequence[Draft]
) -> dict[str, uuid.UUID]:
    """Insert messages and their links; a cause that was written before on its channel is left out.

    Returns the ids of those written now, by cause.
    """
    made = dict(zip(new_ids(len(drafts)), drafts, strict=True))
    if not made:
        return {}
    session.flush()
    writer = bulk.Writer(_driver(session), tenant_id)
    shared = (brand.version_id.bytes, bulk.moment(now()), bulk.int4(0))
    rows = [_packed(keys, brand.tone, message_id, draft) for message_id, draft in made.items()]
    if writer.insert(MESSAGES, shared, rows) < len(made):
        ids = [uuid.UUID(bytes=message_id) for message_id in made]
        written = session.scalars(select(Message.id).where(among(Message.id, ids)))
        made = {one.bytes: made[one.bytes] for one in written}
    waits = [
        waiting.Wait(message_id, draft.message_class, draft.send_after)
        for message_id, draft in made.items()
        if draft.state == MessageState.QUEUED
    ]
    waiting.add(writer, waits)
    linked = [
        (message_id, draft.debtor_id.bytes)
        for message_id, draft in made.items()
        if carries_link(draft.intent)
    ]
    links.insert_many(writer, keys, linked)
    return {draft.cause: uuid.UUID(bytes=message_id) for message_id, draft in made.items()}


def _driver(session: Session) -> Any:
    return session.connection().connection.driver_connection


def _packed(keys: Vault, tone: str, message_id: bytes, draft: Draft) -> tuple[bulk.Packed, ...]:
    """The varying values of MESSAGES, in their order."""
    variant = draft.variant or voice.draw(
        message_id, tone=tone, locale=draft.locale, intent=draft.intent, channel=draft.channel
    )
    return (
        message_id,
        draft.debtor_id.bytes,
        draft.contact_point_id.bytes,
        bulk.text(draft.channel),
        bulk.text(draft.intent),
        bulk.text(draft.message_class),
        bulk.text(draft.cause),
        bulk.text(draft.locale),
        bulk.text(variant),
        keys.seal(as_json(draft.facts), "facts"),
        bulk.text(links.verification_code(keys, uuid.UUID(bytes=message_id))),
        bulk.moment(draft.send_after),
        bulk.text(draft.state),
        bulk.jsonb(draft.reasons),
    )
