"""When the first journey writes what."""

from datetime import date, timedelta

import pytest

from app.journeys.rules import first, instalment_moment, offer_step, step_of

TODAY = date(2026, 3, 10)
JOURNEY = first()


def ago(*days):
    return [TODAY - timedelta(days=number) for number in days]


@pytest.mark.parametrize(
    ("written", "step"),
    [
        ([], 0),
        (ago(0), None),
        (ago(3), None),
        (ago(4), 1),
        (ago(11, 4), None),
        (ago(11, 7), 2),
        (ago(30, 20, 10), 3),
        (ago(40, 30, 20, 10), None),
        (ago(200, 90), 0),
    ],
)
def test_contacts_about_an_offer_are_spaced(written, step):
    assert offer_step(JOURNEY, written, TODAY) == step


@pytest.mark.parametrize(
    ("days_until_due", "moment"),
    [
        (4, None),
        (3, ("instalment_before", "before")),
        (1, ("instalment_before", "before")),
        (0, ("instalment_due", "due")),
        (-1, ("instalment_after", "after-1")),
        (-4, ("instalment_after", "after-1")),
        (-9, ("instalment_after", "after-5")),
    ],
)
def test_an_instalment_has_its_moments(days_until_due, moment):
    due_on = TODAY + timedelta(days=days_until_due)
    assert instalment_moment(JOURNEY, due_on, TODAY) == moment


def test_a_step_that_was_withheld_gets_a_cause_of_its_day():
    assert step_of("reminder", "offer:1:0", {}, set(), TODAY).cause == "offer:1:0"
    again = step_of("reminder", "offer:1:0", {}, {"offer:1:0"}, TODAY)
    assert (again.cause, again.again) == ("offer:1:0:2026-03-10", True)
