"""`flask journeys …`: a creditor's intent and limits, and its nights."""

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click
import orjson
from flask.cli import AppGroup

from app.cli import naming
from app.insights import figures
from app.journeys import actions, settings
from app.nights import night
from tenants.clock import stopped_at
from tenants.scope import within

group = AppGroup("journeys", help="What a creditor wants of the engine, and its nights.")


@group.command("set")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def put(slug: str, file: Path) -> None:
    """Bring a TOML file of intent and limits into force: from then on the engine plans the day."""
    tenant = naming.tenant(slug)
    try:
        with within(tenant) as session:
            made = settings.put(session, settings.parse_toml(file.read_bytes()))
            click.echo(f"version {made.version}")
    except settings.SettingsInvalid as wrong:
        raise click.ClickException(str(wrong)) from wrong


@group.command("show")
@click.argument("slug")
def show(slug: str) -> None:
    """What is in force, what was left to the usual filled in."""
    with within(naming.tenant(slug)) as session:
        stored = settings.in_force(session)
        if stored is None:
            raise click.ClickException("no settings: everybody gets the first journey")
        told = orjson.dumps(settings.parse(stored.data), option=orjson.OPT_INDENT_2).decode()
        click.echo(f"version {stored.version}\n{told}")


@group.command("night")
@click.argument("slug")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="At 10:00 of this date.")
def run(slug: str, day: datetime | None) -> None:
    """Fold, choose and write today's plan, or complete an interrupted one; deliver nothing."""
    tenant = naming.tenant(slug)
    moment = actions.beginning_of(day.date(), tenant.time_zone) if day else None
    with stopped_at(moment) if moment else nullcontext():
        figures.bring_up(tenant)
        try:
            totals = night.plan(tenant, progress=_told)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
    click.echo("  ".join(f"{name} {count}" for name, count in sorted(totals.items())))


def _told(what: str, count: int) -> None:
    click.echo(f"{what} {count}", err=True)
