"""A portfolio file goes in: people and their contracts come out."""

from sqlalchemy import func, select

from app.debts.models import ContactPoint, Debt, Debtor, PortfolioImport
from app.debts.portfolio.running import Request, run
from tenants.keys import vault
from tenants.scope import within

FILE = """Contrato;CPF;Nome;Valor em aberto;Vencimento;Produto;Telefone;E-mail;UF;Nascimento
A1;529.982.247-25;Ana da Silva;1.234,56;03/04/2024;Cartão;(11) 98765-4321;ana@exemplo.com.br;SP;29/02/2000
A2;529.982.247-25;Ana da Silva;80,00;31/12/2024;Cartão;(11) 98765-4321;ana@exemplo.com.br;SP;29/02/2000
A3;111.444.777-35;Bruno Souza;1.000;31/12/2024;Crediário;123;b@;;
A4;111.444.777-36;Caio Dias;10,00;31/12/2024;Crediário;;;;
"""


def bring(tenant, text, **more):
    content = text.encode() if isinstance(text, str) else text
    return run(tenant, Request(content, "portfolio.csv", **more))


def count(tenant, model):
    with within(tenant) as session:
        return session.scalar(select(func.count()).select_from(model))


def test_people_get_all_their_contracts_and_bad_rows_stop_no_good_one(cast):
    outcome = bring(cast.bank, FILE)
    assert (outcome.tally.created, outcome.refused, outcome.left_out) == (3, 1, 2)
    with within(cast.bank) as session:
        debts = {debt.contract: debt for debt in session.scalars(select(Debt))}
        assert debts["A1"].debtor_id == debts["A2"].debtor_id != debts["A3"].debtor_id
        assert debts["A1"].principal_cents == 123456
        assert str(debts["A1"].due_on) == "2024-04-03"
        ana = session.scalar(select(Debtor).where(Debtor.id == debts["A1"].debtor_id))
        assert (ana.uf, ana.time_zone, str(ana.adult_on)) == (
            "SP",
            "America/Sao_Paulo",
            "2018-03-01",
        )
        assert '"Ana da Silva"' in vault(session).text(ana.sealed, "debtor")
        points = session.scalars(select(ContactPoint)).all()
        assert {(p.kind, p.area_code) for p in points} == {("email", None), ("phone", "11")}
        phone = next(point for point in points if point.kind == "phone")
        assert vault(session).text(phone.sealed, "contact") == "+5511987654321"
    assert count(cast.shop, Debt) == 0


def test_the_same_file_twice_changes_nothing(cast):
    bring(cast.bank, FILE)
    again = bring(cast.bank, FILE)
    assert (again.tally.created, again.tally.updated, again.tally.unchanged) == (0, 0, 3)
    assert count(cast.bank, PortfolioImport) == 2


def test_a_changed_row_updates_its_contract(cast):
    bring(cast.bank, FILE)
    again = bring(cast.bank, FILE.replace("80,00", "85,00"))
    assert (again.tally.updated, again.tally.unchanged) == (1, 2)
    with within(cast.bank) as session:
        assert session.scalar(select(Debt.principal_cents).where(Debt.contract == "A2")) == 8500
