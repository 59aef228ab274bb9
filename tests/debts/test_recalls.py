"""What a file no longer holds, and what it contradicts."""

import random

import pytest

from app.debts import actions, queries
from app.debts.portfolio.models import (
    ImportState,
    PortfolioDifference,
)
from app.debts.portfolio.source import Source
from tenants.scope import within
from tests.debts.files import bring, count, debts, many, set_debt


def test_a_missing_contract_is_recalled_and_comes_back(cast):
    rows = many(random.Random(2), 20)
    bring(cast.bank, "".join(rows))
    outcome = bring(cast.bank, "".join(rows[1:]))
    assert (outcome.state, outcome.recalled) == (ImportState.APPLIED, 1)
    assert debts(cast.bank)["C0"].state == "recalled"
    again = bring(cast.bank, "".join(rows))
    assert again.tally.returned == 1
    assert debts(cast.bank)["C0"].state == "open"
    assert bring(cast.bank, "".join(rows)).tally.unchanged == 20


def test_a_partial_file_recalls_nothing(cast):
    rows = many(random.Random(3), 10)
    bring(cast.bank, "".join(rows))
    outcome = bring(cast.bank, rows[0], is_full=False)
    assert (outcome.state, outcome.recalled) == (ImportState.APPLIED, 0)


def test_a_contract_on_a_bad_row_is_not_recalled(cast):
    rows = many(random.Random(4), 20)
    bring(cast.bank, "".join(rows))
    outcome = bring(cast.bank, "".join([rows[0].replace("100,00", "x"), *rows[1:]]))
    assert (outcome.refused, outcome.recalled) == (1, 0)
    assert debts(cast.bank)["C0"].state == "open"


@pytest.mark.parametrize("batch", [10_000, 7])
def test_what_contradicts_an_agreement_is_listed_once_and_never_applied(cast, monkeypatch, batch):
    monkeypatch.setattr(Source.batches, "__defaults__", (batch,))
    rows = many(random.Random(5), 20)
    bring(cast.bank, "".join(rows))
    set_debt(cast.bank, "C0", state="agreed")
    set_debt(cast.bank, "C1", state="settled")
    set_debt(cast.bank, "C2", principal_cents=4000, paid_here_cents=6000)
    set_debt(cast.bank, "C3", state="agreed")
    changed = [row.replace("100,00", "200,00") for row in rows[:3]] + rows[4:]
    for differences in (4, 0):
        outcome = bring(cast.bank, "".join(changed))
        assert outcome.state == ImportState.APPLIED
        assert outcome.tally.differences == differences
    here = debts(cast.bank)
    assert [here[f"C{n}"].principal_cents for n in range(3)] == [10000, 10000, 4000]
    assert [here[f"C{n}"].state for n in range(4)] == ["agreed", "settled", "open", "agreed"]
    with within(cast.bank) as session:
        listed = {
            (d.column, d.in_file, d.here, d.reason) for d in queries.open_differences(session)
        }
    assert listed == {
        ("principal", "20000", "10000", "agreed"),
        ("principal", "20000", "10000", "settled"),
        ("principal", "20000", "4000", "paid"),
        ("contract", "absent", "present", "agreed"),
    }
    assert count(cast.bank, PortfolioDifference) == 4


def test_a_settled_difference_is_listed_again_only_when_something_else_is_said(cast):
    rows = many(random.Random(6), 20)
    bring(cast.bank, "".join(rows))
    set_debt(cast.bank, "C0", state="agreed")
    said_twice = "".join([rows[0].replace("100,00", "200,00"), *rows[1:]])
    bring(cast.bank, said_twice)
    with within(cast.bank) as session:
        [difference] = queries.open_differences(session)
        actions.resolve(session, difference.id)
        assert queries.open_differences(session) == []
        with pytest.raises(LookupError):
            actions.resolve(session, difference.id)
    with within(cast.shop) as session, pytest.raises(LookupError):
        actions.resolve(session, difference.id)
    assert bring(cast.bank, said_twice).tally.differences == 0
    said_otherwise = said_twice.replace("200,00", "300,00")
    assert bring(cast.bank, said_otherwise).tally.differences == 1
    set_debt(cast.bank, "C0", principal_cents=9000)
    assert bring(cast.bank, said_twice).tally.differences == 1
