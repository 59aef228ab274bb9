"""What `make demo` prints when all is up: where everything is, whom to be, what the day sent."""

import textwrap
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.compliance import explain
from app.compliance.policy import standard
from app.config import settings
from app.debts import queries as debts
from app.history.models import Event
from app.journeys import withheld
from app.outreach import links
from app.outreach.models import AccessLink, Message, MessageState
from tenants import keys, resolve
from tenants.resolve import Resolved
from tenants.scope import within
from themes import formats

LEFT = (MessageState.SENT, MessageState.UNCERTAIN)
LOCALE = "en"
"""The table speaks as the code does."""
WIDTH = 100
"""Columns of a terminal that it fits in; addresses are never broken."""


def table(names: Mapping[str, str]) -> str:
    """Creditors (slug → name) with their portals, somebody to be there, and their messages."""
    tenants = [(name, resolve.by_slug(slug)) for slug, name in names.items()]
    someone = [(name, somebody(one)) for name, one in tenants]
    portals: list[tuple[str, ...]] = [("Creditor", "Portal", "From the message")]
    portals += [
        (name, settings().portal_url(one), person.link)
        for (name, one), (_, person) in zip(tenants, someone, strict=True)
    ]
    people: list[tuple[str, ...]] = [("Creditor", "Be", "Birth date", "CPF")]
    people += [(name, one.name, one.birth_date, one.document) for name, one in someone]
    sent: list[tuple[str, ...]] = [("Creditor", "Sent", "Waiting", "Withheld")]
    sent += [(name, *posted(one).shown(one.time_zone)) for name, one in tenants]
    platform = settings().origin(settings().platform_host)
    lines = [
        *as_columns(portals),
        "",
        *as_columns(people),
        "",
        *as_columns(sent),
        "",
        f"Outbox          {platform}/outbox   every e-mail and SMS that left, codes too",
        f"Platform host   {platform}",
        f"Gallery         {platform}/gallery",
        f"Stripe twin     {settings().stripe_api_base}   pay a Pix or a boleto here",
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a creditor's messages so far."""

    sent: int
    waiting: int
    last_at: datetime | None
    """When the last of those that wait may leave."""
    stopped: Counter[str]
    """Rule → how many messages were withheld, or people not even written to."""

    def shown(self, time_zone: str) -> tuple[str, str, str]:
        """As cells: how many left, how many wait for whose hour, how many were stopped and why."""
        waiting = formats.number(self.waiting, LOCALE)
        if self.last_at is not None:
            until = formats.moment(self.last_at, time_zone, LOCALE)
            waiting += f" for their people's hour, until {until}"
        why = ", ".join(
            f"{formats.number(count, LOCALE)} {title(rule)}"
            for rule, count in sorted(self.stopped.items(), key=lambda one: (-one[1], one[0]))
        )
        return formats.number(self.sent, LOCALE), waiting, why or "0"


def title(rule: str) -> str:
    """A rule by its name."""
    [said] = explain.stored([{"rule": rule}], standard(), LOCALE)
    return f"{said} ({rule})" if rule in standard().rules else "No address"


def posted(tenant: Resolved) -> Posted:
    """Counts over all of a creditor's messages, and over those who were stopped before one."""
    with within(tenant) as session:
        states = {
            row.state: row
            for row in session.execute(
                select(
                    Message.state,
                    func.count(Message.id).label("messages"),
                    func.max(Message.send_after).label("last"),
                ).group_by(Message.state)
            )
        }
        queued = states.get(MessageState.QUEUED)
        return Posted(
            sent=sum(states[state].messages for state in LEFT if state in states),
            waiting=queued.messages if queued else 0,
            last_at=queued.last if queued else None,
            stopped=_stopped(session),
        )


def _stopped(session: Session) -> Counter[str]:
    found: Counter[str] = Counter()
    for reasons in session.scalars(
        select(Message.reasons).where(Message.state == MessageState.WITHHELD)
    ):
        found.update({str(reason.get("rule")) for reason in reasons[:1]})
    latest = {
        row.debtor_id: row.data
        for row in session.execute(
            select(Event.debtor_id, Event.data)
            .where(Event.kind == withheld.KIND)
            .order_by(Event.at, Event.id)
        )
    }
    found.update((data["rules"] or [withheld.NO_ADDRESS])[0] for data in latest.values())
    return found


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the demo, and what to come in with."""

    name: str
    birth_date: str = ""
    document: str = ""
    link: str = ""


def somebody(tenant: Resolved) -> Somebody:
    """A person to whom the first day wrote."""
    with within(tenant) as session:
        message = session.scalars(
            select(Message)
            .where(Message.state == MessageState.SENT, Message.intent == "first_contact")
            .order_by(Message.id)
            .limit(1)
        ).first()
        if message is None:
            return Somebody("nobody was written to")
        person = debts.person(session, message.debtor_id)
        link = session.scalars(select(AccessLink).where(AccessLink.message_id == message.id)).one()
        token = links.token_of(keys.vault(session), link.id)
    return Somebody(
        formats.full_name(person.name),
        formats.day(person.birth_date) if person.birth_date else "",
        person.document,
        settings().portal_url(tenant, f"/a/{token}"),
    )


def as_columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as aligned text; the last column goes on below itself where the line is full."""
    *firsts, _ = zip(*rows, strict=True)
    widths = [max(map(len, column)) for column in firsts]
    indent = sum(widths) + 2 * len(widths)
    lines: list[str] = []
    for *cells, last in rows:
        start = "".join(f"{cell:{width}}  " for cell, width in zip(cells, widths, strict=True))
        said = textwrap.wrap(last, max(WIDTH - indent, 20), break_long_words=False) or [""]
        lines += [f"{start}{said[0]}".rstrip(), *(" " * indent + more for more in said[1:])]
    return lines
