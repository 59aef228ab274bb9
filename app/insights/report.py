"""What a creditor gained against its own rules, and what can be said of the ways it was gained."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.insights import choices as decisions
from app.insights import cohort as cohorts
from app.insights.choices import ANSWERED, Choices
from app.insights.cohort import Cohort, Window
from app.insights.contrasts import Contrast, contrasts
from app.insights.effects import Effect, difference, shares
from app.insights.groups import Comparison, comparison, rules_of
from app.insights.models import DailyFigure
from app.insights.power import SMALL, Power, days_until, detectable, foreseen
from app.insights.sequential import FEWEST
from app.journeys.arms import ARM_NAMES, Arm
from app.journeys.models import Night
from app.offers.watching import visitors
from tenants.clock import today
from tenants.resolve import Resolved

DIMENSIONS = ("channel", "wording", "hour")
SUMMED = (
    "sent", "delivered", "answered", "visits", "agreements", "complaints", "opt_outs",
    "cash_cents", "agreed_cents", "conceded_cents", "cost_thousandths",
)  # fmt: skip
FARTHEST = 365 * 3
"""Days beyond which no date is foretold."""


class NothingYet(LookupError):
    """There is no comparison to report. `code`: no_night, no_day, before."""

    def __init__(self, code: str, day: date | None = None) -> None:
        super().__init__(code)
        self.code, self.day = code, day


@dataclass(frozen=True, slots=True)
class Group:
    """One arm; money in cents."""

    arm: str
    people: int
    contacts: int
    cost: float
    cash: float
    complaints: int
    opt_outs: int
    agreements: int
    breaks: int
    to_come: float
    """Agreed in the window and not paid yet: what will break of it nobody knows."""


@dataclass(frozen=True, slots=True)
class Row:
    """The engine's people in one channel, wording, hour or step: as it was, no comparison."""

    name: str
    sums: dict[str, int]


@dataclass(frozen=True, slots=True)
class Table:
    """A dimension: what was, and what of it can be compared."""

    dimension: str
    rows: list[Row]
    compared: list[tuple[str, Contrast]]
    answered: int
    """Decisions that are old enough to have an answer."""
    decisions: int
    """Those that the comparison rests on."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says, unformatted."""

    running: Comparison
    window: Window
    groups: list[Group]
    control_mean: float
    """Cents a person on the creditor's rules paid."""
    cash: Effect
    net: Effect
    """Less messages, complaints and opt-outs at their prices."""
    complaints: Effect
    opt_outs: Effect
    power: Power
    expected: float | None
    """The relative effect that so many people can be expected to show some day."""
    when: date | None
    """From when on something can probably be said; None: nobody knows yet, or it is said."""
    tables: list[Table]
    steps: list[Row]
    ladder: Effect
    """Share of the balance agreed per first visitor, with steps less without."""

    @property
    def is_compared(self) -> bool:
        """Whether anybody stays on the creditor's own rules."""
        return any(group.arm == ARM_NAMES[Arm.RULES] and group.people for group in self.groups)


def make(session: Session, tenant: Resolved, since: date | None, until: date | None) -> Report:
    """The report of a window. Raises NothingYet."""
    running, window = _asked(session, tenant, since, until)
    costs = rules_of(session, window.until).cost_cents
    people = cohorts.read(session, tenant, running, window, costs)
    compared = people.arm != Arm.UNTOUCHED
    treated, before = people.arm[compared] == Arm.ENGINE, people.before[compared]

    def effect(outcome: cohorts.Column, information: float | None = None) -> Effect:
        return difference(outcome[compared], treated, before, information=information)

    cash = effect(people.cash)
    goodwill = people.complaints * running.complaint_cents + people.opt_outs * running.opt_out_cents
    theirs = people.cash[people.arm == Arm.RULES]
    mean = float(theirs.mean()) if len(theirs) else 0.0
    power = detectable(cash.standard_error, mean, len(people.arm), needed=cash.needed)
    chosen = decisions.read(session, tenant, window)
    ripe = chosen.older_than(ANSWERED, decisions.bounds_of(tenant, window)[1])
    return Report(
        running=running,
        window=window,
        groups=[_group(people, arm) for arm in Arm],
        control_mean=mean,
        cash=cash,
        net=effect(people.cash - people.cost - goodwill, cash.information),
        complaints=effect(people.complaints),
        opt_outs=effect(people.opt_outs),
        power=power,
        expected=foreseen(int(compared.sum()), float((~treated).mean()) if len(treated) else 0.0),
        when=_when(cash, power, window),
        tables=[_table(session, window, dimension, ripe) for dimension in DIMENSIONS],
        steps=_rows(session, window, "step"),
        ladder=_ladder(session, tenant, window),
    )


