"""A creditor's own columns are looked at only where its record of processing names them."""

import pytest
from sqlalchemy import select, update

from app.debts.models import Debt, Debtor
from app.journeys import settings as intents
from app.journeys.models import Night
from app.nights.night import chosen
from tenants.scope import within
from tests.nights.town import PEOPLE, SETTINGS
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
