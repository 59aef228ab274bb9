"""An import can wait for a confirmation, and be taken back."""

import random

import pytest
from sqlalchemy import select

from app.debts import actions, queries
from app.debts.jobs import erase_file
from app.debts.models import ContactPoint, Debt, Debtor
from app.debts.portfolio.ledger import forget_file
from app.debts.portfolio.models import ImportState, PortfolioChange, PortfolioImport
from app.debts.portfolio.problems import NotWaiting, UndoRefused
from app.history.actions import record
from tenants import files
from tenants.scope import within
from tests.debts.files import BRUNO, bring, count, debts, line, many, set_debt
from tests.work import drain, forget_waiting

GOOD = line("A1") + line("A2", amount="80,00") + line("A3", BRUNO, "Bruno Souza", phone="")


def undo(tenant, outcome):
    with within(tenant) as session:
        return actions.undo(session, outcome.import_id)


def test_a_file_that_would_recall_more_than_a_tenth_waits(cast):
    rows = many(random.Random(1), 20)
    bring(cast.bank, "".join(rows))
    outcome = bring(cast.bank, "".join(rows[3:]).replace("100,00", "99,00"))
    assert (outcome.state, outcome.recalled, outcome.live) == (ImportState.WAITING, 3, 20)
    assert {debt.principal_cents for debt in debts(cast.bank).values()} == {10000}
    confirmed = actions.confirm(cast.bank, outcome.import_id)
    assert (confirmed.state, confirmed.recalled, confirmed.tally.updated) == (
        ImportState.APPLIED,
        3,
        17,
    )
    states = [debts(cast.bank)[f"C{n}"].state for n in range(4)]
    assert states == ["recalled", "recalled", "recalled", "open"]
    with pytest.raises(NotWaiting):
        actions.confirm(cast.bank, outcome.import_id)
    with within(cast.bank) as session:
        waited = session.scalar(
            select(PortfolioImport).where(PortfolioImport.id == outcome.import_id)
        )
        assert waited.state == ImportState.CONFIRMED


def test_exactly_a_tenth_does_not_wait(cast):
    rows = many(random.Random(2), 20)
    bring(cast.bank, "".join(rows))
    assert bring(cast.bank, "".join(rows[2:])).state == ImportState.APPLIED


def test_a_waiting_file_is_kept_sealed(cast):
    rows = many(random.Random(3), 5)
    bring(cast.bank, "".join(rows))
    outcome = bring(cast.bank, rows[0])
    with within(cast.bank) as session:
        row = session.scalar(select(PortfolioImport).where(PortfolioImport.id == outcome.import_id))
        stored, _ = files.read(session, row.file_id)
        sealed = files._chosen().get(stored.location)
    assert b"Pessoa" not in sealed


def waiting_import(tenant, rows, kept):
    bring(tenant, "".join(rows))
    outcome = bring(tenant, "".join(rows[:kept]))
    assert outcome.state == ImportState.WAITING
    with within(tenant) as session:
        row = session.scalar(select(PortfolioImport).where(PortfolioImport.id == outcome.import_id))
        stored, _ = files.read(session, row.file_id)
    return outcome.import_id, stored


def bytes_lie(stored):
    """Whether the store still holds a file."""
    try:
        return bool(files._chosen().get(stored.location))
    except FileNotFoundError:
        return False


def let_go(tenant, import_id, stored, conninfo):
    """The row of an import whose file is gone: no row of it, and no bytes once jobs have run."""
    with within(tenant) as session, pytest.raises(LookupError):
        files.read(session, stored.id)
    drain(conninfo, queues=("upkeep",))
    assert not bytes_lie(stored)
    with within(tenant) as session:
        row = session.scalar(select(PortfolioImport).where(PortfolioImport.id == import_id))
        assert row.file_id is None
        return row


@pytest.fixture
def conninfo(database):
    forget_waiting(database.conninfo)
    return database.conninfo


def test_a_confirmed_file_is_let_go(cast, conninfo):
    import_id, stored = waiting_import(cast.bank, many(random.Random(4), 10), 5)
    actions.confirm(cast.bank, import_id)
    row = let_go(cast.bank, import_id, stored, conninfo)
    assert (row.state, row.failure) == (ImportState.CONFIRMED, None)


def test_a_newer_full_file_takes_the_place_of_one_that_waits(cast, conninfo):
    rows = many(random.Random(5), 10)
    import_id, stored = waiting_import(cast.bank, rows, 5)
    bring(cast.bank, rows[0], is_full=False)
    bring(cast.bank, "".join(rows), dry_run=True)
    with within(cast.bank) as session:
        assert files.read(session, stored.id)
    bring(cast.bank, "".join(rows))
    row = let_go(cast.bank, import_id, stored, conninfo)
    assert (row.state, row.failure) == (ImportState.FAILED, "superseded")
    with pytest.raises(NotWaiting):
        actions.confirm(cast.bank, import_id)


class Died(BaseException):
    """The process ends here."""


def test_bytes_stay_when_the_letting_go_of_a_file_is_rolled_back(cast, conninfo):
    import_id, stored = waiting_import(cast.bank, many(random.Random(6), 10), 5)
    with pytest.raises(Died), within(cast.bank) as session:
        forget_file(session, session.scalar(select(PortfolioImport).where(
            PortfolioImport.id == import_id)))  # fmt: skip
        raise Died
    drain(conninfo, queues=("upkeep",))
    with within(cast.bank) as session:
        assert files.read(session, stored.id)


