"""A creditor's own columns are looked at only where its record of processing names them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.debts.models import Debt, Debtor
from app.journeys import settings as intents
from app.journeys.models import Night
from app.nights.night import chosen
from app.nights.paydays import usual_paydays
from tenants.scope import within
from tests.nights.town import PEOPLE, SETTINGS, Town
from themes.tomlfile import FileInvalid

ENTRY = {
    "column": "store_visits",
    "purpose": "Whom to remind by message",
    "legal_basis": "legitimate_interest",
}


def supply(town):
    """Some people were seen in a store, some were not, of some it is not known."""
    with within(town.tenant) as session:
        for place, person in enumerate(town.people[:8]):
            of_theirs = update(Debt).where(Debt.debtor_id == person)
            session.execute(of_theirs.values(store_visits=place, purchases=99 - place))


def state_of(town):
    with within(town.tenant) as session:
        night = session.scalars(select(Night)).one()
    return chosen(town.tenant, night).state


def test_without_an_entry_nothing_of_them_is_looked_at(bank):
    supply(bank)
    bank.plan(0)
    state = state_of(bank)
    assert state.spec.features_allowed == ()
    assert state.people.extra.shape == (PEOPLE, 0)


def test_with_an_entry_that_column_is_one_of_the_traits_and_no_other(bank):
    supply(bank)
    with within(bank.tenant) as session:
        intents.put(session, {**SETTINGS, "processing": [ENTRY]})
    bank.plan(0)
    state = state_of(bank)
    assert state.spec.features_allowed == ("extra_store_visits",)
    [column] = state.people.extra.T
    assert sorted(one for one in column if one == one) == list(range(8))
    seen = state.traits[:, -1]
    assert seen.max() > 1 > -1 > seen.min()
    assert (seen == 0).sum() == PEOPLE - 8, "unknown counts as the mean"


def test_how_long_ago_the_latest_credit_was_granted_is_one_of_the_traits(bank):
    day = Town.morning(0).date()
    with within(bank.tenant) as session:
        for days, person in enumerate(bank.people[:8]):
            of_theirs = update(Debt).where(Debt.debtor_id == person)
            session.execute(of_theirs.values(contracted_on=day - timedelta(days=100 * days)))
    bank.plan(0)
    state = state_of(bank)
    known = [int(days) for days in state.people.credit_days if days == days]
    assert sorted(known) == [100 * days for days in range(8)]


@pytest.mark.parametrize(
    ("year", "jurisdiction", "month", "days"),
    [
        (2026, "BR", 3, [6]),
        (2026, "BR", 1, [8]),  # the first is a holiday
        (2026, "BR", 11, [9, 30]),  # so is the second
        (2026, "BR", 12, [7, 20]),
        (2026, "US", 12, []),
    ],
)
def test_most_people_are_paid_on_days_that_the_law_sets(year, jurisdiction, month, days):
    found = [day for day in usual_paydays(year, jurisdiction) if day.year == year]
    assert sorted(day.day for day in found if day.month == month) == days


def test_a_night_knows_when_most_people_are_paid(bank):
    bank.plan(0)
    spec = state_of(bank).spec
    assert spec.paydays == usual_paydays(2026, "BR")


PAID = {**ENTRY, "column": "payday", "purpose": "When to write"}


@pytest.mark.parametrize(("processing", "seen"), [([], -1), ([ENTRY], -1), ([PAID], 5)])
def test_paydays_too_are_looked_at_only_with_an_entry(bank, processing, seen):
    supply(bank)
    with within(bank.tenant) as session:
        session.execute(update(Debtor).where(Debtor.id.in_(bank.people[:8])).values(payday=5))
        intents.put(session, {**SETTINGS, "processing": processing})
    bank.plan(0)
    told = state_of(bank).people.payday
    assert sorted(told) == sorted([-1] * (PEOPLE - 8) + [seen] * 8)


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ([{**ENTRY, "column": "religion"}], ["processing[0].column"]),
        ([{**ENTRY, "legal_basis": "because"}], ["processing[0].legal_basis"]),
        ([ENTRY, {**ENTRY, "purpose": ""}], ["processing[1].purpose"]),
        ([{"column": "purchases"}], ["processing[0].purpose", "processing[0].legal_basis"]),
        ([ENTRY, ENTRY], ["processing"]),
    ],
)
def test_an_entry_says_what_for_and_on_which_ground(wrong, fields):
    with pytest.raises(FileInvalid) as found:
        intents.parse({"processing": wrong})
    assert [fault.where for fault in found.value.faults] == fields
