"""A portfolio file goes in: people and their contracts come out, and nothing half-done stays."""

import csv
import io
import random
import re
import uuid

import pytest
from sqlalchemy import select, text

from app.debts import queries
from app.debts.models import ContactPoint, Debt, Debtor
from app.debts.portfolio import applying, running
from app.debts.portfolio.models import (
    ImportState,
    PortfolioChange,
    PortfolioImport,
)
from app.debts.portfolio.problems import ImportRunning
from app.debts.portfolio.source import Source
from tenants import files
from tenants.keys import vault
from tenants.scope import within
from tests.debts.files import ANA, BRUNO, bring, count, debts, line, many

GOOD = line("A1") + line("A2", amount="80,00") + line("A3", BRUNO, "Bruno Souza", phone="")


def tally(outcome):
    made = outcome.tally
    return made.created, made.updated, made.unchanged, outcome.refused


def test_a_person_gets_all_their_contracts(cast):
    assert tally(bring(cast.bank, GOOD)) == (3, 0, 0, 0)
    here = debts(cast.bank)
    assert here["A1"].debtor_id == here["A2"].debtor_id != here["A3"].debtor_id
    assert (here["A1"].principal_cents, str(here["A1"].due_on)) == (123456, "2024-04-13")
    with within(cast.bank) as session:
        ana = queries.person(session, here["A1"].debtor_id)
        assert (ana.name, ana.document, str(ana.birth_date)) == (
            "Ana da Silva",
            "52998224725",
            "2000-02-29",
        )
        assert queries.find_debtor(session, ANA) == ana.id
        assert queries.find_debtor(session, "111") is None
        assert [debt.contract for debt in queries.debts_of(session, ana.id)] == ["A1", "A2"]
        contacts = {c.kind: c.address for c in queries.contacts_of(session, ana.id)}
        assert contacts == {"phone": "+5511987654321", "email": "ana@exemplo.com.br"}
    assert count(cast.shop, Debt) == 0


def test_personal_data_is_sealed_and_planning_facts_are_clear(cast):
    bring(cast.bank, GOOD)
    with within(cast.bank) as session:
        for row in session.scalars(select(Debtor)):
            assert b"Ana" not in row.sealed
            assert b"52998224725" not in row.sealed
        ana_id = debts(cast.bank)["A1"].debtor_id
        ana = session.scalar(select(Debtor).where(Debtor.id == ana_id))
        assert (ana.uf, ana.time_zone, str(ana.adult_on)) == (
            "SP",
            "America/Sao_Paulo",
            "2018-03-01",
        )
        phone = session.scalar(select(ContactPoint).where(ContactPoint.kind == "phone"))
        assert (phone.area_code, phone.is_mobile) == ("11", True)
        assert vault(session).text(phone.sealed, "contact") == "+5511987654321"


def test_the_same_file_twice_changes_nothing(cast):
    bring(cast.bank, GOOD)
    before = {contract: debt.updated_at for contract, debt in debts(cast.bank).items()}
    assert tally(bring(cast.bank, GOOD)) == (0, 0, 3, 0)
    assert {contract: debt.updated_at for contract, debt in debts(cast.bank).items()} == before
    assert count(cast.bank, PortfolioChange) == 0


def test_a_changed_row_updates_its_contract_and_its_person(cast):
    bring(cast.bank, GOOD)
    changed = GOOD.replace("80,00", "85,00").replace("Bruno Souza", "Bruno de Souza")
    assert tally(bring(cast.bank, changed)) == (0, 2, 1, 0)
    here = debts(cast.bank)
    assert here["A2"].principal_cents == 8500
    with within(cast.bank) as session:
        assert queries.person(session, here["A3"].debtor_id).name == "Bruno de Souza"


def test_a_contract_may_change_hands(cast):
    bring(cast.bank, GOOD)
    bring(cast.bank, GOOD.replace(line("A2", amount="80,00"), line("A2", BRUNO, "Bruno Souza")))
    here = debts(cast.bank)
    assert here["A2"].debtor_id == here["A3"].debtor_id


