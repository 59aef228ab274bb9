"""Events."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.database import TenantScoped, belongs_to


class Event(TenantScoped):
    """Something that happened. `data` holds ids, numbers and codes; never a name or an address."""

    __tablename__ = "events"
    __table_args__ = (
        belongs_to("debtors"),
        Index(None, "tenant_id", "debtor_id", "at"),
        Index(None, "tenant_id", "kind", "at"),
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-20)
    """Held by the person's own row: a second reference would be looked up for each event."""
    debtor_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    """noun.verb: message.sent, offer.seen, simulator.used, agreement.accepted…"""
    at: Mapped[datetime] = mapped_column(default=now)
    subject_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
