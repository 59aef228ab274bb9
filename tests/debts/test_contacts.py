"""Which of a person's addresses a newer file keeps, retires and brings back."""

import random

import pytest
from sqlalchemy import func, select, update

from app.debts import actions
from app.debts.models import ContactPoint, ContactState
from app.debts.portfolio import source
from app.debts.portfolio.mapping import from_toml
from app.debts.portfolio.models import PortfolioChange
from tenants.keys import vault
from tenants.scope import within
from tests.debts.files import BRUNO, bring, count, debts, line, many

OLD, NEW = "ana@exemplo.com.br", "ana.nova@exemplo.com.br"
PHONE, MOBILE = "(11) 98765-4321", "(11) 91234-5678"


def addresses(tenant, contract="A1"):
    """Address → state, of the person who owes a contract."""
    owner = debts(tenant)[contract].debtor_id
    with within(tenant) as session:
        points = session.scalars(select(ContactPoint).where(ContactPoint.debtor_id == owner))
        return {vault(session).text(p.sealed, "contact"): p.state for p in points}


def learn(tenant, address, **columns):
    """What became known of an address here."""
    with within(tenant) as session:
        index = vault(session).index(address, "email")
        session.execute(
            update(ContactPoint).where(ContactPoint.address_index == index).values(**columns)
        )


def undo(tenant, outcome):
    with within(tenant) as session:
        actions.undo(session, outcome.import_id)


@pytest.fixture
def bank(cast):
    bring(cast.bank, line("A1"))
    return cast.bank


def test_an_address_that_a_newer_full_file_replaces_is_retired(bank):
    assert bring(bank, line("A1", email=NEW)).retired == 1
    assert addresses(bank) == {OLD: "replaced", NEW: "active", "+5511987654321": "active"}
    bring(bank, line("A1", email=NEW, phone=MOBILE))
    assert addresses(bank) == {
        OLD: "replaced",
        NEW: "active",
        "+5511987654321": "replaced",
        "+5511912345678": "active",
    }


def test_a_part_of_the_portfolio_retires_nothing(bank):
    bring(bank, line("A1", email=NEW), is_full=False)
    assert addresses(bank)[OLD] == "active"


def test_a_file_that_says_nothing_of_a_kind_retires_nothing_of_it(bank):
    bring(bank, line("A1", email="", phone=MOBILE, amount="9,00"))
    assert addresses(bank)[OLD] == "active"
    assert addresses(bank)["+5511987654321"] == "replaced"


@pytest.mark.parametrize("between", [0, source.BATCH_ROWS])
def test_an_address_on_another_row_of_the_person_stays(cast, between):
    others = "".join(many(random.Random(1), between))
    bring(cast.bank, line("A1") + others + line("A2"))
    bring(cast.bank, line("A1", email=NEW) + others + line("A2"))
    assert addresses(cast.bank)[OLD] == addresses(cast.bank)[NEW] == "active"
    bring(cast.bank, line("A1", email=NEW) + others + line("A2", email=NEW))
    assert addresses(cast.bank)[OLD] == "replaced"


def test_the_same_address_of_somebody_else_stays(cast):
    bring(cast.bank, line("A1") + line("B1", BRUNO, "Bruno Souza"))
    bring(cast.bank, line("A1", email=NEW) + line("B1", BRUNO, "Bruno Souza"))
    assert addresses(cast.bank)[OLD] == "replaced"
    assert addresses(cast.bank, "B1")[OLD] == "active"


def test_what_the_person_added_stays(bank):
    learn(bank, OLD, created_by_import_id=None)
    bring(bank, line("A1", email=NEW))
    assert addresses(bank)[OLD] == "active"


def test_an_address_that_returns_is_used_again(bank):
    bring(bank, line("A1", email=NEW))
    bring(bank, line("A1"))
    assert addresses(bank) == {OLD: "active", NEW: "replaced", "+5511987654321": "active"}


@pytest.mark.parametrize("learned", ["bounced", "wrong_person"])
def test_what_was_learned_of_an_address_outlives_every_file(bank, learned):
    learn(bank, OLD, state=learned)
    bring(bank, line("A1", email=NEW))
    assert addresses(bank)[OLD] == learned
    bring(bank, line("A1", amount="7,00"))
    assert addresses(bank)[OLD] == learned


