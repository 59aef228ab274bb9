from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offers import due_dates

STATES = st.sampled_from(["SP", "RJ", "BA", "AM", None])


@pytest.mark.parametrize(
    ("day", "uf", "moved"),
    [
        (date(2026, 11, 24), "SP", date(2026, 11, 24)),
        (date(2026, 11, 21), "SP", date(2026, 11, 23)),
        (date(2026, 12, 25), "SP", date(2026, 12, 28)),
        (date(2026, 7, 9), "SP", date(2026, 7, 10)),
        (date(2026, 7, 9), "RJ", date(2026, 7, 9)),
        (date(2027, 2, 8), None, date(2027, 2, 11)),
    ],
)
def test_a_due_date_moves_to_the_next_business_day_of_the_state(day, uf, moved):
    assert due_dates.next_business_day(day, uf) == moved


def test_in_the_eu_the_banks_days_are_kept():
    assert due_dates.next_business_day(date(2026, 4, 3), None, "EU") == date(2026, 4, 7)


def test_an_unknown_state_follows_the_country():
    assert due_dates.next_business_day(date(2026, 7, 9), "XX") == date(2026, 7, 9)


@given(st.dates(date(2024, 1, 1), date(2035, 1, 1)), st.integers(1, 28), STATES)
def test_instalments_fall_due_monthly_on_business_days(today, due_day, uf):
    first = due_dates.first_due_day(today, due_day, first_instalment_days=20, bears_interest=False)
    assert 20 <= (first - today).days <= 51
    assert first.day == due_day
    days = due_dates.monthly(first, 13, uf)
    assert all(due_dates.is_business_day(day, uf) for day in days)
    assert days == sorted(set(days))


@given(st.dates(date(2024, 1, 1), date(2035, 1, 1)), st.integers(1, 28))
def test_a_month_of_interest_is_never_asked_for_fewer_days(today, due_day):
    first = due_dates.first_due_day(today, due_day, first_instalment_days=3, bears_interest=True)
    assert (first - today).days >= 30
