"""A glance enters its tenant in the same round trip, and sees what `within` would see."""

import uuid

import psycopg
import pytest
from sqlalchemy import Uuid, bindparam, literal_column, select

import app.portal.sight  # noqa: F401 - the glances there are
from app.debts.models import Debtor
from tenants.glance import Glance
from tenants.scope import ForeignTenant, bound_engine, within
from tests import statements

OF_DEBTOR = Glance(
    "test_debtor",
    select(Debtor.id, Debtor.uf).where(
        Debtor.tenant_id == bindparam("tenant_id", type_=Uuid),
        Debtor.id == bindparam("debtor_id", type_=Uuid),
    ),
)
WITHOUT_A_TENANT = Glance(
    "test_careless", select(Debtor.uf).where(Debtor.id == bindparam("debtor_id", type_=Uuid))
)
BROKEN = Glance(
    "test_broken",
    select(literal_column("1 / 0")).where(bindparam("tenant_id", type_=Uuid).is_not(None)),
)
WRITING = Glance(
    "test_writing",
    select(literal_column("lo_create(0)")).where(bindparam("tenant_id", type_=Uuid).is_not(None)),
)


@pytest.fixture
def debtor_id(cast):
    with within(cast.bank) as session:
        made = Debtor(document_kind="cpf", document_index=uuid.uuid4().bytes, sealed=b"x", uf="SP")
        session.add(made)
    return made.id


def test_it_finds_the_row_of_its_tenant(cast, debtor_id):
    assert OF_DEBTOR.row(cast.bank, debtor_id=debtor_id) == (debtor_id, "SP")


def test_it_finds_nothing_where_there_is_nothing(cast):
    assert OF_DEBTOR.row(cast.bank, debtor_id=uuid.uuid4()) is None


def test_another_tenants_row_is_not_there(cast, debtor_id):
    assert OF_DEBTOR.row(cast.shop, debtor_id=debtor_id) is None


def test_the_database_hides_other_tenants_even_from_a_careless_question(cast, debtor_id):
    assert WITHOUT_A_TENANT.row(cast.bank, debtor_id=debtor_id) == ("SP",)
    assert WITHOUT_A_TENANT.row(cast.shop, debtor_id=debtor_id) is None


def test_nothing_of_the_tenant_stays_on_the_connection(cast, debtor_id):
    OF_DEBTOR.row(cast.bank, debtor_id=debtor_id)
    connection = bound_engine().raw_connection()
    try:
        driver = connection.driver_connection
        assert driver.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert driver.execute("SELECT count(*) FROM debtors").fetchone() == (0,)
    finally:
        connection.close()


def test_after_an_error_the_next_one_is_answered(cast, debtor_id):
    with pytest.raises(psycopg.errors.DivisionByZero):
        BROKEN.row(cast.bank)
    assert OF_DEBTOR.row(cast.bank, debtor_id=debtor_id) == (debtor_id, "SP")


def test_after_a_lost_connection_the_next_one_is_answered(cast, debtor_id):
    lost = bound_engine().raw_connection()
    lost.driver_connection.pgconn.finish()
    lost.close()
    assert OF_DEBTOR.row(cast.bank, debtor_id=debtor_id) == (debtor_id, "SP")


def test_a_glance_cannot_write(cast):
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        WRITING.row(cast.bank)


def test_it_does_not_enter_a_second_tenant(cast, debtor_id):
    with within(cast.shop), pytest.raises(ForeignTenant):
        OF_DEBTOR.row(cast.bank, debtor_id=debtor_id)


@pytest.mark.parametrize("value", ["' OR true --", 7, None])
def test_only_uuids_are_written_into_it(cast, value):
    with pytest.raises(TypeError, match="UUID"):
        OF_DEBTOR.row(cast.bank, debtor_id=value)


def test_every_glance_of_the_product_names_its_tenant_in_every_query():
    ours = [one for name, one in Glance.known.items() if not name.startswith("test_")]
    assert ours
    assert [problem for one in ours for problem in statements.problems_of(one.sql)] == []
