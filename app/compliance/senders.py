"""The creditor as a sender: its messages of a channel rest, or leave again (BR-29)."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.compliance.actions import audit
from app.compliance.models import SenderPause
from tenants.clock import now
from tenants.database import new_id
from tenants.scope import current_tenant_id


def pause_sender(session: Session, *, channel: str, rule: str, reason: str) -> bool:
    """Let this creditor's outbound messages of a channel rest. False where they rest already."""
    made = session.scalar(
        insert(SenderPause)
        .values(
            tenant_id=current_tenant_id(),
            id=new_id(),
            channel=channel,
            rule=rule,
            reason=reason,
            paused_at=now(),
        )
        .on_conflict_do_nothing(
            index_elements=["tenant_id", "channel"],
            index_where=SenderPause.resumed_at.is_(None),
        )
        .returning(SenderPause.id)
    )
    if made is not None:
        audit(
            session,
            actor="system",
            action="sender.paused",
            subject_id=made,
            channel=channel,
            rule=rule,
            reason=reason,
        )
    return made is not None


def resume_sender(session: Session, *, channel: str, actor: str) -> None:
    """Somebody looked: messages of this channel may leave again."""
    session.execute(
        update(SenderPause)
        .where(
            SenderPause.tenant_id == current_tenant_id(),
            SenderPause.channel == channel,
            SenderPause.resumed_at.is_(None),
        )
        .values(resumed_at=now())
    )
    audit(session, actor=actor, action="sender.resumed", channel=channel)
