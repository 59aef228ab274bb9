"""Small portfolio files for tests."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.debts.models import Debt
from app.debts.portfolio.ledger import Request
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.previewing import preview
from app.debts.portfolio.problems import FileRefused
from app.debts.portfolio.running import run
from app.workbench.invented import cpf
from tenants.scope import within

HEADER = "Contrato;CPF;Nome;Valor em aberto;Vencimento;Produto;Telefone;E-mail;UF;Nascimento\n"
ANA, BRUNO = "529.982.247-25", "111.444.777-35"


def line(contract, document=ANA, name="Ana da Silva", amount="1.234,56", due="13/04/2024", **more):
    """One row; every cell may be another."""
    cells = {
        "product": "Cartão",
        "phone": "(11) 98765-4321",
        "email": "ana@exemplo.com.br",
        "uf": "SP",
        "born": "29/02/2000",
    } | more
    return ";".join([contract, document, name, amount, due, *cells.values()]) + "\n"


def many(draw, count, prefix="C", amount="100,00"):
    """Rows of as many people."""
    return [line(f"{prefix}{n}", cpf(draw), f"Pessoa {n:03} Silva", amount) for n in range(count)]


def bring(tenant, content, **more):
    """Import a text (with the usual header) or bytes."""
    data = (HEADER + content).encode() if isinstance(content, str) else content
    return run(tenant, Request(data, "portfolio.csv", **more))


def count(tenant, model, *conditions):
    with within(tenant) as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def debts(tenant):
    """Contract → debt."""
    with within(tenant) as session:
        return {debt.contract: debt for debt in session.scalars(select(Debt))}


def set_debt(tenant, contract, **columns):
    """What an agreement or a payment here would do to a debt."""
    with within(tenant) as session:
        debt = session.scalar(select(Debt).where(Debt.contract == contract))
        for name, value in columns.items():
            setattr(debt, name, value)


TODAY = date(2026, 11, 21)
TWO = HEADER + line("A1", name="João Conceição") + line("A2", BRUNO, "Bruno Souza")


def seen(content, mapping=None):
    """What a preview of a file's bytes tells, as of `TODAY`."""
    return preview(content, mapping or Mapping(), TODAY)


def refused(content, mapping=None):
    """The code with which a file is refused."""
    with pytest.raises(FileRefused) as refusal:
        seen(content, mapping)
    return refusal.value.code
