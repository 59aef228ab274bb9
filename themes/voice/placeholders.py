"""What a text may mention: placeholders with their kind and a sample, and what each intent needs.

A placeholder is the only way a number, a date or a name gets into a text (rule L11 of the copy
lint): its value comes from a record, never from a writer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

TONES = ("formal", "warm", "direct", "playful")
SLOTS = ("greeting", "opening", "body", "call_to_action", "closing", "subject", "preheader")
"""The parts of an e-mail in the order of a variant key."""
CHANNELS = ("email", "sms")


class Kind(StrEnum):
    NAME = "name"
    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    COUNT = "count"
    PERCENT = "percent"
    CODE = "code"
    URL = "url"
    BRAND = "brand"
    """Known from the brand alone."""
    DERIVED = "derived"
    """Made from other facts, in the language's own forms."""


@dataclass(frozen=True)
class Placeholder:
    """`fact`: the key of its value among the facts; `default`: what holds without it."""

    name: str
    kind: Kind
    sample: Any
    fact: str
    default: Any = None
    needs: tuple[str, ...] = ()
    """Facts a derived placeholder is made from."""


def _table(*rows: Placeholder) -> Mapping[str, Placeholder]:
    return {row.name: row for row in rows}


def _fact(name: str, kind: Kind, sample: Any, default: Any = None) -> Placeholder:
    fact = f"{name}_cents" if kind is Kind.MONEY else name
    return Placeholder(name, kind, sample, fact, default)


def _brand(name: str, sample: str) -> Placeholder:
    return Placeholder(name, Kind.BRAND, sample, name)


PLACEHOLDERS: Mapping[str, Placeholder] = _table(
    _brand("creditor", "Banco Aurora"),
    _brand("the_creditor", "o Banco Aurora"),
    _brand("of_creditor", "do Banco Aurora"),
    _brand("at_creditor", "no Banco Aurora"),
    _brand("to_creditor", "ao Banco Aurora"),
    _brand("phone", "0800 123 4567"),
    _fact("first_name", Kind.NAME, "Maria"),
    _fact("full_name", Kind.NAME, "Maria das Dores Oliveira"),
    _fact("product", Kind.TEXT, "Cartão Aurora"),
    _fact("contract", Kind.TEXT, "CT-4821"),
    _fact("agreement_number", Kind.TEXT, "A-2026-000123"),
    _fact("link", Kind.URL, "https://acordo.bancoaurora.example/a/AbCdEfGhIjKlMnOp"),
    _fact("code", Kind.CODE, "482913"),
    _fact("code_minutes", Kind.COUNT, 10, 10),
    _fact("answer_days", Kind.COUNT, 7, 7),
    _fact("amount", Kind.MONEY, 35_000),
    _fact("total", Kind.MONEY, 124_990),
    _fact("saved", Kind.MONEY, 41_200),
    _fact("instalment_amount", Kind.MONEY, 31_247),
    _fact("discount_percent", Kind.PERCENT, 25),
    _fact("instalments_count", Kind.COUNT, 4),
    _fact("instalments_left", Kind.COUNT, 3),
    _fact("due_on", Kind.DATE, date(2026, 12, 10)),
    _fact("valid_until", Kind.DATE, date(2026, 12, 5)),
    _fact("paid_on", Kind.DATE, date(2026, 11, 20)),
    Placeholder(
        "instalment",
        Kind.DERIVED,
        "parcela 2 de 4",
        "instalment_number",
        needs=("instalment_number", "instalments_count"),
    ),
    Placeholder("channel", Kind.DERIVED, "e-mail", "channel"),
)

SAMPLE_FACTS: Mapping[str, Any] = {
    **{p.fact: p.sample for p in PLACEHOLDERS.values() if p.kind not in (Kind.BRAND, Kind.DERIVED)},
    "instalment_number": 2,
    "channel": "email",
}
"""A complete set of facts for previews."""


@dataclass(frozen=True)
class Intent:
    """Why a message is written. `facts` must be given; `places` may be mentioned."""

    message_class: str
    facts: tuple[str, ...]
    places: frozenset[str]


_ALWAYS = frozenset(
    (
        "creditor",
        "the_creditor",
        "of_creditor",
        "at_creditor",
        "to_creditor",
        "phone",
        "product",
        "link",
    )
)
_NAMES = frozenset(("first_name", "full_name"))


def _intent(message_class: str, facts: str, places: str = "") -> Intent:
    return Intent(message_class, tuple(facts.split()), _ALWAYS | set(places.split()))


_INSTALMENT = (
    "instalment_number instalments_count instalment_amount_cents due_on link",
    "instalment instalments_count instalment_amount due_on agreement_number",
)

INTENTS: Mapping[str, Intent] = {
    "first_contact": _intent("outbound", "link valid_until", "valid_until"),
    "reminder": _intent("outbound", "link valid_until", "valid_until"),
    "one_time_code": _intent("requested", "code", "code code_minutes"),
    "agreement_copy": _intent(
        "requested",
        "agreement_number total_cents instalments_count due_on link",
        "agreement_number total saved instalments_count instalment_amount due_on",
    ),
    "instalment_before": _intent("outbound", *_INSTALMENT),
    "instalment_due": _intent("outbound", *_INSTALMENT),
    "instalment_after": _intent("outbound", *_INSTALMENT),
    "receipt": _intent(
        "requested",
        "amount_cents paid_on agreement_number link",
        "amount paid_on agreement_number instalment instalments_left",
    ),
    "quitacao": _intent(
        "requested", "agreement_number paid_on link", "agreement_number paid_on total"
    ),
    "payment_returned": _intent(
        "outbound",
        "amount_cents paid_on agreement_number total_cents due_on link",
        "amount paid_on agreement_number total due_on",
    ),
    "broken_agreement": _intent("outbound", "agreement_number link", "agreement_number"),
    "dispute_received": _intent("requested", "link", "answer_days contract"),
    "opt_out_confirmed": _intent("requested", "link", "channel"),
}
"""Outbound: under the whole contact policy. Requested: asked for by the person."""


def places(intent: str, part: str) -> frozenset[str]:
    """What a part of an intent may mention: a person's name stands in the greeting only.

    A greeting has a wording without a name to fall back to; a sentence with a hole has not.
    """
    allowed = INTENTS[intent].places
    return allowed | _NAMES if part == "greeting" else allowed


def message_class(intent: str) -> str:
    """ "outbound" or "requested". Raises KeyError for an unknown intent."""
    return INTENTS[intent].message_class


def required_facts(intent: str) -> tuple[str, ...]:
    """The facts compose() cannot do without, besides a name. Raises KeyError."""
    return INTENTS[intent].facts