def test_no_bytes_are_left_behind_by_a_process_that_dies_after_its_commit(cast, conninfo):
    import_id, stored = waiting_import(cast.bank, many(random.Random(7), 10), 5)
    with pytest.raises(Died):
        with within(cast.bank) as session:
            forget_file(session, session.scalar(select(PortfolioImport).where(
                PortfolioImport.id == import_id)))  # fmt: skip
        raise Died
    assert bytes_lie(stored)
    let_go(cast.bank, import_id, stored, conninfo)
    erase_file(str(cast.bank.id), str(stored.id))
    with within(cast.shop) as session:
        assert files.erase(session, stored.id), "another creditor's file of that id is none"


def test_a_file_that_has_its_row_is_not_erased(cast):
    _, stored = waiting_import(cast.bank, many(random.Random(8), 10), 5)
    erase_file(str(cast.bank.id), str(stored.id))
    assert bytes_lie(stored)


def test_undoing_a_first_import_leaves_nothing_of_it(cast):
    outcome = bring(cast.bank, GOOD)
    assert undo(cast.bank, outcome).state == ImportState.UNDONE
    for model in (Debt, Debtor, ContactPoint, PortfolioChange):
        assert count(cast.bank, model) == 0
    assert bring(cast.bank, GOOD).tally.created == 3


def test_undo_restores_updated_recalled_and_returned_rows(cast):
    rows = many(random.Random(4), 20)
    bring(cast.bank, "".join(rows))
    bring(cast.bank, "".join(rows[1:]))
    changed = rows[0] + "".join(rows[2:]).replace("Pessoa 002", "Pessoal 002")
    before = _portrait(cast.bank)
    outcome = bring(cast.bank, changed.replace("100,00", "120,00") + line("N1"))
    assert (outcome.tally.returned, outcome.recalled, outcome.tally.created) == (1, 1, 1)
    assert _portrait(cast.bank) != before
    undo(cast.bank, outcome)
    assert _portrait(cast.bank) == before
    assert bring(cast.bank, changed.replace("100,00", "120,00")).tally.updated == 19


def test_undo_recalls_instead_of_deleting_who_has_a_past_here(cast):
    outcome = bring(cast.bank, GOOD)
    ana = debts(cast.bank)["A1"].debtor_id
    with within(cast.bank) as session:
        record(session, debtor_id=ana, kind="debts.seen")
    undo(cast.bank, outcome)
    here = debts(cast.bank)
    assert {contract: debt.state for contract, debt in here.items()} == {
        "A1": "recalled",
        "A2": "recalled",
    }
    assert count(cast.bank, Debtor) == 1
    assert count(cast.bank, ContactPoint) == 2
    again = bring(cast.bank, GOOD)
    assert (again.tally.created, again.tally.returned) == (1, 2)


@pytest.mark.parametrize("columns", [{"state": "agreed"}, {"state": "settled"}])
def test_undo_is_refused_once_something_was_agreed(cast, columns):
    outcome = bring(cast.bank, GOOD)
    set_debt(cast.bank, "A2", **columns)
    with pytest.raises(UndoRefused, match="1 of its contracts"):
        undo(cast.bank, outcome)
    assert count(cast.bank, Debt) == 3


def test_undo_is_refused_once_something_was_paid(cast):
    outcome = bring(cast.bank, GOOD)
    set_debt(cast.bank, "A2", principal_cents=5000, paid_here_cents=3000)
    with pytest.raises(UndoRefused):
        undo(cast.bank, outcome)


def test_undo_goes_backwards_only(cast):
    first = bring(cast.bank, GOOD)
    second = bring(cast.bank, GOOD + line("A4"))
    with pytest.raises(UndoRefused, match="latest"):
        undo(cast.bank, first)
    undo(cast.bank, second)
    with pytest.raises(UndoRefused, match="applied"):
        undo(cast.bank, second)
    undo(cast.bank, first)
    assert count(cast.bank, Debt) == 0


def test_undo_keeps_what_was_paid_off_an_updated_debt(cast):
    bring(cast.bank, GOOD)
    outcome = bring(cast.bank, GOOD.replace("80,00", "90,00"))
    set_debt(cast.bank, "A2", principal_cents=6000, paid_here_cents=3000)
    undo(cast.bank, outcome)
    assert debts(cast.bank)["A2"].principal_cents == 6000


def test_no_creditor_undoes_anothers_import(cast):
    outcome = bring(cast.bank, GOOD)
    with within(cast.shop) as session, pytest.raises(LookupError):
        actions.undo(session, outcome.import_id)
    with pytest.raises(NotWaiting):
        actions.confirm(cast.shop, outcome.import_id)


def _portrait(tenant):
    """Everything of a portfolio that an undo must bring back, opened."""
    with within(tenant) as session:
        return {
            debt.contract: (
                debt.state,
                debt.state_before_recall,
                debt.principal_cents,
                debt.row_hash,
                queries.person(session, debt.debtor_id).name,
            )
            for debt in session.scalars(select(Debt))
        }
