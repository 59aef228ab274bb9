"""What is prescribed is asked of nobody in the portal either (BR-01)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.debts.models import Debt
from tenants.clock import today
from tenants.scope import within
from tests.offers.cases import DATA
from tests.portal.conftest import post
from tests.portal.steps import page

NOBODY_ASKS = "Ninguém mais cobra isso de você"
RULES = DATA


@pytest.fixture
def past(bank, person):
    with within(bank) as session:
        debt = session.scalars(select(Debt).where(Debt.id == person.debts[0])).one()
        debt.due_on = today("America/Sao_Paulo") - timedelta(days=1827)
    return person


def test_no_amount_and_no_proposal_are_shown(past, inside):
    html = page(inside, "/contas")
    assert NOBODY_ASKS in html
    for asking in ("R$", "Ver minha proposta", "Valor de hoje"):
        assert asking not in html


@pytest.mark.parametrize("path", ["/oferta", "/oferta/simular", "/oferta/cabe", "/acordo/revisar"])
def test_every_way_to_an_offer_says_that_nobody_asks(past, inside, path):
    answer = inside.get(path, follow_redirects=True)
    assert NOBODY_ASKS in answer.get_data(as_text=True)
    assert "R$" not in answer.get_data(as_text=True)


def test_the_person_may_still_say_that_it_is_not_theirs(past, inside):
    path = f"/contas/{past.debts[0]}/nao-reconheco"
    assert post(inside, path, reason="dispute", note="").status_code == 303
