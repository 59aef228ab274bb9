"""The figures of a message as rows: label and value, for the mails that are about figures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from themes.formats import day, money
from themes.translations import catalogue


def N_(message: str) -> str:
    return message


DUE = (
    (N_("Instalment"), "instalment_number"),
    (N_("Amount"), "instalment_amount_cents"),
    (N_("Due date"), "due_on"),
)
FIGURES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "agreement_copy": (
        (N_("Agreement"), "agreement_number"),
        (N_("Total"), "total_cents"),
        (N_("Number of instalments"), "instalments_count"),
        (N_("First due date"), "due_on"),
    ),
    "instalment_before": DUE,
    "instalment_due": DUE,
    "instalment_after": DUE,
    "receipt": (
        (N_("Amount paid"), "amount_cents"),
        (N_("Paid on"), "paid_on"),
        (N_("Agreement"), "agreement_number"),
    ),
    "payment_returned": (
        (N_("Amount that went back"), "amount_cents"),
        (N_("Agreement"), "agreement_number"),
        (N_("Open in the agreement"), "total_cents"),
        (N_("Next due date"), "due_on"),
    ),
    "quitacao": ((N_("Agreement"), "agreement_number"), (N_("Settled on"), "paid_on")),
}
"""intent → (label, fact), in order. An intent without figures is not in it."""


def figures(
    intent: str, facts: Mapping[str, Any], *, locale: str, currency: str = "BRL"
) -> list[tuple[str, str]]:
    """The rows of a message for `compose(details=…)`; facts that are not given are left out.

    Money in cents, dates as `date` or ISO text.
    """
    say = catalogue(locale, "emails").gettext
    rows = []
    for label, fact in FIGURES.get(intent, ()):
        value = facts.get(fact)
        if value is not None:
            rows.append((say(label), _shown(fact, value, facts, locale, currency)))
    return rows


def _shown(fact: str, value: Any, facts: Mapping[str, Any], locale: str, currency: str) -> str:
    if fact.endswith("_cents"):
        return money(value, currency, locale)
    if fact.endswith("_on"):
        return day(value if isinstance(value, date) else date.fromisoformat(value), locale)
    if fact == "instalment_number":
        return _instalment(int(value), facts.get("instalments_count"), locale)
    return str(value)


def _instalment(number: int, count: Any, locale: str) -> str:
    say = catalogue(locale, "emails").gettext
    if number == 0:
        return str(say("Down payment"))
    if not count:
        return str(number)
    return str(say("%(number)s of %(count)s")) % {"number": number, "count": count}
