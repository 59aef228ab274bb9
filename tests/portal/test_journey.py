"""From a message link to a receipt, without JavaScript."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.agreements.breaking import break_one
from app.agreements.models import Agreement
from app.debts.models import Debt
from app.payments.models import Payment
from tenants.clock import today
from tenants.scope import within
from tests.offers.cases import DATA, data
from tests.offers.people import set_up
from tests.payments.acts import deliver_all, pay
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import csrf, sign_in
from tests.portal.people import make_person
from tests.portal.steps import accept, events_of, links_to, page, pay_with_pix
from themes import formats

RULES = DATA
DEBTS = 2


def test_the_whole_way(dressed, twin, bank, inside, person):  # noqa: F811 - a fixture
    offer = page(inside, "/oferta")
    assert "Maria, esta é a sua proposta" in offer
    review = links_to(offer, "/acordo/revisar")[0]
    agreement = accept(inside, urlsplit(review).query)
    agreed = page(inside, agreement)
    assert "Combinado" in agreed
    instalment = re.search(r'name="instalment" value="([^"]+)"', agreed)[1]
    data = {"csrf_token": csrf(agreed), "instalment": instalment, "method": "pix"}
    started = inside.post(f"{agreement}/pagar", data=data)
    again = inside.post(f"{agreement}/pagar", data=data)
    assert started.status_code == 303
    assert again.location == started.location
    code = page(inside, started.location)
    assert "Pix copia e cola" in code
    assert "Banco Aurora S.A." in code
    assert inside.get(f"{started.location}/estado").json == {"state": "pending"}
    with within(bank) as session:
        payment = session.scalars(select(Payment)).one()
    pay(dressed, twin, payment)
    deliver_all(dressed, twin)
    assert inside.get(f"{started.location}/estado").json == {"state": "paid"}
    paid = page(inside, started.location)
    assert "Pago. Obrigado!" in paid
    receipt = links_to(paid, "/recibo/")[0]
    assert "Recibo" in page(inside, receipt)
    document = inside.get(f"{receipt}/documento")
    assert document.data.startswith(b"%PDF")
    told = events_of(bank, person)
    assert told.count("payment.started") == 1
    wanted = ["link.opened", "identity.proved", "offer.seen", "option.opened", "payment.started"]
    assert [kind for kind in told if kind in wanted][:5] == wanted


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (-5_000, ["Uma parte chegou", "Faltam R$ 50,00", "Pagar o que falta"]),
        (700, ["Pago. Obrigado!", "R$ 7,00 vieram a mais", "Devolvemos em até 7 dias"]),
        (0, ["Pago. Obrigado!", "O pagamento chegou"]),
    ],
)
def test_the_page_says_what_became_of_the_money(dressed, twin, bank, inside, more, words):  # noqa: F811 - a fixture
    agreement = accept(inside)
    payment = pay_with_pix(inside, agreement)
    with within(bank) as session:
        made = session.scalars(select(Payment)).one()
    pay(dressed, twin, made, made.amount_cents + more)
    deliver_all(dressed, twin)
    html = page(inside, payment).replace("\xa0", " ").replace("&nbsp;", " ")
    assert [word for word in words if word not in html] == []
    assert ("vieram a mais" in html) == (more > 0)
    assert ('value="pix"' in page(inside, agreement)) == (more < 0)


def test_the_letter_of_settlement_shows_everything_that_was_paid(dressed, twin, bank, inside):  # noqa: F811 - a fixture
    agreement = accept(inside, "option=instalments")
    for which in ("first", "all"):
        html = page(inside, agreement)
        first = re.search(r'name="instalment" value="([^"]+)"', html)[1]
        wanted = {"instalment": first if which == "first" else "all", "method": "pix"}
        inside.post(f"{agreement}/pagar", data={"csrf_token": csrf(html), **wanted})
        with within(bank) as session:
            pay(dressed, twin, session.scalars(select(Payment).order_by(Payment.id.desc())).first())
        deliver_all(dressed, twin)
    with within(bank) as session:
        paid = session.scalars(select(Payment.amount_cents)).all()
    settled = page(inside, agreement)
    [letter] = {one for one in links_to(settled, "/recibo/") if "Carta" in page(inside, one)}
    figure = formats.money(sum(paid), "BRL", "pt_BR").removeprefix("R$").strip()
    assert len(paid) == 2
    assert figure in page(inside, letter)
    assert re.search(r'<span class="nowrap">Q-\d{4}-\d+</span>', settled)


def test_money_after_the_end_of_an_agreement_is_explained(dressed, twin, bank, inside):  # noqa: F811 - a fixture
    agreement = accept(inside, "option=instalments")
    payment = pay_with_pix(inside, agreement)
    with within(bank) as session:
        made = session.scalars(select(Payment)).one()
        break_one(session, bank, made.agreement_id, today("America/Sao_Paulo"))
    pay(dressed, twin, made)
    deliver_all(dressed, twin)
    assert "O acordo tinha terminado antes" in page(inside, payment)
    assert "esta é a sua proposta" in page(inside, "/oferta")


@pytest.mark.parametrize(
    ("down", "option", "can_move"),
    [("0", "cash", False), ("0", "instalments", True), ("0.1", "instalments", False)],
)
def test_moving_a_date_is_offered_only_where_it_can_be_moved(
    dressed, browse, down, option, can_move
):
    with within(dressed.shop) as session:
        set_up(session, data(min_down_payment=down))
    inside = sign_in(browse(dressed.shop.host), dressed.shop, make_person(dressed.shop))
    html = page(inside, accept(inside, f"option={option}"))
    assert bool(links_to(html, '/acordo/[^"]+/vencimento/')) == can_move


def test_what_is_accepted_names_every_account_that_it_settles(bank, inside):
    with within(bank) as session:
        contracts = session.scalars(select(Debt.contract)).all()
    html = page(inside, "/acordo/revisar?option=cash")
    assert contracts
    assert all(contract in html for contract in contracts)


def test_accepting_twice_in_two_tabs_is_one_agreement(bank, inside):
    html = page(inside, "/acordo/revisar?option=cash")
    key = re.search(r'name="acceptance_key"[^>]*value="([^"]+)"', html)[1]
    data = {"csrf_token": csrf(html), "option": "cash"}
    answers = [
        inside.post("/acordo/revisar", data={**data, "acceptance_key": k})
        for k in (key, key, "another-tab")
    ]
    assert {answer.status_code for answer in answers} == {303}
    assert inside.get(answers[1].location).status_code in (200, 303)
    with within(bank) as session:
        assert session.scalar(select(func.count()).select_from(Agreement)) == 1
