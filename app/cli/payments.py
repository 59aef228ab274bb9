"""`flask payments …`: accounts, reconciliation, credits to give back, money that went back."""

import uuid

import click
from sqlalchemy import update

from app.agreements.actions import CannotReopen
from app.cli import naming
from app.cli.speech import Group, aside, end, locale_option, refuse, tell
from app.payments import gateway, queries, reconciling, refunding, reversing
from app.payments.errors import PaymentError
from tenants import resolve
from tenants.models import Tenant
from tenants.scope import platform, within
from themes import formats

group = Group("payments", help="Accounts, reconciliation, credits, money that went back.")

PROVIDER = "The provider did not do it: %(why)s"
ACCEPTED = "%(amount)s accepted: nothing is owed again."
OWED = "%(amount)s is owed again."
REOPENED = "%(amount)s is owed again, and the agreement is open again."
OTHERWISE = "Accept it with --keep, or agree anew with the person about what is owed."


@group.command("connect")
@click.argument("slug")
@locale_option
def connect(slug: str, locale: str) -> None:
    """Make the creditor's connected account at the provider, once; needs a published brand."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        creditor = queries.beneficiary(session, tenant)
    if not creditor.cnpj:
        end(locale, "Publish a brand first: it names the company.")
    try:
        account = gateway.connect(
            tenant_id=tenant.id,
            name=creditor.name,
            legal_name=creditor.legal_name,
            cnpj=creditor.cnpj,
        )
    except PaymentError as error:
        end(locale, PROVIDER, why=error)
    with platform() as session:
        session.execute(update(Tenant).where(Tenant.id == tenant.id).values(stripe_account=account))
    resolve.forget()
    click.echo(f"{slug} {account}")


@group.command("reconcile")
@click.argument("slug")
@locale_option
def reconcile(slug: str, locale: str) -> None:
    """Apply stored events and ask the provider about payments whose time is over."""
    tell(locale, "Payments looked at: %(count)s.", count=reconciling.sweep(naming.tenant(slug)))


@group.command("credits")
@click.argument("slug")
@locale_option
def credit_list(slug: str, locale: str) -> None:
    """Credits that wait to be given back."""
    with within(naming.tenant(slug)) as session:
        found = refunding.open_refunds(session)
        for task in found:
            click.echo(f"{task.id}\t{task.data['amount_cents']}\t{task.due_at.isoformat()}")
    naming.if_none(found, "No credit waits to be given back.")


@group.command("give-back")
@click.argument("slug")
@click.argument("task", type=click.UUID)
@locale_option
def give_back(slug: str, task: uuid.UUID, locale: str) -> None:
    """Refund one credit."""
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            click.echo(refunding.give_back(session, tenant, task, actor="cli"))
    except refunding.NotRefundable as error:
        refuse(locale, error.problem)
    except PaymentError as error:
        end(locale, PROVIDER, why=error)


@group.command("returned")
@click.argument("slug")
@click.argument("task", type=click.UUID)
@locale_option
def returned(slug: str, task: uuid.UUID, locale: str) -> None:
    """Note that the credit of a boleto was paid back by bank transfer."""
    try:
        with within(naming.tenant(slug)) as session:
            refunding.note_returned(session, task, actor="cli")
    except refunding.NotRefundable as error:
        refuse(locale, error.problem)
    tell(locale, "Noted: the credit was paid back.")


@group.command("returns")
@click.argument("slug")
@locale_option
def return_list(slug: str, locale: str) -> None:
    """Payments whose money went back and that wait for a decision: task, agreement, cents, how it
    stands (refunded, withheld, lost, kept after all), by when."""
    with within(naming.tenant(slug)) as session:
        found = reversing.waiting(session)
        for one in found:
            cells = (one.task_id, one.agreement, one.cents, one.standing, one.due_at.isoformat())
            click.echo("\t".join(map(str, cells)))
    naming.if_none(found, "No payment waits for a decision.")


@group.command("reverse")
@click.argument("slug")
@click.argument("task", type=click.UUID)
@click.option("--keep", is_flag=True, help="Accept that the money is gone: nothing reopens.")
@locale_option
def reverse(slug: str, task: uuid.UUID, keep: bool, locale: str) -> None:
    """Have money that went back owed again: what it had paid is open, with time to pay it.

    Says how much, then each instalment that is open again and its due date.
    """
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            if keep:
                cents = reversing.keep(session, task, actor="cli")
                tell(locale, ACCEPTED, amount=formats.money(cents, tenant.currency, locale))
                return
            done = reversing.reverse(session, tenant, task, actor="cli")
    except CannotReopen as error:
        aside(locale, error.problem[0], **error.problem[1])
        end(locale, OTHERWISE)
    except reversing.NotReversible as error:
        refuse(locale, error.problem)
    amount = formats.money(done.cents, tenant.currency, locale)
    tell(locale, REOPENED if done.was_settled else OWED, amount=amount)
    for number, due_on in done.due:
        click.echo(f"{number}\t{due_on.isoformat()}")
