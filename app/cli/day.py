"""`flask day …`: a day of operation, creditor by creditor."""

import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime

import click
from flask.cli import AppGroup

from app.cli import naming
from app.insights import figures
from app.journeys import actions
from app.nights import night
from tenants import resolve
from tenants.clock import stopped_at, today
from tenants.resolve import Resolved

group = AppGroup("day", help="A day of operation: offers, messages, delivery.")


@group.command("run")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="At 10:00 of this date.")
@click.option("--last-business-day", is_flag=True, help="At 10:00 of the last business day.")
@click.option("--tenant", "slugs", multiple=True, help="Only this one; every live one otherwise.")
@click.option("--plan-only", is_flag=True, help="Write the messages and deliver nothing yet.")
def run(
    day: datetime | None, last_business_day: bool, slugs: tuple[str, ...], plan_only: bool
) -> None:
    """Break overdue agreements, make offers, plan messages and deliver what is due.

    A creditor with journey settings has its day planned by the engine, every other one by the
    first journey. The days before are rolled up first. Without a date the clock is the real one.
    Running a day twice sends nothing twice. A creditor that is not ready is named, and no other
    one waits for it.
    """
    unready = False
    for tenant in _tenants(slugs):
        moment = None
        if day is not None or last_business_day:
            wanted = day.date() if day else actions.last_business_day(today(tenant.time_zone))
            moment = actions.beginning_of(wanted, tenant.time_zone)
        try:
            with stopped_at(moment) if moment else nullcontext():
                totals = _day(tenant, plan_only)
        except LookupError as error:
            if isinstance(error, KeyError | IndexError):
                raise  # no creditor's doing
            click.echo(f"{tenant.slug}: {error}", err=True)
            unready = True
            continue
        summary = "  ".join(f"{name} {count}" for name, count in sorted(totals.items()))
        click.echo(f"{tenant.slug}: {summary or 'nothing to do'}")
    if unready:
        sys.exit(1)


def _day(tenant: Resolved, plan_only: bool) -> Counter[str]:
    figures.bring_up(tenant)
    plan = night.plan if night.is_on(tenant) else actions.plan
    totals = plan(tenant, progress=_progress(tenant))
    if not plan_only:
        totals += actions.deliver(tenant, progress=_progress(tenant))
    return totals


def _tenants(slugs: tuple[str, ...]) -> Iterable[Resolved]:
    return [naming.tenant(slug) for slug in slugs] or resolve.all_live()


def _progress(tenant: Resolved) -> actions.Progress:
    def show(what: str, count: int) -> None:
        click.echo(f"{tenant.slug}: {what} {count}", err=True)

    return show
