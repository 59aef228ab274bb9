"""One night and one planning anew at a time for a creditor, on whatever machine: a second night
waits, whoever else would plan anew leaves it to the first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.resolve import Resolved
from tenants.scope import platform


@contextmanager
def alone(tenant: Resolved, waits: Callable[[], None]) -> Iterator[None]:
    """Hold the creditor's nights for the block; `waits` is told when another run holds them.

    An advisory lock of one open transaction: a run that is killed gives it back by dying.
    """
    key = _key(b"night", tenant)
    with platform() as session:
        if not session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            waits()
            session.execute(select(func.pg_advisory_xact_lock(key)))
        yield


def planning_anew(session: Session, tenant: Resolved) -> bool:
    """Whether until the caller's transaction ends nobody else plans this creditor's people anew;
    False: somebody does just now."""
    found = session.scalar(select(func.pg_try_advisory_xact_lock(_key(b"replan", tenant))))
    return bool(found)


def _key(what: bytes, tenant: Resolved) -> int:
    return int.from_bytes(blake2b(what + tenant.id.bytes, digest_size=8).digest(), signed=True)