def test_the_same_file_again_changes_nothing(bank):
    bring(bank, line("A1", email=NEW))
    before = addresses(bank), count(bank, PortfolioChange)
    bring(bank, line("A1", email=NEW))
    assert (addresses(bank), count(bank, PortfolioChange)) == before


def test_a_dry_run_retires_nothing(bank):
    bring(bank, line("A1", email=NEW), dry_run=True)
    assert addresses(bank) == {OLD: "active", "+5511987654321": "active"}


def test_undo_brings_a_retired_address_back(bank):
    outcome = bring(bank, line("A1", email=NEW))
    undo(bank, outcome)
    assert addresses(bank) == {OLD: "active", "+5511987654321": "active"}


def test_undo_retires_again_what_had_come_back(bank):
    bring(bank, line("A1", email=NEW))
    outcome = bring(bank, line("A1"))
    undo(bank, outcome)
    assert addresses(bank)[OLD] == "replaced"
    assert addresses(bank)[NEW] == "active"


def test_undo_keeps_what_was_learned_since(bank):
    outcome = bring(bank, line("A1", email=NEW))
    learn(bank, OLD, state=ContactState.BOUNCED)
    undo(bank, outcome)
    assert addresses(bank)[OLD] == "bounced"


def test_the_order_of_the_newer_file_holds(cast):
    header = b"Contrato;CPF;Nome;Valor em aberto;Vencimento;Produto;E-mail 1;E-mail 2\n"
    row = "A1;529.982.247-25;Ana da Silva;{};13/04/2024;Loja;{};{}\n"
    bring(cast.bank, header + row.format("10,00", OLD, NEW).encode())
    bring(cast.bank, header + row.format("11,00", NEW, OLD).encode())
    with within(cast.bank) as session:
        points = session.scalars(
            select(ContactPoint).order_by(ContactPoint.position, ContactPoint.id)
        )
        assert [vault(session).text(p.sealed, "contact") for p in points] == [NEW, OLD]
        assert session.scalar(select(func.count(PortfolioChange.id))) == 3


TYPED = (
    "Contrato;CPF;Nome;Valor;Vencimento;Produto;Celular;Tipo Telefone;Telefone comercial;E-mail;"
    "Tipo de e-mail\n"
)


def typed(contract, mobile=MOBILE, kind="", work="", email=OLD, whose=""):
    cells = [contract, "529.982.247-25", "Ana da Silva", "1.234,56", "13/04/2024", "Cartão"]
    return ";".join([*cells, mobile, kind, work, email, whose]) + "\n"


def whose(tenant):
    """Address → whose it is."""
    with within(tenant) as session:
        points = session.scalars(select(ContactPoint))
        return {vault(session).text(p.sealed, "contact"): p.whose for p in points}


def bring_typed(tenant, *rows):
    return bring(tenant, (TYPED + "".join(rows)).encode())


def test_a_file_says_whose_an_address_is(cast):
    bring_typed(cast.bank, typed("A1", kind="Recado", work=PHONE, whose="próprio"))
    assert whose(cast.bank) == {
        OLD: "own",
        "+5511912345678": "shared",
        "+5511987654321": "workplace",
    }


def test_whoever_else_reads_an_address_is_believed_from_any_row(cast):
    bring_typed(cast.bank, typed("A1"), typed("A2", kind="comercial"), typed("A3", kind="pessoal"))
    assert whose(cast.bank)["+5511912345678"] == "workplace"


def test_a_later_file_says_it_anew_and_an_undo_takes_it_back(cast):
    bring_typed(cast.bank, typed("A1", whose="trabalho"))
    bring_typed(cast.bank, typed("A1", mobile=PHONE, whose=""))
    assert whose(cast.bank)[OLD] == "workplace", "a file that is silent changes nothing"
    later = bring_typed(cast.bank, typed("A1", mobile=PHONE, whose="pessoal"))
    assert whose(cast.bank)[OLD] == "own"
    undo(cast.bank, later)
    assert whose(cast.bank)[OLD] == "workplace"


def test_a_word_that_says_nothing_of_whose_it_is_is_told_and_left_out(cast):
    outcome = bring_typed(cast.bank, typed("A1", kind="azul"))
    assert whose(cast.bank)["+5511912345678"] == "own"
    assert outcome.left_out == 1


def test_a_mapping_says_it_for_a_whole_column(cast):
    mapping = from_toml(b'[defaults]\nwhose_email_1 = "work"\n')
    bring(cast.bank, line("A1"), mapping=mapping)
    assert whose(cast.bank)[OLD] == "workplace"
