"""A choice travels as plain query values and is computed anew wherever it arrives.

Nothing a browser sends is ever taken for a figure: a stored option is named by its kind, a plan by
its down payment, number of instalments and due day, and the offer's limits say what that costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.agreements.rules import dated
from app.offers import explain, rules
from app.offers.queries import StoredOffer
from app.offers.rules import Answer, Calendar, Option
from app.offers.terms import OptionKind
from app.portal.amounts import parse_cents, typed_amount


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody picked. Amounts in cents; None is "as the creditor proposes"."""

    kind: str | None = None
    down_cents: int | None = None
    times: int | None = None
    amount_cents: int | None = None
    """The instalment of a counter-offer."""
    budget_cents: int | None = None
    due_day: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing was picked yet."""
        return self == Choice()

    def query(self) -> dict[str, str]:
        """As query values."""
        values = {
            "option": self.kind,
            "down": _typed(self.down_cents),
            "times": self.times,
            "amount": _typed(self.amount_cents),
            "budget": _typed(self.budget_cents),
            "day": self.due_day,
        }
        return {name: str(value) for name, value in values.items() if value is not None}


def _typed(cents: int | None) -> str | None:
    return None if cents is None else typed_amount(cents)


def read(values: Mapping[str, str]) -> Choice:
    """A choice from query or form values; what makes no sense is left out."""
    kind = values.get("option")
    return Choice(
        kind=kind if kind in tuple(OptionKind) else None,
        down_cents=parse_cents(values.get("down", "")),
        times=_whole(values.get("times")),
        amount_cents=parse_cents(values.get("amount", "")),
        budget_cents=parse_cents(values.get("budget", "")),
        due_day=_whole(values.get("day")),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


def option_of(offer: StoredOffer, choice: Choice, when: Calendar) -> Option | None:
    """What the choice comes to today within the offer's limits; None where it is not allowed."""
    if choice.kind:
        stored = offer.typed_options.get(OptionKind(choice.kind))
        if stored is None:
            return None
        if choice.due_day in (None, stored.due_day):
            return dated(offer.typed_limits, stored, when)
        choice = of_option(stored, due_day=choice.due_day)
    if choice.amount_cents is not None:
        answer = answer_to(offer, choice, when)
        return answer.option if answer.accepted else None
    return simulated(offer, choice, when)


def simulated(offer: StoredOffer, choice: Choice, when: Calendar) -> Option:
    """The nearest plan to a wish; never refuses."""
    return rules.simulate(
        offer.typed_limits,
        when,
        down_payment_cents=choice.down_cents,
        instalments=choice.times,
        budget_cents=choice.budget_cents,
        due_day=choice.due_day,
    )


def answer_to(offer: StoredOffer, choice: Choice, when: Calendar) -> Answer:
    """The creditor's answer to a counter-offer: the same one however often it is asked.

    A refusal names its reasons and the way to a person (BR-31).
    """
    answer = rules.counter(
        offer.typed_limits,
        when,
        instalments=choice.times or 1,
        instalment_cents=choice.amount_cents or 0,
        down_payment_cents=choice.down_cents or 0,
        due_day=choice.due_day,
    )
    if answer.accepted:
        return answer
    return replace(answer, reasons=tuple(explain.answerable(answer.reasons)))


def of_option(option: Option, *, due_day: int | None = None) -> Choice:
    """The choice that leads to a plan like this one."""
    return Choice(
        down_cents=option.down_payment_cents,
        times=option.instalments,
        due_day=due_day if due_day is not None else option.due_day,
    )
