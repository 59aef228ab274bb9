"""Reasons as sentences a person reads, in their language (LGPD 20: a decision explains itself)."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from app.compliance.terms import check_decision
from app.offers.fitting import Unfitted
from app.offers.shape import final_reasons
from app.offers.terms import Reason, because
from themes import formats
from themes.translations import catalogue

(REVIEW,) = final_reasons()
"""Says that a person can look at it again."""


def _(text: str) -> str:
    """Marks a msgid."""
    return text


SENTENCES: Mapping[str, str] = {
    "band": _("%(days)s days past due: the terms “%(band)s” apply."),
    "no_band": _("%(days)s days past due: no terms apply to this debt yet, so it is not included."),
    "not_due": _("Nothing is overdue at the moment, so there is nothing to settle."),
    "no_rules": _("There are no conditions to offer at the moment."),
    "by_hand": _("For this amount a person prepares the offer."),
    "automatic_review": _(
        "This offer was calculated automatically. You may ask for a person to review it."
    ),
    "debt_waits": _(
        "This debt waits for the next offer, so that the conditions you already have stay as good."
    ),
    "kept_better": _("The conditions you already had were better, so they stay."),
    "after_break": _("A new offer after the previous agreement; what you paid has been deducted."),
    "more_discount": _(
        "The suggested way now costs you %(more_cents)s less than in the proposal you saw."
    ),
    "more_instalments": _(
        "You can now pay in up to %(count)s instalments; before it was %(before)s."
    ),
    "final_offer": _(
        "You need not wait for another one: while this one is valid, no better one will come here."
    ),
    "by_person": _("A person of our team improved this proposal for you."),
    "most_saved": _("The largest discount: you save %(saved_cents)s by paying at once."),
    "pay_once": _("You pay once, and nothing stays open."),
    "most_instalments": _("The longest plan: %(count)s × %(instalment_cents)s."),
    "comfortable": _("The fewest instalments of up to %(comfortable_cents)s."),
    "fits_month": _(
        "The fewest instalments that fit in your month, as you told us: up to %(month_cents)s."
    ),
    "down_payment_beyond_month": _(
        "First comes a down payment of %(down_payment_cents)s: more than fits in your month."
    ),
    "beyond_month": _(
        "You told us that %(month_cents)s fit in your month; our smallest monthly amount is"
        " %(instalment_cents)s. Talk to a person: there are other ways."
    ),
    "beyond_means": _(
        "From what you told us, any plan would leave you less than you need to live on: a person"
        " and public help come first."
    ),
    "nearest_comfortable": _("The instalments that come closest to %(comfortable_cents)s."),
    "smallest_instalment": _("The smallest monthly amount: %(count)s × %(instalment_cents)s."),
    "due_day_moved": _("The nearest due day we can offer is day %(day)s."),
    "budget_pays_all": _("With this amount you can pay everything at once: %(total_cents)s."),
    "budget_below_plan": _(
        "You asked for up to %(budget_cents)s a month; our smallest plan is"
        " %(count)s × %(instalment_cents)s."
    ),
    "last_instalment": _("The last of these instalments is %(last_cents)s."),
    "budget_below_smallest": _("The smallest monthly amount we can offer is %(instalment_cents)s."),
    "only_at_once": _("For this amount we can only offer payment at once."),
    "longest": _("The longest plan has %(count)s instalments."),
    "smallest_allowed": _("Each instalment must be at least %(cents)s."),
    "down_payment_raised": _("The smallest down payment is %(down_payment_cents)s."),
    "down_payment_lowered": _("The largest down payment for this plan is %(down_payment_cents)s."),
    "counter_offer_is_better": _(
        "Our own plan costs you less than you proposed: %(count)s × %(instalment_cents)s."
    ),
    "counter_within": _("Your proposal is accepted: %(count)s × %(instalment_cents)s."),
    "counter_too_low": _("We cannot go this low. This is the plan closest to your proposal."),
    "counter_too_long": _(
        "The longest plan has %(count)s instalments. This is the plan closest to your proposal."
    ),
    "counter_down_payment": _(
        "The smallest down payment is %(down_payment_cents)s. "
        "This is the plan closest to your proposal."
    ),
}
"""Reason code → msgid of the catalogue "offers". Params ending in `_cents` are shown as money."""

BY_AMOUNT = _("Because of the amount: %(by_amount)s; the highest is %(largest)s.")
IN_THE_PORTAL = _(
    "In the portal the person reads that there are no terms for the debt yet, and that somebody can"
    " look at it."
)


def sentence(reason: Reason, locale: str, currency: str = "BRL") -> str:
    """One reason as a sentence. Raises KeyError for a code that has none."""
    return spoken(reason.code, reason.params, locale, currency)


def spoken(code: str, params: Mapping[str, Any], locale: str, currency: str = "BRL") -> str:
    """The same, of a reason as it is stored."""
    shown = {name: _shown(name, value, locale, currency) for name, value in params.items()}
    return _words(locale, code) % shown


@cache
def _words(locale: str, code: str) -> str:
    words = catalogue(locale, "offers").gettext(SENTENCES[code])
    return words.replace(" × ", "\u00a0×\u00a0")  # a plan never splits over two lines


def sentences(reasons: Iterable[Reason], locale: str, currency: str = "BRL") -> list[str]:
    """Reasons as sentences, in their order."""
    return [sentence(reason, locale, currency) for reason in reasons]


def _shown(name: str, value: Any, locale: str, currency: str) -> str:
    if name == "cents" or name.endswith("_cents"):
        return formats.money(value, currency, locale)
    return str(value)


def left_out(found: Unfitted, locale: str, currency: str) -> list[str]:
    """What a creditor is told of debts that no band fits; nothing where each has one."""
    if not found.debts:
        return []
    say = catalogue(locale, "offers")
    lines = [
        say.ngettext(
            "Warning: of the open debts in arrears (%(all)s), %(debts)s falls in no band"
            " (%(total)s of principal); nothing is offered for it.",
            "Warning: of the open debts in arrears (%(all)s), %(debts)s fall in no band"
            " (%(total)s of principal); nothing is offered for them.",
            found.debts,
        ),
        *([say.gettext(BY_AMOUNT)] if found.by_amount else []),
        say.ngettext("Up to %(days)s day late.", "Up to %(days)s days late.", found.oldest_days),
        say.gettext(IN_THE_PORTAL),
    ]
    facts = {
        "debts": formats.number(found.debts, locale),
        "all": formats.number(found.all_debts, locale),
        "total": formats.money(found.cents, currency, locale),
        "by_amount": formats.number(found.by_amount, locale),
        "largest": formats.money(found.largest_cents, currency, locale),
        "days": formats.number(found.oldest_days, locale),
    }
    return [line % facts for line in lines]


def answerable(reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons of an automated decision against somebody's wish, with what BR-31 still asks.

    That is a reason at all, and the way to a person who looks at it again (LGPD 20).
    """
    given = list(reasons)
    broken = check_decision(
        is_adverse=True,
        reasons=len(given),
        has_review_route=any(reason.code == REVIEW.code for reason in given),
    )
    missing = {reason.detail for reason in broken}
    if "reasons" in missing:
        given.append(because("by_hand"))
    return [*given, *([REVIEW] if "review" in missing else [])]
