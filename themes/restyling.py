"""After an upgrade: what a creditor wears, compiled anew by the skins as they are now.

A version is never edited, so the same tokens, voice and images become a new one.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from themes import brands
from themes.models import BrandAsset, BrandState, BrandVersion
from themes.stylesheet import build
from themes.tokens import BrandTokens

ASSET = ("role", "content_type", "width", "height", "sha256", "content")


def restyle(session: Session) -> BrandVersion | None:
    """Publish the worn version with today's stylesheet; None where that is what it has already."""
    worn = session.scalar(select(BrandVersion).where(BrandVersion.state == BrandState.PUBLISHED))
    if worn is None:
        return None
    stylesheet, stylesheet_hash = build(BrandTokens.from_data(worn.tokens))
    if stylesheet_hash == worn.stylesheet_hash:
        return None
    version = BrandVersion(
        number=session.scalars(select(func.max(BrandVersion.number))).one() + 1,
        tokens=worn.tokens,
        voice=worn.voice,
        stylesheet=stylesheet,
        stylesheet_hash=stylesheet_hash,
    )
    session.add(version)
    session.flush()
    session.add_all(_copied(asset, version) for asset in _assets(session, worn))
    brands.publish(session, version)
    return version


def _assets(session: Session, worn: BrandVersion) -> list[BrandAsset]:
    found = select(BrandAsset).where(BrandAsset.brand_version_id == worn.id)
    return list(session.scalars(found))


def _copied(asset: BrandAsset, version: BrandVersion) -> BrandAsset:
    columns = {name: getattr(asset, name) for name in ASSET}
    return BrandAsset(brand_version_id=version.id, **columns)
