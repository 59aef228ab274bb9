"""Amounts as people type them: one number is taken, and what is none is not guessed at."""

import pytest

from app.portal.amounts import parse_cents, typed_amount


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("50", 5_000),
        ("R$ 50", 5_000),
        ("R$50,5", 5_050),
        ("US$ 50.25", 5_025),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1234.56", 123_456),
        ("1.234", 123_400),
        ("1 234,56", 123_456),
        (" 50 ", 5_000),
        ("50 reais", 5_000),
        ("R$ 50,00 por mês", 5_000),
        ("50,00/mês", 5_000),
        (",50", 50),
        ("0", 0),
        ("50€", 5_000),
        ("1.234,56€", 123_456),
        ("50,00 € por mês", 5_000),
        ("50,00.", 5_000),
        ("50.", 5_000),
        ("R$ 1.234,56.", 123_456),
    ],
)
def test_what_is_meant_is_understood(typed, cents):
    assert parse_cents(typed) == cents


@pytest.mark.parametrize(
    "typed",
    ["", " ", "R$", "-5", "− 5", "R$ -5", "1e3", "5-10", "5 a 10", "50%", "50 %", "12x", "50k", "a5",
     "50 mil", "50 Mil reais", "2 milhões", "50 thousand", "50 k", "50€5", "nada", "1" * 13, "٣" + "x", "."],
)  # fmt: skip
def test_what_could_mean_something_else_is_no_amount(typed):
    assert parse_cents(typed) is None


def test_what_is_written_into_a_field_is_read_again():
    for cents in (0, 5, 99, 12_345, 99_999_999):
        assert parse_cents(typed_amount(cents)) == cents
