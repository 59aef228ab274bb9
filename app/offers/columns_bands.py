"""Columns of debts put into their bands, and the plan rules of each person they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app import money
from app.offers import price
from app.offers.price import Column
from app.offers.schema import Rules
from app.offers.shape import plan_of, reason_of_band
from app.offers.terms import MILLION, PlanRules, Reason

if TYPE_CHECKING:
    from app.offers.columns import DebtColumns


@dataclass(frozen=True, slots=True)
class Banded:
    """Debts that a band fits, and the people who have one. Debts are sorted by `owner`."""

    people: Column
    """The number of each person in the caller's columns."""
    owner: Column
    """Per debt: the row in `people`."""
    starts: Column
    """Per person: where their debts begin."""
    ids: list[str]
    band: Column
    principal: Column
    fine: Column
    interest: Column
    index: Column
    principal_ppm: Column
    charges_ppm: Column
    opening_ppm: Column
    keep_ppm: Column
    down_ppm: Column
    cap_ppm: Column
    """−1 where there is none."""
    plans: list[PlanRules]
    longest: Column
    min_instalment: Column
    monthly_ppm: Column
    comfortable: Column
    rates: list[int]
    reasons: list[tuple[Reason, ...]]

    def total(self, of_debts: Column) -> Column:
        """Sums per person."""
        return np.add.reduceat(of_debts, self.starts)


def banded(rules: Rules, debts: "DebtColumns") -> Banded:
    """Every debt in its band; people without one, or who owe more than can be computed, are out."""
    fine, interest, index = _lawful(rules, debts)
    band = _bands(rules, debts)
    owed = np.where(band >= 0, debts.principal + fine + interest + index, 0)
    count = int(debts.person.max()) + 1 if debts.person.size else 0
    whole = np.zeros(count, dtype=np.int64)
    np.add.at(whole, debts.person, owed)
    inside = (band >= 0) & ((whole > 0) & (whole <= price.LARGEST_CENTS))[debts.person]
    rows = np.flatnonzero(inside)
    people, starts, owner = np.unique(debts.person[rows], return_index=True, return_inverse=True)
    kept = band[rows]
    plans = _plans(rules, kept, starts)
    cards = np.array([product in rules.card_products for product in debts.products], dtype=bool)
    picked = {name: np.array([getattr(b, name) for b in rules.bands]) for name in _OF_BAND}
    return Banded(
        people=people,
        owner=owner.astype(np.int64),
        starts=starts.astype(np.int64),
        ids=[debts.ids[row] for row in rows.tolist()],
        band=kept,
        principal=debts.principal[rows],
        fine=fine[rows],
        interest=interest[rows],
        index=index[rows],
        principal_ppm=picked["principal_discount"][kept],
        charges_ppm=picked["charges_discount"][kept],
        opening_ppm=picked["opening"][kept],
        keep_ppm=picked["keep"][kept],
        down_ppm=picked["min_down_payment"][kept],
        cap_ppm=np.where(cards, rules.card_cap, -1)[rows] if rows.size else kept,
        plans=plans,
        longest=np.array([plan.longest for plan in plans], dtype=np.int64),
        min_instalment=np.array([plan.min_instalment_cents for plan in plans], dtype=np.int64),
        monthly_ppm=np.array([plan.monthly_ppm for plan in plans], dtype=np.int64),
        comfortable=np.array([plan.comfortable_cents for plan in plans], dtype=np.int64),
        rates=sorted({plan.monthly_ppm for plan in plans}),
        reasons=_reasons(rules, debts, band, people),
    )


_OF_BAND = ("principal_discount", "charges_discount", "opening", "keep", "min_down_payment")


def _bands(rules: Rules, debts: "DebtColumns") -> Column:
    """The first band that fits each debt, −1 where none does."""
    found = np.full(len(debts.principal), -1, dtype=np.int64)
    products = np.array(debts.products, dtype=object)
    for number in range(len(rules.bands) - 1, -1, -1):
        band = rules.bands[number]
        fits = (debts.days_past_due >= band.days_past_due[0]) & (
            debts.days_past_due <= band.days_past_due[1]
        )
        fits &= (debts.principal >= band.amount_cents[0]) & (
            debts.principal <= band.amount_cents[1]
        )
        if band.products:
            fits &= np.array([product in band.products for product in products], dtype=bool)
        found[fits] = number
    return found


def _lawful(rules: Rules, debts: "DebtColumns") -> tuple[Column, Column, Column]:
    """`rules.lawful_charges` on columns (BR-17, BR-18)."""
    most_fine = np.full_like(debts.principal, rules.fine_most)
    fine = np.minimum(debts.fine, money.share_columns(debts.principal, most_fine))
    interest, index = debts.interest, debts.index
    if rules.mora_monthly is not None:
        most = (
            np.minimum(debts.principal, 2 * price.LARGEST_CENTS)
            * rules.mora_monthly
            * np.maximum(debts.days_past_due, 0)
        )
        interest = np.minimum(interest, -(-most // (30 * MILLION)))
    card = np.array([product in rules.card_products for product in debts.products], dtype=bool)
    room = debts.principal * rules.card_cap // MILLION
    fine = np.where(card, np.minimum(fine, room), fine)
    index = np.where(card, np.minimum(index, room - fine), index)
    interest = np.where(card, np.minimum(interest, room - fine - index), interest)
    return fine, interest, index


def _plans(rules: Rules, bands: Column, starts: Column) -> list[PlanRules]:
    """The plan rules of each person; the same bands share one value."""
    known: dict[tuple[int, ...], PlanRules] = {}
    listed, ends = bands.tolist(), [*starts.tolist()[1:], len(bands)]
    plans = []
    for start, end in zip(starts.tolist(), ends, strict=True) if len(bands) else ():
        key = tuple(sorted(set(listed[start:end])))
        if key not in known:
            known[key] = plan_of(rules, [rules.bands[number] for number in key])
        plans.append(known[key])
    return plans


def _reasons(
    rules: Rules, debts: "DebtColumns", band: Column, people: Column
) -> list[tuple[Reason, ...]]:
    """Per person in an offer: why each of their debts is in it or not."""
    given: dict[int, list[Reason]] = {person: [] for person in people.tolist()}
    names: list[str | None] = [*(one.name for one in rules.bands), None]
    columns = (debts.person.tolist(), debts.ids, debts.days_past_due.tolist(), band.tolist())
    for person, debt_id, days, number in zip(*columns, strict=True):
        if person in given:
            given[person].append(reason_of_band(debt_id, days, names[number]))
    return [tuple(reasons) for reasons in given.values()]
