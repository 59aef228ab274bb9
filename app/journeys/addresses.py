"""Where the journey writes to a person. Pure."""

from collections.abc import Collection
from typing import Any

from app.compliance.rules import EVERY_CHANNEL
from app.debts.models import ContactKind, Whose
from app.journeys.queries import Known
from app.outreach.rules import KIND_OF_ADDRESS, choose_channel


def address_for(
    person: Known, among: Collection[str] = tuple(KIND_OF_ADDRESS)
) -> tuple[str, Any] | None:
    """The channel and address: a channel the person stopped, whose line is on a do-not-call list,
    or that reaches them only where others read, is left out while another remains."""
    by_channel: dict[str, Any] = {}
    for channel, kind in KIND_OF_ADDRESS.items():
        if channel not in among:
            continue
        usable = [p for p in person.points if p.kind == kind and p.is_mobile is not False]
        if usable:
            by_channel[channel] = usable[0]
    stopped = person.facts.opted_out
    welcome = [
        channel
        for channel, point in by_channel.items()
        if channel not in stopped and EVERY_CHANNEL not in stopped and not _is_listed(person, point)
    ]
    own = [c for c in welcome if by_channel[c].whose == Whose.OWN]
    chosen = choose_channel(
        person.preferred_channel, person.acquired_through, own or welcome or by_channel
    )
    return (chosen, by_channel[chosen]) if chosen else None


def _is_listed(person: Known, point: Any) -> bool:
    return point.kind == ContactKind.PHONE and bool(person.facts.listed_at(point.id))
