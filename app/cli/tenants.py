"""`flask tenant …`: creditors, their states, domains and keys."""

import uuid

import click
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.cli import naming
from app.cli.speech import Group, end, locale_option, refuse, tell
from app.compliance.actions import audit
from app.compliance.policy import SETS
from tenants import actions, keys
from tenants.models import Domain, Tenant, TenantState
from tenants.scope import platform, within
from themes.tomlfile import say

SHRED = "Make all personal data of %(name)s unreadable, for ever?"
SHREDDED = "%(slug)s: its keys are gone, and no personal data can be read any more."
NO_POLICY = "No contact policy is written for “%(name)s”. There is one for: %(names)s."
group = Group("tenant", help="Creditors: their states, domains and keys.")


@group.command("create")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--host", help="The first host of the portal; defaults to <slug>.<platform's suffix>."
)
@click.option("--jurisdiction", default="BR", show_default=True, help="Whose rules it follows.")
@click.option("--stripe-account", help="The creditor's own connected account.")
@click.option(
    "--fee",
    type=click.IntRange(0, 10_000),
    default=0,
    help="The platform's fee in basis points (100 = 1%).",
)
@locale_option
def create(
    slug: str,
    name: str,
    host: str | None,
    jurisdiction: str,
    stripe_account: str | None,
    fee: int,
    locale: str,
) -> None:
    """Make a creditor in setup, with its keys and first host."""
    _has_policy(jurisdiction, locale)
    try:
        tenant = actions.create_tenant(
            slug=slug,
            name=name,
            jurisdiction=jurisdiction,
            stripe_account=stripe_account,
            fee_basis_points=fee,
        )
    except IntegrityError:
        end(locale, "%(slug)s, or its account, is a creditor's already.", slug=slug)
    except actions.Refused as error:
        refuse(locale, error.problem)
    click.echo(f"{slug} {tenant.id}")
    if host:
        _report(_added(tenant.id, host, locale, is_primary=True), locale)


@group.command("list")
def list_tenants() -> None:
    """Every creditor, its state and its hosts."""
    with platform() as session:
        for tenant in session.scalars(select(Tenant).order_by(Tenant.slug)):
            hosts = session.scalars(select(Domain.host).where(Domain.tenant_id == tenant.id)).all()
            click.echo(f"{tenant.slug}\t{tenant.state}\t{tenant.name}\t{' '.join(hosts)}")


@group.command("state")
@click.argument("slug")
@click.argument("state", type=click.Choice([state.value for state in TenantState]))
@locale_option
def change_state(slug: str, state: str, locale: str) -> None:
    """Change a creditor's state."""
    try:
        actions.change_state(naming.tenant(slug).id, TenantState(state))
    except actions.Refused as error:
        refuse(locale, error.problem)
    click.echo(f"{slug} {state}")


@group.command("jurisdiction")
@click.argument("slug")
@click.argument("code")
@locale_option
def change_jurisdiction(slug: str, code: str, locale: str) -> None:
    """Change whose contact rules a creditor follows: what waits is asked by them before it leaves.

    Its time zone and currency stay, and so do its own, stricter parameters, as far as the new rules
    know them (flask policy own says which are not usable).
    """
    tenant = naming.tenant(slug)
    _has_policy(code, locale)
    with within(tenant) as session:
        before = actions.change_jurisdiction(session, code)
        if before != code:
            audit(session, actor="cli", action="tenant.jurisdiction", before=before, after=code)
    click.echo(f"{slug} {code}")


@group.command("add-domain")
@click.argument("slug")
@click.argument("host")
@click.option("--primary", is_flag=True, help="Make links for this host from now on.")
@locale_option
def add_domain(slug: str, host: str, primary: bool, locale: str) -> None:
    """Add a host and say which DNS record proves it."""
    _report(_added(naming.tenant(slug).id, host, locale, is_primary=primary), locale)


@group.command("verify-domain")
@click.argument("host")
@locale_option
def verify_domain(host: str, locale: str) -> None:
    """Look the proof of a host up in the DNS."""
    try:
        _report(actions.verify_domain(host), locale)
    except actions.Refused as error:
        refuse(locale, error.problem)


@group.command("shred")
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@locale_option
def shred(slug: str, yes: bool, locale: str) -> None:
    """Delete a creditor's keys: its personal data can never be read again."""
    tenant = naming.tenant(slug)
    if not yes:
        click.confirm(say(locale, (SHRED, {"name": tenant.name})), abort=True)
    with within(tenant) as session:
        keys.shred(session)
    tell(locale, SHREDDED, slug=slug)


def _has_policy(jurisdiction: str, locale: str) -> None:
    if jurisdiction not in SETS:
        end(locale, NO_POLICY, name=jurisdiction, names=", ".join(sorted(SETS)))


def _added(tenant_id: uuid.UUID, host: str, locale: str, *, is_primary: bool) -> Domain:
    try:
        return actions.add_domain(tenant_id, host, is_primary=is_primary)
    except actions.Refused as error:
        refuse(locale, error.problem)
    except IntegrityError:
        end(locale, "%(host)s is taken.", host=host)


def _report(domain: Domain, locale: str) -> None:
    click.echo(f"{domain.host} {domain.state}")
    if domain.verified_at is None:
        tell(locale, "One of these DNS records proves it:")
        click.echo(f"  _traje.{domain.host}  TXT    {domain.proof}")
        click.echo(f"  {domain.host}  CNAME  {actions.cname_target()}")
