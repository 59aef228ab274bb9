"""May this person be contacted now? In words: the verdict, why, where that is from, until when."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import content, explain
from app.compliance.facts import ContactFacts, PersonFacts, Reason, Verdict
from app.compliance.models import Hold, Task
from app.compliance.policy import Effect, Policy
from app.compliance.queries import paused_channels
from app.compliance.rules import decide
from app.debts.models import ContactKind, ContactPoint
from app.outreach.models import Channel
from tenants.clock import now
from themes.formats import moment
from themes.translations import catalogue

A_MINUTE = timedelta(minutes=1)
"""A deadline is a midnight; people read the day that ends with it."""
CHANNELS_OF = {
    ContactKind.EMAIL: (Channel.EMAIL.value,),
    ContactKind.PHONE: (Channel.SMS.value, "whatsapp", "voice"),
}
"""What an address could be used for; WhatsApp and calls are asked, not made."""
SAID = {
    Effect.ALLOW: "may be contacted now",
    Effect.REQUIRE: "may be contacted now, on a condition",
    Effect.DELAY: "may be contacted from %(until)s",
    Effect.REVIEW: "a person of the team must look first",
    Effect.BLOCK: "must not be contacted",
}
CHANNELS = {"email": "E-mail", "sms": "SMS", "whatsapp": "WhatsApp", "voice": "Phone call"}
MESSAGES = {
    "first_contact": "first message",
    "reminder": "reminder",
    "one_time_code": "access code",
    "agreement_copy": "copy of the agreement",
    "instalment_before": "before an instalment is due",
    "instalment_due": "an instalment is due",
    "instalment_after": "after an instalment was due",
    "receipt": "receipt",
    "quitacao": "letter of discharge",
    "broken_agreement": "the agreement has ended",
    "payment_returned": "a payment went back",
    "dispute_received": "dispute received",
    "opt_out_confirmed": "opt-out confirmed",
}
"""Message ids, by intent."""


def answer(session: Session, facts: PersonFacts, policy: Policy, locale: str) -> Iterator[str]:
    """What stands against contact on every channel once, then the verdict of each address."""
    texts = catalogue(locale, "policy")
    verdicts = _verdicts(session, facts, policy)
    if not verdicts:
        yield texts.gettext("There is no address to write to.")
    yield from _open_holds(session, facts, locale)
    shared = _shared([verdict for _, verdict in verdicts])
    if shared:
        yield texts.gettext("On every channel:")
        yield from reasons(shared, policy, locale, facts.time_zone)
    for (channel, number), verdict in verdicts:
        until = moment(verdict.until, facts.time_zone, locale) if verdict.until else ""
        said = texts.gettext(SAID[verdict.effect]) % {"until": until}
        yield f"{texts.gettext(CHANNELS[channel])}{number}: {said}"
        own = [reason for reason in verdict.reasons if reason not in shared]
        yield from reasons(own, policy, locale, facts.time_zone)
    if lacking := content.unmet(policy):
        yield texts.gettext("No message can meet this yet, so none leaves:")
    for rule in lacking:
        yield f"  {texts.gettext(rule.title)}: {texts.gettext(rule.explanation)} ({rule.id})"
        yield f"    {explain.sources(rule.id, policy, locale)}"


def reasons(found: Sequence[Reason], policy: Policy, locale: str, time_zone: str) -> Iterator[str]:
    """Each rule once, with all it matched on, its id last, and where it comes from."""
    for rule in dict.fromkeys(reason.rule for reason in found):
        of_rule = [reason for reason in found if reason.rule == rule]
        yield f"  {explain.sentences(of_rule, policy, locale, time_zone)} ({rule})"
        yield f"    {explain.sources(rule, policy, locale)}"


def _verdicts(
    session: Session, facts: PersonFacts, policy: Policy
) -> list[tuple[tuple[str, str], Verdict]]:
    """By channel, in the creditor's order; where there is a second address, with its number."""
    paused, at = paused_channels(session), now()
    points = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.debtor_id == facts.debtor_id)
        .order_by(ContactPoint.position, ContactPoint.id)
    ).all()
    found: list[tuple[tuple[str, str], Verdict]] = []
    for kind, channels in CHANNELS_OF.items():
        of_kind = [point for point in points if point.kind == kind]
        for number, point in enumerate(of_kind, 1):
            for channel in channels:
                contact = ContactFacts(
                    channel=channel,
                    message_class="outbound",
                    area_code=point.area_code,
                    state=point.state,
                    whose=point.whose,
                    sender_paused=paused.get(channel, ""),
                    line=point.id,
                )
                name = channel, "" if len(of_kind) == 1 else f" {number}"
                found.append((name, decide(facts, contact, at, policy)))
    return found


def _shared(verdicts: Sequence[Verdict]) -> list[Reason]:
    """What every verdict says; of one alone, nothing."""
    if len(verdicts) < 2:
        return []
    return [one for one in verdicts[0].reasons if all(one in v.reasons for v in verdicts)]


def _open_holds(session: Session, facts: PersonFacts, locale: str) -> Iterator[str]:
    texts, zone = catalogue(locale, "policy"), facts.time_zone
    holds = session.scalars(
        select(Hold)
        .where(Hold.debtor_id == facts.debtor_id, Hold.resolved_at.is_(None))
        .order_by(Hold.opened_at, Hold.id)
    ).all()
    for hold in holds:
        due_at = session.scalar(select(Task.due_at).where(Task.cause == f"hold:{hold.id}"))
        told = {"at": moment(hold.opened_at, zone, locale), "kind": texts.gettext(hold.kind)}
        yield texts.gettext("Open since %(at)s: %(kind)s.") % told
        if due_at is not None:
            due = {"until": moment(due_at - A_MINUTE, zone, locale)}
            yield "  " + texts.gettext("To be answered by %(until)s.") % due
