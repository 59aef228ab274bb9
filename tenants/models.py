"""Platform-wide tables: small, rarely written, free of personal data and secrets."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import Base, TenantScoped, new_id, one_of


class TenantState(StrEnum):
    SETUP = "setup"
    LIVE = "live"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Tenant(Base):
    """A creditor."""

    __tablename__ = "tenants"
    __table_args__ = (one_of("state", TenantState),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default=TenantState.SETUP)
    jurisdiction: Mapped[str] = mapped_column(default="BR")
    time_zone: Mapped[str] = mapped_column(default="America/Sao_Paulo")
    currency: Mapped[str] = mapped_column(default="BRL")
    stripe_account: Mapped[str | None] = mapped_column(unique=True)
    """The creditor's own connected account; payments land there."""
    fee_basis_points: Mapped[int] = mapped_column(default=0)
    """The platform's application fee on a payment: 100 = 1%."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(
        default=func.now(), onupdate=func.now(), index=True
    )
    """When this row or something else that processes keep of the creditor last changed, by the
    database's clock: see tenants.changes."""


class DomainState(StrEnum):
    PENDING = "pending"
    VERIFIED = "verified"


class Domain(Base):
    """A host on which a tenant's portal answers."""

    __tablename__ = "tenant_domains"
    __table_args__ = (one_of("state", DomainState), Index(None, "tenant_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenants.id", ondelete="RESTRICT"))
    host: Mapped[str] = mapped_column(unique=True)
    """Lower case, without port; IDNA-encoded."""
    state: Mapped[str] = mapped_column(default=DomainState.PENDING)
    proof: Mapped[str]
    """The value a TXT record at `_traje.<host>` must carry."""
    is_primary: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SenderNumber(Base):
    """A short code or number that SMS leave from, and one tenant that writes from it.

    A number shared by several tenants has several rows.
    """

    __tablename__ = "sender_numbers"
    __table_args__ = (Index(None, "number", "tenant_id", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenants.id", ondelete="RESTRICT"))
    number: Mapped[str]


class KeyPurpose(StrEnum):
    DATA = "data"
    INDEX = "index"


class TenantKey(TenantScoped):
    """A tenant's own key, wrapped by the master key. Deleting the rows shreds the tenant's data."""

    __tablename__ = "tenant_keys"
    __table_args__ = (
        one_of("purpose", KeyPurpose),
        Index(None, "tenant_id", "purpose", unique=True),
    )

    purpose: Mapped[str]
    wrapped: Mapped[bytes]
    master: Mapped[str]
    """Which master key wrapped it: a KMS key id, or the fingerprint of a local key file."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class StoredFile(TenantScoped):
    """A sealed file (a PDF, an import, an export); the bytes are in the object store."""

    __tablename__ = "stored_files"

    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    """Of the plain bytes."""
    location: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
