"""Creditors with an engine and lively people, as the nights have them; and a crowd that pays."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.debts.models import Debt, Debtor
from app.journeys.models import Night
from tenants.database import new_id
from tenants.scope import within
from tests.insights.crowd import SPEC, Crowd
from tests.nights.conftest import bank, shop, towns
from tests.nights.town import Town

__all__ = ["bank", "shop", "towns"]


def crowd_of(tenant, size: int, changes=None) -> Crowd:
    """People with a debt each, known since the first morning, and a night that compares them, by
    the usual settings with `changes`."""
    ids = [new_id() for _ in range(size)]
    since = Town.morning(0) - timedelta(days=1)
    debtors = [
        {
            "tenant_id": tenant.id, "id": one, "document_kind": "cpf", "document_index": one.bytes,
            "sealed": b"", "uf": ("SP", "RJ", "BA")[at % 3], "time_zone": "America/Sao_Paulo",
            "created_at": since,
        }
        for at, one in enumerate(ids)
    ]  # fmt: skip
    debts = [
        {
            "tenant_id": tenant.id, "id": new_id(), "debtor_id": one, "contract": one.hex,
            "product": ("card", "loan")[at % 2], "principal_cents": 50_000 + 1_000 * (at % 100),
            "due_on": Town.morning(-300 - at % 400).date(), "row_hash": one.bytes,
            "created_at": since,
        }
        for at, one in enumerate(ids)
    ]  # fmt: skip
    with within(tenant) as session:
        if ids:
            session.execute(insert(Debtor), debtors)
            session.execute(insert(Debt), debts)
        session.add(
            Night(
                day=Town.morning(0).date(),
                seed=11,
                versions={},
                prices={},
                scale={},
                spec={**SPEC, **(changes or {})},
            )
        )
    return Crowd(tenant, ids)


@pytest.fixture
def crowd(cast):
    """Two thousand people of the bank's."""
    return crowd_of(cast.bank, 2_000)
