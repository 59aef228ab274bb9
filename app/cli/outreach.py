"""`flask outreach …`: sender numbers, delivery and pauses."""

import click
from sqlalchemy import select

from app.cli import naming
from app.cli.speech import Group
from app.compliance.alignment import missing
from app.compliance.queries import policy_in_force
from app.compliance.senders import resume_sender
from app.outreach import delivery, sender_domains
from tenants.clock import now
from tenants.models import SenderNumber
from tenants.scope import platform, within

group = Group("outreach", help="Messages that leave: numbers, delivery, pauses.")


@group.command("number")
@click.argument("slug")
@click.argument("number")
def number(slug: str, number: str) -> None:
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
    click.echo(f"{slug} writes from {number}")


@group.command("deliver")
@click.argument("slug")
def deliver(slug: str) -> None:
    """Deliver now what is due."""
    for state, count in sorted(delivery.deliver_due(naming.tenant(slug)).items()):
        click.echo(f"{state} {count}")


@group.command("domain")
@click.argument("slug")
def domain(slug: str) -> None:
    """Look up what is proven of the domain a creditor's e-mail leaves from (BR-29).

    Without all that is asked for, no outbound e-mail leaves; what people ask for does.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        try:
            found = sender_domains.check(session, tenant)
        except sender_domains.NoAnswer as error:
            raise click.ClickException(f"no answer, try again: {error}") from error
        lacks = missing(found.proofs, found.checked_at, now(), policy_in_force(session))
        for name, is_there in sorted(found.proofs.items()):
            click.echo(f"{found.domain} {name} {'yes' if is_there else 'no'}")
    if lacks:
        raise click.ClickException(f"outbound e-mail rests: {', '.join(lacks)} missing")


@group.command("resume")
@click.argument("slug")
@click.argument("channel", type=click.Choice(["email", "sms"]))
def resume(slug: str, channel: str) -> None:
    """Let a channel that was paused for its reputation go on."""
    with within(naming.tenant(slug)) as session:
        resume_sender(session, channel=channel, actor="command")
    click.echo(f"{slug} {channel} resumed")
