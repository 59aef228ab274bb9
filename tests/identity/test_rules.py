"""What people type to say who they are, and windows of attempts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import PERSON, new_code, parse_birth_date, parse_code, parse_document
from app.portal.amounts import parse_cents, typed_amount

TODAY = date(2026, 11, 21)
FORMATS = ("%d/%m/%Y", "%d%m%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", " %d / %m / %Y ")


@given(st.dates(date(1900, 1, 1), TODAY), st.sampled_from(FORMATS))
def test_a_birth_date_is_read_as_it_was_written(born, written):
    assert parse_birth_date(born.strftime(written), TODAY) == born


@given(st.dates(TODAY - timedelta(days=99 * 365), TODAY))
def test_two_digits_of_a_year_are_the_latest_that_has_passed(born):
    read = parse_birth_date(f"{born:%d/%m/%y}", TODAY)
    assert read is None or (read.day, read.month, read.year % 100) == (
        born.day,
        born.month,
        born.year % 100,
    )
    assert read is None or read <= TODAY


@given(st.text(max_size=40))
def test_no_text_breaks_a_parser(text):
    assert parse_birth_date(text, TODAY) is None or isinstance(parse_birth_date(text, TODAY), date)
    for parse in (parse_document, parse_code, parse_cents):
        parse(text)


@pytest.mark.parametrize("text", ["31/02/1990", "00/00/0000", "22/11/2026", "01/01/1800", "x", ""])
def test_what_is_no_birth_date_is_none(text):
    assert parse_birth_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("529.982.247-25", "52998224725"),
        (" 52998224725 ", "52998224725"),
        ("11.222.333/0001-81", "11222333000181"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        ("529.982.247-26", None),
        ("11111111111", None),
        ("", None),
    ],
)
def test_a_document_is_normalised_or_refused(text, document):
    assert parse_document(text) == document


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_a_window_holds_its_moment(at):
    start = PERSON.window_start(at)
    assert start <= at < start + PERSON.window
    assert PERSON.window_start(start) == start


def test_codes_are_six_digits():
    assert all(parse_code(new_code()) for _ in range(200))


@given(st.integers(0, 10**11))
def test_an_amount_is_read_as_it_is_shown(cents):
    assert parse_cents(typed_amount(cents)) == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("R$ 1.234,56", 123456),
        ("1234.56", 123456),
        ("1,234.56", 123456),
        ("1.234", 123400),
        ("150", 15000),
        ("0,5", 50),
        ("R$", None),
        ("9" * 40, None),
    ],
)
def test_amounts_are_forgiven_their_form(text, cents):
    assert parse_cents(text) == cents
