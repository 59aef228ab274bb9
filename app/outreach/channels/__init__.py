"""How messages leave: interchangeable transports for e-mail and SMS, chosen by configuration."""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from app.config import Settings
from app.outreach.models import Channel


class Parcel(NamedTuple):
    """A composed message on its way."""

    message_id: uuid.UUID
    tenant_id: uuid.UUID
    tenant: str
    """The slug, for tags and folders."""
    channel: str
    sender: str
    recipient: str
    pieces: Sequence[bytes]
    """Its octets in their order: most are constant and shared by a whole batch."""
    subject: str = ""

    @property
    def content(self) -> bytes:
        """MIME with CRLF, or the ASCII of an SMS: joined only while it is handed over."""
        return b"".join(self.pieces)


class Handed(StrEnum):
    """What became of a hand-over."""

    SENT = "sent"
    REFUSED = "refused"
    """For good: this address or this content will not do."""
    LATER = "later"
    """Surely not taken; may be offered again."""
    UNCERTAIN = "uncertain"
    """Perhaps taken: never offered again."""


class Receipt(NamedTuple):
    """The provider's answer for one parcel. `detail` is a code, never an address."""

    message_id: uuid.UUID
    handed: Handed
    provider_id: str | None = None
    detail: str = ""


class Transport(Protocol):
    """Takes parcels of one channel; answers for each, in any order, and never raises for one."""

    def hand_over(self, parcels: Sequence[Parcel]) -> list[Receipt]: ...


class Transports:
    """The transports of this process, made on first use and kept for their connections."""

    def __init__(self, settings: Settings, chosen: dict[str, Transport] | None = None) -> None:
        self._settings = settings
        self._made: dict[str, Transport] = dict(chosen or {})

    def of(self, channel: str) -> Transport:
        """The transport of a channel."""
        if channel not in self._made:
            self._made[channel] = _make(channel, self._settings)
        return self._made[channel]


def _make(channel: str, settings: Settings) -> Transport:
    from app.outreach.channels import aws, outbox, smtp

    name = settings.email_transport if channel == Channel.EMAIL else settings.sms_transport
    if name == "smtp":
        return smtp.Smtp(smtp.Server.of(settings))
    if name == "ses":
        return aws.Ses(settings)
    if name == "eum":
        return aws.EndUserMessaging(settings)
    if name == "sns":
        return aws.Sns(settings)
    return outbox.Outbox(settings.var_dir / "outbox")
