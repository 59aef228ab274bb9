"""What happened in the house's own words, told in the engine's: one frame of events a day.

What came of a message counts with it on the day it was sent; a click of a later day counts as the
visit it led to. Only ids, codes and numbers are read.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance.models import HoldKind
from app.compliance.queries import among
from app.compliance.rules import EVERY_CHANNEL
from app.history.models import Event
from app.journeys.arms import number_of
from app.offers.concession import LOOKED_AT, is_at_once
from app.offers.means import TOLD
from app.offers.models import Offer
from app.outreach.happenings import happened
from app.outreach.models import Channel, MessageClass
from app.scoring.events import COLUMNS
from themes import voice

OF_MESSAGE = {
    "message.sent": "sent",
    "message.uncertain": "sent",
    "message.delivered": "delivered",
    "message.bounced": "bounced",
    "message.opened": "read",
    "message.clicked": "engaged",
    "link.opened": "engaged",
}
VISITS = frozenset(
    {
        "identity.proved", "debts.seen", "offer.seen", *LOOKED_AT, "portal.left",
        "agreement.accepted",
    }
)  # fmt: skip
SIMPLE = {
    "message.complained": "complaint",
    "agreement.broken": "broken",
    "agreement.settled": "settled",
    "agreement.reopened": "reopened",
    **{f"{kind}.opened": "held" for kind in HoldKind},
    **{f"{kind}.resolved": "released" for kind in HoldKind},
}
MONEY = ("payment.received", "payment.returned")
KINDS = (*OF_MESSAGE, *sorted(VISITS), *SIMPLE, TOLD, *MONEY, "opt_out.made")
SEVERAL = 2
"""Of an option in instalments it counts that it was one, not in how many."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The best an offer shows."""

    discount: float
    instalments: int


def first_day(session: Session, time_zone: str) -> date | None:
    """The day of the first event, where the creditor is."""
    at = session.scalar(select(func.min(Event.at)).where(Event.kind.in_(KINDS)))
    return at.astimezone(ZoneInfo(time_zone)).date() if at else None


def frame(
    session: Session,
    time_zone: str,
    since: datetime,
    until: datetime,
    only: Collection[uuid.UUID] | None = None,
) -> pl.DataFrame:
    """The events of a day (since ≤ at < until) in the engine's columns, in their order; `only`:
    of some people."""
    question = happened(KINDS, since, until)
    if only is not None:
        question = question.where(among(Event.debtor_id, only))
    rows = session.execute(question).all()
    shown = _shown(session, rows, until)
    zone = ZoneInfo(time_zone)
    told = [line for row in rows for line in _told(row, since, zone, shown)]
    return pl.DataFrame(told, schema=COLUMNS, orient="row")


def _told(
    row: Any, since: datetime, zone: ZoneInfo, shown: Callable[[Any], Seen | None]
) -> Iterator[tuple[Any, ...]]:
    person, hour = number_of(row.debtor_id), row.at.astimezone(zone).hour
    if row.kind in OF_MESSAGE:
        if row.message_class == MessageClass.OUTBOUND and (row.sent_at or row.at) >= since:
            wording = row.variant.lower() if len(row.variant) == 1 else None
            whole = row.channel != Channel.SMS and not voice.is_short(row.variant)
            yield (
                person, OF_MESSAGE[row.kind], row.channel, hour, wording, *(None,) * 4, int(whole),
            )  # fmt: skip
    elif row.kind in VISITS:
        seen = shown(row)
        yield (
            person, "visit", None, hour, None, None,
            seen.discount if seen else None,
            seen.instalments if seen else None,
            row.kind == "agreement.accepted",
            None,
        )  # fmt: skip
        if row.kind in LOOKED_AT:
            yield from _looked(person, row)
    elif row.kind == TOLD:
        yield (person, "budget", *(None,) * 3, row.data["budget_cents"], *(None,) * 4)
    elif row.kind == "payment.received":
        yield (person, "payment", None, None, None, row.data["applied_cents"], *(None,) * 4)
    elif row.kind == "payment.returned":
        yield (person, "returned", None, None, None, row.data["returned_cents"], *(None,) * 4)
    elif row.kind == "opt_out.made":
        channel = row.data.get("channel")
        channel = None if channel == EVERY_CHANNEL else channel
        yield (person, "opt_out", channel, *(None,) * 7)
    else:
        yield (person, SIMPLE[row.kind], row.channel, *(None,) * 7)


def _looked(person: int, row: Any) -> Iterator[tuple[Any, ...]]:
    """What somebody looked at closely, and the instalment that they wished or tried; never the
    nearest one that they were answered with."""
    once = is_at_once(row.kind, row.data)
    yield (person, "opened", *(None,) * 5, 1 if once else SEVERAL, None, None)
    tried = None if once or row.kind != "simulator.used" else row.data.get("instalment_cents")
    cents = row.data.get("wished_cents", tried)
    if cents:
        yield (person, "budget", *(None,) * 3, cents, *(None,) * 4)


def _shown(session: Session, rows: Iterable[Any], until: datetime) -> Callable[[Any], Seen | None]:
    """What each visit's person saw: the offer it was about, else the last one they saw."""
    visitors = {row.debtor_id for row in rows if row.kind in VISITS}
    by_id: dict[uuid.UUID, Seen] = {}
    last: dict[uuid.UUID, list[tuple[datetime, Seen]]] = defaultdict(list)
    offers = session.execute(
        select(Offer.id, Offer.debtor_id, Offer.first_seen_at, Offer.total_cents, Offer.options)
        .where(among(Offer.debtor_id, visitors), Offer.first_seen_at < until)
        .order_by(Offer.first_seen_at, Offer.id)
    ).all() if visitors else []  # fmt: skip
    for offer in offers:
        by_id[offer.id] = _best(offer.total_cents, offer.options)
        last[offer.debtor_id].append((offer.first_seen_at, by_id[offer.id]))

    def find(row: Any) -> Seen | None:
        if row.kind == "agreement.accepted":
            return _accepted(row.data)
        if "discount" in row.data:
            return Seen(row.data["discount"], row.data["instalments"])
        if row.subject_id in by_id:
            return by_id[row.subject_id]
        before = [seen for at, seen in last[row.debtor_id] if at <= row.at]
        return before[-1] if before else None

    return find


def _best(total_cents: int, options: Iterable[Mapping[str, Any]]) -> Seen:
    saved = max((_saved(option) for option in options), default=0)
    longest = max((option["instalments"] for option in options), default=1)
    return Seen(saved / max(total_cents, 1), longest)


def _saved(option: Mapping[str, Any]) -> int:
    """As offers.terms.Option.saved_cents."""
    discount = option["saved_principal_cents"] + option["saved_charges_cents"]
    return max(0, int(discount) - int(option["interest_cents"]))


def _accepted(data: Mapping[str, Any]) -> Seen:
    whole = data["total_cents"] + data["saved_cents"]
    return Seen(data["saved_cents"] / max(whole, 1), max(data["instalments"], 1))
