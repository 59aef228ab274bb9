"""Rules and debts to make offers from."""

from dataclasses import replace
from datetime import date

import numpy as np
import orjson
from hypothesis import strategies as st

from app.offers import plans, rules
from app.offers.columns import DebtColumns
from app.offers.terms import DebtFacts

TODAY = date(2026, 11, 20)
AT = rules.Calendar(TODAY, "SP")

BANDS = [
    {
        "name": "recent",
        "days_past_due": [1, 90],
        "principal_discount": "0.05",
        "charges_discount": "0.5",
        "longest": 6,
        "monthly_rate": "0.0199",
        "min_instalment_cents": 3000,
        "min_down_payment": "0.1",
    },
    {
        "name": "old",
        "days_past_due": [91, 720],
        "principal_discount": "0.35",
        "charges_discount": "0.9",
        "opening": "0.8",
        "keep": "0.4",
        "longest": 18,
        "monthly_rate": "0.015",
        "min_instalment_cents": 3000,
    },
    {
        "name": "ancient",
        "days_past_due": [721],
        "principal_discount": "0.7",
        "charges_discount": "1",
        "opening": "0.8",
        "keep": "0.4",
        "longest": 24,
        "min_instalment_cents": 2000,
    },
]
DATA = {
    "due_days": [5, 10, 15, 20, 25],
    "validity_days": 10,
    "card_products": ["card"],
    "bands": BANDS,
}
RULES = rules.parse(DATA)


def data(**band):
    """A rules file with one band that fits every debt."""
    whole = {
        "name": "all",
        "days_past_due": [0],
        "principal_discount": "0.3",
        "charges_discount": "0.8",
        "longest": 12,
    }
    return {"due_days": [5, 10, 20], "validity_days": 10, "bands": [{**whole, **band}]}


def one_debt(principal=100_000, days=400, product="loan", charges=(2_000, 13_000, 0)):
    return [DebtFacts("d1", product, days, principal, *charges)]


def limits_of(**band):
    """The limits of an offer on one debt under one band."""
    return rules.make_offer(rules.parse(data(**band)), one_debt(), AT).limits


def limits_data(debt_id):
    """The limits of an offer on one debt, as its row stores them."""
    (fact,) = one_debt()
    facts = [replace(fact, debt_id=str(debt_id))]
    return orjson.loads(orjson.dumps(rules.make_offer(rules.parse(data()), facts, AT).limits))


def plans_then_and_now(old, new):
    """Each plan that the old limits allow, and the same one under the new limits, or None."""
    for then in [plans.at_once(old), *plans.allowed(old)]:
        count = then.nets.count
        now = (
            plans.at_once(new)
            if count == 1
            else plans.fitting(new, count, down_cents=then.down_cents)
        )
        yield then, now


def is_no_dearer(now, then):
    """Whether a plan asks for no more than it did, in all and per month."""
    return now.total_cents <= then.total_cents and now.instalment_cents <= then.instalment_cents


def fractions(most=1.0):
    return st.integers(0, int(most * 1000)).map(lambda thousandth: f"{thousandth / 1000:.3f}")


@st.composite
def rule_files(draw):
    """Any rules a creditor may write, with up to three bands."""
    bands = []
    for number in range(draw(st.integers(1, 3))):
        first = draw(st.integers(0, 900))
        bands.append(
            {
                "name": f"band {number}",
                "days_past_due": [first, first + draw(st.integers(0, 2000))],
                "products": draw(st.sampled_from([[], ["card"], ["loan", "card"]])),
                "principal_discount": draw(fractions()),
                "charges_discount": draw(fractions()),
                "opening": draw(fractions()),
                "keep": draw(fractions()),
                "longest": draw(st.integers(1, 60)),
                "min_instalment_cents": draw(st.integers(1, 30_000)),
                "min_down_payment": draw(fractions(0.9)),
                "monthly_rate": draw(st.sampled_from(["0", "0.0099", "0.0199", "0.07", "0.1"])),
                "comfortable_instalment_cents": draw(st.integers(1, 60_000)),
            }
        )
    return {
        "due_days": draw(st.lists(st.integers(1, 28), min_size=1, max_size=4)),
        "validity_days": 10,
        "card_products": ["card"],
        "card_cap": draw(st.sampled_from(["1", "0.5"])),
        "bands": bands,
    }


def debts(number):
    """The facts of one debt, lawful or not."""
    return st.builds(
        DebtFacts,
        st.just(f"debt {number}"),
        st.sampled_from(["card", "loan", "store"]),
        st.integers(-5, 3000),
        st.integers(1, 3_000_000),
        st.integers(0, 100_000),
        st.integers(0, 3_000_000),
        st.integers(0, 50_000),
    )


people = st.lists(
    st.integers(1, 3).flatmap(lambda many: st.tuples(*(debts(n) for n in range(many)))),
    min_size=1,
    max_size=6,
)


def columns(of_people):
    """People's debts as columns."""
    rows = [(number, debt) for number, mine in enumerate(of_people) for debt in mine]

    def whole(read):
        return np.array([read(debt) for _, debt in rows], dtype=np.int64)

    return DebtColumns(
        np.array([number for number, _ in rows], dtype=np.int64),
        [debt.debt_id for _, debt in rows],
        [debt.product for _, debt in rows],
        whole(lambda debt: debt.days_past_due),
        whole(lambda debt: debt.principal_cents),
        whole(lambda debt: debt.fine_cents),
        whole(lambda debt: debt.interest_cents),
        whole(lambda debt: debt.index_cents),
    )
