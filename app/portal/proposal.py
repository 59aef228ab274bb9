"""A proposal as a person compares it: cards of options, and what the amount is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.offers import explain
from app.offers.queries import StoredOffer
from app.offers.rules import Option
from app.offers.terms import OptionKind, Reason
from app.portal.accounts import parts
from app.portal.choices import Choice, of_option
from app.portal.language import counted, current, text


@dataclass(frozen=True, slots=True)
class Card:
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


@dataclass(frozen=True, slots=True)
class Proposal:
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


NEWS = frozenset({"more_discount", "more_instalments", "by_person", "final_offer"})


STORED = {kind: Choice(kind=str(kind)).query() for kind in OptionKind}
"""What leads to an option of the offer itself."""


def proposal(offer: StoredOffer, currency: str) -> Proposal:
    """The offer as it is shown, in the reader's language."""
    options, locale = offer.typed_options, current()
    recommended = options.get(OptionKind.INSTALMENTS) or next(iter(options.values()))
    days = offer.first_payment_days
    return Proposal(
        total_cents=offer.total_cents,
        parts=parts(**offer.owed_by_item),
        cards=[
            _card(one, STORED[kind], days, currency, locale, is_recommended=one is recommended)
            for kind, one in options.items()
        ],
        valid_until=offer.valid_until,
        accounts_count=len(offer.debts),
        in_review=offer.in_review,
        is_flexible=is_flexible(offer),
        news=_news(offer, currency, locale),
    )


def _news(offer: StoredOffer, currency: str, locale: str) -> str | None:
    told = [reason for reason in offer.typed_reasons if reason.code in NEWS]
    return _together(told, currency, locale)


def is_flexible(offer: StoredOffer) -> bool:
    """Whether there is something to put together: more than one payment is possible."""
    return any(option.instalments > 1 for option in offer.typed_options.values())


def card(option: Option, first_days: int, currency: str) -> Card:
    """A plan that was put together, as a card."""
    return _card(option, of_option(option).query(), first_days, currency, current())


def _card(
    option: Option,
    choice: dict[str, str],
    first_days: int,
    currency: str,
    locale: str,
    *,
    is_recommended: bool = False,
) -> Card:
    once = option.instalments == 1
    return Card(
        kind=option.kind.value,
        title=title(option, locale, is_stored="option" in choice),
        total_cents=option.total_cents,
        today_cents=option.total_cents if once else option.down_payment_cents,
        monthly_cents=0 if once else option.instalment_cents,
        times=0 if once else option.instalments,
        saved_cents=option.saved_cents,
        is_recommended=is_recommended,
        why=_together(option.reasons, currency, locale),
        choice=choice,
        first_days=first_days,
    )


def title(option: Option, locale: str, *, is_stored: bool = True) -> str:
    """What the option is called. A plan put together for a budget is named by its length."""
    if option.instalments == 1:
        return text(locale, "All at once")
    if option.kind is OptionKind.BUDGET and is_stored:
        return text(locale, "The smallest instalment")
    return counted(locale, "In %(num)s instalment", "In %(num)s instalments", option.instalments)


def said(reasons: Sequence[Reason], currency: str) -> list[str]:
    """Reasons as sentences in the reader's language."""
    return explain.sentences(reasons, current(), currency)


def _together(reasons: Sequence[Reason], currency: str, locale: str) -> str | None:
    return " ".join(explain.sentences(reasons, locale, currency)) if reasons else None
