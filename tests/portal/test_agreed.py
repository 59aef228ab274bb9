"""What an agreement's page says of payments that are late, or that nobody asks for any more."""

from datetime import date, timedelta

import pytest

from app.agreements.models import AgreementState, Instalment, InstalmentState
from app.portal.agreed import _state
from app.portal.samples.agreements import agreement

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("days", "is_open", "said"),
    [(-1, True, "late"), (0, True, "open"), (-1, False, "cancelled"), (9, False, "cancelled")],
)
def test_what_is_not_paid_is_late_only_while_it_is_asked_for(days, is_open, said):
    one = Instalment(state=InstalmentState.OPEN, due_on=TODAY + timedelta(days=days))
    assert _state(one, TODAY, is_open, None) == said


def test_what_is_paid_stays_paid_when_the_agreement_has_ended():
    one = Instalment(state=InstalmentState.PAID, due_on=TODAY - timedelta(days=40))
    assert _state(one, TODAY, False, None) == "paid"


def test_an_agreement_is_late_when_its_next_payment_is():
    assert agreement("open", 2, late=True).is_late
    assert not agreement("open", 2).is_late
    assert not agreement(AgreementState.SETTLED, 6).is_late
