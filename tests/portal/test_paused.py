"""An agreement on hold asks for nothing; what was answered and given back is said."""

import re

import pytest
from sqlalchemy import select

from app.agreements.actions import Outcome, answer_hold
from app.compliance.actions import open_hold
from app.compliance.models import Hold, Task
from app.payments.models import Payment
from app.payments.refunding import NotRefundable, give_back, note_returned
from tenants.clock import today
from tenants.scope import within
from tests.offers.cases import DATA
from tests.payments.acts import deliver_all, pay
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import post, sign_in
from tests.portal.people import CPFS, make_person
from tests.portal.steps import accept, page, pay_with_pix

RULES = DATA


@pytest.fixture
def agreement(inside):
    return accept(inside, "option=instalments")


def answer(bank, outcome):
    with within(bank) as session:
        hold = session.scalars(select(Hold)).one()
        on = today(bank.time_zone)
        answer_hold(session, bank, hold.id, outcome=outcome, actor="test", today=on)


def hold(bank, person, kind):
    with within(bank) as session:
        open_hold(session, debtor_id=person.id, kind=kind)


def dispute(client, person):
    path = f"/contas/{person.debts[0]}/nao-reconheco"
    return post(client, path, reason="dispute", note="")


def test_whoever_questions_a_debt_of_an_agreement_is_asked_for_nothing(inside, person, agreement):
    assert f"/contas/{person.debts[0]}/nao-reconheco" in page(inside, "/contas")
    told = inside.get(dispute(inside, person).location).get_data(as_text=True)
    assert "o seu acordo continua, com novas datas" in told
    html = page(inside, agreement)
    assert "Seu acordo está em pausa" in html
    assert "Por enquanto, nada vence" in html
    for asking in ("Próximo pagamento", "até o dia", "Mudar a data", "Pagar tudo agora", "Atrasad"):
        assert asking not in html
    before_details, _, details = html.partition("Prefiro continuar pagando")
    assert "Pagar com Pix" not in before_details
    assert "Não é preciso" in details
    assert "Em pausa" in page(inside, "/acordos")
    assert "Próximo pagamento" not in page(inside, "/acordos")


def test_what_belongs_to_a_running_clock_leads_back_while_it_rests(inside, person, agreement):
    html = page(inside, agreement)
    instalment = re.search(r'name="instalment" value="([^"]+)"', html)[1]
    moving = f"{agreement}/vencimento/{instalment}"
    dispute(inside, person)
    for path in (moving, f"{agreement}/quitar"):
        assert inside.get(path).location == agreement


@pytest.mark.parametrize("kind", ["deceased", "incapacity", "minor", "overindebtedness"])
def test_for_a_person_who_must_not_be_asked_there_is_nothing_to_pay(
    inside, bank, person, agreement, kind
):
    instalment = re.search(r'name="instalment" value="([^"]+)"', page(inside, agreement))[1]
    hold(bank, person, kind)
    html = page(inside, agreement)
    assert "Uma pessoa cuida da sua conta" in html
    assert "Pagar com Pix" not in html
    assert "Prefiro continuar" not in html
    sent = post(
        inside, f"{agreement}/pagar", page="/preferencias", method="pix", instalment=instalment
    )
    assert sent.location == agreement
    with within(bank) as session:
        assert session.scalars(select(Payment)).all() == []


def test_a_rejected_dispute_lets_the_agreement_go_on_and_says_so(inside, bank, person, agreement):
    dispute(inside, person)
    answer(bank, Outcome.REJECTED)
    assert "Pagar com Pix" in page(inside, agreement)
    assert "concluímos que ela continua como está" in page(inside, "/contas")


def test_an_upheld_dispute_is_told_on_the_agreement_and_the_account(
    inside, bank, person, agreement
):
    dispute(inside, person)
    answer(bank, Outcome.UPHELD)
    assert "Você tinha razão sobre uma conta deste acordo" in page(inside, agreement)
    html = page(inside, "/contas")
    assert "Saiu do seu nome" in html
    assert "Ver minha proposta" not in html


def test_somebody_elses_agreement_stays_as_it_was(browse, inside, bank, person, agreement):
    other = make_person(bank, CPFS[1])
    hold(bank, other, "deceased")
    assert "Pagar com Pix" in page(inside, agreement)
    stranger = sign_in(browse(bank.host), bank, other)
    assert stranger.get(agreement).status_code == 404


def paid_in_excess(dressed, twin, bank, inside):  # noqa: F811 - a fixture
    """The page of a Pix that brought R$ 7,00 too much, and the task to give it back."""
    path = pay_with_pix(inside, accept(inside))
    with within(bank) as session:
        made = session.scalars(select(Payment)).one()
    pay(dressed, twin, made, made.amount_cents + 700)
    deliver_all(dressed, twin)
    with within(bank) as session:
        return path, session.scalars(select(Task.id).where(Task.kind == "refund")).one()


def test_what_came_in_excess_is_said_to_be_returned_once_it_is(dressed, twin, bank, inside):  # noqa: F811 - a fixture
    path, task = paid_in_excess(dressed, twin, bank, inside)
    assert "Devolvemos em até 7 dias" in page(inside, path)
    with within(bank) as session:
        give_back(session, bank, task, actor="test")
    deliver_all(dressed, twin)
    html = page(inside, path).replace("\xa0", " ").replace("&nbsp;", " ")
    assert "R$ 7,00 que vieram a mais voltaram para você" in html
    assert "Devolvemos em até 7 dias" not in html
    english = inside.get(path, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "went back to you" in english


def test_only_a_boleto_is_given_back_by_hand(dressed, twin, bank, inside):  # noqa: F811 - a fixture
    path, task = paid_in_excess(dressed, twin, bank, inside)
    with within(bank) as session:
        with pytest.raises(NotRefundable):
            note_returned(session, task, actor="test")
        session.scalars(select(Payment)).one().method = "boleto"
        note_returned(session, task, actor="test")
        with pytest.raises(NotRefundable):
            note_returned(session, task, actor="test")
    assert "voltaram para você" in page(inside, path)
