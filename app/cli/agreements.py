"""`flask agreements …`: what happens to agreements at night, by hand."""

from datetime import datetime

import click

from app.agreements import breaking
from app.cli import dates, naming
from app.cli.speech import DAY, Group, locale_option, tell
from tenants import resolve
from tenants.clock import today
from tenants.scope import within

group = Group("agreements", help="Agreements: break those that were not kept.")


@group.command("break-overdue")
@click.argument("slug", required=False)
@click.option("--date", "on", type=DAY, help="The creditor's date.")
@locale_option
def break_overdue(slug: str | None, on: datetime | None, locale: str) -> None:
    """Break agreements overdue beyond their grace period, of one creditor or of all."""
    tenants = resolve.all_live() if slug is None else [naming.tenant(slug)]
    if on:
        for tenant in tenants:
            dates.check(tenant, on.date(), locale)
    for tenant in tenants:
        day = on.date() if on else today(tenant.time_zone)
        with within(tenant) as session:
            broken = breaking.break_overdue(session, tenant, day)
        tell(locale, "%(slug)s: agreements broken: %(count)s.", slug=tenant.slug, count=broken)
