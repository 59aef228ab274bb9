"""Coming back to a better offer, what fits in a month, and hesitating: the portal's answers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.agreements.models import Agreement
from app.compliance.models import Task
from app.history.models import Event
from app.offers.conceding import concede
from app.offers.concession import Concession
from tenants import resolve
from tenants.clock import now, stopped_at, today
from tenants.models import Tenant
from tenants.scope import platform, within
from tests.offers.cases import data
from tests.portal.conftest import post, sign_in
from tests.portal.steps import page

STEP = Concession(0.3, 12, 1, "engine", 0.4, final=False)

REVIEW = "/acordo/revisar"
RULES = data(opening="0.4", longest=18, opening_longest=6, min_instalment_cents=1_000)
DEBTS = 2


def happened(bank, person, kind):
    with within(bank) as session:
        return list(
            session.scalars(
                select(Event.data)
                .where(Event.debtor_id == person.id, Event.kind == kind)
                .order_by(Event.id)
            )
        )


def conceded(bank, person, **changes):
    """A night after the visit; how many offers are new."""
    with within(bank) as session:
        on = today(bank.time_zone)
        return len(concede(session, bank, {person.id: replace(STEP, **changes)}, on))


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({}, "a menos do que na proposta que você viu", "esta é a melhor"),
        (
            {"final": True},
            "enquanto esta valer, por aqui não virá uma proposta melhor",
            "vezes; antes eram",
        ),
    ],
)
def test_back_on_a_later_day_the_better_offer_is_said_calmly(
    bank, inside, person, client, changes, said, unsaid
):
    assert "Uma proposta feita para você" not in page(inside, "/oferta")
    with stopped_at(now() + timedelta(days=1, hours=1)):
        assert conceded(bank, person, **changes) == 1
        html = page(sign_in(client, bank, person), "/oferta")
        assert "Uma proposta feita para você" in html
        assert "Vale até" in html
        assert said in html
        assert unsaid not in html
        assert "Uma proposta feita para você" in page(client, "/oferta"), "also when seen again"
        assert conceded(bank, person, step=2, discount=0.4) == 0, "it was seen today"


def test_longer_for_whom_tried_longer(bank, inside, person, client):
    page(inside, "/oferta")
    page(inside, "/oferta/simular?times=6")
    with stopped_at(now() + timedelta(days=1, hours=1)):
        assert conceded(bank, person) == 1
        assert "Agora você pode pagar em até 12 vezes; antes eram 6." in page(
            sign_in(client, bank, person), "/oferta"
        )


def test_the_plan_follows_from_what_fits_and_nothing_typed_is_kept(bank, inside, person):
    answer = post(inside, "/oferta/cabe", budget="250,00", income="1.900,00")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Escolher esta" in html
    assert happened(bank, person, "fits.asked") == [{}]
    assert happened(bank, person, "means.told") == []


def test_what_is_typed_is_kept_where_they_ask_for_it(bank, inside, person):
    post(inside, "/oferta/cabe", budget="250,00", income="1.900,00", keep="y")
    assert happened(bank, person, "means.told") == [
        {"budget_cents": 25_000, "income_cents": 190_000}
    ]


@pytest.mark.parametrize("income", ["600,00", "610,00"])
def test_below_the_minimum_there_is_a_person_and_public_help_instead_of_a_plan(inside, income):
    html = post(inside, "/oferta/cabe", budget="250,00", income=income).get_data(as_text=True)
    assert "Primeiro, o que você precisa para viver" in html
    assert "R$ 600,00" in html.replace("\xa0", " ")
    for help in ("Procon", "Defensoria Pública", "Lei 14.181/2021", "tel:"):
        assert help in html
    assert "/acordo/revisar" not in html


def test_a_plan_beyond_the_income_they_let_us_keep_waits_for_a_person(bank, inside, person):
    post(inside, "/oferta/cabe", budget="250,00", income="620,00", keep="y")
    answers = [
        inside.get(f"{REVIEW}?times=6"),
        post(inside, REVIEW, page="/oferta/cabe", times="6", acceptance_key="k"),
    ]
    for answer in answers:
        html = answer.get_data(as_text=True)
        assert "este plano deixaria menos de" in html
        assert "Procon" in html
    with within(bank) as session:
        assert session.scalars(select(Agreement)).all() == []
        task = session.scalars(select(Task)).one()
        assert (task.kind, task.rule) == ("review_budget", "BR-13")
    html = page(inside, f"{REVIEW}?option=cash")
    assert "este plano deixaria menos de" not in html, "what is paid once is theirs to weigh"


def test_a_plan_that_the_kept_income_allows_is_agreed(bank, inside, person):
    post(inside, "/oferta/cabe", budget="250,00", income="2.600,00", keep="y")
    post(inside, REVIEW, page="/oferta/cabe", option="instalments", acceptance_key="k")
    with within(bank) as session:
        assert session.scalars(select(Agreement)).one()


def test_what_they_had_us_keep_shapes_the_proposal_from_then_on(bank, inside, person, client):
    page(inside, "/oferta")
    post(inside, "/oferta/cabe", budget="250,00", keep="y")
    again = plain(inside, "/oferta")
    assert "cabe no seu mês, como você nos disse: até R$ 250,00" in again
    with stopped_at(now() + timedelta(days=1, hours=1)):
        assert conceded(bank, person) == 1
        assert "cabe no seu mês, como você nos disse: até R$ 250,00" in plain(
            sign_in(client, bank, person), "/oferta"
        )


def test_without_the_tick_the_proposal_stays_as_it_was(inside):
    before = page(inside, "/oferta")
    post(inside, "/oferta/cabe", budget="90,00")
    assert "como você nos disse" not in before + page(inside, "/oferta")


def test_a_month_that_no_plan_fits_leads_to_a_person_instead_of_a_suggestion(inside):
    page(inside, "/oferta")
    post(inside, "/oferta/cabe", budget="5,00", keep="y")
    html = plain(inside, "/oferta")
    assert "Você nos disse que cabem R$ 5,00 no seu mês" in html
    assert "Sugestão para você" not in html
    for help in ("Procon", "Defensoria Pública", "tel:", "/oferta/cabe"):
        assert help in html


def test_abroad_nobody_is_sent_to_the_help_of_brazil(bank, inside):
    page(inside, "/oferta")
    with platform() as session:
        session.execute(update(Tenant).where(Tenant.id == bank.id).values(jurisdiction="UK"))
    resolve.forget()
    post(inside, "/oferta/cabe", budget="5,00", keep="y")
    html = plain(inside, "/oferta")
    assert "Você nos disse que cabem R$ 5,00 no seu mês" in html
    assert "tel:" in html
    assert "Procon" not in html
    assert "14.181" not in html


@pytest.mark.parametrize("keep", [{}, {"keep": "y"}])
def test_a_proposal_is_said_to_stay_only_where_it_does(inside, keep):
    page(inside, "/oferta")
    html = post(inside, "/oferta/cabe", budget="250,00", income="601,00", **keep).text
    assert ("option=instalments" in page(inside, "/oferta")) == (not keep)
    assert ("Sua proposta continua como está" in html) == (not keep)


def test_an_income_that_no_plan_fits_leaves_no_plan_to_choose(bank, inside, person, client):
    page(inside, "/oferta")
    post(inside, "/oferta/cabe", budget="250,00", income="601,00", keep="y")
    for day in (0, 1):
        with stopped_at(now() + timedelta(days=day, hours=day)):
            visitor = sign_in(client, bank, person) if day else inside
            html = plain(visitor, "/oferta")
            assert "menos do que você precisa para viver" in html
            assert "option=instalments" not in html
            assert "Sugestão para você" not in html
            assert "Defensoria Pública" in html
            assert "/oferta/cabe" in html, "what was told can be told anew"
            conceded(bank, person)
    post(inside, "/oferta/cabe", budget="250,00", income="2.600,00", keep="y")
    assert "Sugestão para você" in page(inside, "/oferta")


def plain(client, path):
    return page(client, path).replace("\xa0", " ")


def test_what_is_no_amount_is_said_in_its_place(inside):
    answer = post(inside, "/oferta/cabe", budget="pouco", income="não sei")
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "Digite um valor, como 150,00." in html
    assert 'value="pouco"' in html


def test_the_third_simulation_opens_help_once_in_a_visit_without_a_script(bank, inside, person):
    opened = '<div data-hesitation role="status">'
    shown = [
        opened in page(inside, f"/oferta/simular?times={times}") for times in (3, 3, 4, 5, 6, 2)
    ]
    assert shown == [False, False, False, True, False, False]
    assert happened(bank, person, "hesitation.met") == [{"by": "simulations", "step": "simulate"}]
    assert "data-hesitation" not in page(inside, "/oferta")


def test_help_offers_the_plan_of_the_smallest_instalment_itself(inside):
    page(inside, "/oferta")
    post(inside, "/oferta/cabe", budget="250,00", keep="y")
    for html in (plain(inside, "/oferta"), plain(inside, "/oferta/simular?times=2")):
        block = help_of(html)
        assert "há também este plano: 6 × R$ 152,33, R$ 914,00 no total." in block
        assert f'href="{REVIEW}?option=' in block
        assert "/oferta/cabe" in block
        assert "Falar com uma pessoa" not in block, "that stands below, once"
        assert html.count("Falar com uma pessoa") == 1


def test_where_no_instalment_is_smaller_help_leads_to_the_month_alone(inside):
    block = help_of(plain(inside, "/oferta/simular?times=6"))
    assert "há também este plano" not in block
    assert "/oferta/cabe" in block


def help_of(html):
    return html.split("<div data-hesitation")[1].split("</section>")[0]


def test_time_opens_help_once_in_a_visit(bank, inside, person):
    html = page(inside, "/oferta")
    assert '<div data-hesitation role="status" hidden>' in html
    for _ in range(2):
        assert post(inside, "/hesitando", page="/oferta/cabe", step="offer").status_code == 204
    assert happened(bank, person, "hesitation.met") == [{"by": "time", "step": "offer"}]
    assert "data-hesitation" not in page(inside, "/oferta")
    assert "data-hesitation" not in page(inside, "/oferta/simular")


def test_a_new_visit_may_be_helped_again(bank, inside, person, client):
    post(inside, "/hesitando", page="/oferta/cabe", step="offer")
    assert "data-hesitation" in page(sign_in(client, bank, person), "/oferta")
