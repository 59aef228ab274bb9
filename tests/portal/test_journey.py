"""From a message link to a receipt, without JavaScript; and what people do on the way."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from app.agreements.breaking import break_one
from app.agreements.models import Agreement
from app.compliance.actions import open_hold
from app.compliance.models import Hold, OptOut, Task
from app.debts.models import Debt
from app.history.models import Event
from app.offers.models import Offer
from app.outreach.models import Message
from app.payments.models import Payment
from app.portal.views.offer import MOST_COUNTERS
from tenants import keys
from tenants.clock import now, stopped_at, today
from tenants.scope import within
from tests.offers.cases import data
from tests.offers.people import set_up
from tests.payments.acts import deliver_all, pay
from tests.payments.conftest import running_twin, twin  # noqa: F401 - fixtures
from tests.portal.conftest import csrf, post, sign_in
from tests.portal.people import CPFS, make_person
from themes import formats


@pytest.fixture
def bank(dressed):
    with within(dressed.bank) as session:
        set_up(session)
    return dressed.bank


@pytest.fixture
def person(bank):
    return make_person(bank, debts=2)


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (answer.status_code, answer.location)
    return answer.get_data(as_text=True)


def links_to(html: str, path: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(rf'href="({path}[^"]*)"', html)]


def accept(client, query="option=cash") -> str:
    """Review and accept; the address of the agreement."""
    values = {name: value[0] for name, value in parse_qs(query).items()}
    html = page(client, f"/acordo/revisar?{query}")
    key = re.search(r'name="acceptance_key"[^>]*value="([^"]+)"', html)[1]
    answer = client.post(
        "/acordo/revisar", data={"csrf_token": csrf(html), "acceptance_key": key, **values}
    )
    assert answer.status_code == 303
    return answer.location


def events_of(bank, person) -> list[str]:
    with within(bank) as session:
        return list(
            session.scalars(
                select(Event.kind).where(Event.debtor_id == person.id).order_by(Event.id)
            )
        )


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


def pay_with_pix(client, agreement) -> str:
    """Press "Pix" on the agreement's page; the address of the payment."""
    html = page(client, agreement)
    instalment = re.search(r'name="instalment" value="([^"]+)"', html)[1]
    data = {"csrf_token": csrf(html), "instalment": instalment, "method": "pix"}
    return client.post(f"{agreement}/pagar", data=data).location


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


def test_the_simulator_answers_without_a_script(inside, bank, person):
    html = page(inside, "/oferta/simular?down=100%2C00&times=4&day=10")
    assert re.search(r'name="down"[^>]*value="100,00"', html)
    assert links_to(html, "/acordo/revisar")
    assert "simulator.used" in events_of(bank, person)


def test_where_only_one_payment_is_possible_nothing_is_put_together(client, bank):
    small = sign_in(client, bank, make_person(bank, CPFS[1], principal=4_000))
    html = page(small, "/oferta")
    assert html.count('<section class="option') == 1
    assert links_to(html, "/oferta/simular") == []
    assert small.get("/oferta/simular").location.endswith("/oferta")


def test_the_first_money_is_said_for_when_it_is_due(inside):
    html = page(inside, "/oferta")
    assert "Em até 3 dias" in html
    assert "Em até 3 dias" in page(inside, "/oferta/simular?down=100%2C00&times=4&day=10")


@pytest.mark.parametrize(
    "query", ["down=abc&times=-1&day=99", "times=9999&budget=1", "option=free"]
)
def test_the_simulator_never_breaks(inside, query):
    page(inside, f"/oferta/simular?{query}")


def test_a_figure_in_the_address_is_never_believed(inside, bank):
    agreement = accept(inside, "option=cash&total=1&amount=")
    with within(bank) as session:
        assert session.scalars(select(Agreement.total_cents)).one() > 50_000
    assert agreement.startswith("/acordo/")


def test_a_counter_offer_inside_the_limits_leads_to_the_review(inside):
    answer = post(inside, "/oferta/contraproposta", times="1", amount="1.040,00", day="10")
    assert answer.location.startswith("/acordo/revisar")
    assert inside.get(answer.location).status_code == 200


def test_a_counter_offer_outside_gets_the_nearest_there_is(inside, bank, person):
    answer = post(inside, "/oferta/contraproposta", times="1", amount="1,00", day="10")
    assert "o mais perto que conseguimos" in answer.get_data(as_text=True)
    assert "counter.made" in events_of(bank, person)


def test_what_i_do_not_recognise_stops_contact_at_once(inside, bank, person):
    path = f"/contas/{person.debts[0]}/nao-reconheco"
    answer = post(inside, path, reason="fraud", note="Não fui eu")
    assert answer.status_code == 303
    assert "Estamos analisando" in page(inside, answer.location)
    with within(bank) as session:
        hold = session.scalars(select(Hold)).one()
        assert (hold.kind, hold.debt_id) == ("fraud", person.debts[0])
        assert keys.vault(session).text(hold.note, "hold") == "Não fui eu"
        written = session.scalars(select(Message.intent)).all()
        assert "dispute_received" in written
        assert session.scalars(select(Task.kind)).all()


