"""`flask policy …`: may this person be contacted now, and why."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import answers, naming
from app.cli.speech import Group, locale_option
from app.compliance import explain
from app.compliance.facts import PersonFacts
from app.compliance.policy import SETS, Policy, standard
from app.compliance.queries import policy_in_force
from app.history.models import Event
from app.journeys import withheld
from app.outreach.models import Message, MessageState
from app.outreach.queries import person_facts
from tenants.scope import within
from themes.formats import moment
from themes.translations import catalogue

group = Group("policy", help="The contact policy.")
WITHHELD = "Stored on %(at)s: a message was withheld (%(channel)s, %(message)s)."


@group.command("list")
@click.option("--jurisdiction", type=click.Choice(sorted(SETS)), default="BR")
@locale_option
def list_rules(jurisdiction: str, locale: str) -> None:
    """Every rule, its effect, its parameters and where it comes from.

    A `?` marks a parameter that counsel must confirm.
    """
    policy, texts = standard(jurisdiction), catalogue(locale, "policy")
    click.echo(f"{policy.jurisdiction} {policy.version}")
    for rule in policy.rules.values():
        click.echo(f"{rule.id}  {rule.effect:8}  {texts.gettext(rule.title)}")
        click.echo(f"       {texts.gettext(rule.explanation)}")
        click.echo(f"       {explain.sources(rule.id, policy, locale)}")
        if rule.parameters:
            click.echo(f"       {explain.values(rule)}")
        for fact in rule.unknown:
            click.echo(f"       {texts.gettext(fact)}")


@group.command("ask")
@click.argument("slug")
@click.argument("debtor")
@locale_option
def ask(slug: str, debtor: str, locale: str) -> None:
    """May a person (an id, CPF or CNPJ) be contacted now? Per address: why, by which rule, until.

    Then what is stored: why the journey planned nothing for them, and why messages were withheld.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        debtor_id = naming.person(session, debtor)
        facts, policy = person_facts(session, [debtor_id])[debtor_id], policy_in_force(session)
        for line in answers.answer(session, facts, policy, locale):
            click.echo(line)
        _tell_stored(session, facts, policy, locale)


def _tell_stored(session: Session, facts: PersonFacts, policy: Policy, locale: str) -> None:
    texts = catalogue(locale, "policy")
    event = session.scalar(
        select(Event)
        .where(Event.debtor_id == facts.debtor_id, Event.kind == withheld.KIND)
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
    if event is not None:
        at = moment(event.at, facts.time_zone, locale)
        click.echo(texts.gettext("Stored on %(at)s: no message was planned.") % {"at": at})
        _tell_rules([{"rule": rule} for rule in event.data["rules"]], policy, locale)
        if event.data.get("detail") == withheld.NO_ADDRESS:
            click.echo("  " + texts.gettext("There is no address to write to."))
    for message in _withheld(session, facts.debtor_id):
        at = moment(message.created_at, facts.time_zone, locale)
        told = {
            "at": at,
            "message": texts.gettext(answers.MESSAGES[message.intent]),
            "channel": texts.gettext(answers.CHANNELS[message.channel]),
        }
        click.echo(texts.gettext(WITHHELD) % told)
        _tell_rules(message.reasons, policy, locale)


def _withheld(session: Session, debtor_id: uuid.UUID) -> Iterable[Message]:
    return session.scalars(
        select(Message)
        .where(Message.debtor_id == debtor_id, Message.state == MessageState.WITHHELD)
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(5)
    )


def _tell_rules(reasons: Iterable[Mapping[str, Any]], policy: Policy, locale: str) -> None:
    listed = list(reasons)
    for reason, title in zip(listed, explain.stored(listed, policy, locale), strict=True):
        rule = reason.get("rule")
        click.echo(f"  {title} ({rule})" if rule else f"  {title}")
