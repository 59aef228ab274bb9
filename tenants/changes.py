"""What changed lately: processes keep what they know of creditors for long, and are still fresh.

Whatever other processes keep of a creditor (its hosts and state, the brand it wears, its opened
keys) is marked as changed by one column of its row in `tenants`. Every process asks for the rows
that changed since it last asked, every few seconds at most and for all creditors at once, over an
index. So a page costs no question of its own, and a suspension is seen everywhere within seconds.
"""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tenants.models import Tenant
from tenants.scope import platform

LOOK_SECONDS = 3.0
"""How late another process sees a change."""
OVERLAP = timedelta(seconds=30)
"""A change counts from the start of its transaction: one that took longer is seen when what is
kept expires by itself."""

_forgetters: list[Callable[[set[uuid.UUID]], None]] = []
_lock = threading.Lock()
_next_look = 0.0
_since: datetime | None = None
_seen: list[dict[uuid.UUID, datetime]] = [{}, {}]
"""The changes of the look before the last, and of the last. Each is acted upon in two looks: what
somebody was reading while it was committed, and kept after the first look, goes with the second."""


def on_change(forget: Callable[[set[uuid.UUID]], None]) -> Callable[[set[uuid.UUID]], None]:
    """Have `forget` called with the ids of creditors of which something kept may be old."""
    _forgetters.append(forget)
    return forget


def touch(session: Session, tenant_id: uuid.UUID) -> None:
    """Mark a creditor as changed, in the transaction that changes it."""
    session.execute(
        update(Tenant)
        .where(Tenant.id == tenant_id)
        .values(changed_at=func.now())
        .execution_options(synchronize_session=False)
    )


def look() -> None:
    """Forget what has changed. Costs nothing until the next look is due."""
    if time.monotonic() < _next_look:
        return
    with _lock:
        if time.monotonic() >= _next_look:
            _look()


def _look() -> None:
    global _next_look, _since, _seen
    with platform() as session:
        at = session.execute(select(func.now())).scalar_one()
        since = (_since or at) - OVERLAP
        rows = session.execute(
            select(Tenant.id, Tenant.changed_at).where(Tenant.changed_at > since)
        ).all()
    news = {tenant_id for tenant_id, changed_at in rows if _seen[0].get(tenant_id) != changed_at}
    if news:
        for forget in _forgetters:
            forget(news)
    _since, _seen = at, [_seen[1], {row.id: row.changed_at for row in rows}]
    _next_look = time.monotonic() + LOOK_SECONDS
