"""`flask ads`: a creditor's ads, off until it switches them on."""

from pathlib import Path

import click

from app.cli import naming
from app.cli.speech import Group, end_at, locale_option, refuse, spoken, tell
from app.outreach.channels import ads
from tenants.scope import within
from themes import brands
from themes.lacking import Lacking

group = Group("ads", help="A creditor's ads: switch them on or off, export them.")


@group.command("enable")
@click.argument("tenant")
@locale_option
def enable(tenant: str, locale: str) -> None:
    """Let the ads of TENANT leave."""
    with within(naming.tenant(tenant)) as session:
        brands.switch_ads(session, enabled=True)
    tell(locale, "%(slug)s: its ads may leave.", slug=tenant)


@group.command("disable")
@click.argument("tenant")
@locale_option
def disable(tenant: str, locale: str) -> None:
    """Keep the ads of TENANT in."""
    with within(naming.tenant(tenant)) as session:
        brands.switch_ads(session, enabled=False)
    tell(locale, "%(slug)s: its ads are kept in.", slug=tenant)


@group.command("export")
@click.argument("tenant")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--locale", type=click.Choice(["pt_BR", "en"]), help="The brand's own by default.")
def export(tenant: str, out: Path, locale: str | None) -> None:
    """Write the texts, images and landing pages of TENANT's ads to OUT, a zip."""
    resolved = naming.tenant(tenant)
    try:
        with within(resolved) as session:
            packed = ads.export(session, resolved, locale=locale)
    except (ads.AdsAreOff, Lacking) as refusal:
        refuse(spoken(), refusal.problem)
    except ads.AdRefused as refusal:
        for finding in refusal.findings:
            click.echo(f"{finding.matched}: {finding.explanation}", err=True)
        raise SystemExit(1) from refusal
    try:
        out.write_bytes(packed)
    except OSError:
        end_at(str(out), spoken(), "There is no place of this name that can be written to.")
    click.echo(f"{out}: {len(packed) // 1000} kB")
