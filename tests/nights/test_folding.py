"""What is kept from day to day is what all events together say, byte for byte."""

from datetime import timedelta

import numpy as np
from sqlalchemy import func, select

from app.compliance.queries import identifiers
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


def test_nothing_happened_yet(bank):
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 0)
        known = folding.fold(session, day)
    assert known.folded_on is None
    assert known.state.history.contacts.sum() == 0
