"""Send a code to a contact on file, where there is somebody to send it to; forget old ones."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.debts.models import Debtor
from app.identity.models import Attempt, OneTimeCode
from app.identity.rules import new_code
from app.jobs import queue
from app.outreach.actions import write_message
from app.outreach.models import MessageClass
from tenants import resolve
from tenants.clock import now
from tenants.resolve import Resolved
from tenants.scope import within

KEEP = timedelta(days=2)


@queue.task(name="identity.send_code", queue="requested")
def send_code(tenant_id: str, code_id: str) -> None:
    """Look the person up, make the digits and write the message; nobody there: nothing happens."""
    tenant = resolve.by_id(uuid.UUID(tenant_id))
    with within(tenant) as session:
        asked = session.scalar(
            select(OneTimeCode).where(
                OneTimeCode.id == uuid.UUID(code_id),
                OneTimeCode.code_hash.is_(None),
                OneTimeCode.expires_at > now(),
            )
        )
        if asked is not None:
            _send(session, tenant, asked)


def _send(session: Session, tenant: Resolved, asked: OneTimeCode) -> None:
    from app.identity.codes import code_hash  # codes enqueues this job

    debtor_id = asked.debtor_id or session.scalar(
        select(Debtor.id).where(Debtor.document_index == asked.document_index)
    )
    if debtor_id is None:
        return
    code = new_code()
    message = write_message(
        session,
        tenant,
        debtor_id=debtor_id,
        intent="one_time_code",
        cause=f"code:{asked.id}",
        message_class=MessageClass.REQUESTED,
        channel=asked.channel,
        facts={"code": code},
        only_own=True,  # what opens the account goes where nobody else reads
    )
    if message is None:
        return
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == asked.id)
        .values(
            debtor_id=debtor_id,
            code_hash=code_hash(session, asked.id, code),
        )
        .execution_options(synchronize_session=False)
    )


@queue.periodic(cron="41 3 * * *")
@queue.task(name="identity.forget", queue="upkeep")
def forget(timestamp: int) -> None:
    """Delete codes and counted attempts after two days, tenant by tenant."""
    for tenant in resolve.all_live():
        with within(tenant) as session:
            before = now() - KEEP
            session.execute(delete(OneTimeCode).where(OneTimeCode.created_at < before))
            session.execute(delete(Attempt).where(Attempt.window_start < before))
