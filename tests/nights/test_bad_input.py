"""Nights under bad circumstances: somebody who paid, a clock that jumps, records of an old make."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from threading import Barrier

import numpy as np
import pytest
from sqlalchemy import select, update

from app.debts.models import Debt, DebtState
from app.history.actions import record
from app.journeys import settings as intents
from app.journeys.arms import number_of
from app.journeys.models import Decision, Night, NightState
from app.nights import choosing, night, packing
from app.nights.replaying import replay
from app.outreach.models import Message
from app.scoring.models import PersonState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.test_folding import bytes_of, folding_of
from tests.nights.town import Town
from tests.offers.people import set_up
from tests.outreach.people import add_person, dress


def nights_of(town):
    with within(town.tenant) as session:
        return session.scalars(select(Night).order_by(Night.day)).all()


def contacted(town, night):
    with within(town.tenant) as session:
        decided = select(Decision.debtor_id).where(
            Decision.night_id == night.id, Decision.kind == "contact"
        )
        return set(session.scalars(decided))


def test_somebody_who_paid_everything_changes_nothing_for_the_others(bank):
    bank.live(0)
    gone = bank.people[0]
    with within(bank.tenant) as session:
        nothing_left = {
            "state": DebtState.SETTLED,
            "paid_here_cents": Debt.principal_cents,
            "principal_cents": 0,
        }
        session.execute(update(Debt).where(Debt.debtor_id == gone).values(nothing_left))
    for day in (1, 2, 3):
        bank.live(day)
    nights = nights_of(bank)
    assert not any(gone in contacted(bank, night) for night in nights[1:])
    assert any(contacted(bank, night) for night in nights[1:])
    assert {tuple(night.scale["products"]) for night in nights} == {("card", *[None] * 5)}


def test_two_runs_at_the_same_moment_are_one_night(bank):
    told, start = [], Barrier(2)

    def run():
        start.wait(30)
        return night.plan(bank.tenant, progress=lambda what, _: told.append(what))

    with stopped_at(Town.morning(0)), ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(copy_context().run, run) for _ in range(2)]
        counts = sorted(run.result()["queued"] for run in runs)
    assert told.count(night.WAITING) == 1
    assert counts[0] == 0 < counts[1] == len(bank.messages())
    assert len(nights_of(bank)) == 1


def test_a_click_of_a_later_day_counts_as_the_visit_it_led_to(bank):
    bank.live(0)
    with within(bank.tenant) as session:
        message = session.scalars(select(Message).where(Message.state == "sent")).first()
    late = Town.morning(2) + timedelta(hours=3)
    with stopped_at(late), within(bank.tenant) as session:
        person = {"debtor_id": message.debtor_id}
        record(session, kind="link.opened", subject_id=message.id, **person)
        record(session, kind="identity.proved", **person)
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 4)
        known = folding.fold(session, day - timedelta(days=1))
        history = known.state.history
        [row] = known.state.people.find(np.array([number_of(message.debtor_id)]))
        assert history.last_visit[row] == late.date().toordinal()
        assert history.contacts[row] == 1
        assert bytes_of(known) == bytes_of(folding.again(session, day - timedelta(days=1)))


def test_one_person_has_a_night(cast, settings):
    dress(cast.bank)
    with stopped_at(Town.morning(0)), within(cast.bank) as session:
        set_up(session)
        intents.put(session, {"holdout": 0.0, "untouched": 0.0})
        person = add_person(session)
    town = Town(cast.bank, [person], None, None)
    assert town.plan(0)["offers"] == 1
    [found] = nights_of(town)
    assert found.counts["people"] == {"engine": 1, "rules": 0, "untouched": 0}
    assert not replay(cast.bank, found.day).differences


def test_a_clock_that_was_ahead_and_is_right_again(bank):
    """Days were folded into the future: what is known is what the events say, no day counts twice."""
    bank.live(0)
    bank.live(1)
    bank.plan(60)
    bank.live(2)
    bank.live(3)
    for day, until in ((4, 3), (62, 62)):
        with within(bank.tenant) as session:
            folding, _ = folding_of(session, bank, day)
            last = Town.morning(until).date()
            assert bytes_of(folding.fold(session, last)) == bytes_of(folding.again(session, last))


def test_a_night_of_a_day_before_the_last_one(bank):
    bank.live(5)
    bank.plan(3)
    days = [night.day for night in nights_of(bank)]
    assert days == [Town.morning(3).date(), Town.morning(5).date()]


def test_records_of_another_make_are_made_again_from_the_events(bank, monkeypatch):
    for day in range(3):
        bank.live(day)
    monkeypatch.setattr(packing, "VERSION", packing.VERSION + 1)
    with within(bank.tenant) as session:
        folding, day = folding_of(session, bank, 3)
        last = day - timedelta(days=1)
        folded = folding.fold(session, last)
        assert bytes_of(folded) == bytes_of(folding.again(session, last))
        assert folded.state.history.contacts.sum() > 3
        assert len(set(session.scalars(select(PersonState.layout)))) == 1


def test_a_night_that_an_engine_of_another_make_began_is_left_as_it_was_written(bank, monkeypatch):
    bank.plan(0)
    [last] = nights_of(bank)
    before = contacted(bank, last)
    assert before
    with within(bank.tenant) as session:
        session.execute(update(Night).where(Night.id == last.id).values(state=NightState.PLANNED))
    monkeypatch.setattr(packing, "VERSION", packing.VERSION + 1)
    with pytest.raises(choosing.OtherMake):
        replay(bank.tenant, last.day)
    bank.plan(0)
    [again] = nights_of(bank)
    assert again.state == NightState.COMPLETE
    assert contacted(bank, again) == before
    bank.plan(1)
    assert len(nights_of(bank)) == 2
