"""Charges on arrears: within the law, to the cent, the same for one debt and for a million."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.debts import actions, queries, terms
from app.debts.rules import charge_columns, charges
from app.debts.terms import MILD, from_data
from tenants.scope import within
from themes.checks import ONE_OF
from themes.tables import NOT_A_TABLE, UNKNOWN
from themes.tomlfile import FileInvalid

CALM = settings(max_examples=60)

AS_OF = date(2026, 11, 21)
SELIC = {f"{year}-{month:02}": "0.0105" for year in range(2019, 2027) for month in range(1, 13)}
IPCA = {month: "0.0041" if month[-1] != "3" else "-0.0012" for month in SELIC}
INDICES = {"SELIC": SELIC, "IPCA": IPCA}
RETAIL = {"creditor_type": "retail", "fine": "0.02", "interest_per_month": "0.01"}
BANK = {
    "creditor_type": "bank",
    "fine": "0.02",
    "interest_per_month": "0.01",
    "contract_rate_per_month": "0.0349",
    "indices": INDICES,
    "products": {
        "Card": {"card": True, "contract_rate_per_month": "0.15", "index": "IPCA"},
        "Unagreed": {"interest_per_month": "unagreed", "contract_rate_per_month": "0"},
        "Indexed": {"index": "IPCA", "contract_rate_per_month": "0"},
    },
}
PRODUCTS = st.sampled_from(["Loan", "card", "Unagreed", "Indexed"])
DEBTS = st.lists(
    st.tuples(
        st.integers(1, 10**12) | st.integers(1, 10**6),
        st.dates(date(2015, 1, 1), date(2027, 6, 1)),
        PRODUCTS,
    ),
    min_size=1,
    max_size=30,
)


def owed(data, cents, days, product="Loan"):
    due = AS_OF - timedelta(days=days)
    return charges(from_data(data), principal_cents=cents, due_on=due, product=product, as_of=AS_OF)


def test_fine_once_and_interest_by_the_day():
    one = owed(RETAIL, 100_000, 45)
    assert (one.fine, one.interest, one.index, one.total) == (2_000, 1_500, 0, 103_500)
    assert [(item.key, item.cents) for item in one.items] == [
        ("charges.principal", 100_000),
        ("charges.fine", 2_000),
        ("charges.arrears_interest", 1_500),
    ]
    assert {item.source for item in one.items[1:]} == {"BR-17"}


def test_half_a_cent_is_rounded_up():
    assert owed(RETAIL, 25, 1).fine == 1
    assert owed(RETAIL, 24, 1).fine == 0
    assert owed(RETAIL, 150, 30).interest == 2


def test_nothing_is_charged_before_it_is_overdue():
    for days in (0, -1, -400):
        assert owed(RETAIL, 100_000, days).total == 100_000
    assert owed({"creditor_type": "retail"}, 5_000, 900).total == 5_000


def test_a_bank_goes_on_charging_its_contract_rate_apart():
    keys = {item.key: item.cents for item in owed(BANK, 100_000, 30).items}
    assert keys["charges.contract_interest"] == 3_490
    assert keys["charges.arrears_interest"] == 1_000


def test_charges_on_a_card_stay_within_the_original_debt():
    one = owed(BANK, 100_000, 3_000, "Card")
    assert one.total == 200_000
    assert one.fine == 2_000
    assert sum(item.cents for item in one.items) == one.total


def test_the_legal_rate_where_nothing_was_agreed():
    one = owed(BANK, 100_000, 365, "Unagreed")
    selic = sum(Decimal(rate) for month, rate in SELIC.items() if "2025-11" <= month < "2026-11")
    assert 0 < one.interest <= 100_000 * selic * Decimal("1.1")
    assert "charges.legal_interest" in {item.key for item in one.items}


@given(DEBTS)
@CALM
def test_columns_are_equal_to_one_by_one_and_items_sum_to_the_total(debts):
    terms = from_data(BANK)
    columns = charge_columns(
        terms,
        principal=np.array([cents for cents, _, _ in debts], dtype=np.int64),
        due_on=np.array([due for _, due, _ in debts], dtype="datetime64[D]"),
        products=np.array([product for _, _, product in debts], dtype=object),
        as_of=AS_OF,
    )
    for at, (cents, due, product) in enumerate(debts):
        one = charges(terms, principal_cents=cents, due_on=due, product=product, as_of=AS_OF)
        assert (one.fine, one.interest, one.index, one.total, one.days_past_due) == (
            columns.fine[at],
            columns.interest[at],
            columns.index[at],
            columns.total[at],
            columns.days_past_due[at],
        )
        assert sum(item.cents for item in one.items) == one.total


@given(
    st.integers(1, 10**11),
    st.integers(0, 4_000),
    st.decimals(0, Decimal("0.02"), places=4),
    st.decimals(0, Decimal("0.01"), places=4),
)
@CALM
def test_charges_never_exceed_the_legal_limits(cents, days, fine, interest):
    data = {"creditor_type": "utility", "fine": str(fine), "interest_per_month": str(interest)}
    one = owed(data, cents, days)
    assert one.fine <= Decimal(cents) * Decimal("0.02") + Decimal("0.5")
    assert one.interest <= Decimal(cents) * days * Decimal("0.01") / 30 + Decimal("0.5")
    assert one.fine >= 0
    assert one.interest >= 0


@pytest.mark.parametrize(
    ("change", "key", "told"),
    [
        ({"fine": "0.021"}, "fine", terms.LIMIT),
        ({"interest_per_month": "0.0101"}, "interest_per_month", terms.LIMIT),
        ({"contract_rate_per_month": "0.01"}, "contract_rate_per_month", terms.BANKS),
        ({"fine": "-0.01"}, "fine", terms.LIMIT),
        ({"fine": 0.02}, "fine", terms.RATE),
        ({"fine": "two"}, "fine", terms.RATE),
        ({"fine": "NaN"}, "fine", terms.RATE),
        ({"boleto_fee": "3.50"}, "boleto_fee", terms.FEE),
        ({"contact_fee": "1"}, "contact_fee", terms.FEE),
        ({"index": "IGPM"}, "index", terms.NO_INDEX),
        ({"interest_per_month": "unagreed"}, "interest_per_month", terms.NO_INDEX),
        ({"surprise": 1}, "surprise", UNKNOWN),
        ({"creditor_type": "casino"}, "creditor_type", ONE_OF),
        ({"products": {"X": {"fine": "0.5"}}}, "products.X.fine", terms.LIMIT),
        ({"products": {"X": {"card": "no"}}}, "products.X.card", terms.YES_NO),
        ({"fine": "0.5", "products": {"X": {"card": True}}}, "fine", terms.LIMIT),
        ({"index": ["IPCA"]}, "index", terms.NO_INDEX),
        ({"products": 3}, "products", NOT_A_TABLE),
        ({"indices": {"IPCA": {"2024-13": "0"}}}, "indices.IPCA.2024-13", terms.MONTH),
    ],
)
def test_terms_beyond_the_law_are_refused_by_name(change, key, told):
    with pytest.raises(FileInvalid) as refusal:
        from_data(RETAIL | change)
    [fault] = refusal.value.faults
    assert (fault.where, fault.problems[0][0]) == (key, told)


def test_terms_are_versions_of_one_creditor(cast):
    with within(cast.shop) as session:
        assert queries.terms_in_force(session) == MILD
        actions.set_terms(session, RETAIL)
        actions.set_terms(session, RETAIL | {"fine": "0.01"})
        with pytest.raises(FileInvalid):
            actions.set_terms(session, RETAIL | {"fine": "0.10"})
    with within(cast.shop) as session:
        assert queries.terms_in_force(session).common.fine == 1_000_000
    with within(cast.bank) as session:
        assert queries.terms_in_force(session) == MILD
