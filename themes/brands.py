"""A brand's life: drafted from its file, published, rolled back, worn."""

import hashlib
import uuid
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import changes
from tenants.clock import now
from tenants.kept import Kept
from tenants.scope import current_tenant_id
from themes.brandfile import BrandInvalid, Dressed, read_file
from themes.dress import Asset, Brand, sample_brand
from themes.images import Made
from themes.lacking import Lacking
from themes.models import AdSetting, BrandAsset, BrandState, BrandVersion
from themes.stylesheet import build
from themes.tokens import BrandTokens, Voice

__all__ = [
    "Asset",
    "Brand",
    "BrandInvalid",
    "ads_enabled",
    "apply_toml",
    "forget",
    "kept",
    "load",
    "numbered",
    "publish",
    "published",
    "roll_back",
    "sample_brand",
    "switch_ads",
    "versions",
]

PUBLISHED_SECONDS = 3_600
"""How long what is worn is kept at most: another process sees a new version within seconds."""
VERSION_SECONDS = 3_600
CACHE_SIZE = 10_000
"""Creditors worn at the same time by one process; about 7 kB each."""

_worn: Kept[uuid.UUID, Brand] = Kept(CACHE_SIZE, PUBLISHED_SECONDS)
_versions: Kept[tuple[uuid.UUID, uuid.UUID], Brand] = Kept(CACHE_SIZE, VERSION_SECONDS)


def apply_toml(
    session: Session, source: Path | bytes, *, assets_dir: Path | None = None
) -> BrandVersion:
    """A new draft from a brand file: tokens, voice, images, stylesheet.

    `assets_dir` is where the images it names are: the file's own folder unless given.
    Raises BrandInvalid.
    """
    return _draft(session, read_file(source, assets_dir))


def publish(session: Session, version: BrandVersion) -> None:
    """Wear a version from now on; the one before it is kept, retired."""
    worn = _published_row(session)
    if worn is not None and worn.id != version.id:
        worn.state = BrandState.RETIRED
        session.flush()
    version.state = BrandState.PUBLISHED
    version.published_at = now()
    session.flush()
    changes.touch(session, current_tenant_id())
    forget()


def roll_back(session: Session) -> BrandVersion:
    """Wear again what was worn before. Raises Lacking when nothing was."""
    worn = _published_row(session)
    before = session.scalar(
        select(BrandVersion)
        .where(BrandVersion.state == BrandState.RETIRED)
        .where(BrandVersion.number < (worn.number if worn else 0))
        .order_by(BrandVersion.number.desc())
        .limit(1)
    )
    if before is None:
        raise Lacking("No earlier version of the brand was ever worn.")
    publish(session, before)
    return before


def published(session: Session) -> Brand:
    """What the tenant wears now; kept for seconds. Raises Lacking before the first one."""
    tenant_id = current_tenant_id()
    if (brand := kept(tenant_id)) is not None:
        return brand
    version_id = session.scalar(
        select(BrandVersion.id).where(BrandVersion.state == BrandState.PUBLISHED)
    )
    if version_id is None:
        raise Lacking("No brand was published yet.")
    brand = load(session, version_id)
    _worn.keep(tenant_id, brand)
    return brand


def kept(tenant_id: uuid.UUID) -> Brand | None:
    """What the tenant wears, where this process has read it lately: no session is needed."""
    return _worn.get(tenant_id)


def load(session: Session, version_id: uuid.UUID) -> Brand:
    """One version, whatever its state: what a message or an agreement wore. Raises LookupError.

    A version is never edited, so it is kept for minutes.
    """
    key = (current_tenant_id(), version_id)
    if (brand := _versions.get(key)) is not None:
        return brand
    brand = _read(session, version_id)
    _versions.keep(key, brand)
    return brand


def versions(session: Session) -> list[BrandVersion]:
    """Every version, newest first."""
    return list(session.scalars(select(BrandVersion).order_by(BrandVersion.number.desc())))


def numbered(session: Session, number: int) -> BrandVersion:
    """The version a person names by its number. Raises Lacking."""
    version = session.scalar(select(BrandVersion).where(BrandVersion.number == number))
    if version is None:
        raise Lacking("The brand has no version %(number)s.", number=number)
    return version


def forget() -> None:
    """Drop the caches: this process sees a change at once."""
    _worn.clear()
    _versions.clear()


@changes.on_change
def _forget(tenant_ids: set[uuid.UUID]) -> None:
    _worn.forget(lambda tenant_id, _brand: tenant_id in tenant_ids)


def ads_enabled(session: Session) -> bool:
    """Whether the creditor has switched its ads on."""
    return bool(session.scalar(select(AdSetting.enabled)))


def switch_ads(session: Session, *, enabled: bool) -> None:
    """Let the creditor's ads leave, or keep them in. They are kept in until this is called."""
    setting = session.scalar(select(AdSetting))
    if setting is None:
        setting = AdSetting()
        session.add(setting)
    setting.enabled, setting.changed_at = enabled, now()
    session.flush()


def _draft(session: Session, dressed: Dressed) -> BrandVersion:
    stylesheet, stylesheet_hash = build(dressed.tokens)
    latest = session.scalar(select(func.max(BrandVersion.number))) or 0
    version = BrandVersion(
        number=latest + 1,
        tokens=dressed.tokens.data(),
        voice=dressed.voice.data(),
        stylesheet=stylesheet,
        stylesheet_hash=stylesheet_hash,
    )
    session.add(version)
    session.flush()
    session.add_all(_asset_row(version.id, made) for made in dressed.images)
    session.flush()
    return version


def _asset_row(version_id: uuid.UUID, made: Made) -> BrandAsset:
    return BrandAsset(
        brand_version_id=version_id,
        role=made.role,
        content_type=made.content_type,
        width=made.width,
        height=made.height,
        sha256=hashlib.sha256(made.content).hexdigest(),
        content=made.content,
    )


def _published_row(session: Session) -> BrandVersion | None:
    return session.scalar(select(BrandVersion).where(BrandVersion.state == BrandState.PUBLISHED))


def _read(session: Session, version_id: uuid.UUID) -> Brand:
    version = session.execute(
        select(
            BrandVersion.number,
            BrandVersion.tokens,
            BrandVersion.voice,
            BrandVersion.stylesheet_hash,
        ).where(BrandVersion.id == version_id)
    ).one_or_none()
    if version is None:
        raise LookupError(f"no brand version {version_id}")
    found = session.execute(
        select(
            BrandAsset.role,
            BrandAsset.sha256,
            BrandAsset.width,
            BrandAsset.height,
            BrandAsset.content_type,
        ).where(BrandAsset.brand_version_id == version_id)
    )
    return Brand(
        version_id=version_id,
        number=version.number,
        tokens=BrandTokens.from_data(version.tokens),
        voice=Voice.from_data(version.voice),
        stylesheet_hash=version.stylesheet_hash or "",
        assets={a.role: Asset(a.sha256, a.width, a.height, a.content_type) for a in found},
    )
