"""What one person's rules and column rules share: the plan's shape and the reasons given."""

from collections.abc import Sequence

from app.offers.schema import Band, Rules
from app.offers.terms import DebtFacts, OptionKind, PlanRules, Reason, because


def plan_of(rules: Rules, bands: Sequence[Band]) -> PlanRules:
    """The shape of a plan over debts of these bands: the strictest of them holds."""
    return PlanRules(
        longest=min(band.longest for band in bands),
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
    if band is None:
        return because("no_band", debt=debt.debt_id, days=debt.days_past_due)
    return because("band", debt=debt.debt_id, band=band, days=debt.days_past_due)


def final_reasons() -> tuple[Reason, ...]:
    """A machine decided: say so, and who reviews it (LGPD 20; BR-31)."""
    return (because("automatic_review"),)


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
        return (because("most_saved", saved_cents=saved_cents),)
    if kind is OptionKind.BUDGET:
        return (because("smallest_instalment", instalment_cents=instalment_cents, count=count),)
    code = "comfortable" if instalment_cents <= comfortable_cents else "nearest_comfortable"
    return (because(code, instalment_cents=instalment_cents, comfortable_cents=comfortable_cents),)
