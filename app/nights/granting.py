"""What became of an offer that was drawn: the house grants one thing at a time, within the rules of
each debt, so what was made may be less, or other, than what was drawn. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.journeys.models import Decision
from app.nights import wordings
from app.offers.concession import OPENING
from app.offers.queries import StoredOffer
from app.offers.terms import Reason
from themes.formats import percent

NOTABLE = 0.005
"""Of what is owed: by how much an offer's discount differs from the one drawn before it says so."""
GRANTED = {
    "more_discount": "more_discount",
    "more_instalments": "more_instalments",
    "final": "final_offer",
}
"""Reasons that only the offer itself can vouch for: the ladder's code to the offer's own."""

Line = tuple[str, Mapping[str, Any]]
"""A msgid of the catalogue "decisions" with its values."""


def reasons_of(weighed: Sequence[str], given: Iterable[Reason]) -> list[str]:
    """The ladder's reasons as far as they hold, and those of the offer that was made."""
    codes = {reason.code for reason in given}
    granted = [code for code, own in GRANTED.items() if own in codes]
    held = [code for code in weighed if code not in GRANTED]
    return [*held[:1], *granted, *held[1:]]


def given(offer: StoredOffer, step: int, locale: str) -> Iterator[Line]:
    """What an offer on this step of the ladder gives, in the figures of its page."""
    options = offer.typed_options.values()
    share = max(one.saved_cents for one in options) / max(offer.total_cents, 1)
    count = max(one.instalments for one in options)
    if step:
        yield wordings.STEP, {"step": step}
    message = wordings.OFFERED if count > 1 else wordings.OFFERED_ONCE
    yield message, {"discount": percent(share, locale, 1), "count": count}


def weighed(decision: Decision, offer: StoredOffer, gain: str, locale: str) -> Iterator[Line]:
    """The chance and the expected gain: of what was drawn, where another offer came of it."""
    chance = percent(decision.propensity, locale, 1)
    terms = decision.terms
    if terms is None or not _was_drawn(decision) or _is_as_drawn(terms, offer):
        yield wordings.WORTH, {"value": gain}
        yield wordings.OFFER_CHANCE, {"chance": chance}
        return
    count = terms["instalments"]
    wish = {"discount": percent(terms["discount"], locale, 1), "count": count}
    yield (wordings.DRAWN if count > 1 else wordings.DRAWN_ONCE), {**wish, "chance": chance}
    yield wordings.GRANTED, {}
    yield wordings.WORTH_DRAWN, {"value": gain}


def _was_drawn(decision: Decision) -> bool:
    """Whether the engine's choice bound the offer at all, and not the creditor's rules alone."""
    return decision.arm in OPENING and "opening_kept" not in decision.reasons


def _is_as_drawn(terms: Mapping[str, Any], offer: StoredOffer) -> bool:
    """Whether the longest plan of an offer is the one that was drawn."""
    longest = max(offer.typed_options.values(), key=lambda option: option.instalments)
    saved = longest.saved_principal_cents + longest.saved_charges_cents
    near = abs(saved / max(offer.total_cents, 1) - terms["discount"]) < NOTABLE
    return bool(near and longest.instalments == terms["instalments"])
