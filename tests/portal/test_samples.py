"""The samples of the gallery are as the product would make them: no payment due on a Sunday."""

from datetime import date

import pytest
from flask import g

from app.offers.due_dates import is_business_day
from app.portal.samples import SAMPLES
from app.portal.samples.cast import PERSON, TODAY
from app.workbench import wardrobe


@pytest.fixture
def sample(app):
    """`sample(template, state)`: its context, in the dress of the first brand."""

    def context(template, state):
        with app.test_request_context():
            worn = wardrobe.worn(wardrobe.SLUGS[0])
            g.tenant, g.brand, g.locale = worn.tenant, worn.brand, "pt_BR"
            return SAMPLES[f"portal/{template}.html"][state]()

    return context


@pytest.mark.parametrize("state", SAMPLES["portal/agreement.html"])
def test_payments_fall_on_business_days_and_only_past_ones_are_paid_or_late(sample, state):
    agreement = sample("agreement", state)["agreement"]
    assert agreement.accepted_at.date() <= TODAY
    assert agreement.pause is None or agreement.pause.since >= agreement.accepted_at
    for _, day, _, row in agreement.rows:
        assert is_business_day(day, PERSON.uf)
        if row in ("paid", "late"):
            assert day < TODAY
        if row == "open":
            assert day > TODAY


@pytest.mark.parametrize("state", ["open", "not_chosen"])
def test_a_payment_moves_to_business_days(sample, state):
    for value, _ in sample("due_date", state)["form"].due_on.choices:
        assert is_business_day(date.fromisoformat(value), PERSON.uf)


def test_the_smallest_instalment_is_shown_where_the_budget_is_below_it(sample):
    shown = sample("simulate", "budget")
    assert "R$ 69,70" in shown["said"][0].replace("\xa0", " ")
    assert shown["card"].monthly_cents == shown["option"].instalment_cents == 6_970
