"""One night at a time for a creditor: a second run waits for the first, on whatever machine."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b

from sqlalchemy import func, select

from tenants.resolve import Resolved
from tenants.scope import platform


@contextmanager
def alone(tenant: Resolved, waits: Callable[[], None]) -> Iterator[None]:
    """Hold the creditor's nights for the block; `waits` is told when another run holds them.

    An advisory lock of one open transaction: a run that is killed gives it back by dying.
    """
    name = blake2b(b"night" + tenant.id.bytes, digest_size=8).digest()
    key = int.from_bytes(name, signed=True)
    with platform() as session:
        if not session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            waits()
            session.execute(select(func.pg_advisory_xact_lock(key)))
        yield
