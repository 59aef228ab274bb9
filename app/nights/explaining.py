"""Why this contact, now, here, with these words: a decision in plain language."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.compliance import explain as policies
from app.compliance.queries import policy_in_force
from app.debts.models import Debtor
from app.journeys.models import Decision, Night
from app.outreach.models import Message
from themes.formats import long_day, moment, money, percent
from themes.translations import catalogue

REASONS = {
    "incremental": "A message now is expected to bring more than waiting.",
    "creditor_rules": "This person stays on the creditor's present journey, for the comparison.",
    "preferred_channel": "It is the channel this person prefers.",
    "preferred_hour": "It is the hour this person prefers.",
    "reached_here_before": "This person was reached on this channel before.",
    "other_channel_than_last": "The last message came on another channel.",
    "came_without_closing": "This person came to the portal and left without an agreement.",
    "better_offer_waits": "A better offer waits for this person.",
    "scarce_place": "Places on this channel are few; this is where one is worth most.",
    "explored": "It was drawn at random among what is allowed, to learn what works.",
    "changed_meanwhile": "Something stood against it at the last moment: nothing was written.",
}
"""Codes of app.journeys.route and app.nights.writing; message ids."""
ARMS = {
    "engine": "Planned by the engine.",
    "explore": "Planned by the engine, to learn.",
}
PRESENT_JOURNEY = "Written by the creditor's present journey; the engine did not choose."


def explain(session: Session, subject_id: uuid.UUID, locale: str, currency: str) -> list[str]:
    """What is known of a message (or a decision), line by line. Raises LookupError for neither."""
    message = session.scalar(select(Message).where(Message.id == subject_id))
    decision = session.scalar(
        select(Decision).where(or_(Decision.subject_id == subject_id, Decision.id == subject_id))
    )
    if message is None and decision is None:
        raise LookupError("neither a message nor a decision")
    lines = _of_decision(session, decision, locale, currency) if decision else []
    if message is not None:
        lines = [*_of_message(session, message, locale), *lines]
        if decision is None:
            lines.append(catalogue(locale, "decisions").gettext(PRESENT_JOURNEY))
    return lines


def _of_message(session: Session, message: Message, locale: str) -> list[str]:
    texts = catalogue(locale, "decisions")
    zone = session.scalar(select(Debtor.time_zone).where(Debtor.id == message.debtor_id))
    facts = {
        "at": moment(message.send_after, str(zone), locale),
        "channel": texts.gettext(message.channel),
        "wording": message.variant,
    }
    said = texts.gettext("%(channel)s, not before %(at)s, wording %(wording)s.") % facts
    allowed = policies.stored(message.reasons, policy_in_force(session), locale)
    return [said, *(texts.gettext("Contact policy: %(said)s.") % {"said": one} for one in allowed)]


def _of_decision(session: Session, decision: Decision, locale: str, currency: str) -> list[str]:
    texts = catalogue(locale, "decisions")
    night = session.scalars(select(Night).where(Night.id == decision.night_id)).one()
    lines = [texts.gettext(ARMS.get(decision.arm, decision.arm))]
    lines += [texts.gettext(REASONS.get(code, code)) for code in decision.reasons]
    lines.append(
        texts.gettext("Expected gain against staying silent: %(value)s.")
        % {"value": money(round(decision.worth), currency, locale)}
    )
    lines.append(texts.gettext(CHANCE) % _chance(decision, night, locale))
    scarce = {name: cents for name, cents in night.prices["cents"].items() if cents > 0}
    for name, cents in scarce.items():
        price = {"channel": texts.gettext(name), "price": money(round(cents), currency, locale)}
        lines.append(texts.gettext("A place on %(channel)s cost %(price)s that night.") % price)
    lines.append(texts.gettext(VERSIONS) % _versions(night, locale))
    return lines


CHANCE = (
    "This very choice had a chance of %(chance)s; %(count)d combinations of channel and hour were"
    " allowed, with %(wordings)d wordings each."
)
VERSIONS = (
    "Night of %(day)s: settings %(settings)s, offer rules %(rules)s, policy %(policy)s,"
    " seed %(seed)s."
)


def _chance(decision: Decision, night: Night, locale: str) -> Mapping[str, Any]:
    return {
        "chance": percent(decision.propensity, locale, 1),
        "count": ((decision.eligible or 0) & (2**64 - 1)).bit_count(),
        "wordings": len(night.spec["wordings"]),
    }


def _versions(night: Night, locale: str) -> Mapping[str, Any]:
    names = ("settings", "rules", "policy")
    return {
        "day": long_day(night.day, locale),
        "seed": night.seed,
        **{name: night.versions[name] for name in names},
    }
