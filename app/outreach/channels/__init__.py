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
    is_dotted: bool = True
    """Whether a line of an e-mail may begin with a dot; False is sure."""

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


class HandOver(Protocol):
    """Parcels on their way."""

    def go_on(self) -> bool:
        """Do what can be done without waiting; whether nothing is left to do."""

    def receipts(self) -> list[Receipt]:
        """Wait for the rest. An answer for each, in any order; never raises for one."""


class Transport(Protocol):
    """Takes parcels of one channel. A hand-over goes on only while it is asked to: whoever began it
    composes the next batch meanwhile, in the same thread, for two threads would only take turns.
    """

    def begin(self, parcels: Sequence[Parcel]) -> HandOver: ...


class Done:
    """A hand-over that was over as soon as it began."""

    def __init__(self, receipts: Sequence[Receipt]) -> None:
        self._receipts = receipts

    def go_on(self) -> bool:
        """Nothing is left to do."""
        return True

    def receipts(self) -> list[Receipt]:
        """All of them."""
        return list(self._receipts)


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
    from app.outreach.channels import aws, outbox
    from app.outreach.channels.smtp.connection import Server
    from app.outreach.channels.smtp.transport import Smtp

    name = settings.email_transport if channel == Channel.EMAIL else settings.sms_transport
    if name == "smtp":
        return Smtp(Server.of(settings))
    if name == "ses":
        return aws.Ses(settings)
    if name == "eum":
        return aws.EndUserMessaging(settings)
    if name == "sns":
        return aws.Sns(settings)
    return outbox.Outbox(settings.var_dir / "outbox")
