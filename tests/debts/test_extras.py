"""Columns that a creditor may add of its own: visits to its stores, purchases, paydays."""

import pytest
from sqlalchemy import select

from app.debts import actions
from app.debts.models import Debtor
from tenants.scope import within
from tests.debts.files import ANA, BRUNO, HEADER, bring, debts, line

WITH_BOTH = HEADER.replace("\n", ";Visitas à loja;Nº de compras\n")


def file(*rows):
    """Contract, visits and purchases of each row."""
    body = (line(name).replace("\n", f";{visits};{bought}\n") for name, visits, bought in rows)
    return (WITH_BOTH + "".join(body)).encode()


def known(tenant):
    return {
        name: (debt.store_visits, debt.purchases) for name, debt in sorted(debts(tenant).items())
    }


def test_they_come_in_change_with_the_next_file_and_go_back_with_it(cast):
    first = bring(cast.bank, file(("A1", "12", "3"), ("A2", "", "0")))
    assert first.refused == 0
    assert known(cast.bank) == {"A1": (12, 3), "A2": (None, 0)}
    second = bring(cast.bank, file(("A1", "13", "3,0"), ("A2", "", "0")))
    assert (second.tally.updated, second.tally.unchanged) == (1, 1)
    assert known(cast.bank)["A1"] == (13, 3)
    with within(cast.bank) as session:
        actions.undo(session, second.import_id)
    assert known(cast.bank)["A1"] == (12, 3)


@pytest.mark.parametrize("cell", ["often", "-1", "1,5", "1e9", "9999999"])
def test_what_is_no_number_of_times_is_left_out_and_the_row_is_taken(cast, cell):
    outcome = bring(cast.bank, file(("A1", cell, "2")))
    assert outcome.refused == 0
    assert known(cast.bank) == {"A1": (None, 2)}


def test_a_file_without_them_is_as_before(cast):
    bring(cast.bank, line("A1"))
    assert known(cast.bank) == {"A1": (None, None)}


def paydays(tenant, *rows):
    """Bring a file of contracts with their people's paydays; what is known then, by file line."""
    header = HEADER.replace("\n", ";Dia do salário\n")
    body = (line(name, who).replace("\n", f";{cell}\n") for name, who, cell in rows)
    outcome = bring(tenant, (header + "".join(body)).encode())
    assert outcome.refused == 0
    with within(tenant) as session:
        people = session.execute(select(Debtor.payday).order_by(Debtor.id)).scalars().all()
    return outcome, people


def test_a_payday_is_its_persons_and_comes_and_goes_with_the_file(cast):
    _, known = paydays(cast.bank, ("A1", ANA, "5"), ("B1", BRUNO, ""))
    assert known == [5, None]
    second, known = paydays(cast.bank, ("A1", ANA, ""), ("B1", BRUNO, "dia 20"))
    assert known == [5, 20], "an empty cell says nothing anew"
    with within(cast.bank) as session:
        actions.undo(session, second.import_id)
        people = session.execute(select(Debtor.payday).order_by(Debtor.id)).scalars().all()
    assert people == [5, None]


@pytest.mark.parametrize(
    ("cell", "day"),
    [("31", 31), ("05", 5), ("5,0", 5), ("Dia 5", 5), ("0", None), ("32", None), ("5º útil", None)],
)
def test_a_payday_is_a_day_of_the_month_or_left_out(cast, cell, day):
    assert paydays(cast.bank, ("A1", ANA, cell))[1] == [day]
