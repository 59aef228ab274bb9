"""Message rows: one by one for what people ask for, by the thousand for a day's plan."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.outreach import links
from app.outreach.models import Message, MessageState
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import Vault
from themes import voice
from themes.dress import Brand

ROWS_PER_INSERT = 1_000


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


def as_json(facts: Mapping[str, Any]) -> str:
    """Facts as they are sealed: dates in ISO form, ids as text."""
    return json.dumps(facts, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def carries_link(intent: str) -> bool:
    """Whether messages of this intent lead to the portal."""
    return "link" in voice.required_facts(intent)


def write(
    session: Session, keys: Vault, tenant_id: uuid.UUID, brand: Brand, drafts: Iterable[Draft]
) -> dict[str, uuid.UUID]:
    """Insert messages and their links; a cause that was written before on its channel is left out.

    Returns the ids of those written now, by cause.
    """
    rows = [_row(keys, tenant_id, brand, draft) for draft in drafts]
    written: set[uuid.UUID] = set()
    for start in range(0, len(rows), ROWS_PER_INSERT):
        written.update(
            session.scalars(
                insert(Message)
                .values(rows[start : start + ROWS_PER_INSERT])
                .on_conflict_do_nothing(index_elements=["tenant_id", "cause", "channel"])
                .returning(Message.id)
            )
        )
    linked = [
        links.row(keys, tenant_id, row["id"], row["debtor_id"], message_id=row["id"])
        for row in rows
        if row["id"] in written and carries_link(row["intent"])
    ]
    for start in range(0, len(linked), ROWS_PER_INSERT):
        links.insert_rows(session, linked[start : start + ROWS_PER_INSERT])
    return {row["cause"]: row["id"] for row in rows if row["id"] in written}


def _row(keys: Vault, tenant_id: uuid.UUID, brand: Brand, draft: Draft) -> dict[str, Any]:
    message_id = new_id()
    return {
        "tenant_id": tenant_id,
        "id": message_id,
        "debtor_id": draft.debtor_id,
        "contact_point_id": draft.contact_point_id,
        "channel": draft.channel,
        "intent": draft.intent,
        "message_class": draft.message_class,
        "cause": draft.cause,
        "locale": draft.locale,
        "variant": voice.draw(
            message_id.bytes,
            tone=brand.tone,
            locale=draft.locale,
            intent=draft.intent,
            channel=draft.channel,
        ),
        "brand_version_id": brand.version_id,
        "facts": keys.seal(as_json(draft.facts), "facts"),
        "body": None,
        "verification_code": links.verification_code(keys, message_id),
        "send_after": draft.send_after,
        "state": draft.state,
        "reasons": list(draft.reasons),
        "attempts": 0,
        "created_at": now(),
    }
