"""What did not leave: messages that wait, were withheld or failed, with the policy's reasons."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.compliance import explain
from app.compliance.queries import policy_in_force
from app.outreach.models import Message, MessageState
from tenants.resolve import Resolved
from tenants.scope import within

NOT_SENT = (
    MessageState.QUEUED,
    MessageState.WITHHELD,
    MessageState.UNCERTAIN,
    MessageState.FAILED,
)


@dataclass(frozen=True, slots=True)
class Unsent:
    """So many messages that did not leave, for the same reasons."""

    state: str
    why: tuple[str, ...]
    count: int
    next_at: datetime | None
    """When the first of those that wait may leave."""


def unsent_of(tenant: Resolved, locale: str) -> list[Unsent]:
    """What did not leave of a creditor's messages, the most frequent reasons first."""
    with within(tenant) as session:
        policy = policy_in_force(session)
        rows = session.execute(
            select(Message.state, Message.reasons, func.count(), func.min(Message.send_after))
            .where(Message.state.in_(NOT_SENT))
            .group_by(Message.state, Message.reasons)
        ).all()
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    earliest: dict[tuple[str, tuple[str, ...]], datetime] = {}
    for state, reasons, count, send_after in rows:
        # One sentence for all that differ only in the moment until which a rule holds them.
        key = state, tuple(dict.fromkeys(explain.stored(reasons, policy, locale)))
        counts[key] += count
        earliest[key] = min(send_after, earliest.get(key, send_after))
    return [
        Unsent(*key, count, earliest[key] if key[0] == MessageState.QUEUED else None)
        for key, count in counts.most_common()
    ]
