"""Second factors, and attempts to guess them."""

import uuid
from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to


class OneTimeCode(TenantScoped):
    """A six-digit code on its way to a contact on file, or a request for one.

    The request that asks for it never looks a person up: a job does, and fills `debtor_id` and
    `code_hash` where there is somebody to send it to. Known and unknown look alike until then.
    """

    __tablename__ = "one_time_codes"
    __table_args__ = (
        belongs_to("debtors"),
        Index(None, "tenant_id", "debtor_id"),
        Index(None, "tenant_id", "created_at"),
    )

    document_index: Mapped[bytes | None]
    """Blind index (kind "document") of what was typed; None where a link named the person."""
    debtor_id: Mapped[uuid.UUID | None]
    channel: Mapped[str | None]
    """The channel asked for; None leaves the choice to what is on file."""
    challenge: Mapped[bytes]
    """Blind index (kind "challenge") of the browser's secret: a code opens only where it was
    asked for."""
    code_hash: Mapped[bytes | None]
    """Blind index (kind "code") of "<id>:<code>"."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Attempt(TenantScoped):
    """Attempts counted per address, person and device, in a window."""

    __tablename__ = "attempts"
    __table_args__ = (
        Index(None, "tenant_id", "subject", "window_start", unique=True),
        Index(None, "tenant_id", "window_start"),
    )

    subject: Mapped[bytes]
    """Blind index (kind "attempt") of what is counted."""
    window_start: Mapped[datetime]
    count: Mapped[int]
