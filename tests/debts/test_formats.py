"""Number and date formats are decided per column, by evidence, and parsing round-trips."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.debts.portfolio.columns.amounts import AmountEvidence, AmountStyle, Decimal, amounts
from app.debts.portfolio.columns.dates import DateEvidence, DateStyle, Order, dates
from app.debts.portfolio.columns.phones import phones
from app.debts.portfolio.columns.texts import emails, hours, names, states, texts

CALM = settings(max_examples=60)

CENTS = st.lists(st.integers(1, 10**12), min_size=1, max_size=40)
DAYS = st.lists(st.dates(date(1980, 1, 1), date(2026, 12, 31)), min_size=1, max_size=40)


def decided(cells, default=Decimal.COMMA):
    evidence = AmountEvidence()
    evidence.add(pl.Series(cells, dtype=pl.String))
    return evidence.decide(default)


def dated(cells, default=Order.DAY_FIRST):
    evidence = DateEvidence()
    evidence.add(pl.Series(cells, dtype=pl.String))
    return evidence.decide(default)


def read_dates(cells, style):
    return dates(
        pl.Series(cells),
        style,
        earliest=date(1980, 1, 1),
        latest=date(2027, 12, 31),
        out_of_range="date_range",
    )


@given(CENTS, st.sampled_from(list(Decimal)), st.sampled_from(["", "R$ ", "R$\u00a0"]))
@CALM
def test_amounts_round_trip_in_either_format(cents, decimal, sign):
    english = [f"{value // 100:,}.{value % 100:02}" for value in cents]
    swap = str.maketrans(",.", ".,") if decimal is Decimal.COMMA else {}
    cells = [sign + text.translate(swap) for text in english]
    style = decided(cells, default=Decimal.DOT)
    assert style == AmountStyle(decimal)
    assert amounts(pl.Series(cells), style).values == cents


@given(DAYS, st.sampled_from(list(Order)), st.sampled_from("/-."))
@CALM
def test_dates_round_trip_when_the_order_is_known(days, order, mark):
    shape = f"%d{mark}%m{mark}%Y" if order is Order.DAY_FIRST else f"%m{mark}%d{mark}%Y"
    cells = [f"{day:{shape}}" for day in days]
    assert read_dates(cells, DateStyle(order)).values == days


@given(DAYS)
@CALM
def test_dates_that_read_only_one_way_need_no_order(days):
    serial = [str((day - date(1899, 12, 30)).days) for day in days]
    for cells in ([d.isoformat() for d in days], [f"{d:%Y%m%d}" for d in days], serial):
        assert read_dates(cells, DateStyle(Order.MONTH_FIRST)).values == days


def test_one_clear_cell_decides_for_the_ambiguous_ones():
    assert decided(["1.234", "5.000", "1.234,56"]).decimal is Decimal.COMMA
    assert decided(["1,234", "5,000", "12.5"]).decimal is Decimal.DOT
    assert decided(["1.234", "0.500", "0.50"], Decimal.COMMA).decimal is Decimal.DOT
    assert dated(["03/04/2024", "13/04/2024"], Order.MONTH_FIRST).order is Order.DAY_FIRST
    assert dated(["03/04/2024", "04/13/2024"]).order is Order.MONTH_FIRST


def test_without_evidence_the_default_stands_and_says_so():
    assert decided(["1.234", "5.000"]) == AmountStyle(Decimal.COMMA, undecided=True)
    assert decided(["1.234"], Decimal.DOT) == AmountStyle(Decimal.DOT, undecided=True)
    assert decided(["100", "5"]) == AmountStyle(Decimal.COMMA)
    assert dated(["03/04/2024"]) == DateStyle(Order.DAY_FIRST, undecided=True)
    assert dated(["04/04/2024"]) == DateStyle(Order.DAY_FIRST)


def test_a_mixed_column_takes_clear_cells_of_its_format_and_refuses_the_rest():
    cells = ["1.234,56", "2,50", "1,234.56", "1.234"]
    style = decided(cells)
    assert style.mixed
    column = amounts(pl.Series(cells), style)
    assert column.values == [123456, 250, None, None]
    assert column.problems == {2: "amount", 3: "amount_unclear"}
    days = ["31/12/2024", "30/11/2024", "12/31/2024", "03/04/2024"]
    column = read_dates(days, dated(days))
    assert column.problems == {2: "date", 3: "date_unclear"}


def test_one_slip_in_thousands_does_not_make_a_column_mixed():
    cells = ["10,50"] * 999 + ["10.50", "1.000"]
    style = decided(cells)
    assert not style.mixed
    assert amounts(pl.Series(cells), style).values[-2:] == [None, 100000]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("-5,00", "amount_not_positive"),
        ("(5,00)", "amount_not_positive"),
        ("5,00-", "amount_not_positive"),
        ("0", "amount_not_positive"),
        ("0,00", "amount_not_positive"),
        ("1,2345", "amount_decimals"),
        ("9999999999999,00", "amount_too_large"),
        ("9" * 400, "amount_too_large"),
        ("abc", "amount"),
        ("=1+1", "amount"),
        ("1.23,4", "amount"),
        ("1e5", "amount"),
        ("٣٤", "amount"),
        ("NaN", "amount"),
    ],
)
def test_amounts_that_are_refused(cell, problem):
    assert amounts(pl.Series([cell]), AmountStyle(Decimal.COMMA)).problems == {0: problem}


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("30/02/2024", "date"),
        ("2024-13-01", "date"),
        ("00/00/0000", "date"),
        ("hoje", "date"),
        ("31/12/1979", "date_range"),
        ("01/01/2030", "date_range"),
        ("9999-12-31", "date_range"),
    ],
)
def test_dates_that_are_refused(cell, problem):
    assert read_dates([cell], DateStyle(Order.DAY_FIRST)).problems == {0: problem}


def test_two_digit_years_are_the_latest_that_fit():
    column = dates(
        pl.Series(["01/02/85", "01/02/26", "01/02/30"]),
        DateStyle(Order.DAY_FIRST),
        earliest=date(1900, 1, 1),
        latest=date(2026, 11, 21),
        out_of_range="birth_date",
    )
    assert [day.year for day in column.values] == [1985, 2026, 1930]


@given(st.lists(st.text(max_size=40), max_size=20))
@CALM
def test_no_text_upsets_a_column(cells):
    series = pl.Series(cells, dtype=pl.String).str.strip_chars()
    style = DateStyle(Order.DAY_FIRST)
    latest = date(2026, 1, 1) + timedelta(days=1)
    for column in (
        amounts(series, decided(cells)),
        dates(series, style, earliest=date(1980, 1, 1), latest=latest, out_of_range="date_range"),
        phones(series),
        emails(series),
        names(series),
        states(series),
        hours(series),
        texts(series, longest=100),
    ):
        assert len(column.values) == len(cells)
        assert all(column.values[at] is None for at in column.problems)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("(11) 98765-4321", "+5511987654321"),
        ("+55 (21) 2345-6789", "+552123456789"),
        ("011 98765 4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("55 99123-4567", "+5555991234567"),
        ("11 3333-4444 / 11 98888-7777", "+551133334444"),
        ("+1 650 253 0000", "+16502530000"),
        ("98765-4321", None),
        ("(11) 99999-9999", None),
        ("(00) 98765-4321", None),
        ("(23) 98765-4321", None),
        ("telefone", None),
    ],
)
def test_phones(cell, number):
    column = phones(pl.Series([cell]))
    assert column.values == [number]
    assert (0 in column.problems) == (number is None)


def test_an_area_code_may_have_its_own_column():
    column = phones(
        pl.Series(["98765-4321", "2345-6789", "(31) 98765-4321", ""]),
        pl.Series(["011", "21", "11", "11"]),
    )
    assert column.values == ["+5511987654321", "+552123456789", "+5531987654321", None]
    assert not column.problems


def test_emails_states_and_hours():
    assert emails(
        pl.Series(["Ana@Exemplo.COM.br", "josé@exemplo.com.br", "a..b@x.com"])
    ).values == [
        "ana@exemplo.com.br",
        "josé@exemplo.com.br",
        None,
    ]
    assert states(pl.Series(["sp", "São Paulo", "MATO GROSSO DO SUL", "Kansas"])).values == [
        "SP",
        "SP",
        "MS",
        None,
    ]
    assert hours(pl.Series(["9", "09:30", "19h", "24", "noite"])).values == [9, 9, 19, None, None]
