"""Amounts in reais are written as CLDR has them, though not by way of it."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from themes.formats import money


@pytest.mark.parametrize("locale", ["pt_BR", "en"])
@given(cents=st.integers(0, 10**13))
def test_reais_are_what_cldr_says(locale, cents):
    assert money(cents, "BRL", locale) == format_currency(
        Decimal(cents) / 100, "BRL", locale=locale
    )
