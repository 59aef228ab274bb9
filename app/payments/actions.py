"""Verbs of payments: start one, take in an event, apply it once."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.jobs import enqueue
from app.payments import facts, gateway, jobs
from app.payments.errors import UnknownAccount
from app.payments.models import ProviderEvent, ProviderEventState
from app.payments.settling import take
from app.payments.starting import start
from tenants import resolve
from tenants.clock import now
from tenants.database import new_id
from tenants.keys import vault
from tenants.models import Tenant
from tenants.resolve import Resolved
from tenants.scope import platform, within

__all__ = ["apply_event", "receive", "start"]


def receive(raw_body: bytes, signature: str | None) -> bool:
    """Take in a webhook: verify, find the tenant by its account, store, enqueue; all or nothing.

    False for what was stored before, or says nothing to us. Raises Forged, UnknownAccount.
    """
    event = gateway.verified(raw_body, signature)
    account = event.get("account")
    if account is None or bool(event.get("livemode")) is not gateway.is_live():
        return False
    tenant = _by_account(account)
    with within(tenant) as session:
        return _store(session, tenant, event, raw_body)


def apply_event(session: Session, tenant: Resolved, event_id: uuid.UUID) -> None:
    """Apply a stored event, once: applied again, nothing happens. The caller owns the transaction.

    Raises LookupError.
    """
    event = session.scalar(
        select(ProviderEvent)
        .where(ProviderEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if event is None:
        raise LookupError("no such event")
    if event.state != ProviderEventState.STORED:
        return
    fact = facts.read_event(json.loads(vault(session).text(event.payload, "provider_event")))
    outcome = take(session, tenant, fact) if fact else None
    event.state = ProviderEventState.APPLIED if outcome else ProviderEventState.IGNORED
    event.outcome = outcome or "not ours"
    event.applied_at = now()


def _by_account(account: str) -> Resolved:
    with platform() as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.stripe_account == account))
    if tenant_id is None:
        raise UnknownAccount("no tenant has this connected account")
    return resolve.by_id(tenant_id)


def _store(session: Session, tenant: Resolved, event: dict[str, Any], raw_body: bytes) -> bool:
    speaks = facts.read_event(event) is not None
    stored = session.scalar(
        insert(ProviderEvent)
        .values(
            tenant_id=tenant.id,
            id=new_id(),
            provider_event_id=event["id"],
            type=str(event.get("type")),
            payload=vault(session).seal(raw_body, "provider_event"),
            state=ProviderEventState.STORED if speaks else ProviderEventState.IGNORED,
            created_at=datetime.fromtimestamp(int(event.get("created", 0)), UTC),
            received_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "provider_event_id"])
        .returning(ProviderEvent.id)
    )
    if stored is None or not speaks:
        return False
    enqueue(session, jobs.apply, tenant_id=str(tenant.id), event_id=str(stored))
    return True
