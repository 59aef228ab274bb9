"""Rows as arrays: what the database holds, whatever the type, and nothing of anybody else."""

import numpy as np
import pytest
from sqlalchemy import select

from app.debts.models import Debt
from app.insights import columns
from app.journeys.arms import number_of
from tenants.scope import within
from tests.insights.conftest import crowd_of

OWED = "FROM debts WHERE tenant_id = %(tenant)s AND principal_cents < %(most)s"
FIELDS = {
    "person": ("debtor_id", "uuid"),
    "cents": ("principal_cents", "int8"),
    "day": ("due_on", "date"),
    "at": ("created_at", "timestamptz"),
    "share": ("principal_cents / 3.0", "float8"),
    "place": ("array_position(%(products)s::text[], product)", "int2"),
}


@pytest.fixture
def both(cast):
    return crowd_of(cast.bank, 60), crowd_of(cast.shop, 7)


def read(crowd, most=10**9, products=("card", "loan"), **fields):
    with within(crowd.tenant) as session:
        return columns.read(session, fields or FIELDS, OWED, most=most, products=list(products))


def test_columns_are_what_the_rows_say(both):
    crowd = both[0]
    with within(crowd.tenant) as session:
        rows = {one.debtor_id.bytes: one for one in session.scalars(select(Debt))}
    found = read(crowd)
    assert len(found["person"]) == len(crowd.people)
    for at, person in enumerate(found["person"].tolist()):
        row = rows[person.ljust(16, b"\0")]
        assert found["cents"][at] == row.principal_cents
        assert found["day"][at] == np.datetime64(row.due_on)
        assert found["at"][at] == int(row.created_at.timestamp() * 1000)
        assert found["share"][at] == pytest.approx(row.principal_cents / 3)
        assert ("card", "loan")[found["place"][at] - 1] == row.product
    numbers = columns.numbers(found["person"])
    assert set(numbers.tolist()) == {number_of(one) for one in crowd.people}


def test_without_rows_the_columns_are_empty(both):
    found = read(both[0], most=0)
    assert [len(column) for column in found.values()] == [0] * len(FIELDS)
    assert not len(columns.numbers(found["person"]))


def test_what_is_not_known_of_every_row_is_refused(both):
    with pytest.raises(ValueError, match="place is not known"):
        read(both[0], products=("card",))


def test_places_are_those_of_the_ids_zeros_at_their_end_included():
    ids = [bytes([1] * 15 + [0]), bytes([2] * 16), bytes([1] * 16)]
    among = np.sort(np.array(ids[:2], dtype="S16"))
    assert columns.places(np.array(ids, dtype="S16"), among).tolist() == [0, 1, -1]
    assert columns.places(np.array(ids, dtype="S16"), among[:0]).tolist() == [-1, -1, -1]
