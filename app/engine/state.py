"""Everything the engine knows between two nights, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.engine.tally import Tally
from app.journeys.arms import arms, ladder_draws
from app.journeys.spec import Index, Spec
from app.journeys.wording import Wordings
from app.offers.gaming import START
from app.offers.ladder import opening
from app.offers.limits import LimitColumns, limits_of
from app.offers.schema import Rules, parse
from app.offers.terms import MILLION
from app.scoring.capacity import Keeping, carried
from app.scoring.features import History, fresh
from app.scoring.people import People, people_of
from app.scoring.propensity import Unasked
from app.scoring.reach import Reach
from app.scoring.risk import Risk
from app.scoring.sensitivity import Sensitivity
from app.scoring.traits import Scale, places, traits


@dataclass(slots=True)
class State:
    """People, what happened to them, what was learned from it, and the night's prices."""

    spec: Spec
    index: Index
    people: People
    scale: Scale
    traits: NDArray[np.float32]
    rules: Rules
    limits: LimitColumns
    arm: NDArray[np.int8]
    ladder_draw: NDArray[np.float32]
    opening: NDArray[np.float32]
    """The creditor's own first discount, of the balance (n,)."""
    most: NDArray[np.float64]
    """The creditor's maximum discount, of the balance (n,)."""
    carried: NDArray[np.float32]
    """What a month of each is thought to carry, cents (n,)."""
    history: History
    reach: Reach
    risk: Risk
    unasked: Unasked
    agree: Sensitivity
    keep: Keeping
    wordings: Wordings
    product: NDArray[np.int64]
    """Each person's product among those of the scale (n,)."""
    tally: Tally
    expected: NDArray[np.float32] | None = None
    """A trained score's chance of agreeing within a week (n,); None: none holds."""
    step_rate: float = START
    """The share of people outside the no-step arm who may get steps."""
    restraint: float = 0.0
    """Cents added to a complaint so that there are no more than sensible rules would cause."""
    concession_price: float = 0.0
    older: int = 0
    """Days that the debts have grown older since the portfolio was told."""
    days: int = 0
    settled_on: int = 0
    """Ordinal of the latest day that was told and settled."""
    ignored: int = 0

    def rows(self, positions: NDArray[np.int64]) -> "State":
        """A state of some people that shares what was learned; their history is a copy."""
        return replace(
            self,
            people=self.people.rows(positions),
            traits=self.traits[positions],
            limits=self.limits.rows(positions),
            arm=self.arm[positions],
            ladder_draw=self.ladder_draw[positions],
            opening=self.opening[positions],
            most=self.most[positions],
            carried=self.carried[positions],
            history=self.history.rows(positions),
            product=self.product[positions],
            reach=self.reach.rows(positions),
            expected=None if self.expected is None else self.expected[positions],
        )


def begin(
    portfolio: pl.DataFrame,
    rules: Mapping[str, Any],
    spec: Spec,
    scale: Scale | Sequence[str] | None = None,
) -> State:
    """A new state. People are measured against each other, or against a `scale`; names of products
    stand for a scale with these in their order.

    Raises ValueError naming the column or field, FileInvalid for the rules.
    """
    if not isinstance(spec, Spec):
        raise ValueError(f"spec: a Spec is needed, not {spec!r}")
    people = people_of(portfolio, spec.channels, spec.features_allowed, spec.withheld)
    typed = rules if isinstance(rules, Rules) else parse(rules)
    if not isinstance(scale, Scale):
        scale = Scale.of(people, scale)
    known, count = traits(people, scale), len(people)
    channels, hours = len(spec.channels), spec.hours
    return State(
        spec=spec,
        index=Index.of(spec),
        people=people,
        scale=scale,
        traits=known,
        rules=typed,
        arm=arms(people.ids, seed=spec.seed, holdout=spec.holdout, untouched=spec.untouched),
        ladder_draw=ladder_draws(people.ids, seed=spec.seed),
        history=fresh(people, channels),
        reach=Reach.fresh(count, known.shape[1], spec.channels, hours),
        risk=Risk.fresh(channels, hours),
        unasked=Unasked.fresh(known.shape[1]),
        agree=Sensitivity.fresh(known.shape[1], spec.channels),
        keep=Keeping.fresh(known.shape[1]),
        wordings=Wordings.fresh(len(scale.products), channels, len(spec.wordings)),
        product=places(people, scale),
        tally=Tally.fresh(count, spec),
        **_terms(typed, people, scale, people.days_past_due),
    )


def grow_older(state: State, day: date) -> None:
    """Where the spec says of which day the portfolio is: the debts' age on `day`, and with it the
    band of the rules that each is in, unless that of the portfolio's day allows more."""
    since = state.spec.as_of
    older = max((day - since).days, 0) if since else 0
    if older == state.older:
        return
    people = state.people
    told = _terms(state.rules, people, state.scale, people.days_past_due)
    aged = _terms(state.rules, people, state.scale, people.days_past_due + np.int32(older))
    # What may have been shown is not taken back where an older debt's band allows less.
    kept = aged["most"] < told["most"]
    state.limits = told["limits"].where(kept, aged["limits"])
    for name in ("opening", "most", "carried"):
        setattr(state, name, np.where(kept, told[name], aged[name]))
    state.older = older


def _terms(
    rules: Rules, people: People, scale: Scale, days_past_due: NDArray[np.int32]
) -> dict[str, Any]:
    """What the rules mean for each person: limits, opening, most and carried of a state."""
    limits = limits_of(
        rules,
        principal=people.principal,
        whole=people.balance,
        days_past_due=days_past_due,
        product=people.product,
        products=people.products,
    )
    owed = np.maximum(people.balance, 1)
    return {
        "limits": limits,
        "opening": (opening(limits, people.balance)[0] / owed).astype(np.float32),
        "most": limits.most_cents(people.balance, np.ones_like(people.balance), MILLION) / owed,
        "carried": carried(limits.comfortable_cents, people, scale.income),
    }
