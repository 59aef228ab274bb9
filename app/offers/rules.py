"""The offer rules as pure decisions: facts in, an offer with its reasons out.

`make_offer` looks at one person; `make_offers_columns` at many at once, with the same result.
`simulate` and `counter` move within the limits of an offer that was made.
"""

from collections.abc import Sequence

from app.money import share
from app.offers import price, suggesting
from app.offers.columns import make_offers_columns as make_offers_columns
from app.offers.countering import Answer as Answer
from app.offers.countering import counter as counter
from app.offers.countering import within_limits as within_limits
from app.offers.due_dates import Calendar as Calendar
from app.offers.plans import allowed, at_once, option
from app.offers.schema import Band, Rules
from app.offers.schema import parse as parse
from app.offers.shape import band_reason, compared, final_reasons, plan_of
from app.offers.simulator import simulate as simulate
from app.offers.terms import (
    MILLION,
    DebtFacts,
    DebtTerms,
    Limits,
    Made,
    OptionKind,
    Reason,
    because,
)
from app.offers.terms import Option as Option


def make_offer(rules: Rules, debts: Sequence[DebtFacts], when: Calendar) -> Made | None:
    """A person's offer over every debt that a band fits; None when there is nothing to offer.

    Debts are given in the order of their ids; the sum of one person's debts is at most
    `price.LARGEST_CENTS`, beyond which a human makes the offer.
    """
    found = [(debt, band_of(rules, debt)) for debt in debts]
    inside = [(debt, band) for debt, band in found if band is not None]
    if not inside:
        return None
    limits = Limits(
        tuple(terms_of(rules, debt, band) for debt, band in inside),
        plan_of(rules, [band for _, band in inside]),
    )
    if not 0 < limits.owed_cents <= price.LARGEST_CENTS:
        return None
    reasons = [band_reason(debt, band.name if band else None) for debt, band in found]
    return of_limits(limits, when, (*reasons, *final_reasons()))


def of_limits(limits: Limits, when: Calendar, reasons: tuple[Reason, ...]) -> Made:
    """The offer that given limits lead to."""
    every = list(allowed(limits))
    plans = [plan for plan in every if suggesting.leaves_enough(limits.plan, plan)]
    chosen = [(OptionKind.CASH, at_once(limits))]
    best = suggesting.suggested(limits.plan, plans, chosen[0][1])
    if best is not None:
        chosen.append((OptionKind.INSTALMENTS, best))
    if plans:
        smallest = min(plans, key=suggesting.instalment)
        if smallest is not best:
            chosen.append((OptionKind.BUDGET, smallest))
    options = tuple(
        option(
            limits,
            figures,
            when,
            kind=kind,
            reasons=suggesting.reasons_of(limits.plan, kind, figures),
        )
        for kind, figures in chosen
    )
    beyond = suggesting.beyond(limits.plan, every, plans)
    return Made(limits, compared(options), (*suggesting.without(reasons), *beyond))


def band_of(rules: Rules, debt: DebtFacts) -> Band | None:
    """The first band that fits the debt's days past due, principal and product."""
    for band in rules.bands:
        if (
            band.days_past_due[0] <= debt.days_past_due <= band.days_past_due[1]
            and band.amount_cents[0] <= debt.principal_cents <= band.amount_cents[1]
            and (not band.products or debt.product in band.products)
        ):
            return band
    return None


def terms_of(rules: Rules, debt: DebtFacts, band: Band) -> DebtTerms:
    """A debt's terms in its band; charges beyond the law are not asked for (BR-17, BR-18)."""
    is_card = debt.product in rules.card_products
    fine, interest, index = lawful_charges(rules, debt)
    return DebtTerms(
        debt_id=debt.debt_id,
        band=band.name,
        principal_cents=debt.principal_cents,
        fine_cents=fine,
        interest_cents=interest,
        index_cents=index,
        principal_ppm=band.principal_discount,
        charges_ppm=band.charges_discount,
        opening_ppm=band.opening,
        keep_ppm=band.keep,
        down_ppm=band.min_down_payment,
        cap_ppm=rules.card_cap if is_card else None,
    )


def lawful_charges(rules: Rules, debt: DebtFacts) -> tuple[int, int, int]:
    """Fine, interest and index of a debt, each cut down to what the law allows, in cents.

    The fine stays within 2%; where the creditor is no financial institution, interest on arrears
    within 1% a month, pro rata (BR-17); a card's charges together within its cap (BR-18). A
    creditor's stricter policy lowers each.
    """
    fine = min(debt.fine_cents, share(debt.principal_cents, price.fraction(rules.fine_most)))
    interest, index = debt.interest_cents, debt.index_cents
    if rules.mora_monthly is not None:
        most = (
            min(debt.principal_cents, 2 * price.LARGEST_CENTS)
            * rules.mora_monthly
            * max(debt.days_past_due, 0)
        )
        interest = min(interest, -(-most // (30 * MILLION)))
    if debt.product in rules.card_products:
        room = debt.principal_cents * rules.card_cap // MILLION
        fine = min(fine, room)
        index = min(index, room - fine)
        interest = min(interest, room - fine - index)
    return fine, interest, index


__all__ = ["band_of", "because", "lawful_charges", "make_offer", "of_limits", "terms_of"]
