"""The demo's creditors, made from their files by the product's own commands."""

import hashlib
import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from flask.cli import ScriptInfo

from app.factory import create_app
from app.journeys.actions import beginning_of
from app.workbench.demo_table import table
from tenants import actions, resolve
from tenants.clock import stopped_at
from tenants.models import TenantState

CREDITORS = Path(__file__).with_name("creditors")
FEES = {"aurora": 250, "lume": 400, "vivaz": 350}
TIME_ZONE = "America/Sao_Paulo"
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
    """Make what is missing; the table of addresses. A demo that was made keeps its data."""
    app = create_app()
    with app.app_context():
        if not is_done(var_dir):
            from app.workbench.files import write_portfolios

            progress("portfolio files")
            portfolios = write_portfolios(var_dir / "demo")
            # Everybody is known before the day that is run: it may lie some days back.
            with stopped_at(beginning_of(day, TIME_ZONE) - timedelta(hours=1)):
                for slug in NAMES:
                    make(app, slug, portfolios[slug], progress)
            command = ("day", "run", "--date", day.isoformat(), "--locale", "en")
            run(app, Step(f"one day of operation, {day:%d/%m/%Y} at 10:00", command), progress)
            remember_brands(var_dir)
            _done(var_dir).write_text(day.isoformat())
        else:
            dress_anew(app, var_dir, progress)
        return table(NAMES)


def is_done(var_dir: Path) -> bool:
    """Whether everything was made before: nothing then needs the Stripe twin to be set up."""
    return _done(var_dir).exists()


def _done(var_dir: Path) -> Path:
    return var_dir / "demo.txt"


def dress_anew(app: Flask, var_dir: Path, progress: Callable[[str], None]) -> None:
    """Apply the brand files that were edited since, and compile by the skins as they are now.

    What a person published by hand stays as long as the creditor's own files do.
    """
    before = json.loads(_brands(var_dir).read_text()) if _brands(var_dir).exists() else {}
    for slug, digest in _digests().items():
        if before.get(slug) != digest:
            command = ("brand", "apply", slug, str(CREDITORS / slug / "brand.toml"))
            run(app, Step(f"{NAMES[slug]}: brand, edited since", command), progress)
    run(app, Step("", ("brand", "restyle", *NAMES)), lambda _: None)
    remember_brands(var_dir)


def remember_brands(var_dir: Path) -> None:
    """Note which brand files are worn."""
    _brands(var_dir).parent.mkdir(exist_ok=True)
    _brands(var_dir).write_text(json.dumps(_digests()))


def _brands(var_dir: Path) -> Path:
    return var_dir / "demo" / "brands.json"


def _digests() -> dict[str, str]:
    """Of each creditor's brand file and the images beside it."""
    return {
        slug: hashlib.sha256(
            b"".join(
                path.read_bytes()
                for path in sorted((CREDITORS / slug).iterdir())
                if path.name == "brand.toml" or path.suffix == ".svg"
            )
        ).hexdigest()
        for slug in NAMES
    }


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
