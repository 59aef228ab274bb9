"""What another process changed is seen within seconds, though hosts and brands are kept for long."""

from sqlalchemy import delete, update

from tenants import changes, keys, resolve
from tenants.models import Domain, Tenant, TenantKey, TenantState
from tenants.scope import platform, within
from tests.waiting import until


def test_a_process_looks_every_few_seconds():
    assert changes.LOOK_SECONDS <= 3


def test_a_suspension(cast):
    assert resolve.by_host(cast.bank.host).state == TenantState.LIVE
    with platform() as session:
        session.get_one(Tenant, cast.bank.id).state = TenantState.SUSPENDED
    until(lambda: resolve.by_host(cast.bank.host).state == TenantState.SUSPENDED)


def test_a_host_that_was_unknown(cast):
    assert resolve.by_host(cast.outsider_host) is None
    with platform() as session:
        session.execute(
            update(Domain).where(Domain.host == cast.bank.host).values(host=cast.outsider_host)
        )
        changes.touch(session, cast.bank.id)
    until(lambda: resolve.by_host(cast.outsider_host) is not None)
    until(lambda: resolve.by_host(cast.bank.host) is None)


def test_shredded_keys(cast):
    with within(cast.bank) as session:
        keys.vault(session)
        session.execute(delete(TenantKey))
        changes.touch(session, cast.bank.id)
    assert keys.kept(cast.bank.id)
    until(lambda: resolve.by_host(cast.bank.host) and not keys.kept(cast.bank.id))