def test_what_i_do_not_recognise_is_not_asked_of_me(inside, bank, person):
    page(inside, "/oferta")
    post(inside, f"/contas/{person.debts[0]}/nao-reconheco", reason="dispute", note="")
    html = page(inside, "/oferta")
    assert "1 conta está em análise" in html
    assert "Ela não entra nesta proposta" in html
    with within(bank) as session:
        (offer,) = session.scalars(select(Offer).where(Offer.state == "open"))
        assert [debt["id"] for debt in offer.debts] == [str(person.debts[1])]
    post(inside, f"/contas/{person.debts[1]}/nao-reconheco", reason="dispute", note="")
    html = page(inside, "/oferta")
    assert "não há nada a pagar" in html
    assert not links_to(html, "/acordo/revisar")
    assert inside.get("/acordo/revisar?option=cash").location == "/oferta"


@pytest.mark.parametrize("kind", ["deceased", "incapacity", "overindebtedness"])
def test_whoever_must_not_be_asked_meets_a_person(inside, bank, person, kind):
    with within(bank) as session:
        open_hold(session, debtor_id=person.id, kind=kind)
    html = page(inside, "/oferta")
    assert "Uma pessoa cuida da sua conta" in html
    assert "atendimento@bancoaurora.example" in html
    assert not links_to(html, "/acordo/revisar")


def test_own_proposals_end_calmly_for_the_day(inside, bank, person):
    typed = {"times": "1", "amount": "1,00", "day": "10"}
    for _ in range(MOST_COUNTERS):
        assert post(inside, "/oferta/contraproposta", **typed).status_code == 200
    html = page(inside, "/oferta/contraproposta")
    assert "Você já fez várias propostas hoje" in html
    token = csrf(page(inside, "/preferencias"))
    answer = inside.post("/oferta/contraproposta", data={"csrf_token": token, **typed})
    assert answer.status_code == 429
    with stopped_at(now() + timedelta(days=1, minutes=1)):
        sign_in(inside, bank, person)
        assert post(inside, "/oferta/contraproposta", **typed).status_code == 200


def test_preferences_stop_a_channel_and_let_it_speak_again(inside, bank):
    post(inside, "/preferencias", channel="email", hour="18", no_sms="y")
    with within(bank) as session:
        assert session.scalars(select(OptOut.channel)).all() == ["sms"]
    post(inside, "/preferencias", channel="", hour="")
    with within(bank) as session:
        assert session.scalars(select(OptOut).where(OptOut.withdrawn_at.is_(None))).all() == []


def test_my_data_can_be_seen_and_taken_along(inside, person):
    assert person.email in page(inside, "/privacidade/meus-dados")
    assert (
        inside.get("/privacidade/meus-dados.json").json["person"][0]["document"] == person.document
    )
    assert b"person,1,name" in inside.get("/privacidade/meus-dados.csv").data


def test_rights_become_tasks_with_a_deadline(inside, bank):
    post(inside, "/privacidade/corrigir", note="Meu nome mudou")
    post(inside, "/privacidade/apagar")
    with within(bank) as session:
        tasks = {task.kind: task for task in session.scalars(select(Task))}
        assert {"correction", "deletion"} <= set(tasks)
        assert tasks["deletion"].due_at > now() + timedelta(days=14)


def test_an_offer_that_ran_out_is_made_anew_at_the_visit(inside, bank, person, client):
    page(inside, "/oferta")
    with within(bank) as session:
        valid_until = session.scalars(select(Offer.valid_until)).one()
    later = now() + timedelta(days=(valid_until - now().date()).days + 2)
    with stopped_at(later):
        sign_in(client, bank, person)
        assert "esta é a sua proposta" in page(client, "/oferta")


def test_without_an_offer_the_reason_and_a_person_are_named(inside, bank, person):
    with within(bank) as session:
        session.execute(update(Debt).where(Debt.debtor_id == person.id).values(due_on=now().date()))
    html = page(inside, "/oferta")
    assert "uma pessoa monta a proposta com você" in html


@pytest.mark.parametrize(
    ("state", "words"), [("settled", "Está tudo pago"), ("recalled", "não é mais tratada aqui")]
)
def test_where_somebody_stands_has_its_own_page(inside, bank, person, state, words):
    with within(bank) as session:
        session.execute(update(Debt).where(Debt.debtor_id == person.id).values(state=state))
    assert words in page(inside, "/oferta")


def test_nobody_under_age_is_offered_anything(client, bank):
    child = make_person(bank, CPFS[3], born=(now() - timedelta(days=17 * 365)).date())
    sign_in(client, bank, child)
    html = page(client, "/oferta")
    assert not links_to(html, "/acordo/revisar")
