"""`flask policy do-not-call …`: lists of lines and people that may not be called (BR-05, TR-05)."""

from datetime import datetime
from pathlib import Path

import click

from app.cli import naming
from app.cli.policy import group as policy_group
from app.cli.speech import DAY, Group, end, locale_option, refuse, tell
from app.compliance import do_not_call
from app.compliance.queries import policy_in_force
from app.debts.portfolio.problems import FileRefused, sentence
from tenants.clock import now, today
from tenants.scope import within
from themes.lacking import Lacking
from themes.tomlfile import say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OWN = "own"
LOADED = "%(name)s: entries: %(entries)s, of rows: %(rows)s, refused: %(refused)s."
lists_group = Group("do-not-call", help="Lists of lines and people that may not be called.")
policy_group.add_command(lists_group)
registry_option = click.option(
    "--registry", default=OWN, show_default=True, help="Whose list: SP, PA, own…"
)


@lists_group.command("load")
@click.argument("slug")
@click.argument("file", type=FILE)
@registry_option
@click.option("--source", help="Where the file came from; its name, unless told.")
@click.option("--as-of", type=DAY, help="When it was published: today.")
@click.option("--shorter", is_flag=True, help="It is whole, though much shorter than before.")
@locale_option
def load(
    slug: str,
    file: Path,
    registry: str,
    source: str | None,
    as_of: datetime | None,
    shorter: bool,
    locale: str,
) -> None:
    """Replace a list by FILE, a CSV or XLSX of phones (or CPFs), with the day of each if told.

    Only keyed indexes of the numbers are kept. Rows that cannot be read are listed by line.
    """
    tenant = naming.tenant(slug)
    day = as_of.date() if as_of else today(tenant.time_zone)
    if day > today(tenant.time_zone):
        end(locale, "A list is not published in the future.")
    try:
        with within(tenant) as session:
            loaded = do_not_call.load(
                session,
                registry=registry,
                content=file,
                source=source or file.name,
                as_of=day,
                policy=policy_in_force(session),
                actor="command",
                may_shrink=shorter,
            )
    except (do_not_call.UnknownRegistry, do_not_call.ListShrank) as error:
        refuse(locale, error.problem)
    except FileRefused as error:
        click.echo(sentence(error.code, locale, **error.facts), err=True)
        raise SystemExit(1) from error
    for row in loaded.bad:
        where = say(locale, ("line %(number)s", {"number": row.line}))
        click.echo(f"{where}\t{row.column}\t{sentence(row.code, locale)}")
    tell(locale, LOADED, name=registry, entries=loaded.entries, rows=loaded.rows,
         refused=loaded.refused)  # fmt: skip


@lists_group.command("list")
@click.argument("slug")
@locale_option
def list_lists(slug: str, locale: str) -> None:
    """The lists that are loaded: entries, where from, of which day and how old."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        found = do_not_call.lists(session)
        for one in found:
            age = (now().date() - one.as_of).days
            old = say(locale, ("days old: %(days)s", {"days": age}))
            click.echo(f"{one.name}\t{one.entries}\t{one.as_of}\t{old}\t{one.source}")
        asked = do_not_call.registries(policy_in_force(session))
    missing = [name for name in asked if name not in {one.name for one in found}]
    if missing:
        tell(locale, "not loaded: %(names)s", names=", ".join(missing))


@lists_group.command("forget")
@click.argument("slug")
@registry_option
@locale_option
def forget(slug: str, registry: str, locale: str) -> None:
    """Drop a list: it stops nothing any more."""
    with within(naming.tenant(slug)) as session:
        try:
            entries = do_not_call.forget(session, registry=registry, actor="command")
        except Lacking as error:
            refuse(locale, error.problem)
    tell(locale, "%(name)s: entries dropped: %(entries)s.", name=registry, entries=entries)
