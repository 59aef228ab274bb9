"""What one person's rules and column rules share: the plan's shape and the reasons given."""

from collections.abc import Sequence
from dataclasses import replace

from app.offers.schema import Band, Rules
from app.offers.terms import (
    MILLION,
    DebtFacts,
    Option,
    OptionKind,
    PlanRules,
    Reason,
    because,
)

NEAR_PPM = 1_250_000
"""An instalment up to a quarter above the comfortable one still comes near it."""
PAY_ONCE = (because("pay_once"),)
_FINAL = (because("automatic_review"),)


def plan_of(rules: Rules, bands: Sequence[Band]) -> PlanRules:
    """The shape of a plan over debts of these bands: the strictest of them holds."""
    return PlanRules(
        longest=min(band.opening_longest for band in bands),
        min_instalment_cents=max(band.min_instalment_cents for band in bands),
        monthly_ppm=max(band.monthly_rate for band in bands),
        comfortable_cents=min(band.comfortable_instalment_cents for band in bands),
        due_days=rules.due_days,
        first_payment_days=rules.first_payment_days,
        first_instalment_days=rules.first_instalment_days,
        grace_days=rules.grace_days,
        due_date_changes=rules.due_date_changes,
        due_date_change_days=rules.due_date_change_days,
    )


def band_reason(debt: DebtFacts, band: str | None) -> Reason:
    """Why a debt is in the offer, or why it is not."""
    return reason_of_band(debt.debt_id, debt.days_past_due, band)


def reason_of_band(debt_id: str, days: int, band: str | None) -> Reason:
    """`band_reason` of a debt that is a row of columns."""
    if band is None:
        return because("no_band", debt=debt_id, days=days)
    return because("band", debt=debt_id, band=band, days=days)


def final_reasons() -> tuple[Reason, ...]:
    """A machine decided: say so, and who reviews it (LGPD 20; BR-31)."""
    return _FINAL


def option_reasons(
    kind: OptionKind,
    *,
    saved_cents: int,
    instalment_cents: int,
    comfortable_cents: int,
    count: int,
) -> tuple[Reason, ...]:
    """Why this option is among those shown."""
    if kind is OptionKind.CASH:
        return (because("most_saved", saved_cents=saved_cents),) if saved_cents else PAY_ONCE
    if kind is OptionKind.BUDGET:
        return (because("smallest_instalment", instalment_cents=instalment_cents, count=count),)
    if instalment_cents * MILLION > comfortable_cents * NEAR_PPM:
        return (because("most_instalments", instalment_cents=instalment_cents, count=count),)
    code = "comfortable" if instalment_cents <= comfortable_cents else "nearest_comfortable"
    return (because(code, instalment_cents=instalment_cents, comfortable_cents=comfortable_cents),)


def compared(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """The options with reasons that hold beside each other.

    Cash saves the most only where there are others and it saves more than they do; a longest plan
    with no smaller instalment beside it is the smallest instalment.
    """
    others, has_budget = -1, False
    for option in options:
        if option.kind is not OptionKind.CASH:
            others = max(others, option.saved_cents)
            has_budget = has_budget or option.kind is OptionKind.BUDGET
    return tuple([_compared(option, others, has_budget) for option in options])


def _compared(option: Option, others_save: int, has_budget: bool) -> Option:
    if option.kind is OptionKind.CASH:
        stands_out = 0 <= others_save < option.saved_cents
        return option if stands_out else replace(option, reasons=PAY_ONCE)
    if not has_budget and option.reasons[0].code == "most_instalments":
        return replace(
            option, reasons=(because("smallest_instalment", **option.reasons[0].params),)
        )
    return option
