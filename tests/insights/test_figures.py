"""Days rolled up: what happened is in them once, whenever and however often they are written."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.debts.models import Debtor
from app.history.models import Event
from app.insights import cohort, figures
from app.insights.groups import comparison
from app.insights.models import NO_HOUR, DailyFigure
from app.journeys import settings as intents
from app.outreach.models import MessageState
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.town import SETTINGS, Town
from themes import voice

ALL = (*figures.COLUMNS, "day", "arm", "channel", "wording", "hour", "step")


def rolled_up(tenant, day: int, **more) -> int:
    with stopped_at(Town.morning(day)):
        return figures.bring_up(tenant, **more)


def rows(tenant):
    with within(tenant) as session:
        found = session.scalars(
            select(DailyFigure).order_by(*(getattr(DailyFigure, n) for n in ALL))
        )
        return [tuple(getattr(one, name) for name in ALL) for one in found]


def total(tenant, name: str) -> int:
    with within(tenant) as session:
        return session.scalar(select(func.coalesce(func.sum(getattr(DailyFigure, name)), 0)))


def events(tenant, kind: str):
    with within(tenant) as session:
        return session.scalars(select(Event).where(Event.kind == kind)).all()


@pytest.fixture
def lived(bank):
    for day in range(3):
        bank.live(day)
    return bank


def test_a_short_note_counts_with_the_wording_it_shortens(bank):
    with stopped_at(Town.morning(0)), within(bank.tenant) as session:
        intents.put(session, {**SETTINGS, "channels": ["email"], "contacts_per_week": 7})
    for day in range(8):
        bank.live(day)
    sent = Counter(voice.is_short(one.variant) for one in bank.messages() if one.sent_at)
    assert sent[True] > 3
    rolled_up(bank.tenant, 8)
    place = ALL.index("wording")
    assert {row[place] for row in rows(bank.tenant)} == {"a", "b", "c", ""}


def test_a_day_that_was_run_too_far_ahead_hides_no_real_day(bank):
    """Days to come were rolled up, empty, by a date somebody typed: each is written anew once it
    is really over."""
    bank.live(0)
    rolled_up(bank.tenant, 40)
    bank.live(1)
    bank.live(2)
    assert rolled_up(bank.tenant, 3) > 0
    sent = [one for one in bank.messages() if one.state == MessageState.SENT]
    assert total(bank.tenant, "sent") == len(sent)


def test_everything_that_happened_is_in_the_figures_once(lived):
    assert rolled_up(lived.tenant, 3) == 3
    sent = [one for one in lived.messages() if one.state == MessageState.SENT]
    assert total(lived.tenant, "sent") == len(sent) > 0
    channels = Counter(one.channel for one in sent)
    with within(lived.tenant) as session:
        counted = dict(
            session.execute(
                select(DailyFigure.channel, func.sum(DailyFigure.sent))
                .where(DailyFigure.sent > 0)
                .group_by(DailyFigure.channel)
            ).all()
        )
    assert counted == channels
    paid = events(lived.tenant, "payment.received")
    assert total(lived.tenant, "payments") == len(paid)
    assert total(lived.tenant, "cash_cents") == sum(one.data["applied_cents"] for one in paid)
    assert total(lived.tenant, "agreements") == len(events(lived.tenant, "agreement.accepted"))
    assert total(lived.tenant, "complaints") == len(events(lived.tenant, "message.complained"))
    clicked = {one.subject_id for one in events(lived.tenant, "link.opened")}
    assert total(lived.tenant, "answered") == len(clicked)
    assert (
        total(lived.tenant, "cost_thousandths") == 500 * channels["email"] + 5_000 * channels["sms"]
    )


def test_people_are_counted_every_day_and_visits_where_they_were_written_to_last(lived):
    rolled_up(lived.tenant, 3)
    with within(lived.tenant) as session:
        days = session.execute(
            select(DailyFigure.day, func.sum(DailyFigure.people)).group_by(DailyFigure.day)
        ).all()
    assert {people for _, people in days} == {len(lived.people)}
    assert len(days) == 3
    with within(lived.tenant) as session:
        visits = session.execute(
            select(DailyFigure.channel, DailyFigure.hour).where(DailyFigure.visits > 0)
        ).all()
    came = {(e.debtor_id, e.at.date()) for e in events(lived.tenant, "identity.proved")}
    assert total(lived.tenant, "visits") == len(came)
    assert all(channel and hour != NO_HOUR for channel, hour in visits)


def test_hours_are_those_of_where_the_person_is(lived):
    with within(lived.tenant) as session:
        session.execute(update(Debtor).values(time_zone="America/Rio_Branco"))
    rolled_up(lived.tenant, 3)
    with within(lived.tenant) as session:
        hours = session.scalars(select(DailyFigure.hour).where(DailyFigure.sent > 0)).all()
    sent = [one for one in lived.messages() if one.state == MessageState.SENT]
    there = ZoneInfo("America/Rio_Branco")
    assert set(hours) == {one.sent_at.astimezone(there).hour for one in sent}


def test_night_by_night_is_all_at_once_and_again_is_the_same(lived):
    for day in (1, 2, 3):
        rolled_up(lived.tenant, day)
    by_night = rows(lived.tenant)
    rolled_up(lived.tenant, 3)
    assert rows(lived.tenant) == by_night
    first = Town.morning(0).date() - timedelta(days=3)
    assert rolled_up(lived.tenant, 3, since=first) >= 3
    anew = [row for row in rows(lived.tenant) if row[0] or row[ALL.index("day")] >= first]
    assert [row for row in anew if row[ALL.index("day")] >= Town.morning(0).date()] == by_night


def test_nothing_is_rolled_up_before_a_day_is_over_or_where_nothing_happened(bank, shop):
    bank.live(0)
    assert rolled_up(bank.tenant, 0) == 0
    assert rolled_up(bank.tenant, 1) == 1
    assert rolled_up(shop.tenant, 5) == 0
    assert rows(shop.tenant) == []


def test_creditors_figures_do_not_mix(bank, shop):
    for town in (bank, shop):
        for day in range(2):
            town.live(day, seed=3 if town is bank else 4)
    rolled_up(bank.tenant, 2)
    mine = rows(bank.tenant)
    rolled_up(shop.tenant, 2)
    assert rows(bank.tenant) == mine
    for town in (bank, shop):
        sent = [one for one in town.messages() if one.state == MessageState.SENT]
        assert total(town.tenant, "sent") == len(sent)


def test_before_an_engine_everybody_is_on_the_creditors_rules(crowd, cast):
    from tests.insights.conftest import crowd_of

    theirs = crowd_of(cast.shop, 40)
    theirs.happens("payment.received", theirs.people[:5], -1, applied_cents=100)
    rolled_up(cast.shop, 0)
    with within(cast.shop) as session:
        found = session.execute(select(DailyFigure.arm, DailyFigure.payments)).all()
    assert [tuple(row) for row in found] == [("rules", 5)]


def test_money_that_went_back_is_kept_no_more(crowd):
    payer, returned = crowd.people[0], {"settlement_id": "s", "cause": "refund"}
    crowd.happens("payment.received", [payer], 1, applied_cents=9_000)
    crowd.happens("payment.returned", [payer], 2, returned_cents=4_000, **returned)
    crowd.happens("payment.returned", [payer], 3, returned_cents=-1_000, **returned)
    rolled_up(crowd.tenant, 4)
    with within(crowd.tenant) as session:
        by_day = session.execute(
            select(DailyFigure.day, func.sum(DailyFigure.cash_cents))
            .group_by(DailyFigure.day)
            .order_by(DailyFigure.day)
        ).all()
    assert [cents for _, cents in by_day] == [9_000, -4_000, 1_000]
    assert total(crowd.tenant, "payments") == 1, "what went back is no payment"
    since, until = Town.morning(0).date(), Town.morning(3).date()
    with within(crowd.tenant) as session:
        running = comparison(session, until)
        people = cohort.read(session, crowd.tenant, running, cohort.Window(since, until), {})
    assert people.cash.sum() == 6_000


def test_several_may_roll_up_at_once_and_nobody_falls_over_the_other(bank):
    """A report that is read while the night begins."""
    bank.live(0)
    with stopped_at(Town.morning(1)):
        figures.bring_up(bank.tenant)
        before, ready = rows(bank.tenant), Barrier(4)

        def often() -> None:
            ready.wait()
            for _ in range(4):
                figures.bring_up(bank.tenant)

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(copy_context().run, often) for _ in range(4)]:
                done.result()
    assert rows(bank.tenant) == before
