"""Rows by the thousand over the driver: counts, NULLs, errors, and statements that stay prepared."""

import uuid

import psycopg
import pytest
from sqlalchemy import func, select

from app.history.models import Event
from tenants import bulk
from tenants.clock import now
from tenants.database import new_ids
from tenants.scope import within
from tests.offers.people import person

EVENTS = bulk.Insert("events", ("kind", "at"), ("id", "debtor_id", "subject_id", "data"))
ONCE = bulk.Insert(*[getattr(EVENTS, name) for name in ("table", "shared", "varying")],
                   ("tenant_id", "id"))  # fmt: skip


def writer(session, tenant):
    return bulk.Writer(session.connection().connection.driver_connection, tenant.id)


def rows(debtor_id, count):
    return [(event_id, debtor_id.bytes, None, bulk.jsonb({})) for event_id in new_ids(count)]


def shared():
    return bulk.text("debts.seen"), bulk.moment(now())


@pytest.fixture
def debtor_id(cast):
    with within(cast.bank) as session:
        return person(session, [(100_00, 30)])


@pytest.mark.parametrize("count", [0, 1, bulk.ROWS, 2 * bulk.ROWS + 7])
def test_every_row_is_written_and_counted(cast, debtor_id, count):
    with within(cast.bank) as session:
        assert writer(session, cast.bank).insert(EVENTS, shared(), rows(debtor_id, count)) == count
        assert session.scalar(select(func.count(Event.id))) == count


def test_what_is_there_already_is_left_and_not_counted(cast, debtor_id):
    told = rows(debtor_id, bulk.ROWS + 3)
    with within(cast.bank) as session:
        write = writer(session, cast.bank)
        assert write.insert(ONCE, shared(), told[3:]) == bulk.ROWS
        assert write.insert(ONCE, shared(), told) == 3


@pytest.mark.parametrize("count", [1, bulk.ROWS])
def test_what_the_database_refuses_is_raised_and_leaves_nothing(cast, debtor_id, count):
    told = rows(debtor_id, count)
    with pytest.raises(psycopg.errors.UniqueViolation), within(cast.bank) as session:
        write = writer(session, cast.bank)
        write.insert(EVENTS, shared(), told)
        write.insert(EVENTS, shared(), told)
    with within(cast.bank) as session:
        assert session.scalar(select(func.count(Event.id))) == 0
        assert writer(session, cast.bank).insert(EVENTS, shared(), told) == count


def test_another_creditors_rows_are_refused(cast, debtor_id):
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        within(cast.shop) as session,
    ):
        writer(session, cast.bank).insert(EVENTS, shared(), rows(debtor_id, 1))


def test_ids_of_a_batch_are_refused_beyond_their_counter():
    assert uuid.UUID(bytes=new_ids(1)[0]).version == 7
    with pytest.raises(ValueError, match="too many"):
        new_ids(1 << 24)
