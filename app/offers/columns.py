"""The offer rules on columns: many people at once, with the same result as one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from app.offers import price
from app.offers.columns_bands import Banded, banded
from app.offers.columns_dates import Beginning, Beginnings
from app.offers.columns_openings import Openings, opened
from app.offers.columns_sums import in_instalments, interest_fits, sums_of
from app.offers.price import Column
from app.offers.schema import Rules
from app.offers.shape import compared, final_reasons, option_reasons
from app.offers.terms import (
    DebtTerms,
    Limits,
    Made,
    Option,
    OptionKind,
)


@dataclass(frozen=True, slots=True)
class DebtColumns:
    """Debts of many people, sorted by `person` (0…n−1, none missing), cents and days as int64."""

    person: Column
    ids: Sequence[str]
    products: Sequence[str]
    days_past_due: Column
    principal: Column
    fine: Column
    interest: Column
    index: Column


@dataclass(frozen=True, slots=True)
class _Chosen:
    """One kind of option for the people in `rows`."""

    count: Column
    found: NDArray[np.bool_]


def make_offers_columns(
    rules: Rules,
    debts: DebtColumns,
    today: date,
    ufs: Sequence[str | None],
    jurisdiction: str = "BR",
    openings: Openings | None = None,
) -> list[Made | None]:
    """`make_offer` for every person; the position is the person's number, as in `ufs`. With
    `openings` an offer begins with another discount than the creditor's own first one.

    Linear in people and debts; the work per number of instalments is done on whole columns.
    """
    bands = banded(rules, debts)
    made: list[Made | None] = [None] * len(ufs)
    if not bands.people.size:
        return made
    if openings is not None:
        bands = opened(bands, openings)
    people = bands.people.tolist()
    begins = Beginnings(today, [ufs[person] for person in people], jurisdiction)
    columns = [_options(bands, kind, one, begins) for kind, one in _choose(bands).items()]
    last = final_reasons()
    rows = zip(people, _limits(rules, bands), bands.reasons, *columns, strict=True)
    for person, limits, reasons, *options in rows:
        shown = tuple([option for option in options if option is not None])
        made[person] = Made(limits, compared(shown), (*reasons, *last))
    return made


def _limits(rules: Rules, bands: Banded) -> list[Limits]:
    columns = (
        bands.ids,
        [rules.bands[index].name for index in bands.band.tolist()],
        bands.principal.tolist(),
        bands.fine.tolist(),
        bands.interest.tolist(),
        bands.index.tolist(),
        bands.principal_ppm.tolist(),
        bands.charges_ppm.tolist(),
        bands.opening_ppm.tolist(),
        bands.keep_ppm.tolist(),
        bands.down_ppm.tolist(),
        [cap if cap >= 0 else None for cap in bands.cap_ppm.tolist()],
    )
    terms = [DebtTerms(*row) for row in zip(*columns, strict=True)]
    ends = [*bands.starts.tolist()[1:], len(terms)]
    return [
        Limits(tuple(terms[start:end]), plan)
        for start, end, plan in zip(bands.starts.tolist(), ends, bands.plans, strict=True)
    ]


def _choose(bands: Banded) -> dict[OptionKind, _Chosen]:
    """Which number of instalments each kind of option has, person by person."""
    people = len(bands.people)
    nothing = np.zeros(people, dtype=np.int64)
    best, last, smallest = nothing.copy(), nothing.copy(), nothing.copy()
    lowest = np.full(people, np.iinfo(np.int64).max)
    for count in range(2, int(bands.longest.max()) + 1):
        sums = sums_of(bands, np.full(people, count))
        financed = sums.net - sums.least_down
        whole = in_instalments(bands, financed, np.full(people, count))
        regular = whole // count
        fits = (count <= bands.longest) & (financed > 0) & (regular >= bands.min_instalment)
        fits &= interest_fits(bands, sums, whole - financed)
        best = np.where(fits & (best == 0) & (regular <= bands.comfortable), count, best)
        last = np.where(fits, count, last)
        lower = fits & (regular < lowest)
        smallest = np.where(lower, count, smallest)
        lowest = np.where(lower, regular, lowest)
    best = np.where(best == 0, last, best)
    return {
        OptionKind.CASH: _Chosen(np.ones(people, dtype=np.int64), np.ones(people, dtype=bool)),
        OptionKind.INSTALMENTS: _Chosen(best, best > 0),
        OptionKind.BUDGET: _Chosen(smallest, (smallest > 0) & (smallest != best)),
    }


def _options(
    bands: Banded, kind: OptionKind, chosen: _Chosen, begins: Beginnings
) -> list[Option | None]:
    """This kind's option for each person, None where it has none."""
    count = np.maximum(chosen.count, 1)
    sums = sums_of(bands, count)
    financed = sums.net - sums.least_down
    whole = np.where(count > 1, in_instalments(bands, financed, count), financed)
    regular, interest = whole // count, whole - financed
    last = whole - regular * (count - 1)
    starts = begins.of(bands.plans, count, sums.least_down > 0, interest > 0, chosen.found)
    money = (
        sums.net + interest,
        sums.least_down,
        count,
        regular,
        last,
        np.where(interest > 0, bands.monthly_ppm, 0),
        interest,
        sums.saved_principal,
        sums.saved_charges,
        bands.comfortable,
    )
    costs = _annual_costs(financed, regular, last, count, interest, starts)
    rows = zip(*(column.tolist() for column in money), costs, starts, strict=True)
    return [None if row[-1] is None else _option(kind, *row) for row in rows]


def _option(
    kind: OptionKind,
    total: int,
    down: int,
    count: int,
    regular: int,
    last: int,
    monthly_ppm: int,
    interest: int,
    saved_principal: int,
    saved_charges: int,
    comfortable: int,
    annual_cost_bp: int | None,
    start: Beginning,
) -> Option:
    reasons = option_reasons(
        kind,
        saved_cents=saved_principal + saved_charges,
        instalment_cents=regular,
        comfortable_cents=comfortable,
        count=count,
    )
    return Option(
        kind,
        total,
        down,
        count,
        regular,
        last,
        monthly_ppm,
        annual_cost_bp,
        interest,
        saved_principal,
        saved_charges,
        start.due_day,
        start.first_due_on,
        reasons,
    )


def _annual_costs(
    financed: Column,
    regular: Column,
    last: Column,
    count: Column,
    interest: Column,
    starts: Sequence[Beginning | None],
) -> list[int | None]:
    """The CET of each row that bears interest, in basis points."""
    costs: list[int | None] = [None] * len(starts)
    bearing = [
        (row, start)
        for row, (start, cost) in enumerate(zip(starts, interest.tolist(), strict=True))
        if start is not None and cost > 0
    ]
    if not bearing:
        return costs
    rows = np.array([row for row, _ in bearing])
    number = count[rows, None]
    place = np.arange(int(number.max()))
    amounts = np.where(place < number - 1, regular[rows, None], 0)
    amounts = np.where(place == number - 1, last[rows, None], amounts).astype(np.float64)
    known = {id(start): start for _, start in bearing}
    table = np.zeros((len(known), len(place)))
    line_of = {}
    for line, (identity, start) in enumerate(known.items()):
        line_of[identity] = line
        table[line, : len(start.instalment_days)] = start.instalment_days
    days = table[[line_of[id(start)] for _, start in bearing]]
    found = price.annual_cost_basis_points(financed[rows].astype(np.float64), amounts, days)
    for (row, _), basis in zip(bearing, found.tolist(), strict=True):
        costs[row] = basis
    return costs
