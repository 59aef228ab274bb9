"""`flask outreach …`: sender numbers, delivery and pauses."""

import click
from sqlalchemy import select

from app import config
from app.cli import naming, totals
from app.cli.speech import Group, aside, end, locale_option, tell
from app.compliance.alignment import missing
from app.compliance.queries import policy_in_force
from app.compliance.senders import resume_sender
from app.outreach import delivery, sender_domains
from tenants.clock import now
from tenants.models import SenderNumber
from tenants.scope import platform, within

NOT_THERE = "%(domain)s: %(name)s is not there."
LOCAL = "The local outbox asks for none of this: what is written there reaches nobody."
RESTS = "Until this is proven, only e-mail that somebody asked for leaves: %(names)s."
group = Group("outreach", help="Messages that leave: numbers, delivery, pauses.")


@group.command("number")
@click.argument("slug")
@click.argument("number")
@locale_option
def number(slug: str, number: str, locale: str) -> None:
    """Let a creditor's SMS leave from a short code or number; several may share one."""
    tenant = naming.tenant(slug)
    with platform() as session:
        exists = session.scalar(
            select(SenderNumber.id).where(
                SenderNumber.tenant_id == tenant.id, SenderNumber.number == number
            )
        )
        if exists is None:
            session.add(SenderNumber(tenant_id=tenant.id, number=number))
    tell(locale, "The SMS of %(slug)s leave from %(number)s.", slug=slug, number=number)


@group.command("deliver")
@click.argument("slug")
@locale_option
def deliver(slug: str, locale: str) -> None:
    """Deliver now what is due."""
    states = delivery.deliver_due(naming.tenant(slug))
    click.echo(totals.summary(totals.delivered(states), locale))


@group.command("domain")
@click.argument("slug")
@locale_option
def domain(slug: str, locale: str) -> None:
    """Look up what is proven of the domain a creditor's e-mail leaves from (BR-29).

    Without all that is asked for, no outbound e-mail leaves; what people ask for does.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        try:
            found = sender_domains.check(session, tenant)
        except sender_domains.NoAnswer as error:
            end(locale, "There was no answer; try again: %(why)s", why=error)
        lacks = missing(found.proofs, found.checked_at, now(), policy_in_force(session))
        for name, is_there in sorted(found.proofs.items()):
            shown = "%(domain)s: %(name)s is there." if is_there else NOT_THERE
            tell(locale, shown, domain=found.domain, name=name.upper())
    if lacks and config.settings().email_transport == "outbox":
        aside(locale, LOCAL)
    if lacks:
        end(locale, RESTS, names=", ".join(lacks).upper())


@group.command("resume")
@click.argument("slug")
@click.argument("channel", type=click.Choice(["email", "sms"]))
@locale_option
def resume(slug: str, channel: str, locale: str) -> None:
    """Let a channel that was paused for its reputation go on."""
    with within(naming.tenant(slug)) as session:
        resume_sender(session, channel=channel, actor="command")
    tell(locale, "%(slug)s: %(channel)s may leave again.", slug=slug, channel=channel)
