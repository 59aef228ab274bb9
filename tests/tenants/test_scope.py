"""Two walls and a fail-closed guard."""

import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.debts.models import Debtor
from tenants import keys
from tenants.models import Tenant, TenantKey
from tenants.scope import ForeignTenant, TenantRequired, platform, within


def person(**columns: object) -> Debtor:
    defaults = {"document_kind": "cpf", "document_index": uuid.uuid4().bytes, "sealed": b"x"}
    return Debtor(**defaults | columns)


def test_a_tenant_sees_its_own_rows_alone(cast):
    with within(cast.bank) as session:
        session.add(person())
    with within(cast.bank) as session:
        assert len(session.scalars(select(Debtor)).all()) == 1
    with within(cast.shop) as session:
        assert session.scalars(select(Debtor)).all() == []


def test_raw_sql_stays_inside_too(cast):
    with within(cast.bank) as session:
        session.add(person())
    with within(cast.shop) as session:
        seen = session.connection().connection.driver_connection.execute(
            "SELECT count(*) FROM debtors"
        )
        assert seen.fetchone() == (0,)


def test_without_a_tenant_the_database_shows_nothing(cast):
    with within(cast.bank) as session:
        session.add(person())
    with platform() as session:
        seen = session.connection().connection.driver_connection.execute(
            "SELECT count(*) FROM debtors"
        )
        assert seen.fetchone() == (0,)


def test_a_foreign_row_is_refused_by_the_database(cast):
    with pytest.raises(ProgrammingError, match="row-level security"), within(cast.shop) as session:
        session.connection().exec_driver_sql(
            "INSERT INTO tenant_keys (tenant_id, id, purpose, wrapped, master, created_at)"
            f" VALUES ('{cast.bank.id}', '{uuid.uuid4()}', 'data', 'x', 'x', now())"
        )


def test_platform_refuses_tenant_tables(cast):
    with platform() as session:
        with pytest.raises(TenantRequired):
            session.scalars(select(Debtor)).all()
        with pytest.raises(TenantRequired):
            session.execute(select(Debtor.__table__.c.id))
        session.add(person(tenant_id=cast.bank.id))
        with pytest.raises(TenantRequired):
            session.flush()
        session.expunge_all()


def test_a_row_of_another_tenant_is_refused(cast):
    with within(cast.shop) as session:
        session.add(person(tenant_id=cast.bank.id))
        with pytest.raises(ForeignTenant):
            session.flush()
        session.expunge_all()


def test_one_tenant_at_a_time(cast):
    with within(cast.bank), pytest.raises(ForeignTenant), within(cast.shop):
        pass


def test_a_failing_block_leaves_nothing(cast):
    with pytest.raises(RuntimeError), within(cast.bank) as session:
        session.add(person())
        session.flush()
        raise RuntimeError("half-way")
    with within(cast.bank) as session:
        assert session.scalars(select(Debtor)).all() == []


def test_platform_commits(cast):
    with platform() as session:
        session.get_one(Tenant, cast.bank.id).name = "Aurora"
    with platform() as session:
        assert session.get_one(Tenant, cast.bank.id).name == "Aurora"


def test_sealed_bytes_open_only_at_home_and_never_after_shredding(cast):
    with within(cast.bank) as session:
        vault = keys.vault(session)
        sealed = vault.seal("529.982.247-25", "debtor")
        assert vault.text(sealed, "debtor") == "529.982.247-25"
        with pytest.raises(keys.Unreadable):
            vault.unseal(sealed, "contact")
        index = vault.index("52998224725", "document")
    with within(cast.shop) as session:
        with pytest.raises(keys.Unreadable):
            keys.vault(session).unseal(sealed, "debtor")
        assert keys.vault(session).index("52998224725", "document") != index
    with within(cast.bank) as session:
        keys.shred(session)
    with within(cast.bank) as session:
        assert session.scalars(select(TenantKey)).all() == []
        with pytest.raises(keys.Unreadable):
            keys.vault(session)


def test_savepoints_roll_back_inside(cast):
    with within(cast.bank) as session:
        session.add(person())
        session.flush()
        with pytest.raises(RuntimeError), session.begin_nested():
            session.add(person())
            session.flush()
            raise RuntimeError
        assert len(session.scalars(select(Debtor)).all()) == 1
        assert session.execute(text("SELECT current_user")).scalar_one() == "traje_app"
