"""`flask brand`: a creditor's dress from its file."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli import naming
from app.cli.files import NOT_TAKEN, TOML, end
from tenants import resolve
from tenants.scope import within
from themes import brands
from themes.restyling import restyle as compiled_anew

group = AppGroup("brand", help="Dress a creditor: apply a brand file, publish, roll back.")


@group.command("apply")
@click.argument("tenant")
@click.argument("file", type=TOML)
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
def apply(tenant: str, file: Path, draft: bool) -> None:
    """Check FILE, make a version of it and publish it."""
    with within(naming.tenant(tenant)) as session:
        try:
            version = brands.apply_toml(session, file)
        except brands.BrandInvalid as refusal:
            for field, message in refusal.errors.items():
                click.echo(f"{field}: {message}" if field else message, err=True)
            end(refusal.locale, NOT_TAKEN, file=file.name)
        if not draft:
            brands.publish(session, version)
        click.echo(f"{tenant}: version {version.number} {version.state}")


@group.command("publish")
@click.argument("tenant")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def publish(tenant: str, number: int) -> None:
    """Wear version NUMBER from now on."""
    with within(naming.tenant(tenant)) as session:
        try:
            brands.publish(session, brands.numbered(session, number))
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{tenant}: version {number} published")


@group.command("roll-back")
@click.argument("tenant")
def roll_back(tenant: str) -> None:
    """Wear again what was worn before."""
    with within(naming.tenant(tenant)) as session:
        try:
            version = brands.roll_back(session)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{tenant}: version {version.number} published again")


@group.command("restyle")
@click.argument("tenants", nargs=-1)
def restyle(tenants: tuple[str, ...]) -> None:
    """Compile what TENANTS (all, if none is named) wear by the skins as they are now.

    For after an upgrade; where nothing changed, nothing happens.
    """
    for tenant in [naming.tenant(slug) for slug in tenants] or resolve.all_live():
        with within(tenant) as session:
            version = compiled_anew(session)
            if version is not None:
                click.echo(f"{tenant.slug}: version {version.number} {version.state}")


@group.command("versions")
@click.argument("tenant")
def versions(tenant: str) -> None:
    """List every version, newest first."""
    with within(naming.tenant(tenant)) as session:
        for version in brands.versions(session):
            worn = (
                f"{version.published_at:%Y-%m-%d %H:%M}" if version.published_at else "never worn"
            )
            click.echo(f"{version.number:>4}  {version.state:<9}  {worn}")
