"""`flask decisions …`: why somebody was contacted, and whether a night can be repeated."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.cli import naming
from app.nights import explaining, replaying
from app.outreach.models import Message
from tenants.scope import within
from themes.translations import LOCALES

group = AppGroup("decisions", help="Decisions explained and replayed.")


@group.command("explain")
@click.argument("slug")
@click.argument("subject")
@click.option("--locale", type=click.Choice(LOCALES), default="pt_BR")
def explain(slug: str, subject: str, locale: str) -> None:
    """Why this message, offer or decision: why now, here, with these words, this offer.

    SUBJECT is its id, or a CPF or CNPJ: then it is the latest message to that person.
    """
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            wanted = naming.subject(session, subject, Message)
            if wanted is None:
                raise LookupError("nobody wrote to this person yet")
            lines = explaining.explain(session, wanted, locale, tenant.currency)
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    for line in lines:
        click.echo(line)


@group.command("replay")
@click.argument("slug")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def replay(slug: str, day: datetime) -> None:
    """Compute a night again from what it fixed; exits non-zero when a decision differs."""
    tenant = naming.tenant(slug)
    try:
        found = replaying.replay(tenant, day.date())
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"decisions {found.decisions}  differences {found.differences}")
    if found.differences:
        raise SystemExit(1)
