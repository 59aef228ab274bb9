"""What an option says adds up to the cent."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.offers import rules
from app.portal import proposal
from tests.offers.cases import AT, DATA, debts, rule_files

RULES = DATA


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule_files(), st.lists(debts(0), min_size=1, max_size=2))
def test_today_and_the_instalments_are_all_that_is_to_be_paid(monkeypatch, file, owed):
    monkeypatch.setattr(proposal, "current", lambda: "pt_BR")
    made = rules.make_offer(rules.parse(file), owed, AT)
    for option in made.options if made else ():
        card = proposal.card(option, 3, "BRL")
        last = card.last_cents or card.monthly_cents
        months = card.monthly_cents * (card.times - 1) + last if card.times else 0
        assert card.today_cents + months == card.total_cents
        assert card.last_cents != card.monthly_cents or not card.times


def test_the_last_instalment_is_named_where_it_differs(app, inside):
    found = [
        inside.get(f"/oferta/simular?times={count}").get_data(as_text=True) for count in range(2, 7)
    ]
    assert {"A última" in html for html in found} == {True, False}
