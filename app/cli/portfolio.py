"""`flask portfolio …`: portfolio files in, taken back, confirmed; terms for charges."""

import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli import naming, portfolio_lines
from app.cli.files import FILE, taken
from app.cli.speech import Group, aside, locale_option, tell
from app.debts import actions, queries
from app.debts.portfolio import mapping as mappings
from app.debts.portfolio.ledger import Outcome
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.problems import PortfolioProblem, sentence
from tenants.scope import within
from themes import formats
from themes.tomlfile import say

group = Group("portfolio", help="Portfolio files and terms for charges.")
mapping_option = click.option("--mapping", "mapping_file", type=FILE, help="A mapping file (TOML).")
SHOWN_EVERY = 0.5
"""Seconds between two lines of progress."""
PHASES = {"reading": "Reading: %(rows)s of %(total)s", "writing": "Writing: %(rows)s of %(total)s"}


@group.command("import")
@click.argument("slug")
@click.argument("file", type=FILE)
@mapping_option
@click.option("--partial", is_flag=True, help="Not the whole portfolio: nothing is recalled.")
@click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
@click.option("--errors", type=click.Path(path_type=Path), help="Where the error file goes.")
@locale_option
def import_file(
    slug: str,
    file: Path,
    mapping_file: Path | None,
    partial: bool,
    dry_run: bool,
    errors: Path | None,
    locale: str,
) -> None:
    """Import a CSV or XLSX file."""
    tenant = naming.tenant(slug)
    with _refused(locale):
        outcome = actions.import_portfolio(
            tenant,
            file,
            mapping=_mapping(mapping_file, locale),
            is_full=not partial,
            dry_run=dry_run,
            progress=_Progress(locale),
        )
    _keep_errors(outcome, errors or file.with_name(file.name + ".errors.csv"), locale)
    for line in portfolio_lines.outcome(slug, outcome, locale, dry_run=dry_run):
        click.echo(line)


@group.command("preview")
@click.argument("slug")
@click.argument("file", type=FILE)
@mapping_option
@locale_option
def preview(slug: str, file: Path, mapping_file: Path | None, locale: str) -> None:
    """Show how a file would be understood."""
    tenant = naming.tenant(slug)
    with _refused(locale):
        seen = actions.preview(tenant, file, _mapping(mapping_file, locale))
    for line in portfolio_lines.preview(seen, tenant.currency, locale):
        click.echo(line)


@group.command("confirm")
@click.argument("slug")
@click.argument("import_id", type=click.UUID)
@locale_option
def confirm(slug: str, import_id: uuid.UUID, locale: str) -> None:
    """Apply an import that waits because it recalls many contracts."""
    tenant = naming.tenant(slug)
    with _refused(locale):
        outcome = actions.confirm(tenant, import_id, _Progress(locale))
    _keep_errors(outcome, Path(f"{import_id}.errors.csv"), locale)
    for line in portfolio_lines.outcome(slug, outcome, locale, dry_run=False):
        click.echo(line)


@group.command("undo")
@click.argument("slug")
@click.argument("import_id", type=click.UUID)
@locale_option
def undo(slug: str, import_id: uuid.UUID, locale: str) -> None:
    """Take the latest import back."""
    with within(naming.tenant(slug)) as session, _refused(locale):
        addresses = actions.addresses_changed(session, import_id)
        actions.undo(session, import_id)
    tell(locale, "%(import)s is undone; addresses as they were before: %(addresses)s.",
         addresses=addresses, **{"import": import_id})  # fmt: skip


@group.command("imports")
@click.argument("slug")
@locale_option
def list_imports(slug: str, locale: str) -> None:
    """The latest imports: when, how they stand, what came of them."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        rows = queries.imports(session)
        for row in rows:
            click.echo(portfolio_lines.imported(row, tenant.time_zone, locale))
    naming.if_none(rows, "Nothing was imported yet.")


@group.command("differences")
@click.argument("slug")
@locale_option
def differences(slug: str, locale: str) -> None:
    """What files say against agreements and payments made here."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        rows = queries.open_differences(session)
        for row in rows:
            click.echo(portfolio_lines.difference(row, tenant.currency, locale))
    naming.if_none(rows, "Nothing differs.")


@group.command("resolve")
@click.argument("slug")
@click.argument("difference_id", type=click.UUID)
@locale_option
def resolve_difference(slug: str, difference_id: uuid.UUID, locale: str) -> None:
    """Settle a difference: what stands here stays."""
    with within(naming.tenant(slug)) as session, _refused(locale):
        actions.resolve(session, difference_id)
    tell(locale, "%(difference)s is settled: what stands here stays.", difference=difference_id)


@group.command("terms")
@click.argument("slug")
@click.argument("file", type=FILE)
@locale_option
def terms(slug: str, file: Path, locale: str) -> None:
    """Set the terms for fine, interest and index from a TOML file."""
    with taken(file, locale), within(naming.tenant(slug)) as session:
        row = actions.set_terms_from_toml(session, file.read_bytes())
        tell(locale, "%(slug)s: charge terms, version %(version)s.", slug=slug, version=row.version)


def _mapping(file: Path | None, locale: str) -> Mapping:
    if file is None:
        return Mapping()
    with taken(file, locale):
        return mappings.from_toml(file.read_bytes())


@contextmanager
def _refused(locale: str) -> Iterator[None]:
    """End the command with what is wrong with a file or a request as a whole."""
    try:
        yield
    except PortfolioProblem as problem:
        click.echo(sentence(problem.code, locale, **problem.facts), err=True)
        raise SystemExit(1) from problem


def _keep_errors(outcome: Outcome, file: Path, locale: str) -> None:
    """Write the error file and say so; the import stands, whether or not it can be written."""
    if outcome.error_file is None:
        return
    said = {"refused": outcome.refused, "rows": outcome.rows, "file": file}
    try:
        file.write_bytes(outcome.error_file)
    except OSError:
        aside(locale, "%(file)s cannot be written: what was wrong is lost.", file=file)
    else:
        tell(locale, "Rows refused: %(refused)s of %(rows)s. What was wrong: %(file)s", **said)


class _Progress:
    """A line on a terminal that rewrites itself; silent elsewhere."""

    def __init__(self, locale: str) -> None:
        self._locale = locale
        self._shown = 0.0

    def __call__(self, phase: str, rows: int, total: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self._shown > SHOWN_EVERY or rows == total):
            self._shown = now
            counts = {
                "rows": formats.number(rows, self._locale),
                "total": formats.number(total, self._locale) if total else "…",
            }
            click.echo("\r" + say(self._locale, (PHASES[phase], counts)), nl=rows == total > 0,
                       err=True)  # fmt: skip
