"""An agreement's clock rests while a hold is open."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agreements.clock import NOTICE_DAYS, Held, days_held, is_overdue, joined, later, resumed
from app.offers import due_dates
from app.offers.due_dates import Calendar

SP = Calendar(date(2026, 11, 20), "SP", "BR")
DUE = date(2026, 11, 10)
DAYS = st.dates(date(2026, 10, 1), date(2027, 3, 1))


def november(first, last=None):
    return Held(date(2026, 11, first), date(2026, 11, last) if last else None)


@pytest.mark.parametrize(
    ("stretches", "days"),
    [
        ([], 0),
        ([november(1, 10)], 0),
        ([november(11, 15)], 5),
        ([november(8, 12)], 2),
        ([november(15)], 6),
        ([november(11, 15), november(14, 16)], 6),
        ([november(11, 15), november(13)], 10),
        ([november(18, 25)], 3),
    ],
)
def test_days_on_hold_are_counted_once(stretches, days):
    assert days_held(stretches, DUE, date(2026, 11, 20)) == days


def test_the_grace_period_goes_on_where_it_was():
    held = [november(13, 19)]
    assert not is_overdue(DUE, 5, date(2026, 11, 15), held)
    assert not is_overdue(DUE, 5, date(2026, 11, 22), held)
    assert is_overdue(DUE, 5, date(2026, 11, 23), held)
    assert is_overdue(DUE, 5, date(2026, 11, 16))


@given(DAYS, st.integers(5, 30), DAYS, st.one_of(st.none(), DAYS), DAYS)
def test_a_hold_never_brings_a_break_nearer(due_on, grace, first, last, today):
    held = [Held(first, last if last is None or last >= first else first)]
    if is_overdue(due_on, grace, today, held):
        assert is_overdue(due_on, grace, today)
        assert today - due_on > timedelta(days=grace + days_held(held, due_on, today))


@given(st.lists(st.tuples(DAYS, st.integers(0, 40)), max_size=6))
def test_joined_stretches_hold_the_same_days(drawn):
    stretches = [Held(first, first + timedelta(days=days)) for first, days in drawn]
    whole = joined(stretches)
    assert all(a.last + timedelta(days=1) < b.first for a, b in pairwise(whole))

    def days(held):
        return {one.first + timedelta(days=n) for one in held for n in range(days_of(one))}

    assert days(whole) == days(stretches)


def days_of(held):
    return (held.last - held.first).days + 1


def test_what_fell_due_on_hold_moves_to_its_day_of_a_later_month_and_the_rest_follows():
    dates = [date(2026, 11, 10), date(2026, 12, 10), date(2027, 1, 11)]
    assert resumed(dates, 10, november(5, 25), SP) == [
        date(2026, 12, 10),
        date(2027, 1, 11),
        date(2027, 2, 11),
    ]


def test_what_fell_due_long_ago_takes_the_next_date_and_the_rest_moves_by_one():
    dates = [date(2026, month, 10) for month in (2, 7, 8, 9)]
    assert later(dates, 10, date(2026, 6, 20), SP) == [
        date(2026, 7, 10),
        date(2026, 8, 10),
        date(2026, 9, 10),
        date(2026, 10, 13),
    ]


def test_a_gap_that_is_wide_enough_takes_it_up():
    dates = [date(2026, 2, 10), date(2026, 9, 10)]
    assert later(dates, 10, date(2026, 6, 20), SP)[1] == date(2026, 9, 10)


def test_what_was_late_before_and_what_is_far_away_keep_their_dates():
    dates = [date(2026, 10, 13), date(2026, 12, 10)]
    assert resumed(dates, 10, november(5, 25), SP) == dates


def test_a_single_payment_moves_behind_the_notice():
    assert resumed([date(2026, 11, 10)], None, november(9, 20), SP) == [date(2026, 11, 25)]
    down_and_one = [date(2026, 11, 23), date(2026, 12, 10)]
    assert resumed(down_and_one, 10, november(20, 24), SP, down=True) == [
        date(2026, 11, 30),
        date(2026, 12, 10),
    ]


@given(DAYS, st.integers(0, 60), st.integers(1, 6), st.sampled_from([5, 10, 15, 20, 25]))
def test_after_a_hold_nothing_falls_due_within_the_notice_or_earlier(first, days, count, due_day):
    held = Held(first, first + timedelta(days=days))
    dates = [
        due_dates.next_business_day(date(2026 + n // 12, n % 12 + 1, due_day), "SP")
        for n in range(10, 10 + count)
    ]
    moved = resumed(dates, due_day, held, SP)
    soonest = held.last + timedelta(days=NOTICE_DAYS)
    assert all(new >= old for new, old in zip(moved, dates, strict=True))
    assert sorted(set(moved)) == moved
    for new, old in zip(moved, dates, strict=True):
        assert new >= soonest if old >= held.first else new == old
