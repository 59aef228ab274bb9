"""The demo's creditors, made from their files by the product's own commands."""

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

from app.config import settings
from app.factory import create_app
from tenants import actions, keys, resolve
from tenants.models import TenantState

CREDITORS = Path(__file__).with_name("creditors")
FEES = {"aurora": 250, "lume": 400, "vivaz": 350}
SMS_NUMBER = "28015"
"""A short code that the three creditors share."""
NAMES = {"aurora": "Banco Aurora", "lume": "Casa Lume", "vivaz": "Vivaz Telecom"}


class ProvisionFailed(RuntimeError):
    """A command of the set-up failed; the message holds the command and what it printed."""


@dataclass(frozen=True)
class Step:
    """A command and what to say while it runs."""

    say: str
    arguments: tuple[str, ...]


def provision(*, progress: Callable[[str], None], day: date, var_dir: Path) -> str:
    """Make what is missing; the table of addresses. A provisioned demo is only read."""
    app = create_app()
    with app.app_context():
        if not is_done(var_dir):
            from app.workbench.files import write_portfolios

            progress("portfolio files")
            portfolios = write_portfolios(var_dir / "demo")
            for slug in NAMES:
                make(app, slug, portfolios[slug], progress)
            run(app, Step(f"one day of operation, {day:%d/%m/%Y} at 10:00",
                          ("day", "run", "--date", day.isoformat())), progress)  # fmt: skip
            _done(var_dir).write_text(day.isoformat())
        return table()


def is_done(var_dir: Path) -> bool:
    """Whether everything was made before: nothing then needs the Stripe twin to be set up."""
    return _done(var_dir).exists()


def _done(var_dir: Path) -> Path:
    return var_dir / "demo.txt"


def make(app: Flask, slug: str, portfolio: Path, progress: Callable[[str], None]) -> None:
    """One creditor from its files."""
    try:
        tenant_id = resolve.by_slug(slug).id
    except LookupError:
        tenant_id = actions.create_tenant(
            slug=slug, name=NAMES[slug], fee_basis_points=FEES[slug]
        ).id
        actions.add_domain(tenant_id, f"{slug}.localhost", is_primary=True)
    home, name = CREDITORS / slug, NAMES[slug]
    for step in (
        Step(f"{name}: brand", ("brand", "apply", slug, str(home / "brand.toml"))),
        Step(f"{name}: charge terms", ("portfolio", "terms", slug, str(home / "charges.toml"))),
        Step(f"{name}: offer rules", ("offers", "rules", slug, str(home / "offers.toml"))),
        Step(f"{name}: payments", ("payments", "connect", slug)),
        Step(f"{name}: SMS number", ("outreach", "number", slug, SMS_NUMBER)),
        Step(f"{name}: portfolio {portfolio.name}", ("portfolio", "import", slug, str(portfolio))),
    ):
        run(app, step, progress)
    actions.change_state(tenant_id, TenantState.LIVE)
    run(app, Step(f"{name}: offers", ("offers", "make", slug)), progress)


def run(app: Flask, step: Step, progress: Callable[[str], None]) -> None:
    """The command as a person would give it. Raises ProvisionFailed with what it printed."""
    progress(step.say)
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            app.cli.main(
                args=list(step.arguments),
                standalone_mode=False,
                obj=ScriptInfo(create_app=lambda: app),
            )
    except Exception as error:  # whatever a command ends with is shown as one message
        raise ProvisionFailed(
            f"flask {' '.join(step.arguments)} failed: {error}\n{printed.getvalue()}"
        ) from error


def table() -> str:
    """Where everything is, and somebody to be on each portal."""
    rows: list[tuple[str, ...]] = [
        ("Creditor", "Portal", "Be", "Birth date", "CPF", "From the message")
    ]
    for slug, name in NAMES.items():
        tenant = resolve.by_slug(slug)
        rows.append((name, settings().portal_url(tenant), *somebody(slug)))
    platform = settings().origin(settings().platform_host)
    lines = as_columns(rows)
    lines += [
        "",
        f"Outbox          {platform}/outbox   every e-mail and SMS that left, one-time codes too",
        f"Platform host   {platform}",
        f"Gallery         {platform}/gallery",
        f"Stripe twin     {settings().stripe_api_base}   pay a Pix or a boleto here",
    ]
    return "\n".join(lines)


def somebody(slug: str) -> tuple[str, str, str, str]:
    """A person to whom the first day wrote: name, birth date, CPF, link."""
    from app.debts import queries as debts
    from app.outreach import links
    from app.outreach.models import AccessLink, Message, MessageState
    from tenants.scope import within

    tenant = resolve.by_slug(slug)
    with within(tenant) as session:
        message = session.scalars(
            select(Message)
            .where(Message.state == MessageState.SENT, Message.intent == "first_contact")
            .order_by(Message.id)
            .limit(1)
        ).first()
        if message is None:
            return ("nobody was written to", "", "", "")
        person = debts.person(session, message.debtor_id)
        link = session.scalars(select(AccessLink).where(AccessLink.message_id == message.id)).one()
        token = links.token_of(keys.vault(session), link.id)
    born = person.birth_date.strftime("%d/%m/%Y") if person.birth_date else ""
    return (person.name, born, person.document, settings().portal_url(tenant, f"/a/{token}"))


def as_columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows as aligned text."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows]  # fmt: skip
