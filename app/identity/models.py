"""Second factors, and attempts to guess them."""

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to


class OneTimeCode(TenantScoped):
    """A six-digit code on its way to a contact on file."""

    __tablename__ = "one_time_codes"
    __table_args__ = (belongs_to("debtors"), Index(None, "tenant_id", "debtor_id"))

    debtor_id: Mapped[uuid.UUID]
    challenge: Mapped[bytes]
    """HMAC of the browser's challenge: a code opens only where it was asked for."""
    code_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Attempt(TenantScoped):
    """Attempts counted per address, person and device, in a window."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "tenant_id", "subject", "window_start", unique=True),)

    subject: Mapped[bytes]
    """Blind index (kind "attempt") of what is counted."""
    window_start: Mapped[datetime]
    count: Mapped[int]
