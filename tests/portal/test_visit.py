"""What people do with an offer: simulate, propose, come back, find none."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.agreements.models import Agreement
from app.debts.models import Debt
from app.history.models import Event
from app.offers.models import Offer
from app.portal.views.offer import MOST_COUNTERS
from tenants.clock import now, stopped_at
from tenants.scope import within
from tests.offers.cases import DATA
from tests.portal.conftest import csrf, post, sign_in
from tests.portal.people import CPFS, make_person
from tests.portal.steps import accept, events_of, links_to, page

RULES = DATA
DEBTS = 2


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


WISHES = {
    "a month's amount that is too small": ({"times": "12", "amount": "1,00"}, 100),
    "all at once": ({"times": "1", "amount": "1.040,00"}, None),
}


@pytest.mark.parametrize("wish", WISHES)
def test_what_fits_a_month_is_kept_as_it_was_wished(inside, bank, person, wish):
    typed, cents = WISHES[wish]
    post(inside, "/oferta/contraproposta", day="10", **typed)
    with within(bank) as session:
        made = select(Event.data).where(Event.debtor_id == person.id, Event.kind == "counter.made")
        assert session.scalars(made).one().get("wished_cents") == cents


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
