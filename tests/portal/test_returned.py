"""What a person reads when money that they had paid went back and is owed again."""

import pytest
from sqlalchemy import select

from app.payments.models import Receipt
from tenants.clock import now
from tenants.scope import within
from tests.isolation.world import belongings
from tests.portal.conftest import sign_in
from tests.portal.people import CPFS

AMOUNT = 4_321


@pytest.fixture
def mine(bank, client):
    """A person with a receipt, signed in."""
    found = belongings(bank, CPFS[1])
    sign_in(client, bank, found.person)
    return found


def went_back(mine, kind, cents):
    with within(mine.tenant) as session:
        receipt = session.scalars(
            select(Receipt).where(Receipt.id == mine.values["receipt_id"])
        ).one()
        receipt.kind, receipt.returned_cents, receipt.returned_at = kind, cents, now()


@pytest.mark.parametrize(
    ("kind", "cents", "said"),
    [
        ("receipt", AMOUNT, "Este recibo não vale mais"),
        ("receipt", 1_000, "Este recibo vale para R$\xa033,21"),
        ("quitacao", 1_000, "Esta carta não vale mais"),
    ],
)
def test_a_proof_that_no_longer_holds_says_so(client, mine, kind, cents, said):
    path = f"/recibo/{mine.values['receipt_id']}"
    assert said not in client.get(path).get_data(as_text=True)
    went_back(mine, kind, cents)
    page = client.get(path).get_data(as_text=True)
    assert said in page
    assert "nada mais é devido" not in page


def test_the_agreement_names_it_where_its_proofs_are_listed(client, mine):
    went_back(mine, "receipt", AMOUNT)
    page = client.get(f"/acordo/{mine.values['agreement_id']}").get_data(as_text=True)
    assert "Não vale mais: o valor voltou para quem pagou" in page
