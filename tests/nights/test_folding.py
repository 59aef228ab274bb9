"""What is kept from day to day is what all events together say, byte for byte."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from app.compliance.queries import identifiers
from app.history.actions import record
from app.journeys.arms import number_of
from app.nights import book, fixing, packing
from app.nights.folding import Folding
from app.scoring.models import LearnedState, PersonState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.town import Town
from tests.outreach.people import add_person


def folding_of(session, town, day):
    """A folding on the morning of a day, and the day."""
    with stopped_at(Town.morning(day)):
        asked = fixing.ask(session, town.tenant, Town.morning(day).date())
    everybody = book.read(session, identifiers(town.people))
    made = Folding(town.tenant, everybody, asked.terms, asked.rules, asked.spec())
    return made, Town.morning(day).date()


def bytes_of(known):
    """Every record and all that was learned."""
    rows = np.arange(len(known.state.people))
    return packing.records(known.state, rows).tobytes(), packing.learned(known.state)


def test_folding_day_by_day_is_folding_everything_at_once(bank):
    for day in range(5):
        bank.live(day)
        if day == 2:
            with stopped_at(Town.morning(day)), within(bank.tenant) as session:
                bank.people += [add_person(session) for _ in range(3)]
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 7)
        stored = folding.fold(session, day)
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 7)
        assert session.scalar(select(func.count(LearnedState.id))) >= 4
        assert session.scalar(select(func.count(PersonState.id))) > 0
        loaded, again = folding.load(session, day), folding.again(session, day)
    assert loaded.folded_on == again.folded_on == stored.folded_on
    assert again.state.history.contacts.sum() > 10
    assert bytes_of(loaded) == bytes_of(again) == bytes_of(stored)


def test_a_day_is_folded_once(bank):
    bank.live(0)
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 1)
        first = bytes_of(folding.fold(session, day - timedelta(days=1)))
        second = bytes_of(folding.fold(session, day - timedelta(days=1)))
        assert first == second
        assert session.scalar(select(func.count(LearnedState.id))) == 1


LOOKED = {
    "the plan of the offer": ([("option.opened", {"option": {"option": "instalments"}})], 1, 0),
    "paying at once": ([("option.opened", {"option": {"option": "cash"}})], -1, 0),
    "a simulation": (
        [("simulator.used", {"instalments": 10, "instalment_cents": 9_000})], 1, 9_000
    ),
    "a proposal after it": (
        [
            ("simulator.used", {"instalments": 10, "instalment_cents": 9_000}),
            ("counter.made", {"instalments": 12, "instalment_cents": 7_500, "wished_cents": 7_500}),
        ],
        2,
        7_500,
    ),
    "a proposal that was too small": (
        [("counter.made", {"instalments": 6, "instalment_cents": 15_666, "wished_cents": 2_000})],
        1,
        2_000,
    ),
    "a month that no plan fits into": (
        [("simulator.used", {"instalments": 6, "instalment_cents": 15_666, "wished_cents": 2_000})],
        1,
        2_000,
    ),
    "a proposal to pay at once": (
        [("counter.made", {"instalments": 1, "instalment_cents": 70_000})], -1, 0
    ),
    "what fits, kept on request": (
        [("means.told", {"budget_cents": 12_000, "income_cents": None})], 0, 12_000
    ),
}  # fmt: skip


@pytest.mark.parametrize("looked", LOOKED)
def test_what_somebody_looked_for_is_known_the_next_day(bank, looked):
    happenings, leaning, cents = LOOKED[looked]
    person, other = bank.people[:2]
    with stopped_at(Town.morning(0)), within(bank.tenant) as session:
        for kind, data in happenings:
            record(session, debtor_id=person, kind=kind, **data)
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 1)
        state = folding.fold(session, day - timedelta(days=1)).state
    found = state.people.find(np.array([number_of(one) for one in (person, other)]))
    assert state.history.leaning[found].tolist() == [leaning, 0]
    assert state.history.fits_cents[found].tolist() == [cents, 0]


def test_nothing_happened_yet(bank):
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 0)
        known = folding.fold(session, day)
    assert known.folded_on is None
    assert known.state.history.contacts.sum() == 0
