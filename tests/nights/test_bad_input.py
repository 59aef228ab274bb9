"""Nights under bad circumstances: somebody who paid, a clock that jumps, records of an old make."""

from datetime import timedelta

from sqlalchemy import select, update

from app.debts.models import Debt, DebtState
from app.journeys.models import Decision, Night
from app.nights import packing
from app.scoring.models import PersonState
from tenants.scope import within
from tests.nights.test_folding import bytes_of, folding_of
from tests.nights.town import Town


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
