"""`flask journeys …`: a creditor's intent and limits, and its nights."""

from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

import click

from app.cli import dates, naming, totals
from app.cli.files import FILE, taken
from app.cli.speech import DAY, Group, end, locale_option, refuse, tell
from app.insights import figures
from app.journeys import actions, settings, telling
from app.nights import lapsing, night
from tenants.clock import stopped_at, today
from tenants.resolve import Resolved
from tenants.scope import within
from themes import tomlfile
from themes.lacking import Lacking
from themes.tomlfile import say

IN_FORCE = "%(slug)s: journey settings, version %(version)s."
TOO_EARLY = (
    "Messages of days before %(day)s still wait (%(count)s): if that day is planned now, they never"
    " leave. Let them leave first."
)
group = Group("journeys", help="What a creditor wants of the engine, and its nights.")


@group.command("set")
@click.argument("slug")
@click.argument("file", type=FILE)
@locale_option
def put(slug: str, file: Path, locale: str) -> None:
    """Bring a TOML file of intent and limits into force: from then on the engine plans the day."""
    with taken(file, locale), within(naming.tenant(slug)) as session:
        made = settings.put(session, tomlfile.parse(file.read_bytes()))
        tell(locale, IN_FORCE, slug=slug, version=made.version)
        for line in telling.unmeasured(settings.parse(made.data), locale):
            click.echo(line, err=True)


@group.command("show")
@click.argument("slug")
@locale_option
def show(slug: str, locale: str) -> None:
    """What is in force, what was left to the usual filled in: as a file that sets the same."""
    with within(naming.tenant(slug)) as session:
        stored = settings.in_force(session)
        if stored is None:
            end(locale, "Nothing was set: everybody gets the first journey.")
        click.echo("# " + say(locale, (IN_FORCE, {"slug": slug, "version": stored.version})))
        for line in telling.lines(settings.parse(stored.data), locale):
            click.echo(line)


@group.command("night")
@click.argument("slug")
@click.option("--date", "day", type=DAY, help="At 10:00 of this date.")
@locale_option
def run(slug: str, day: datetime | None, locale: str) -> None:
    """Fold, choose and write today's plan, or complete an interrupted one; deliver nothing.

    Refused for a day before the last one that was run, and for a day to come while messages of
    days that are not over wait: they would lapse.
    """
    tenant = naming.tenant(slug)
    if day:
        dates.check(tenant, day.date(), locale)
        _nothing_would_lapse(tenant, day.date(), locale)
    moment = actions.beginning_of(day.date(), tenant.time_zone) if day else None
    with stopped_at(moment) if moment else nullcontext():
        figures.bring_up(tenant)
        try:
            counted = night.plan(tenant, progress=totals.progress(locale))
        except Lacking as error:
            refuse(locale, error.problem)
    click.echo(totals.summary(counted, locale))


def _nothing_would_lapse(tenant: Resolved, day: date, locale: str) -> None:
    count = lapsing.waiting(tenant, today(tenant.time_zone), day)
    if count:
        end(locale, TOO_EARLY, count=count, day=day)
