"""Never worse within its validity: what a new offer keeps of the one it replaces. Pure."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from app.offers.due_dates import Calendar
from app.offers.rules import of_limits
from app.offers.shape import final_reasons
from app.offers.terms import DebtTerms, Limits, Made, PlanRules, Reason, because


def remembered(
    held: Limits | None, earlier: Iterable[Limits], open_debts: Container[str]
) -> Limits | None:
    """The open offer's limits with the debts that only earlier offers held, on their terms then.

    `earlier` are those that would still be valid, the newest first; a debt that is not open stays
    out. The plan is the better of all of them, for the month that was told last. None where nothing
    is left of any.
    """
    found = held
    for one in earlier:
        known = {debt.debt_id for debt in found.debts} if found else set()
        back = [d for d in one.debts if d.debt_id in open_debts and d.debt_id not in known]
        if back:
            plan = _better_plan_of_month(found.plan, one.plan) if found else one.plan
            debts = (*(found.debts if found else ()), *back)
            found = Limits(tuple(sorted(debts, key=lambda debt: debt.debt_id)), plan)
    return found


def merged(
    old: Limits, new: Made | None, open_debts: Mapping[str, int], when: Calendar
) -> Made | None:
    """The better of an offer that still holds and the one the rules would make now.

    Debt by debt, what is owed and the discount are the better of both, so are the plan's shape and
    rate. A debt that the old offer did not hold joins it unless its own band would make the plan
    worse for the others: then it waits for the next offer. A debt that is no longer open leaves.
    `open_debts`: debt id → principal now. `new` is None where the rules would offer nothing any
    more; so is the result when no debt is left.
    """
    new = new or Made(Limits((), old.plan), (), final_reasons())
    known = {debt.debt_id: debt for debt in old.debts}
    fresh = {debt.debt_id: debt for debt in new.limits.debts}
    kept = [
        _better(debt, fresh.get(debt.debt_id, debt), open_debts[debt.debt_id])
        for debt in old.debts
        if debt.debt_id in open_debts
    ]
    if not kept:
        return new if new.options else None
    joining = [debt for debt_id, debt in fresh.items() if debt_id not in known]
    joins = _no_worse(new.limits.plan, old.plan) or not joining
    reasons: list[Reason] = [*new.reasons]
    if joins:
        kept += joining
    else:
        reasons = [r for r in reasons if r.params.get("debt") not in {d.debt_id for d in joining}]
        reasons += [because("debt_waits", debt=debt.debt_id) for debt in joining]
    plan = _better_plan(old.plan, new.limits.plan)
    limits = Limits(tuple(sorted(kept, key=lambda debt: debt.debt_id)), plan)
    return of_limits(limits, when, (*reasons, because("kept_better")))


def _better(old: DebtTerms, new: DebtTerms, principal_cents: int) -> DebtTerms:
    """The terms of one debt, each part the better one for the person."""
    better = replace(
        old,
        principal_cents=min(old.principal_cents, new.principal_cents, principal_cents),
        fine_cents=min(old.fine_cents, new.fine_cents),
        interest_cents=min(old.interest_cents, new.interest_cents),
        index_cents=min(old.index_cents, new.index_cents),
        principal_ppm=max(old.principal_ppm, new.principal_ppm),
        charges_ppm=max(old.charges_ppm, new.charges_ppm),
        opening_ppm=max(old.opening_ppm, new.opening_ppm),
        keep_ppm=max(old.keep_ppm, new.keep_ppm),
        down_ppm=min(old.down_ppm, new.down_ppm),
    )
    return better if better == old else replace(better, band=new.band)


def _no_worse(new: PlanRules, old: PlanRules) -> bool:
    return (
        new.longest >= old.longest
        and new.min_instalment_cents <= old.min_instalment_cents
        and new.monthly_ppm <= old.monthly_ppm
    )


def _better_plan(old: PlanRules, new: PlanRules) -> PlanRules:
    return PlanRules(
        longest=max(old.longest, new.longest),
        min_instalment_cents=min(old.min_instalment_cents, new.min_instalment_cents),
        monthly_ppm=min(old.monthly_ppm, new.monthly_ppm),
        comfortable_cents=old.comfortable_cents,
        due_days=tuple(sorted({*old.due_days, *new.due_days})),
        first_payment_days=max(old.first_payment_days, new.first_payment_days),
        first_instalment_days=max(old.first_instalment_days, new.first_instalment_days),
        grace_days=max(old.grace_days, new.grace_days),
        due_date_changes=max(old.due_date_changes, new.due_date_changes),
        due_date_change_days=max(old.due_date_change_days, new.due_date_change_days),
        month_cents=new.month_cents,
        room_cents=new.room_cents,
    )


def _better_plan_of_month(newer: PlanRules, older: PlanRules) -> PlanRules:
    """For the month that the newer one was made for."""
    better = _better_plan(newer, older)
    return replace(better, month_cents=newer.month_cents, room_cents=newer.room_cents)
