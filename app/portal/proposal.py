"""A proposal as a person compares it: cards of options, and what the amount is made of."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from app.offers import explain
from app.offers.queries import StoredOffer
from app.offers.rules import Option
from app.offers.suggesting import BEYOND
from app.offers.terms import OptionKind, Reason, saved_cents
from app.portal.accounts import parts
from app.portal.choices import Choice, of_option
from app.portal.language import counted, current, text


class Card(NamedTuple):
    """One way to settle. `times` and `monthly_cents` are what comes after the first money."""

    kind: str
    title: str
    total_cents: int
    today_cents: int
    monthly_cents: int
    times: int
    saved_cents: int
    is_recommended: bool
    why: str | None
    choice: dict[str, str]
    first_days: int = 0
    """Days from acceptance until the first money has to be there."""
    last_cents: int = 0
    """The last instalment, where it differs from the others."""


class Proposal(NamedTuple):
    """An offer on a page."""

    total_cents: int
    parts: list[tuple[str, int]]
    cards: list[Card]
    valid_until: date
    accounts_count: int
    in_review: int = 0
    """Accounts that are left out while somebody looks into them."""
    is_flexible: bool = True
    news: str | None = None
    """What became better since the person last saw a proposal, and whether it is the last."""
    beyond: str | None = None
    """That none of its plans fits in what they told us of their month: people help first."""
    alternative: Card | None = None
    """For whoever hesitates over what is suggested."""


NEWS = frozenset({"more_discount", "more_instalments", "by_person", "final_offer"})


Stored = Mapping[str, Any]
"""An option or a reason as its `to_data` gives it."""
STORED = {str(kind): Choice(kind=str(kind)).query() for kind in OptionKind}
"""What leads to an option of the offer itself."""


def proposal(offer: StoredOffer, currency: str) -> Proposal:
    """The offer as it is shown, in the reader's language.

    It reads what is stored as it is: to type each option first would cost as much as the page.
    """
    locale, days = current(), offer.first_payment_days
    beyond = [one for one in offer.reasons if one["code"] in BEYOND]
    recommended = None if beyond else _recommended(offer.options)
    cards = [
        _card(one, STORED[one["kind"]], days, currency, locale, one is recommended)
        for one in offer.options
    ]
    return Proposal(
        total_cents=offer.total_cents,
        parts=parts(**offer.owed_by_item),
        cards=cards,
        valid_until=offer.valid_until,
        accounts_count=len(offer.debts),
        in_review=offer.in_review,
        is_flexible=is_flexible(offer),
        news=_together([one for one in offer.reasons if one["code"] in NEWS], currency, locale),
        beyond=_together(beyond, currency, locale),
        alternative=smaller(cards, recommended["instalment_cents"]) if recommended else None,
    )


def smaller(cards: Sequence[Card], beside_cents: int) -> Card | None:
    """The plan of the smallest instalment, where that is less than what somebody hesitates over."""
    plans = (card for card in cards if card.times)
    least = min(plans, key=attrgetter("monthly_cents"), default=None)
    return least if least is not None and least.monthly_cents < beside_cents else None


def _recommended(options: Sequence[Stored]) -> Stored:
    for option in options:
        if option["kind"] == OptionKind.INSTALMENTS:
            return option
    return options[0]


def is_flexible(offer: StoredOffer) -> bool:
    """Whether there is something to put together: more than one payment is possible."""
    return any(option["instalments"] > 1 for option in offer.options)


def card(option: Option, first_days: int, currency: str) -> Card:
    """A plan that was put together, as a card."""
    choice = of_option(option).query()
    return _card(option.to_data(), choice, first_days, currency, current(), False)


def _card(
    option: Stored,
    choice: dict[str, str],
    first_days: int,
    currency: str,
    locale: str,
    is_recommended: bool,
) -> Card:
    kind, times, total = option["kind"], option["instalments"], option["total_cents"]
    once, last = times == 1, option["last_instalment_cents"]
    return Card(
        kind=kind,
        title=title(kind, times, locale, is_stored="option" in choice),
        total_cents=total,
        today_cents=total if once else option["down_payment_cents"],
        monthly_cents=0 if once else option["instalment_cents"],
        times=0 if once else times,
        saved_cents=saved_cents(
            option["saved_principal_cents"], option["saved_charges_cents"], option["interest_cents"]
        ),
        is_recommended=is_recommended,
        why=_together(option["reasons"], currency, locale),
        choice=choice,
        first_days=first_days,
        last_cents=0 if once or last == option["instalment_cents"] else last,
    )


def title(kind: str, times: int, locale: str, *, is_stored: bool = True) -> str:
    """What an option is called. A plan put together for a budget is named by its length."""
    if times == 1:
        return text(locale, "All at once")
    if kind == OptionKind.BUDGET and is_stored:
        return text(locale, "The smallest instalment")
    return counted(locale, "In %(num)s instalment", "In %(num)s instalments", times)


def _together(reasons: Sequence[Stored], currency: str, locale: str) -> str | None:
    told = [explain.spoken(one["code"], one["params"], locale, currency) for one in reasons]
    return " ".join(told) or None


def said(reasons: Sequence[Reason], currency: str) -> list[str]:
    """Reasons as sentences in the reader's language."""
    return explain.sentences(reasons, current(), currency)
