"""The three invented creditors, dressed from their brand files without a database."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tenants.models import TenantState
from tenants.resolve import Resolved
from themes.brandfile import read_file
from themes.dress import Asset, Brand
from themes.images import Made
from themes.stylesheet import build

CREDITORS = Path(__file__).with_name("creditors")
SLUGS = tuple(sorted(folder.name for folder in CREDITORS.iterdir() if folder.is_dir()))


@dataclass(frozen=True)
class Worn:
    """A creditor as the gallery shows it."""

    slug: str
    tenant: Resolved
    brand: Brand
    stylesheet: str
    images: Mapping[str, Made]
    """By the SHA-256 in their address."""


@cache
def worn(slug: str) -> Worn:
    """The creditor of that name. Raises KeyError."""
    if slug not in SLUGS:
        raise KeyError(slug)
    dressed = read_file(CREDITORS / slug / "brand.toml")
    stylesheet, digest = build(dressed.tokens)
    named = [(hashlib.sha256(made.content).hexdigest(), made) for made in dressed.images]
    brand = Brand(
        version_id=uuid.uuid5(uuid.NAMESPACE_DNS, slug),
        number=1,
        tokens=dressed.tokens,
        voice=dressed.voice,
        stylesheet_hash=digest,
        assets={
            made.role: Asset(digest, made.width, made.height, made.content_type)
            for digest, made in named
        },
    )
    return Worn(slug, _tenant(slug, brand.name), brand, stylesheet, dict(named))


def stylesheet(digest: str) -> str | None:
    """The stylesheet of that hash, of whichever creditor."""
    return next((w.stylesheet for w in map(worn, SLUGS) if w.brand.stylesheet_hash == digest), None)


def image(sha256: str) -> Made | None:
    """The image of that hash, of whichever creditor."""
    return next((w.images[sha256] for w in map(worn, SLUGS) if sha256 in w.images), None)


def forget() -> None:
    """Read the files again: a skin or a brand was just edited."""
    worn.cache_clear()


def _tenant(slug: str, name: str) -> Resolved:
    host = f"{slug}.localhost"
    return Resolved(
        id=uuid.uuid5(uuid.NAMESPACE_URL, host),
        slug=slug,
        name=name,
        state=TenantState.LIVE,
        jurisdiction="BR",
        time_zone="America/Sao_Paulo",
        currency="BRL",
        stripe_account=None,
        fee_basis_points=0,
        host=host,
        primary_host=host,
    )
