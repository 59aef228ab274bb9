"""The answer to a counter-offer: accepted as it is when the creditor's maximum allows it.

*Nearest* plan to one that is not: among the plans of the offer's own terms, the one that asks for
the least more per month than was proposed, then the least more as down payment, then the closest
number of instalments, then the lowest total. The room between the offer's terms and the creditor's
maximum goes only to who proposes an amount inside it: a proposal of one cent reveals nothing.
"""

from dataclasses import dataclass

from app.offers import price
from app.offers.due_dates import Calendar
from app.offers.plans import (
    Cut,
    Figures,
    Nets,
    allowed,
    at_once,
    checked,
    cuts,
    fitting,
    nets,
    option,
    summed,
)
from app.offers.simulator import affordable_down, nearest_due_day
from app.offers.terms import Limits, Option, OptionKind, Reason, because


@dataclass(frozen=True, slots=True)
class Answer:
    """To a counter-offer: accepted as proposed, or the nearest option."""

    accepted: bool
    option: Option
    reasons: tuple[Reason, ...]


def counter(
    limits: Limits,
    when: Calendar,
    *,
    instalments: int,
    instalment_cents: int,
    down_payment_cents: int = 0,
    due_day: int | None = None,
) -> Answer:
    """The answer to "I can pay `down_payment_cents` now and `instalments` × `instalment_cents`".

    `instalments` 1 proposes one payment of `instalment_cents`. A proposal that is no better for the
    person than the offer's own plan gets that plan, never the dearer one.
    """
    day_reasons: list[Reason] = []
    day = nearest_due_day(limits, due_day, day_reasons)
    own = _own_plan(limits, instalments, down_payment_cents)
    if own is not None and instalment_cents >= own.instalment_cents:
        return _accepted(limits, when, own, day, "counter_offer_is_better", day_reasons)
    proposed = _proposed(limits, instalments, instalment_cents, max(0, down_payment_cents))
    if proposed is not None:
        return _accepted(limits, when, proposed, day, "counter_within", day_reasons)
    nearest = _nearest(limits, instalments, instalment_cents, max(0, down_payment_cents))
    reasons = (*day_reasons, _why_not(limits, instalments, down_payment_cents))
    kind = OptionKind.INSTALMENTS if nearest.nets.count > 1 else OptionKind.CASH
    answer = option(
        limits,
        nearest,
        when,
        kind=kind,
        due_day=day if nearest.nets.count > 1 else None,
        reasons=reasons,
    )
    return Answer(False, answer, reasons)


def _own_plan(limits: Limits, instalments: int, down_cents: int) -> Figures | None:
    if instalments <= 1:
        return at_once(limits)
    if down_cents < nets(limits, min(instalments, limits.plan.longest)).least_down_cents:
        return None
    return fitting(limits, instalments, down_cents=down_cents)


def _accepted(
    limits: Limits,
    when: Calendar,
    figures: Figures,
    day: int | None,
    code: str,
    day_reasons: list[Reason],
) -> Answer:
    count = figures.nets.count
    reasons = (*day_reasons, because(code, instalment_cents=figures.instalment_cents, count=count))
    kind = OptionKind.INSTALMENTS if count > 1 else OptionKind.CASH
    made = option(
        limits, figures, when, kind=kind, due_day=day if count > 1 else None, reasons=reasons
    )
    return Answer(True, made, reasons)


def _proposed(limits: Limits, count: int, instalment_cents: int, down_cents: int) -> Figures | None:
    """The proposal as a plan, or None when it is outside the creditor's maximum."""
    if not 1 <= count <= limits.plan.longest or instalment_cents < 1:
        return None
    if count == 1:
        after = _with_net(limits, 1, instalment_cents)
        return Figures(after, 0, instalment_cents, instalment_cents, 0) if after else None
    in_instalments = instalment_cents * count
    financed = price.financed_by(in_instalments, limits.plan.monthly_ppm, count)
    after = _with_net(limits, count, down_cents + financed)
    if after is None or down_cents < after.least_down_cents:
        return None
    return checked(limits.plan, after, down_cents, in_instalments)


def _with_net(limits: Limits, count: int, net_cents: int) -> Nets | None:
    """The sums of a plan whose net is `net_cents`; None where that is beyond the maximum discount.

    Charges are cut first: what was never lent is forgiven before what was.
    """
    parts = cuts(limits, count, utmost=True)
    most_charges = [part.charges_cents for part in parts]
    most_principal = [part.principal_cents for part in parts]
    given = limits.owed_cents - net_cents
    if not 0 <= given <= sum(most_charges) + sum(most_principal):
        return None
    on_charges = min(given, sum(most_charges))
    charges = _spread(on_charges, most_charges)
    principal = _spread(given - on_charges, most_principal)
    return summed([Cut(*cut) for cut in zip(limits.debts, principal, charges, strict=True)], count)


def _spread(amount: int, ceilings: list[int]) -> list[int]:
    """An amount over ceilings in proportion to them, none passed. `amount` ≤ their sum."""
    whole = sum(ceilings)
    parts = [amount * ceiling // whole for ceiling in ceilings] if whole else [0] * len(ceilings)
    rest = amount - sum(parts)
    for index, ceiling in enumerate(ceilings):
        more = min(rest, ceiling - parts[index])
        parts[index] += more
        rest -= more
    return parts


def _nearest(limits: Limits, count: int, instalment_cents: int, down_cents: int) -> Figures:
    whole = at_once(limits)
    plans = [whole, *allowed(limits, down_cents=affordable_down(limits, down_cents, []))]
    return min(
        plans,
        key=lambda figures: (
            max(0, figures.instalment_cents - instalment_cents),
            max(0, figures.down_cents - down_cents),
            abs(figures.nets.count - count),
            figures.total_cents,
        ),
    )


def _why_not(limits: Limits, count: int, down_cents: int) -> Reason:
    plan = limits.plan
    if count > plan.longest:
        return because("counter_too_long", count=plan.longest)
    if count > 1:
        least = nets(limits, count).least_down_cents
        if down_cents < least:
            return because("counter_down_payment", down_payment_cents=least)
    return because("counter_too_low")


def within_limits(limits: Limits, wanted: Option) -> bool:
    """Whether an option is one that these limits allow.

    It must be computed here, to the cent: the offer's own plan, or one that `counter` accepts.
    """
    count, down = wanted.instalments, wanted.down_payment_cents
    own = _own_plan(limits, count, down)
    candidates = [own, _proposed(limits, count, wanted.instalment_cents, down)]
    return any(
        figures is not None
        and figures.total_cents == wanted.total_cents
        and figures.down_cents == down
        and figures.instalment_cents == wanted.instalment_cents
        and figures.last_cents == wanted.last_instalment_cents
        and figures.nets.saved_principal_cents == wanted.saved_principal_cents
        and figures.nets.saved_charges_cents == wanted.saved_charges_cents
        for figures in candidates
    )
