"""Moving within an offer's limits.

The simulator never refuses: a wish outside the limits is moved to the nearest value inside, and the
reasons say so.
"""

from app.offers import price, suggesting
from app.offers.due_dates import Calendar
from app.offers.plans import Figures, allowed, at_once, fitting, nets, option
from app.offers.terms import Limits, Option, OptionKind, Reason, because


def simulate(
    limits: Limits,
    when: Calendar,
    *,
    down_payment_cents: int | None = None,
    instalments: int | None = None,
    budget_cents: int | None = None,
    due_day: int | None = None,
) -> Option:
    """The option nearest to a wish, within the offer's own terms.

    With `budget_cents` ("what fits in your month?") the number of instalments follows: the fewest
    whose value fits, else the plan with the smallest one. Wishes outside the limits are moved
    inside and `reasons` says how. `instalments` 1 (or a creditor without plans) is all at once.
    """
    reasons: list[Reason] = []
    day = nearest_due_day(limits, due_day, reasons)
    if budget_cents is not None:
        figures = _within_budget(limits, budget_cents, down_payment_cents or 0, reasons)
        kind = OptionKind.BUDGET
    else:
        figures = _wished(limits, instalments, down_payment_cents, reasons)
        kind = OptionKind.INSTALMENTS
    if figures.nets.count == 1:
        kind, day = OptionKind.CASH, None
    return option(limits, figures, when, kind=kind, due_day=day, reasons=tuple(reasons))


def nearest_due_day(limits: Limits, wish: int | None, reasons: list[Reason]) -> int | None:
    """The creditor's due day nearest to a wish; a moved one adds its reason to `reasons`."""
    choices = limits.plan.due_days
    if wish is None or wish in choices:
        return wish
    nearest = min(choices, key=lambda day: (abs(day - wish), day))
    reasons.append(because("due_day_moved", day=nearest))
    return nearest


def _within_budget(
    limits: Limits, budget_cents: int, down_cents: int, reasons: list[Reason]
) -> Figures:
    whole = at_once(limits)
    if whole.instalment_cents <= budget_cents:
        reasons.append(because("budget_pays_all", total_cents=whole.total_cents))
        return whole
    plans = list(allowed(limits, down_cents=affordable_down(limits, down_cents, reasons)))
    if not plans:
        reasons.append(because("only_at_once"))
        return whole
    found = suggesting.fewest(plans, budget_cents)
    if found.monthly_cents > budget_cents:
        reasons.extend(suggesting.below_smallest(found, budget_cents))
    reasons.extend(suggesting.down_told(found, max(budget_cents, down_cents)))
    return found


def affordable_down(limits: Limits, down_cents: int, reasons: list[Reason]) -> int:
    """A down payment in cents, lowered to where at least the two shortest instalments remain; a
    lowered one adds its reason to `reasons`."""
    if down_cents <= 0 or limits.plan.longest < 2:
        return 0
    most = _most_down(limits, 2)
    if down_cents > most:
        reasons.append(because("down_payment_lowered", down_payment_cents=most))
    return min(down_cents, most)


def _most_down(limits: Limits, count: int) -> int:
    """The largest down payment that leaves the minimum instalment; 0 where none does."""
    after, plan = nets(limits, count), limits.plan
    least = price.financed_by(plan.min_instalment_cents * count, plan.monthly_ppm, count)
    if price.instalment(least, plan.monthly_ppm, count) < plan.min_instalment_cents:
        least += 1
    return max(0, after.net_cents - least)


def _wished(
    limits: Limits, instalments: int | None, down_cents: int | None, reasons: list[Reason]
) -> Figures:
    whole, longest = at_once(limits), limits.plan.longest
    if instalments is not None and instalments <= 1:
        return whole
    plans = {figures.nets.count: figures for figures in allowed(limits)}
    if not plans:
        reasons.append(because("only_at_once"))
        return whole
    wish = instalments if instalments is not None else max(plans)
    count = min(plans, key=lambda known: (abs(known - wish), known))
    if wish > longest:
        reasons.append(because("longest", count=count))
    elif count != wish:
        reasons.append(because("smallest_allowed", cents=limits.plan.min_instalment_cents))
    return _with_down(limits, plans[count], down_cents, reasons)


def _with_down(
    limits: Limits, figures: Figures, down_cents: int | None, reasons: list[Reason]
) -> Figures:
    count, least = figures.nets.count, figures.nets.least_down_cents
    if down_cents is None or down_cents <= least:
        if down_cents is not None and down_cents < least:
            reasons.append(because("down_payment_raised", down_payment_cents=least))
        return figures
    down = min(down_cents, _most_down(limits, count))
    if down < down_cents:
        reasons.append(because("down_payment_lowered", down_payment_cents=max(down, least)))
    return fitting(limits, count, down_cents=down) or figures
