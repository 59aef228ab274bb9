"""`flask policy …`: may this person be contacted now, and why."""

import uuid

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.compliance import explain
from app.compliance.facts import ContactFacts, PersonFacts
from app.compliance.policy import Policy, standard
from app.compliance.queries import paused_channels, policy_in_force
from app.compliance.rules import decide
from app.debts.models import ContactPoint
from app.debts.queries import find_debtor
from app.outreach.queries import addresses, person_facts
from app.outreach.rules import KIND_OF_ADDRESS
from tenants import resolve
from tenants.clock import now
from tenants.scope import within
from themes.translations import LOCALES, catalogue

group = AppGroup("policy", help="The contact policy.")
locale_option = click.option("--locale", type=click.Choice(LOCALES), default="pt_BR")


@group.command("list")
@locale_option
def list_rules(locale: str) -> None:
    """Every rule, its effect and where it comes from."""
    policy, texts = standard(), catalogue(locale, "policy")
    for rule in policy.rules.values():
        click.echo(f"{rule.id}  {rule.effect:8}  {texts.gettext(rule.title)}")
        click.echo(f"       {explain.sources(rule.id, policy, locale)}")


@group.command("ask")
@click.argument("slug")
@click.argument("debtor")
@locale_option
def ask(slug: str, debtor: str, locale: str) -> None:
    """May a person (an id, CPF or CNPJ) be contacted now? Per channel: rule, source, until."""
    try:
        tenant = resolve.by_slug(slug)
        with within(tenant) as session:
            debtor_id = _debtor_id(session, debtor)
            facts = person_facts(session, [debtor_id])[debtor_id]
            policy = policy_in_force(session)
            for point in addresses(session, debtor_id):
                _answer(session, facts, point, policy, locale)
    except (LookupError, KeyError) as error:
        raise click.ClickException(f"no such creditor or person: {error}") from error


def _debtor_id(session: Session, debtor: str) -> uuid.UUID:
    try:
        return uuid.UUID(debtor)
    except ValueError:
        found = find_debtor(session, debtor)
    if found is None:
        raise LookupError(debtor)
    return found


def _answer(
    session: Session, facts: PersonFacts, point: ContactPoint, policy: Policy, locale: str
) -> None:
    channel = next(str(c) for c, kind in KIND_OF_ADDRESS.items() if kind == point.kind)
    contact = ContactFacts(
        channel=channel,
        message_class="outbound",
        area_code=point.area_code,
        state=point.state,
        sender_paused=channel in paused_channels(session),
    )
    verdict = decide(facts, contact, now(), policy)
    click.echo(f"{channel}: {verdict.effect}")
    for reason in verdict.reasons:
        said = explain.sentence(reason, policy, locale, facts.time_zone)
        click.echo(f"  {reason.rule}  {said}")
        click.echo(f"         {explain.sources(reason.rule, policy, locale)}")