def _asked(
    session: Session, tenant: Resolved, since: date | None, until: date | None
) -> tuple[Comparison, Window]:
    last = today(tenant.time_zone) - timedelta(days=1)
    until = min(until or last, last)
    running = comparison(session, until)
    if running is None:
        first = session.scalar(select(func.min(Night.day)))
        raise NothingYet("no_day" if first else "no_night", first)
    since = max(since or running.began, running.began)
    if since > until:
        raise NothingYet("no_day", since)
    return running, Window(since, until)


def _group(people: Cohort, arm: Arm) -> Group:
    mine = people.arm == arm

    def total(name: str) -> float:
        return float(getattr(people, name)[mine].sum())

    return Group(
        arm=ARM_NAMES[arm],
        people=int(mine.sum()),
        contacts=int(total("contacts")),
        cost=total("cost"),
        cash=total("cash"),
        complaints=int(total("complaints")),
        opt_outs=int(total("opt_outs")),
        agreements=int(total("agreements")),
        breaks=int(total("breaks")),
        to_come=total("to_come"),
    )


def _when(cash: Effect, power: Power, window: Window) -> date | None:
    """When the smaller group will have paid often enough for an interval, and after that when an
    effect of a fifth can be seen, if money goes on coming in as it did."""
    if cash.clear:
        return None
    if not cash.is_told:
        days = window.days * FEWEST / cash.information if cash.information > 0 else math.inf
    else:
        relative = power.relative or math.inf
        if not math.isfinite(relative) or relative <= SMALL:
            return None
        days = days_until(relative, SMALL, window.days)
    return window.since + timedelta(days=math.ceil(days)) if days <= FARTHEST else None


def _table(session: Session, window: Window, dimension: str, chosen: Choices) -> Table:
    rows, answered = _rows(session, window, dimension), len(chosen)
    if not answered:
        return Table(dimension, rows, [], 0, 0)
    if dimension == "channel":
        # Where places were few they went to those they were worth most for: no comparison.
        chosen = chosen.rows(chosen.free)
    names: Sequence[Any] = getattr(chosen, f"{dimension}s")
    allowed = chosen.may(dimension)
    found = contrasts(
        chosen.person,
        chosen.results["answered"],
        chosen.propensity,
        getattr(chosen, dimension),
        allowed,
    )
    named = [(str(names[one.place]), one) for one in found if one.decisions]
    return Table(dimension, rows, named, answered, len(chosen))


def _rows(session: Session, window: Window, dimension: str) -> list[Row]:
    column = getattr(DailyFigure, dimension)
    sums = [func.sum(getattr(DailyFigure, name)).label(name) for name in SUMMED]
    rows = session.execute(
        select(column.label("name"), *sums)
        .where(
            DailyFigure.arm == ARM_NAMES[Arm.ENGINE],
            DailyFigure.day >= window.since,
            DailyFigure.day <= window.until,
        )
        .group_by(column)
        .order_by(column)
    ).all()
    return [
        Row(str(row.name), {name: int(getattr(row, name) or 0) for name in SUMMED}) for row in rows
    ]


def _ladder(session: Session, tenant: Resolved, window: Window) -> Effect:
    seen = visitors(session, tenant, window.until + timedelta(days=1))
    return difference(seen.recovered[seen.ripe], seen.stepped[seen.ripe])


def rate(row: Row, of: str, among: str) -> tuple[float, float, float] | None:
    """A rate of a row with its interval (Wilson, at any look); None where there was nothing."""
    if not row.sums[among]:
        return None
    hits, trials = np.array([float(row.sums[of])]), np.array([float(row.sums[among])])
    found = shares(np.minimum(hits, trials), trials, 1, at_any_time=True)
    return float(found[0][0]), float(found[1][0]), float(found[2][0])
