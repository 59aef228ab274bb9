"""`flask decisions …`: why somebody was contacted, and whether a night can be repeated."""

from datetime import datetime

import click

from app.cli import naming
from app.cli.speech import DAY, Group, end, locale_option, refuse, tell
from app.nights import explaining, replaying
from app.outreach.models import Message
from tenants.scope import within
from themes.lacking import Lacking

REPLAYED = "Decisions: %(decisions)s; different: %(differences)s."
group = Group("decisions", help="Decisions explained and replayed.")


@group.command("explain")
@click.argument("slug")
@click.argument("subject")
@locale_option
def explain(slug: str, subject: str, locale: str) -> None:
    """Why this message, offer or decision: why now, here, with these words, this offer.

    SUBJECT is its id, or a person's id, CPF or CNPJ: then it is the latest message to them.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        wanted = naming.subject(session, subject, Message)
        if wanted is None:
            end(locale, "Nobody wrote to this person yet.")
        try:
            lines = explaining.explain(session, wanted, locale, tenant.currency)
        except Lacking as error:
            refuse(locale, error.problem)
    for line in lines:
        click.echo(line)


@group.command("replay")
@click.argument("slug")
@click.argument("day", type=DAY)
@locale_option
def replay(slug: str, day: datetime, locale: str) -> None:
    """Compute a night again from what it fixed; exits non-zero when a decision differs."""
    tenant = naming.tenant(slug)
    try:
        found = replaying.replay(tenant, day.date())
    except Lacking as error:
        refuse(locale, error.problem)
    tell(locale, REPLAYED, decisions=found.decisions, differences=found.differences)
    if found.differences:
        raise SystemExit(1)
