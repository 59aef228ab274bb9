"""Which of the plans that limits allow is suggested: what the person said of their month decides,
else the creditor's comfortable instalment. Pure."""

from collections.abc import Iterable, Sequence

from app.offers.plans import Figures
from app.offers.shape import option_reasons
from app.offers.terms import OptionKind, PlanRules, Reason, because

BEYOND_MEANS, BEYOND_MONTH = "beyond_means", "beyond_month"
"""Reasons of an offer with no plan that leaves what its person needs to live on, or none that fits
in their month: a person and public help are shown beside it."""
BEYOND = frozenset({BEYOND_MEANS, BEYOND_MONTH})


def instalment(figures: Figures) -> int:
    """What is paid each month, in cents."""
    return figures.instalment_cents


def leaves_enough(plan: PlanRules, figures: Figures) -> bool:
    """Whether no payment of a plan takes of a month what is needed to live on (BR-13)."""
    if plan.room_cents is None:
        return True
    return max(figures.monthly_cents, figures.down_cents) <= plan.room_cents


def fewest(plans: Sequence[Figures], month_cents: int) -> Figures:
    """The plan with the fewest instalments that all fit in a month, else the smallest one."""
    fitting = (one for one in plans if one.monthly_cents <= month_cents)
    return next(fitting, None) or min(plans, key=instalment)


def below_smallest(figures: Figures, budget_cents: int) -> tuple[Reason, ...]:
    """That the smallest plan is above what was asked for; its last instalment, if it differs."""
    each, last = figures.instalment_cents, figures.last_cents
    count = figures.nets.count
    plan = because(
        "budget_below_plan", budget_cents=budget_cents, count=count, instalment_cents=each
    )
    return (plan,) if last == each else (plan, because("last_instalment", last_cents=last))


def down_told(figures: Figures, month_cents: int) -> tuple[Reason, ...]:
    """That a down payment is more than what fits in a month: it is asked once, before the rest."""
    if figures.down_cents <= month_cents:
        return ()
    return (because("down_payment_beyond_month", down_payment_cents=figures.down_cents),)


def suggested(plan: PlanRules, plans: Sequence[Figures], whole: Figures) -> Figures | None:
    """The plan with the fewest instalments that fits, else the one that comes nearest.

    None without plans, and where what fits in a month pays the `whole`.
    """
    if not plans:
        return None
    if plan.month_cents is None:
        fitting = (one for one in plans if one.instalment_cents <= plan.comfortable_cents)
        return next(fitting, plans[-1])
    most = plan.month_cents if plan.room_cents is None else min(plan.month_cents, plan.room_cents)
    if whole.total_cents <= most:
        return None
    return fewest(plans, plan.month_cents)


def reasons_of(plan: PlanRules, kind: OptionKind, figures: Figures) -> tuple[Reason, ...]:
    """Why an option is among those shown."""
    if kind is OptionKind.INSTALMENTS and plan.month_cents is not None:
        more = down_told(figures, plan.month_cents)
        if figures.monthly_cents <= plan.month_cents:
            return (because("fits_month", month_cents=plan.month_cents), *more)
        return (*below_smallest(figures, plan.month_cents), *more)
    return option_reasons(
        kind,
        saved_cents=figures.nets.saved_principal_cents + figures.nets.saved_charges_cents,
        instalment_cents=figures.instalment_cents,
        comfortable_cents=plan.comfortable_cents,
        count=figures.nets.count,
    )


def beyond(
    plan: PlanRules, every: Sequence[Figures], plans: Sequence[Figures]
) -> tuple[Reason, ...]:
    """That no plan fits; `plans` are those of `every` one that leave enough to live on."""
    if every and not plans:
        return (because(BEYOND_MEANS),)
    if not plans or plan.month_cents is None:
        return ()
    least = fewest(plans, plan.month_cents).monthly_cents
    if least <= plan.month_cents:
        return ()
    return (because(BEYOND_MONTH, month_cents=plan.month_cents, instalment_cents=least),)


def without(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons without what was said of an earlier month."""
    return tuple(reason for reason in reasons if reason.code not in BEYOND)
