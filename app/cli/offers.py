"""`flask offers …`: a creditor's rules, the offers they make, and why."""

import sys
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import select

from app.cli import dates, naming
from app.cli.files import FILE, taken
from app.cli.speech import DAY, Group, end, end_at, locale_option, refuse, tell
from app.debts.models import Debtor
from app.nights import explaining
from app.offers import actions, conceding, explain, fitting, queries
from app.offers.concession import Lift
from app.offers.models import Offer, OfferState
from app.offers.price import fraction, parts_per_million
from app.offers.schema import FRACTION, MOST_INSTALMENTS
from app.offers.terms import MILLION, Option, OptionKind, Reason
from tenants.clock import today
from tenants.resolve import Resolved
from tenants.scope import within
from themes import formats, tomlfile
from themes.checks import LENGTH
from themes.lacking import Lacking
from themes.tomlfile import say

BEYOND = (
    "Without more authority: at most %(share)s of the largest discount, and plans of at most"
    " %(count)s instalments."
)
group = Group("offers", help="Offer rules, and the personal offers they make.")
STATES = {
    OfferState.OPEN: "Open, valid until %(until)s; by version %(version)s of the rules.",
    OfferState.ACCEPTED: "Accepted; by version %(version)s of the rules.",
    OfferState.REPLACED: "Replaced by a later one; by version %(version)s of the rules.",
    OfferState.WITHDRAWN: "Withdrawn; by version %(version)s of the rules.",
}
WAYS = {
    OptionKind.CASH: "At once: %(total)s.",
    OptionKind.INSTALMENTS: "In instalments: %(down)s + %(count)s × %(each)s = %(total)s.",
    OptionKind.BUDGET: "With the smallest instalment: %(down)s + %(count)s × %(each)s = %(total)s.",
}
LAST = {
    OptionKind.INSTALMENTS: (
        "In instalments: %(down)s + %(before)s × %(each)s + %(last)s = %(total)s."
    ),
    OptionKind.BUDGET: (
        "With the smallest instalment: %(down)s + %(before)s × %(each)s + %(last)s = %(total)s."
    ),
}
"""The same where the last instalment differs. Msgids of the catalogue "files"."""


@group.command("rules")
@click.argument("slug")
@click.argument("file", type=FILE)
@click.option("--check", is_flag=True, help="Only say what is wrong; change nothing.")
@locale_option
def put_rules(slug: str, file: Path, check: bool, locale: str) -> None:
    """Bring a creditor's rules into force from a TOML file; errors name their field.

    Either way it warns of open debts that fall in no band.
    """
    tenant = naming.tenant(slug)
    with taken(file, locale), within(tenant) as session:
        data = tomlfile.parse(file.read_bytes())
        typed = actions.typed(session, data)
        if check:
            tell(locale, "%(slug)s: the offer rules are fine.", slug=slug)
        else:
            version = actions.put_rules(session, data).version
            tell(locale, "%(slug)s: offer rules, version %(version)s.", slug=slug, version=version)
        left = fitting.unfitted(session, typed, today(tenant.time_zone))
        for line in explain.left_out(left, locale, tenant.currency):
            click.echo(line, err=True)


@group.command("make")
@click.argument("slug")
@click.option("--date", "on", type=DAY, help="The creditor's date.")
@locale_option
def make(slug: str, on: datetime | None, locale: str) -> None:
    """Make the offers of everybody who needs one."""
    tenant = naming.tenant(slug)
    if on:
        dates.check(tenant, on.date(), locale)
    made = make_all(tenant, on.date() if on else today(tenant.time_zone), show=sys.stderr.isatty())
    tell(locale, "%(slug)s: offers made: %(made)s.", slug=slug, made=made)


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
@click.argument("subject")
@locale_option
def explain_offer(slug: str, subject: str, locale: str) -> None:
    """Say why an offer is as it is, in sentences.

    SUBJECT is its id, or a person's id, CPF or CNPJ: then it is the latest offer to them.
    """
    tenant = naming.tenant(slug)
    with within(tenant) as session:
        wanted = naming.subject(session, subject, Offer)
        found = queries.offer(session, wanted) if wanted else None
        why = explaining.why_offer(session, found.id, locale, tenant.currency) if found else []
    if found is None:
        end(locale, "%(slug)s has no such offer.", slug=slug)
    tell(
        locale, STATES[OfferState(found.state)],
        until=formats.day(found.valid_until, locale), version=found.rules_version,
    )  # fmt: skip
    for line in why:
        click.echo(f"  {line}")
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
@locale_option
def concede(
    slug: str, debtor: str, share: str, instalments: int, actor: str, reason: str, locale: str
) -> None:
    """Improve the open offer of a DEBTOR (an id, CPF or CNPJ), within agent_authority."""
    tenant = naming.tenant(slug)
    wanted = Lift(_share(share, locale), instalments)
    if wanted == Lift():
        end(locale, "Say what is conceded: --share, --instalments or both.")
    with within(tenant) as session:
        person = naming.person(session, debtor)
        try:
            found = conceding.lift(
                session, tenant, person, today(tenant.time_zone),
                wanted=wanted, actor=actor, reason=reason,
            )  # fmt: skip
        except Lacking as error:
            refuse(locale, error.problem)
        except conceding.Unaccounted as error:
            end_at(f"--{error.missing}", locale, LENGTH, least=1, most=conceding.LONGEST_REASON)
        except conceding.BeyondAuthority as error:
            end(locale, BEYOND, share=fraction(error.most.opening_ppm), count=error.most.longest)
    if found is None:
        end(locale, "%(slug)s: no open offer that this would improve.", slug=slug)
    tell(locale, "%(offer)s: the new offer, in place of the one before.", offer=found.id)
    for option in found.typed_options.values():
        click.echo(_shown(option, tenant, locale))


def _share(text: str, locale: str) -> int:
    try:
        found = parts_per_million(text)
    except (ArithmeticError, ValueError):
        found = -1
    if not 0 <= found <= MILLION:
        end_at("--share", locale, FRACTION, most=1)
    return found


def _tell(reasons: list[Reason] | tuple[Reason, ...], tenant: Resolved, locale: str) -> None:
    for sentence in explain.sentences(reasons, locale, tenant.currency):
        click.echo(f"  {sentence}")


def _shown(option: Option, tenant: Resolved, locale: str) -> str:
    amounts = {
        name: formats.money(cents, tenant.currency, locale)
        for name, cents in (
            ("total", option.total_cents),
            ("down", option.down_payment_cents),
            ("each", option.instalment_cents),
            ("last", option.last_instalment_cents),
        )
    }
    counts = {"count": str(option.instalments), "before": str(option.instalments - 1)}
    is_even = option.last_instalment_cents == option.instalment_cents
    ways = WAYS if is_even else WAYS | LAST
    return say(locale, (ways[option.kind], amounts | counts))
