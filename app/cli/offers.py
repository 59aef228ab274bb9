"""`flask offers …`: a creditor's rules, the offers they make, and why."""

import sys
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli import naming
from app.debts.models import Debtor
from app.offers import actions, conceding, explain, fitting, queries, rules
from app.offers.concession import Lift
from app.offers.price import parts_per_million
from app.offers.schema import MOST_INSTALMENTS, parse_toml
from app.offers.terms import Option, Reason
from tenants.clock import today
from tenants.resolve import Resolved
from tenants.scope import within
from themes import formats
from themes.translations import LOCALES

group = AppGroup("offers", help="Offer rules, and the personal offers they make.")


@group.command("rules")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what is wrong; change nothing.")
@click.option("--locale", type=click.Choice(LOCALES), default="pt_BR")
def put_rules(slug: str, file: Path, check: bool, locale: str) -> None:
    """Bring a creditor's rules into force from a TOML file; errors name their field.

    Either way it warns of open debts that fall in no band.
    """
    tenant = naming.tenant(slug)
    try:
        data = parse_toml(file.read_bytes())
        with within(tenant) as session:
            typed = actions.typed(session, data)
            if check:
                click.echo(f"{slug}: the rules are fine")
            else:
                click.echo(f"{slug}: rules version {actions.put_rules(session, data).version}")
            left = fitting.unfitted(session, typed, today(tenant.time_zone))
            for line in explain.left_out(left, locale, tenant.currency):
                click.echo(line, err=True)
    except rules.RulesInvalid as wrong:
        for field, text in wrong.errors.items():
            click.echo(f"{field}: {text}", err=True)
        sys.exit(1)


@group.command("make")
@click.argument("slug")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The creditor's date.")
def make(slug: str, on: datetime | None) -> None:
    """Make the offers of everybody who needs one."""
    tenant = naming.tenant(slug)
    made = make_all(tenant, on.date() if on else today(tenant.time_zone), show=sys.stderr.isatty())
    click.echo(f"{slug}: {made} offers made")


def make_all(tenant: Resolved, day: date, *, show: bool = False) -> int:
    """Every person's offer, a transaction per chunk; how many were made. `show`: a progress bar."""
    with within(tenant) as session:
        ids = session.scalars(select(Debtor.id).order_by(Debtor.id)).all()
    chunks = [ids[start : start + actions.CHUNK] for start in range(0, len(ids), actions.CHUNK)]
    made = 0
    with click.progressbar(chunks, label=tenant.slug, hidden=not show, file=sys.stderr) as bar:
        for chunk in bar:
            with within(tenant) as session:
                made += actions.make_offers(session, tenant, chunk, day)
    return made


@group.command("explain")
@click.argument("slug")
@click.argument("offer", type=click.UUID)
@click.option("--locale", type=click.Choice(LOCALES), default="pt_BR")
def explain_offer(slug: str, offer: UUID, locale: str) -> None:
    """Say why an offer is as it is, in sentences."""
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        found = queries.offer(session, offer)
    if found is None:
        raise click.ClickException(f"{slug} has no such offer")
    click.echo(f"{found.state}, {formats.day(found.valid_until, locale)}, v{found.rules_version}")
    _tell(found.typed_reasons, tenant, locale)
    for option in found.typed_options.values():
        click.echo(_shown(option, tenant, locale))
        _tell(option.reasons, tenant, locale)


@group.command("concede")
@click.argument("slug")
@click.argument("debtor")
@click.option("--share", default="0", help="Of the largest discount, such as 0.9.")
@click.option("--instalments", type=click.IntRange(0, MOST_INSTALMENTS), default=0)
@click.option("--actor", required=True, help="Who concedes it: an id, not a name.")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
def concede(slug: str, debtor: str, share: str, instalments: int, actor: str, reason: str) -> None:
    """Improve the open offer of a DEBTOR (an id, CPF or CNPJ), within agent_authority."""
    tenant = naming.tenant(slug)
    try:
        wanted = Lift(_share(share), instalments)
        with within(tenant) as session:
            found = conceding.lift(
                session, tenant, naming.person(session, debtor), today(tenant.time_zone),
                wanted=wanted, actor=actor, reason=reason,
            )  # fmt: skip
    except (LookupError, ValueError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    if found is None:
        raise click.ClickException(f"{slug}: no open offer that this would improve")
    click.echo(f"{found.id} takes its place")
    for option in found.typed_options.values():
        click.echo(_shown(option, tenant, "pt_BR"))


def _share(text: str) -> int:
    try:
        return parts_per_million(text)
    except ArithmeticError as wrong:
        raise click.ClickException(f"{text} is not a share such as 0.9") from wrong


def _tell(reasons: list[Reason] | tuple[Reason, ...], tenant: Resolved, locale: str) -> None:
    for sentence in explain.sentences(reasons, locale, tenant.currency):
        click.echo(f"  {sentence}")


def _shown(option: Option, tenant: Resolved, locale: str) -> str:
    total = formats.money(option.total_cents, tenant.currency, locale)
    down = formats.money(option.down_payment_cents, tenant.currency, locale)
    each = formats.money(option.instalment_cents, tenant.currency, locale)
    return f"{option.kind}: {down} + {option.instalments} × {each} = {total}"
