"""`flask ads`: a creditor's ads, off until it switches them on."""

from pathlib import Path

import click

from app.cli import naming
from app.cli.speech import Group
from app.outreach.channels import ads
from tenants.scope import within
from themes import brands

group = Group("ads", help="A creditor's ads: switch them on or off, export them.")


@group.command("enable")
@click.argument("tenant")
def enable(tenant: str) -> None:
    """Let the ads of TENANT leave."""
    with within(naming.tenant(tenant)) as session:
        brands.switch_ads(session, enabled=True)
    click.echo(f"{tenant}: ads on")


@group.command("disable")
@click.argument("tenant")
def disable(tenant: str) -> None:
    """Keep the ads of TENANT in."""
    with within(naming.tenant(tenant)) as session:
        brands.switch_ads(session, enabled=False)
    click.echo(f"{tenant}: ads off")


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
    except (ads.AdsAreOff, ads.AdRefused, LookupError) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    out.write_bytes(packed)
    click.echo(f"{out}: {len(packed) // 1000} kB")
