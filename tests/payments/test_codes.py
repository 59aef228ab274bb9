"""Pix codes and boleto lines: known samples, and every damaged digit found out."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments import boleto, brcode

# The sample of the central bank's own manual of the BR Code: a static code.
MANUAL = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
    "5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)
# A sample that banks publish with their layout: due on the last day of 2007, one real.
LINE = "00190.50095 40144.816069 06809.350314 3 37370000000100"


def test_the_manuals_sample_is_read_as_static() -> None:
    code = brcode.parse(MANUAL)
    assert not code.is_dynamic
    assert code.merchant_name == "Fulano de Tal"
    assert code.amount_cents is None


@given(
    cents=st.integers(1, 99_999_999),
    name=st.text("abcdefghijklmnoçãéÁ &", min_size=1, max_size=60).filter(str.strip),
)
def test_a_code_says_what_was_put_in(cents: int, name: str) -> None:
    code = brcode.parse(
        brcode.compose(
            url="pix.example/1", amount_cents=cents, merchant_name="X" + name, merchant_city="Belém"
        )
    )
    assert (code.is_dynamic, code.amount_cents) == (True, cents)
    assert code.merchant_name == brcode.printed_name("X" + name)


@given(place=st.integers(0, len(MANUAL) - 1), other=st.sampled_from("0123456789XYZ"))
def test_a_changed_character_is_found_out(place: int, other: str) -> None:
    if MANUAL[place] == other:
        return
    with pytest.raises(brcode.Malformed):
        brcode.parse(MANUAL[:place] + other + MANUAL[place + 1 :])


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(brcode.Malformed):
        brcode.parse(text)
    with contextlib.suppress(boleto.Malformed):
        boleto.parse(text, around=date(2026, 1, 1))


def test_a_published_line_is_read() -> None:
    read = boleto.parse(LINE, around=date(2008, 1, 1))
    assert (read.bank, read.amount_cents, read.due_on) == ("001", 100, date(2007, 12, 31))
    assert boleto.printed(boleto.line(read.barcode)) == LINE


@given(
    cents=st.integers(0, 9_999_999_999),
    due_on=st.dates(date(2000, 7, 4), date(2049, 1, 1)),
    free=st.integers(0, 10**25 - 1),
)
def test_a_line_says_what_was_put_in(cents: int, due_on: date, free: int) -> None:
    line = boleto.compose(bank="999", due_on=due_on, amount_cents=cents, free_field=f"{free:025d}")
    read = boleto.parse(boleto.printed(line), around=due_on + timedelta(days=30))
    assert (read.amount_cents, read.due_on) == (cents, due_on)


@given(place=st.integers(0, 46), other=st.sampled_from("0123456789"))
def test_a_changed_digit_is_found_out(place: int, other: str) -> None:
    """Any digit of the three checked fields; the rest is under the general check digit."""
    line = boleto.compose(
        bank="999", due_on=date(2026, 12, 1), amount_cents=12_345, free_field="1" * 25
    )
    if line[place] == other or place >= 32:
        return
    with pytest.raises(boleto.Malformed):
        boleto.parse(line[:place] + other + line[place + 1 :], around=date(2026, 12, 1))


def test_the_factor_began_again_in_2025() -> None:
    assert boleto.factor(date(2025, 2, 21)) == 9999
    assert boleto.factor(date(2025, 2, 22)) == 1000
