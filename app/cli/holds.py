"""`flask holds …`: what stops contact with people, and the answer to it."""

import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.actions import NotAnswerable, Outcome, answer_hold
from app.cli import naming
from app.cli.speech import Group, end, locale_option, refuse
from app.compliance.actions import StopsNothing, audit, open_hold
from app.compliance.models import Hold, HoldKind, Task
from app.debts.models import Debt
from tenants.clock import today
from tenants.keys import vault
from tenants.scope import within
from themes.lacking import Lacking

group = Group("holds", help="Disputes and other holds: open ones, and their answers.")


@group.command("list")
@click.argument("slug")
@click.option("--words", is_flag=True, help="Show what people wrote; that you looked is audited.")
@locale_option
def list_holds(slug: str, words: bool, locale: str) -> None:
    """Open holds, the oldest first: id, kind, person, contract, since when, answer by when."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        holds = session.scalars(
            select(Hold).where(Hold.resolved_at.is_(None)).order_by(Hold.opened_at, Hold.id)
        ).all()
        contracts = _contracts(session, holds)
        zone = ZoneInfo(tenant.time_zone)
        due = _due(session, holds, zone)
        for hold in holds:
            about = contracts.get(hold.debt_id, "*") if hold.debt_id else "*"
            opened = hold.opened_at.astimezone(zone).isoformat()
            cells = (hold.id, hold.kind, hold.debtor_id, about, opened)
            click.echo("\t".join(map(str, (*cells, due.get(f"hold:{hold.id}", "-")))))
            if words and hold.note:
                audit(session, actor="cli", action="hold.read", subject_id=hold.id)
                click.echo(f"\t{vault(session).text(hold.note, 'hold')}")
    naming.if_none(holds, "No hold is open.")


@group.command("open")
@click.argument("slug")
@click.argument("person")
@click.argument("kind", type=click.Choice([str(kind) for kind in HoldKind]))
@click.option("--contract", help="The contract it is about; every one otherwise.")
@click.option("--note", help="Why; it is sealed.")
@locale_option
def open_one(
    slug: str, person: str, kind: str, contract: str | None, note: str | None, locale: str
) -> None:
    """Stop contact with a person (an id, CPF or CNPJ) at once."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        debtor_id = naming.person(session, person)
        debt_id = _debt(session, debtor_id, contract, locale) if contract else None
        try:
            hold = open_hold(session, debtor_id=debtor_id, kind=kind, debt_id=debt_id, note=note)
        except StopsNothing as error:
            refuse(locale, error.problem)
        audit(session, actor="cli", action="hold.opened", subject_id=hold.id, kind=kind)
        click.echo(hold.id)


@group.command("resolve")
@click.argument("slug")
@click.argument("hold", type=click.UUID)
@click.argument("outcome", type=click.Choice([str(outcome) for outcome in Outcome]))
@click.option("--note", help="What the team found; it is sealed.")
@locale_option
def resolve(slug: str, hold: uuid.UUID, outcome: str, note: str | None, locale: str) -> None:
    """Answer a hold: upheld, the debt leaves for good; rejected, everything goes on."""
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            answered = answer_hold(
                session,
                tenant,
                hold,
                outcome=Outcome(outcome),
                actor="cli",
                today=today(tenant.time_zone),
                note=note,
            )
            click.echo(f"{answered.kind} {outcome}")
    except (Lacking, NotAnswerable) as error:
        refuse(locale, error.problem)


def _contracts(session: Session, holds: Sequence[Hold]) -> dict[uuid.UUID, str]:
    ids = [hold.debt_id for hold in holds if hold.debt_id]
    rows = session.execute(select(Debt.id, Debt.contract).where(Debt.id.in_(ids)))
    return {row.id: row.contract for row in rows}


def _due(session: Session, holds: Sequence[Hold], zone: ZoneInfo) -> dict[str, str]:
    causes = [f"hold:{hold.id}" for hold in holds]
    rows = session.execute(select(Task.cause, Task.due_at).where(Task.cause.in_(causes)))
    return {row.cause: row.due_at.astimezone(zone).isoformat() for row in rows}


def _debt(session: Session, debtor_id: uuid.UUID, contract: str, locale: str) -> uuid.UUID:
    found = session.scalar(
        select(Debt.id).where(Debt.debtor_id == debtor_id, Debt.contract == contract)
    )
    if found is None:
        end(locale, "This person has no contract %(contract)s.", contract=contract)
    return found
