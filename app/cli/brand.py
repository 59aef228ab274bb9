"""`flask brand`: a creditor's dress from its file."""

from pathlib import Path

import click

from app.cli import naming
from app.cli.files import FILE, NOT_TAKEN
from app.cli.speech import Group, end, locale_option, refuse, tell
from tenants import resolve
from tenants.scope import within
from themes import brands, formats
from themes.lacking import Lacking
from themes.models import BrandState, BrandVersion
from themes.restyling import restyle as compiled_anew

group = Group("brand", help="Dress a creditor: apply a brand file, publish, roll back.")
STATES = {
    BrandState.DRAFT: "%(slug)s: version %(number)s is kept as a draft.",
    BrandState.PUBLISHED: "%(slug)s: version %(number)s is worn now.",
}
LISTED = {
    BrandState.DRAFT: "%(number)s  draft",
    BrandState.PUBLISHED: "%(number)s  worn since %(at)s",
    BrandState.RETIRED: "%(number)s  no longer worn, last put on %(at)s",
}
"""Msgids of the catalogue "files"."""


@group.command("apply")
@click.argument("tenant")
@click.argument("file", type=FILE)
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
@locale_option
def apply(tenant: str, file: Path, draft: bool, locale: str) -> None:
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
        _tell(tenant, version, locale)


@group.command("publish")
@click.argument("tenant")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@locale_option
def publish(tenant: str, number: int, locale: str) -> None:
    """Wear version NUMBER from now on."""
    with within(naming.tenant(tenant)) as session:
        try:
            version = brands.numbered(session, number)
        except Lacking as error:
            refuse(locale, error.problem)
        brands.publish(session, version)
        _tell(tenant, version, locale)


@group.command("roll-back")
@click.argument("tenant")
@locale_option
def roll_back(tenant: str, locale: str) -> None:
    """Wear again what was worn before."""
    with within(naming.tenant(tenant)) as session:
        try:
            version = brands.roll_back(session)
        except Lacking as error:
            refuse(locale, error.problem)
        _tell(tenant, version, locale)


@group.command("restyle")
@click.argument("tenants", nargs=-1)
@locale_option
def restyle(tenants: tuple[str, ...], locale: str) -> None:
    """Compile what TENANTS (all, if none is named) wear by the skins as they are now.

    For after an upgrade; where nothing changed, nothing happens.
    """
    for tenant in [naming.tenant(slug) for slug in tenants] or resolve.all_live():
        with within(tenant) as session:
            version = compiled_anew(session)
            if version is not None:
                _tell(tenant.slug, version, locale)


@group.command("versions")
@click.argument("tenant")
@locale_option
def versions(tenant: str, locale: str) -> None:
    """List every version, newest first."""
    found = naming.tenant(tenant)
    with within(found) as session:
        listed = brands.versions(session)
        for version in listed:
            at = version.published_at
            shown = formats.moment(at, found.time_zone, locale) if at else ""
            tell(locale, LISTED[BrandState(version.state)], number=version.number, at=shown)
    naming.if_none(listed, "No brand was applied yet.")


def _tell(slug: str, version: BrandVersion, locale: str) -> None:
    tell(locale, STATES[BrandState(version.state)], slug=slug, number=version.number)
