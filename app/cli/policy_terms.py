"""`flask policy bureau|audience`: what the policy says of acts that nothing here does by itself."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.cli import answers, naming
from app.cli.policy import group as policy_group
from app.cli.speech import DAY, end, locale_option
from app.compliance.facts import Reason
from app.compliance.models import Hold
from app.compliance.policy import ENTRIES, Policy
from app.compliance.queries import policy_in_force
from app.compliance.stops import stop
from app.compliance.terms import (
    AudienceFacts,
    RegistrationFacts,
    check_audience,
    check_registration,
)
from app.debts.models import Debt
from tenants.clock import today
from tenants.scope import within
from themes.translations import catalogue

CONSENTS = ENTRIES["audience"]["needs"]


@policy_group.command("bureau")
@click.argument("slug")
@click.argument("contract")
@click.option("--notice", type=DAY, help="When it was delivered.")
@locale_option
def bureau(slug: str, contract: str, notice: datetime | None, locale: str) -> None:
    """May the creditor put a CONTRACT on a bureau's list today? (BR-21)"""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        policy = policy_in_force(session)
        debt = session.scalar(select(Debt).where(Debt.contract == contract))
        if debt is None:
            end(locale, "There is no contract %(contract)s here.", contract=contract)
        facts = RegistrationFacts(
            notice_delivered_on=notice.date() if notice else None,
            due_on=debt.due_on,
            is_disputed=_is_disputed(session, debt.debtor_id, debt.id),
        )
        on: date = today(tenant.time_zone)
    _tell(check_registration(facts, on, tenant.time_zone, policy), policy, locale, tenant.time_zone)


@policy_group.command("audience")
@click.argument("slug")
@click.option("--people", type=click.IntRange(0, 10**9), required=True, help="How many it holds.")
@click.option("--by-debt", is_flag=True, help="It is made of who owes.")
@click.option("--consent", type=click.Choice(CONSENTS), multiple=True, help="Given by everybody.")
@locale_option
def audience(slug: str, people: int, by_debt: bool, consent: tuple[str, ...], locale: str) -> None:
    """May a list of people be given to an advertising platform? (BR-30, EU-02)"""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        policy = policy_in_force(session)
    facts = AudienceFacts(by_debt=by_debt, people=people, consent=frozenset(consent))
    _tell(check_audience(facts, policy), policy, locale, tenant.time_zone)


def _is_disputed(session: Session, debtor_id: uuid.UUID, debt_id: uuid.UUID) -> bool:
    """Whether an open hold puts this debt in question, or shields the person."""
    holds = session.execute(
        select(Hold.kind, Hold.debt_id).where(
            Hold.debtor_id == debtor_id,
            Hold.resolved_at.is_(None),
            or_(Hold.debt_id.is_(None), Hold.debt_id == debt_id),
        )
    )
    return stop((kind, about) for kind, about in holds).covers(debt_id)


def _tell(reasons: Iterable[Reason], policy: Policy, locale: str, time_zone: str) -> None:
    """Every reason with its source; what stands against it ends the command with 1."""
    listed = list(reasons)
    texts = catalogue(locale, "policy")
    click.echo(texts.gettext("This must not be done:") if listed else texts.gettext("It may."))
    for line in answers.reasons(listed, policy, locale, time_zone):
        click.echo(line)
    if listed:
        raise SystemExit(1)
