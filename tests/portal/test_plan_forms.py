"""Where the forms of a plan begin."""

import pytest
from flask import g

from app.offers import rules
from app.portal.plan_forms import CounterForm
from tests.offers.cases import AT, limits_of


@pytest.mark.parametrize(
    ("band", "locale", "down"),
    [
        ({}, "pt_BR", ""),
        ({"min_down_payment": "0.2"}, "pt_BR", "146,00"),
        ({"min_down_payment": "0.2"}, "en", "146.00"),
    ],
)
def test_a_proposal_begins_with_the_down_payment_that_was_proposed(app, band, locale, down):
    limits = limits_of(**band)
    proposed = rules.simulate(limits, AT, instalments=4)
    with app.test_request_context():
        g.locale = locale
        form = CounterForm.of(limits, proposed)
    assert (form.times.data, form.down.data or "") == (4, down)
