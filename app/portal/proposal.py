"""A proposal as a person compares it: cards of options, and what the amount is made of."""

from dataclasses import dataclass
from datetime import date

from app.offers import explain
from app.offers.queries import StoredOffer
from app.offers.rules import Option
from app.offers.terms import OptionKind, PlanRules, Reason
from app.portal.accounts import parts
from app.portal.choices import Choice, of_option
from app.portal.language import current, gettext, ngettext


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


def proposal(offer: StoredOffer, currency: str) -> Proposal:
    """The offer as it is shown, in the reader's language."""
    debts = offer.typed_limits.debts
    options = list(offer.typed_options.values())
    recommended = offer.typed_options.get(OptionKind.INSTALMENTS, options[0])
    return Proposal(
        total_cents=offer.total_cents,
        parts=parts(
            principal=sum(debt.principal_cents for debt in debts),
            fine=sum(debt.fine_cents for debt in debts),
            interest=sum(debt.interest_cents for debt in debts),
            index=sum(debt.index_cents for debt in debts),
        ),
        cards=[
            card(
                one,
                offer.typed_limits.plan,
                currency,
                is_recommended=one is recommended,
                choice=Choice(kind=str(one.kind)),
            )
            for one in options
        ],
        valid_until=offer.valid_until,
        accounts_count=len(debts),
        in_review=offer.in_review,
        is_flexible=is_flexible(offer),
        news=_news(offer, currency),
    )


def _news(offer: StoredOffer, currency: str) -> str | None:
    told = tuple(reason for reason in offer.typed_reasons if reason.code in NEWS)
    return " ".join(said(told, currency)) or None


def is_flexible(offer: StoredOffer) -> bool:
    """Whether there is something to put together: more than one payment is possible."""
    return any(option.instalments > 1 for option in offer.typed_options.values())


def card(
    option: Option,
    plan: PlanRules,
    currency: str,
    *,
    is_recommended: bool = False,
    choice: Choice | None = None,
) -> Card:
    """An option as a card."""
    once = option.instalments == 1
    return Card(
        kind=str(option.kind),
        title=title(option, is_stored=choice is not None),
        total_cents=option.total_cents,
        today_cents=option.total_cents if once else option.down_payment_cents,
        monthly_cents=0 if once else option.instalment_cents,
        times=0 if once else option.instalments,
        saved_cents=option.saved_cents,
        is_recommended=is_recommended,
        why=" ".join(said(option.reasons, currency)) or None,
        choice=(choice or of_option(option)).query(),
        first_days=plan.first_payment_days,
    )


def title(option: Option, *, is_stored: bool = True) -> str:
    """What the option is called. A plan put together for a budget is named by its length."""
    if option.instalments == 1:
        return gettext("All at once")
    if option.kind is OptionKind.BUDGET and is_stored:
        return gettext("The smallest instalment")
    return ngettext("In %(num)s instalment", "In %(num)s instalments", option.instalments)


def said(reasons: tuple[Reason, ...], currency: str) -> list[str]:
    """Reasons as sentences in the reader's language."""
    return list(explain.sentences(reasons, current(), currency))