def test_bad_rows_come_back_with_line_column_and_reason(cast):
    content = (
        line("A1")
        + line("A2", "529.982.247-26")
        + line("A3", amount="0,00")
        + line("", amount="5,00")
        + line("A5", due="31/02/2024", name="=HYPERLINK(1)")
        + line("A6", phone="123", email="x@")
        + "A7;short\n"
        + line("A1", amount="9,99")
    )
    outcome = bring(cast.bank, content)
    assert tally(outcome) == (2, 0, 0, 6)
    assert outcome.left_out == 2
    rows = list(csv.reader(io.StringIO(outcome.error_file.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Linha", "Coluna", "Valor", "Resultado", "Motivo"]
    told = [(int(row[0]), row[1], row[3]) for row in rows[1:]]
    assert (3, "CPF", "linha recusada") in told
    assert (4, "Valor em aberto", "linha recusada") in told
    assert (5, "Contrato", "linha recusada") in told
    assert (6, "Vencimento", "linha recusada") in told
    assert (7, "Telefone", "aceita sem esta célula") in told
    assert (7, "E-mail", "aceita sem esta célula") in told
    assert (8, "", "linha recusada") in told
    assert (9, "Contrato", "linha recusada") in told
    assert "529.982" not in outcome.error_file.decode()
    with within(cast.bank) as session:
        row = session.scalar(select(PortfolioImport))
        assert files.read(session, row.error_file_id)[1] == outcome.error_file


def test_the_first_of_two_names_for_a_document_counts(cast):
    outcome = bring(cast.bank, line("A1") + line("A2", name="Outra Pessoa"))
    assert tally(outcome) == (2, 0, 0, 0)
    assert outcome.left_out == 1
    with within(cast.bank) as session:
        assert queries.person(session, debts(cast.bank)["A2"].debtor_id).name == "Ana da Silva"


def test_names_conflict_across_batches_too(cast, monkeypatch):
    draw = random.Random(1)
    monkeypatch.setattr(Source.batches, "__defaults__", (5,))
    content = line("A1") + "".join(many(draw, 12)) + line("A2", name="Outra Pessoa") + line("A1")
    outcome = bring(cast.bank, content)
    assert tally(outcome) == (14, 0, 0, 1)
    with within(cast.bank) as session:
        assert queries.person(session, debts(cast.bank)["A2"].debtor_id).name == "Ana da Silva"


def test_a_dry_run_tells_everything_and_keeps_nothing(cast):
    bring(cast.bank, GOOD)
    changed = GOOD.replace("80,00", "85,00") + line("A4")
    rehearsed = bring(cast.bank, changed, dry_run=True)
    assert tally(rehearsed) == (1, 1, 2, 0)
    assert count(cast.bank, PortfolioImport) == 1
    assert debts(cast.bank)["A2"].principal_cents == 8000
    assert tally(bring(cast.bank, changed)) == tally(rehearsed)


def test_progress_is_told(cast):
    told = []
    running.run(
        cast.bank,
        running.Request(
            ("Contrato;CPF;Nome;Valor;Vencimento;Produto;a;b;c;d\n" + GOOD).encode(), "f"
        ),
        lambda *progress: told.append(progress),
    )
    assert told == [("reading", 3, 0), ("writing", 3, 3)]


def test_a_failure_on_the_way_leaves_nothing_and_says_so(cast, monkeypatch):
    def fails(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(applying, "write_debts", fails)
    with pytest.raises(RuntimeError):
        bring(cast.bank, GOOD)
    assert count(cast.bank, Debtor) == count(cast.bank, ContactPoint) == 0
    with within(cast.bank) as session:
        row = session.scalar(select(PortfolioImport))
        assert (row.state, row.failure) == (ImportState.FAILED, "RuntimeError")
    monkeypatch.undo()
    assert tally(bring(cast.bank, GOOD)) == (3, 0, 0, 0)


def test_one_import_at_a_time_and_a_dead_one_is_no_obstacle(cast):
    with within(cast.bank) as session:
        row = PortfolioImport(file_name="x", file_sha256=b"x", mapping={})
        session.add(row)
    with within(cast.bank) as other:
        other.execute(
            select(PortfolioImport).where(PortfolioImport.id == row.id).with_for_update()
        ).all()
        with pytest.raises(ImportRunning):
            bring(cast.bank, GOOD)
    assert tally(bring(cast.bank, GOOD)) == (3, 0, 0, 0)
    with within(cast.bank) as session:
        dead = session.scalar(select(PortfolioImport).where(PortfolioImport.id == row.id))
        assert (dead.state, dead.failure) == (ImportState.FAILED, "died")


def test_two_creditors_may_have_the_same_contract_and_person(cast):
    bring(cast.bank, GOOD)
    assert tally(bring(cast.shop, GOOD)) == (3, 0, 0, 0)
    with within(cast.bank) as session:
        here = session.scalars(select(Debtor.document_index)).all()
    with within(cast.shop) as session:
        there = session.scalars(select(Debtor.document_index)).all()
    assert not set(here) & set(there)


def test_every_statement_of_the_import_names_its_tenant(cast):
    from app.debts.portfolio import statements
    from tenants.bulk import wording
    from tests.statements import problems_of

    sent = [wording.insert_into(getattr(statements, name), 2).decode() for name in dir(statements)
            if name.startswith("NEW_")]  # fmt: skip
    sent += [wording.update_of(getattr(statements, name), 2).decode()
             for name in ("CHANGED_DEBTORS", "CHANGED_DEBTS", "RECALLED_DEBTS")]  # fmt: skip
    sent += [value for value in vars(statements).values() if isinstance(value, str)
             and value.startswith("SELECT")]  # fmt: skip
    assert len(sent) > 12
    sent = [re.sub(r"\$\d+", "%s", statement) for statement in sent]
    assert [problem for statement in sent for problem in problems_of(statement)] == []
    assert problems_of("SELECT id FROM debts WHERE id = %s")


def test_shredded_keys_make_the_portfolio_unreadable(cast):
    from tenants import keys

    bring(cast.bank, GOOD)
    debtor_id = debts(cast.bank)["A1"].debtor_id
    with within(cast.bank) as session:
        keys.shred(session)
    with within(cast.bank) as session, pytest.raises(keys.Unreadable):
        queries.person(session, debtor_id)


def test_the_database_ids_are_version_seven_and_ascend(settings):
    from tenants.database import new_ids

    ids = [uuid.UUID(bytes=raw) for raw in new_ids(10_000)]
    assert ids == sorted(set(ids))
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {uuid.RFC_4122}
    assert new_ids(0) == []


def test_nothing_is_visible_before_the_import_is_complete(cast, monkeypatch):
    seen = []
    real = running.recalling.carry_out

    def looks(recall, context):
        with running.within(cast.bank) as other:
            seen.append(other.execute(text("SELECT 1")).scalar())
            seen.append(len(other.scalars(select(Debt.id)).all()))
        return real(recall, context)

    monkeypatch.setattr(running.recalling, "carry_out", looks)
    bring(cast.bank, GOOD)
    assert seen == [1, 0]
