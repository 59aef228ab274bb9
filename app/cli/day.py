"""`flask day …`: a day of operation, creditor by creditor."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime

import click

from app.cli import naming, totals
from app.cli.speech import DAY, Group, locale_option
from app.insights import figures
from app.journeys import actions
from app.nights import night
from tenants import resolve
from tenants.clock import stopped_at, today
from tenants.resolve import Resolved
from themes.lacking import Lacking
from themes.tomlfile import say

group = Group("day", help="A day of operation: offers, messages, delivery.")


@group.command("run")
@click.option("--date", "day", type=DAY, help="At 10:00 of this date.")
@click.option("--last-business-day", is_flag=True, help="At 10:00 of the last business day.")
@click.option("--tenant", "slugs", multiple=True, help="Only this one; every live one otherwise.")
@click.option("--plan-only", is_flag=True, help="Write the messages and deliver nothing yet.")
@locale_option
def run(
    day: datetime | None,
    last_business_day: bool,
    slugs: tuple[str, ...],
    plan_only: bool,
    locale: str,
) -> None:
    """Break overdue agreements, make offers, plan messages and deliver what is due.

    A creditor with journey settings has its day planned by the engine, every other one by the
    first journey. The days before are rolled up first. Without a date the clock is the real one;
    of a date that is not today, everything leaves at its hour of that day.
    Running a day twice sends nothing twice. A creditor that is not ready is named, and no other
    one waits for it.
    """
    unready = False
    for tenant in _tenants(slugs):
        moment, deliver = None, actions.deliver
        if day is not None or last_business_day:
            real = today(tenant.time_zone)
            wanted = day.date() if day else actions.last_business_day(real)
            moment = actions.beginning_of(wanted, tenant.time_zone)
            if wanted != real:
                deliver = actions.deliver_the_day
        try:
            with stopped_at(moment) if moment else nullcontext():
                counted = _day(tenant, None if plan_only else deliver, locale)
        except Lacking as error:
            click.echo(f"{tenant.slug}: {say(locale, error.problem)}", err=True)
            unready = True
            continue
        click.echo(f"{tenant.slug}: {totals.summary(counted, locale)}")
    if unready:
        sys.exit(1)


def _day(
    tenant: Resolved, deliver: Callable[..., Counter[str]] | None, locale: str
) -> Counter[str]:
    show = totals.progress(locale, f"{tenant.slug}: ")
    figures.bring_up(tenant)
    plan = night.plan if night.is_on(tenant) else actions.plan
    counted = plan(tenant, progress=show)
    if deliver is not None:
        counted += totals.delivered(deliver(tenant, progress=show))
    return counted


def _tenants(slugs: tuple[str, ...]) -> Iterable[Resolved]:
    return [naming.tenant(slug) for slug in slugs] or resolve.all_live()
