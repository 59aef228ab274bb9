"""`flask portfolio …`: portfolio files in, taken back, confirmed; terms for charges."""

import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.cli import naming
from app.cli.files import TOML, locale_option, taken, tell
from app.debts import actions, queries
from app.debts.portfolio import mapping as mappings
from app.debts.portfolio.ledger import Outcome
from app.debts.portfolio.mapping import Mapping
from app.debts.portfolio.models import ImportState
from app.debts.portfolio.problems import PortfolioProblem, sentence
from tenants import resolve
from tenants.resolve import Resolved
from tenants.scope import within
from themes import formats

group = AppGroup("portfolio", help="Portfolio files and terms for charges.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
mapping_option = click.option("--mapping", "mapping_file", type=FILE, help="A mapping file (TOML).")
SHOWN_EVERY = 0.5
"""Seconds between two lines of progress."""


@group.command("import")
@click.argument("slug")
@click.argument("file", type=FILE)
@mapping_option
@click.option("--partial", is_flag=True, help="Not the whole portfolio: nothing is recalled.")
@click.option("--dry-run", is_flag=True, help="Try everything, keep nothing.")
@click.option("--errors", type=click.Path(path_type=Path), help="Where the error file goes.")
def import_file(
    slug: str,
    file: Path,
    mapping_file: Path | None,
    partial: bool,
    dry_run: bool,
    errors: Path | None,
) -> None:
    """Import a CSV or XLSX file."""
    tenant = _tenant(slug)
    outcome = _tried(
        lambda: actions.import_portfolio(
            tenant,
            file,
            mapping=_mapping(mapping_file),
            is_full=not partial,
            dry_run=dry_run,
            progress=_Progress(),
        )
    )
    _report(slug, outcome, errors or file.with_name(file.name + ".errors.csv"), dry_run=dry_run)


@group.command("preview")
@click.argument("slug")
@click.argument("file", type=FILE)
@mapping_option
def preview(slug: str, file: Path, mapping_file: Path | None) -> None:
    """Show how a file would be understood."""
    tenant = _tenant(slug)
    seen = _tried(lambda: actions.preview(tenant, file, _mapping(mapping_file)))
    click.echo(
        f"{seen.kind}  encoding {seen.encoding}  delimiter {seen.delimiter!r}  {seen.locale}"
    )
    for name, header in seen.columns.items():
        rivals = seen.contested.get(name)
        click.echo(
            f"  {name:20} {header}" + (f"   (also: {', '.join(rivals[1:])})" if rivals else "")
        )
    if seen.ignored:
        click.echo(f"  ignored: {', '.join(seen.ignored)}")
    for chosen in seen.formats:
        doubt = " UNDECIDED" if chosen.undecided else " MIXED" if chosen.mixed else ""
        counts = ", ".join(f"{name} {count}" for name, count in chosen.evidence.items())
        click.echo(f"  {chosen.header}: {chosen.chosen}{doubt} ({counts})")
    click.echo(f"rows {seen.rows}, good {seen.good}, refused {seen.refused}")
    for code, count in seen.problems.items():
        click.echo(f"  {count:>8} {sentence(code, 'en')}")
    for row in seen.first[:5]:
        shown = row | {"principal": _money(row["principal"], tenant, seen.locale)}
        click.echo("  " + "  ".join(f"{name}={value}" for name, value in shown.items()))


def _money(cents: int, tenant: Resolved, locale: str) -> str:
    return formats.money(cents, tenant.currency, locale)


@group.command("confirm")
@click.argument("slug")
@click.argument("import_id", type=click.UUID)
def confirm(slug: str, import_id: uuid.UUID) -> None:
    """Apply an import that waits because it recalls many contracts."""
    tenant = _tenant(slug)
    outcome = _tried(lambda: actions.confirm(tenant, import_id, _Progress()))
    _report(slug, outcome, Path(f"{import_id}.errors.csv"), dry_run=False)


@group.command("undo")
@click.argument("slug")
@click.argument("import_id", type=click.UUID)
def undo(slug: str, import_id: uuid.UUID) -> None:
    """Take the latest import back."""
    with within(_tenant(slug)) as session:
        addresses = actions.addresses_changed(session, import_id)
        _tried(lambda: actions.undo(session, import_id))
    click.echo(f"{import_id} undone, {addresses} addresses as they were")


@group.command("imports")
@click.argument("slug")
def list_imports(slug: str) -> None:
    """The latest imports."""
    with within(_tenant(slug)) as session:
        rows = queries.imports(session)
        for row in rows:
            click.echo(
                f"{row.id}  {row.started_at:%Y-%m-%d %H:%M}  {row.state:9}  {row.file_name}  "
                f"+{row.rows_created} ~{row.rows_updated} ={row.rows_unchanged} "
                f"!{row.rows_refused} -{row.debts_recalled}  {row.failure or ''}"
            )
    naming.if_none(rows, "imported yet")


@group.command("differences")
@click.argument("slug")
def differences(slug: str) -> None:
    """What files say against agreements and payments made here."""
    with within(_tenant(slug)) as session:
        rows = queries.open_differences(session)
        for row in rows:
            click.echo(
                f"{row.id}  debt {row.debt_id}  {row.column}: file {row.in_file}, "
                f"here {row.here}  ({row.reason})"
            )
    naming.if_none(rows, "different")


@group.command("resolve")
@click.argument("slug")
@click.argument("difference_id", type=click.UUID)
def resolve_difference(slug: str, difference_id: uuid.UUID) -> None:
    """Settle a difference: what stands here stays."""
    with within(_tenant(slug)) as session:
        _tried(lambda: actions.resolve(session, difference_id))
    click.echo(f"{difference_id} resolved")


@group.command("terms")
@click.argument("slug")
@click.argument("file", type=TOML)
@locale_option
def terms(slug: str, file: Path, locale: str) -> None:
    """Set the terms for fine, interest and index from a TOML file."""
    with taken(file, locale), within(_tenant(slug)) as session:
        row = actions.set_terms_from_toml(session, file.read_bytes())
        tell(locale, "%(slug)s: charge terms, version %(version)s.", slug=slug, version=row.version)


def _tenant(slug: str) -> Resolved:
    try:
        return resolve.by_slug(slug)
    except LookupError as error:
        raise click.ClickException(f"no creditor {slug}") from error


def _mapping(file: Path | None) -> Mapping:
    return mappings.from_toml(file.read_bytes()) if file else Mapping()


def _tried(what: Callable[[], Any]) -> Any:
    try:
        return what()
    except (PortfolioProblem, LookupError) as error:
        raise click.ClickException(str(error)) from error


class _Progress:
    """A line on a terminal that rewrites itself; silent elsewhere."""

    def __init__(self) -> None:
        self._shown = 0.0

    def __call__(self, phase: str, rows: int, total: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self._shown > SHOWN_EVERY or rows == total):
            self._shown = now
            of = f" of {total:,}" if total else ""
            click.echo(f"\r{phase} {rows:,}{of} rows", nl=rows == total > 0, err=True)


def _report(slug: str, outcome: Outcome, errors: Path, *, dry_run: bool) -> None:
    tally = outcome.tally
    if outcome.error_file is not None:
        errors.write_bytes(outcome.error_file)
        click.echo(f"{outcome.refused} of {outcome.rows} rows refused. What was wrong: {errors}")
    if outcome.state == ImportState.WAITING:
        click.echo(
            f"The file lacks {outcome.recalled} of {outcome.live} open contracts: nothing was "
            "changed, because that is more than a tenth.\n"
            "If it was never meant to be the whole portfolio: import it with --partial."
        )
        if outcome.import_id:
            click.echo(f"To go on: flask portfolio confirm {slug} {outcome.import_id}")
        return
    would = "would be " if dry_run else ""
    click.echo(
        f"{outcome.rows} rows: {tally.created} {would}created, {tally.updated} updated, "
        f"{tally.unchanged} unchanged, {outcome.refused} refused; {outcome.left_out} cells left "
        f"out; {outcome.recalled} recalled, {tally.returned} returned, "
        f"{tally.differences} differences; {outcome.retired} addresses retired"
    )
    if outcome.import_id:
        click.echo(f"To take it back: flask portfolio undo {slug} {outcome.import_id}")
