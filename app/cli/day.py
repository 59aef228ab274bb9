"""`flask day …`: a day of operation, creditor by creditor."""

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import date, datetime

import click

from app import config, rehearsal
from app.cli import dates, naming, totals
from app.cli.speech import DAY, Group, end, locale_option, tell
from app.compliance.actions import audit
from app.insights import figures
from app.journeys import actions
from app.journeys.queries import DAY_RUN
from app.nights import night
from tenants import resolve
from tenants.clock import stopped_at, today
from tenants.resolve import Resolved
from tenants.scope import within
from themes.checks import Problem
from themes.lacking import Lacking
from themes.tomlfile import say

BROKE_OFF = "The day broke off (%(error)s); the log says where. Run again, it goes on from there."
ONLY_PLANNED = (
    "In production %(day)s is only planned (--plan-only): what is delivered of a day that is not"
    " today would leave at this hour."
)
GONE_ON = "The clock of this rehearsal has gone on to %(day)s."
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
    of a date that is not today, everything leaves at its hour of that day, and what an earlier day
    planned and has not sent never leaves. Outside production the clock goes on to such a date:
    whatever happens after it, in the portal too, happens on it.
    Running a day twice sends nothing twice. A date before the last day that was run, or more than
    a week ahead, is refused before anything is done. A creditor that is not ready, or whose day
    breaks off, is named, and no other one waits for it.
    """
    failed = gone_on = False
    asked = [(one, _wanted(one, day, last_business_day)) for one in _tenants(slugs)]
    for tenant, wanted in asked:
        if wanted is not None:
            dates.check(tenant, wanted, locale)
            is_other = wanted != today(tenant.time_zone)
            if is_other and not plan_only and config.settings().is_production:
                end(locale, ONLY_PLANNED, day=wanted)
    for tenant, wanted in asked:
        moment, deliver = None, actions.deliver
        if wanted is not None:
            moment = actions.beginning_of(wanted, tenant.time_zone)
            if wanted != today(tenant.time_zone):
                deliver = actions.deliver_the_day
        try:
            with stopped_at(moment) if moment else nullcontext():
                counted = _day(tenant, None if plan_only else deliver, locale)
        except Lacking as error:
            _tell_failed(tenant, locale, error.problem)
            failed = True
        except Exception as error:
            # Whatever it is: the people of the other creditors have a day as well.
            logging.getLogger(__name__).exception("the day of %s broke off", tenant.slug)
            _tell_failed(tenant, locale, (BROKE_OFF, {"error": type(error).__name__}))
            failed = True
        else:
            click.echo(f"{tenant.slug}: {totals.summary(counted, locale)}")
            if wanted is not None and not plan_only:
                gone_on |= rehearsal.go_on_to(wanted, tenant.time_zone, config.settings())
    if gone_on:
        tell(locale, GONE_ON, day=max(wanted for _, wanted in asked if wanted is not None))
    if failed:
        sys.exit(1)


def _wanted(tenant: Resolved, day: datetime | None, last_business_day: bool) -> date | None:
    """The creditor's date that is run; None: the clock is the real one."""
    if day is not None:
        return day.date()
    return actions.last_business_day(today(tenant.time_zone)) if last_business_day else None


def _tell_failed(tenant: Resolved, locale: str, problem: Problem) -> None:
    click.echo(f"{tenant.slug}: {say(locale, problem)}", err=True)


def _day(
    tenant: Resolved, deliver: Callable[..., Counter[str]] | None, locale: str
) -> Counter[str]:
    show = totals.progress(locale, f"{tenant.slug}: ")
    with within(tenant) as session:
        day = today(tenant.time_zone).isoformat()
        audit(session, actor="cli", action=DAY_RUN, day=day)
    figures.bring_up(tenant)
    plan = night.plan if night.is_on(tenant) else actions.plan
    counted = plan(tenant, progress=show)
    if deliver is not None:
        counted += totals.delivered(deliver(tenant, progress=show))
    return counted


def _tenants(slugs: tuple[str, ...]) -> Iterable[Resolved]:
    return [naming.tenant(slug) for slug in slugs] or resolve.all_live()
