"""What a plan of so many instalments costs within an offer's limits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.offers import price
from app.offers.due_dates import Calendar, dates, default_due_day
from app.offers.terms import (
    MILLION,
    DebtTerms,
    Limits,
    Option,
    OptionKind,
    PlanRules,
    Reason,
    discount,
    kept_ppm,
    share_up,
)


@dataclass(frozen=True, slots=True)
class Nets:
    """What is asked for in a plan of `count`, after discounts, in cents."""

    count: int
    net_cents: int
    saved_principal_cents: int
    saved_charges_cents: int
    least_down_cents: int
    caps: tuple[tuple[int, int, int], ...]
    """Per card debt: (net, charges left, the most that charges and interest may be)."""

    def interest_fits(self, interest_cents: int) -> bool:
        """Whether each card debt's share of the plan's interest stays within its cap (BR-18)."""
        return all(
            charges + interest_share(interest_cents, net, self.net_cents) <= cap
            for net, charges, cap in self.caps
        )


def interest_share(interest: int, net: int, whole: int) -> int:
    """One debt's share of a plan's interest, rounded up twice: never below the true share."""
    return share_up(interest, -(-net * MILLION // whole)) if whole else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The money of one plan, in cents. `count` 1 is everything at once."""

    nets: Nets
    down_cents: int
    instalment_cents: int
    last_cents: int
    interest_cents: int

    @property
    def monthly_cents(self) -> int:
        """The most that an instalment of it asks for: the last may be some cents above the rest."""
        return max(self.instalment_cents, self.last_cents)

    @property
    def total_cents(self) -> int:
        """Everything the person pays."""
        return self.nets.net_cents + self.interest_cents


@dataclass(frozen=True, slots=True)
class Cut:
    """The discount on one debt, in cents."""

    debt: DebtTerms
    principal_cents: int
    charges_cents: int

    @property
    def net_cents(self) -> int:
        """What is left of the debt."""
        return self.debt.owed_cents - self.principal_cents - self.charges_cents


def cuts(limits: Limits, count: int, *, utmost: bool = False) -> list[Cut]:
    """Each debt's discount in a plan of `count`; `utmost` goes to the creditor's maximum."""
    return [_cut(debt, count, limits.plan.longest, utmost) for debt in limits.debts]


def _cut(debt: DebtTerms, count: int, longest: int, utmost: bool) -> Cut:
    share = kept_ppm(debt.keep_ppm, count, longest)
    if not utmost:
        share = share * debt.opening_ppm // MILLION
    return Cut(
        debt,
        discount(debt.principal_cents, debt.principal_ppm, share),
        discount(debt.charges_cents, debt.charges_ppm, share),
    )


def nets(limits: Limits, count: int, *, utmost: bool = False) -> Nets:
    """After-discount sums of a plan of `count`."""
    return summed(cuts(limits, count, utmost=utmost), count)


def summed(parts: list[Cut], count: int) -> Nets:
    """The sums of the debts' discounts. A down payment is asked for only with instalments."""
    down = sum(share_up(part.net_cents, part.debt.down_ppm) for part in parts) if count > 1 else 0
    return Nets(
        count=count,
        net_cents=sum(part.net_cents for part in parts),
        saved_principal_cents=sum(part.principal_cents for part in parts),
        saved_charges_cents=sum(part.charges_cents for part in parts),
        least_down_cents=down,
        caps=tuple(
            (
                part.net_cents,
                part.debt.charges_cents - part.charges_cents,
                part.debt.principal_cents * part.debt.cap_ppm // MILLION,
            )
            for part in parts
            if part.debt.cap_ppm is not None
        ),
    )


def fitting(
    limits: Limits, count: int, *, down_cents: int = 0, utmost: bool = False
) -> Figures | None:
    """The plan of `count` ≥ 2, down payment raised to the least; None where it is not allowed."""
    after = nets(limits, count, utmost=utmost)
    down = max(down_cents, after.least_down_cents)
    return priced(limits.plan, after, down)


def priced(plan: PlanRules, after: Nets, down_cents: int) -> Figures | None:
    """The instalments of `after` with this down payment, or None where the plan is not allowed."""
    financed = after.net_cents - down_cents
    if after.count < 2 or financed <= 0:
        return None
    return checked(plan, after, down_cents, price.total(financed, plan.monthly_ppm, after.count))


def checked(
    plan: PlanRules, after: Nets, down_cents: int, in_instalments_cents: int
) -> Figures | None:
    """The plan with that sum of its instalments, or None where the rules do not allow it."""
    count = after.count
    regular = in_instalments_cents // count
    interest = in_instalments_cents - (after.net_cents - down_cents)
    if count > plan.longest or regular < plan.min_instalment_cents:
        return None
    if not after.interest_fits(interest):
        return None
    last = in_instalments_cents - regular * (count - 1)
    return Figures(after, down_cents, regular, last, interest)


def allowed(limits: Limits, *, down_cents: int = 0, utmost: bool = False) -> Iterator[Figures]:
    """Every instalment plan the limits allow with this down payment, shortest first."""
    for count in range(2, limits.plan.longest + 1):
        figures = fitting(limits, count, down_cents=down_cents, utmost=utmost)
        if figures is not None:
            yield figures


def at_once(limits: Limits, *, utmost: bool = False) -> Figures:
    """Everything in one payment."""
    after = nets(limits, 1, utmost=utmost)
    return Figures(after, 0, after.net_cents, after.net_cents, 0)


def option(
    limits: Limits,
    figures: Figures,
    when: Calendar,
    *,
    kind: OptionKind,
    due_day: int | None = None,
    reasons: tuple[Reason, ...] = (),
) -> Option:
    """The plan as an option beginning on `when.today`, with its CET where there is interest."""
    down, interest = figures.down_cents > 0, figures.interest_cents > 0
    count = figures.nets.count
    if count > 1 and due_day is None:
        due_day = default_due_day(limits.plan, when.today, down=down, interest=interest)
    days = dates(limits.plan, when, count=count, down=down, interest=interest, due_day=due_day)
    return assembled(
        figures,
        kind=kind,
        monthly_ppm=limits.plan.monthly_ppm,
        annual_cost_bp=_annual_cost(figures, when.today, days[-count:]) if interest else None,
        due_day=due_day,
        first_due_on=days[0],
        reasons=reasons,
    )


def assembled(
    figures: Figures,
    *,
    kind: OptionKind,
    monthly_ppm: int,
    annual_cost_bp: int | None,
    due_day: int | None,
    first_due_on: date,
    reasons: tuple[Reason, ...],
) -> Option:
    """An option from its figures."""
    return Option(
        kind=kind,
        total_cents=figures.total_cents,
        down_payment_cents=figures.down_cents,
        instalments=figures.nets.count,
        instalment_cents=figures.instalment_cents,
        last_instalment_cents=figures.last_cents,
        monthly_ppm=monthly_ppm if figures.interest_cents else 0,
        annual_cost_bp=annual_cost_bp,
        interest_cents=figures.interest_cents,
        saved_principal_cents=figures.nets.saved_principal_cents,
        saved_charges_cents=figures.nets.saved_charges_cents,
        due_day=due_day,
        first_due_on=first_due_on,
        reasons=reasons,
    )


def _annual_cost(figures: Figures, today: date, days: list[date]) -> int:
    amounts = [figures.instalment_cents] * (len(days) - 1) + [figures.last_cents]
    flows = [((day - today).days, cents) for day, cents in zip(days, amounts, strict=True)]
    financed = figures.nets.net_cents - figures.down_cents
    return int(price.annual_cost(financed, flows) * 10_000)
