"""`flask policy do-not-call …`: lists of lines and people that may not be called (BR-05, TR-05)."""

from datetime import datetime
from pathlib import Path

import click

from app.cli import naming
from app.cli.policy import group as policy_group
from app.cli.speech import DAY, Group
from app.compliance import do_not_call
from app.compliance.queries import policy_in_force
from app.debts.portfolio.problems import FileRefused, sentence
from tenants.clock import now, today
from tenants.scope import within

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OWN = "own"
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
def load(
    slug: str, file: Path, registry: str, source: str | None, as_of: datetime | None, shorter: bool
) -> None:
    """Replace a list by FILE, a CSV or XLSX of phones (or CPFs), with the day of each if told.

    Only keyed indexes of the numbers are kept. Rows that cannot be read are listed by line.
    """
    tenant = naming.tenant(slug)
    day = as_of.date() if as_of else today(tenant.time_zone)
    if day > today(tenant.time_zone):
        raise click.ClickException("a list is not published in the future")
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
    except do_not_call.UnknownRegistry as error:
        raise click.ClickException(f"no rule asks the list {registry}") from error
    except do_not_call.ListShrank as error:
        raise click.ClickException(f"{error}. If the file is whole: --shorter") from error
    except FileRefused as error:
        raise click.ClickException(str(error)) from error
    for row in loaded.bad:
        click.echo(f"line {row.line}\t{row.column}\t{sentence(row.code, 'en')}")
    click.echo(f"{registry}: {loaded.entries} entries of {loaded.rows} rows, "
               f"{loaded.refused} refused")  # fmt: skip


@lists_group.command("list")
@click.argument("slug")
def list_lists(slug: str) -> None:
    """The lists that are loaded: entries, where from, of which day and how old."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        found = do_not_call.lists(session)
        for one in found:
            age = (now().date() - one.as_of).days
            click.echo(f"{one.name}\t{one.entries}\t{one.as_of}\t{age} days old\t{one.source}")
        asked = do_not_call.registries(policy_in_force(session))
    missing = [name for name in asked if name not in {one.name for one in found}]
    if missing:
        click.echo(f"not loaded: {', '.join(missing)}")


@lists_group.command("forget")
@click.argument("slug")
@registry_option
def forget(slug: str, registry: str) -> None:
    """Drop a list: it stops nothing any more."""
    with within(naming.tenant(slug)) as session:
        try:
            entries = do_not_call.forget(session, registry=registry, actor="command")
        except LookupError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{registry}: {entries} entries dropped")
