"""`flask insights …`: what a creditor gained, what stands out, and what may be promoted."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli import naming
from app.cli.speech import DAY, Group, end, locale_option
from app.cli.speech import tell as say_so
from app.insights import (
    figures,
    mining,
    promotion,
    report,
    telling_findings,
    telling_gate,
    telling_report,
)
from app.insights.telling import Teller
from tenants.clock import today
from tenants.resolve import Resolved
from tenants.scope import within

group = Group("insights", help="What was gained, honestly: report, findings, promotion gate.")


@group.command("report")
@click.argument("slug")
@click.option("--since", type=DAY, help="The comparison's first day, if left out.")
@click.option("--until", type=DAY, help="Yesterday, if left out.")
@locale_option
def tell_report(slug: str, since: datetime | None, until: datetime | None, locale: str) -> None:
    """What the engine brought against the creditor's own rules, with how sure that is."""
    tenant = naming.tenant(slug)
    figures.bring_up(tenant)
    tell = Teller(locale, tenant.currency)
    with within(tenant) as session:
        made = _report(session, tenant, since, until, tell)
    for line in telling_report.lines(made, tell):
        click.echo(line)


@group.command("findings")
@click.argument("slug")
@locale_option
def tell_findings(slug: str, locale: str) -> None:
    """Groups of people that stand out, what changed this week, what was odd on the last day."""
    tenant = naming.tenant(slug)
    figures.bring_up(tenant)
    with within(tenant) as session:
        mined = mining.mine(session, tenant)
    for line in telling_findings.lines(mined, Teller(locale, tenant.currency)):
        click.echo(line)


@group.command("gate")
@click.argument("slug")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@locale_option
def gate(slug: str, file: Path | None, locale: str) -> None:
    """May the engine take the place of the creditor's rules? With FILE (TOML: channels, hours,
    wordings): may drawing among those take the place of the engine's choices? Exits with 1 if not,
    also where there is nothing to judge by yet.
    """
    tenant = naming.tenant(slug)
    figures.bring_up(tenant)
    tell = Teller(locale, tenant.currency)
    with within(tenant) as session:
        try:
            if file is None:
                made = report.make(session, tenant, None, None)
                passed, lines = telling_gate.engine_passes(made), telling_gate.of_engine(made, tell)
            else:
                judged = _judged(session, tenant, file, tell)
                passed, lines = judged.gate.passed, telling_gate.of_candidate(judged, tell)
        except report.NothingYet as nothing:
            passed, lines = False, iter([tell.nothing(nothing.code, nothing.day)])
    for line in lines:
        click.echo(line)
    if not passed:
        raise SystemExit(1)


@group.command("roll-up")
@click.argument("slug")
@click.option("--since", type=DAY, help="Every day from this one on again.")
@locale_option
def roll_up(slug: str, since: datetime | None, locale: str) -> None:
    """Write the figures of finished days that are missing; the night does it by itself."""
    tenant = naming.tenant(slug)
    begins = since.date() if since else None
    if begins is not None and begins >= today(tenant.time_zone):
        end(locale, "This day is not over.")
    days = figures.bring_up(tenant, since=begins)
    say_so(locale, "%(slug)s: days rolled up: %(count)s.", slug=tenant.slug, count=days)


def _report(
    session: Session, tenant: Resolved, since: datetime | None, until: datetime | None, tell: Teller
) -> report.Report:
    dates = (one.date() if one else None for one in (since, until))
    try:
        return report.make(session, tenant, *dates)
    except report.NothingYet as nothing:
        raise _nothing(nothing, tell) from nothing


def _judged(session: Session, tenant: Resolved, file: Path, tell: Teller) -> promotion.Judged:
    try:
        return promotion.judge(session, tenant, promotion.parse(file.read_bytes()))
    except promotion.CandidateInvalid as wrong:
        for line in telling_gate.wrong(wrong, tell):
            click.echo(line, err=True)
        raise SystemExit(1) from wrong


def _nothing(nothing: report.NothingYet, tell: Teller) -> Any:
    """An empty state is an answer, not a failure."""
    click.echo(tell.nothing(nothing.code, nothing.day))
    return click.exceptions.Exit(0)
