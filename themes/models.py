"""A tenant's brand: versions of its dress and voice, and the images they use."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to, one_of


class BrandState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class BrandVersion(TenantScoped):
    """One version of a brand. A published one is never edited; messages and agreements name it."""

    __tablename__ = "brand_versions"
    __table_args__ = (
        one_of("state", BrandState),
        Index(None, "tenant_id", "number", unique=True),
        Index(
            "uq_brand_versions_published",
            "tenant_id",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=BrandState.DRAFT)
    tokens: Mapped[dict[str, Any]]
    """The typed tokens of themes.tokens, as data."""
    voice: Mapped[dict[str, Any]]
    """tone, lexicon and the tenant's own fragments."""
    stylesheet: Mapped[str | None]
    stylesheet_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None]


class BrandAsset(TenantScoped):
    """A re-encoded image of a brand version: public, small, served by its hash."""

    __tablename__ = "brand_assets"
    __table_args__ = (
        belongs_to("brand_versions", "brand_version_id", ondelete="CASCADE"),
        Index(None, "tenant_id", "brand_version_id", "role", unique=True),
        Index(None, "tenant_id", "sha256"),
    )

    brand_version_id: Mapped[uuid.UUID]
    role: Mapped[str]
    """logo_light, logo_dark, favicon, logo_email… with a size suffix where several are made."""
    content_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str]
    """Hexadecimal, of `content`."""
    content: Mapped[bytes]


class AdSetting(TenantScoped):
    """Whether a creditor's ads may leave the house. No row: they may not."""

    __tablename__ = "ad_settings"
    __table_args__ = (Index(None, "tenant_id", unique=True),)

    enabled: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(default=now)
