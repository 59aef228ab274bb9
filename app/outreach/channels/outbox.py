"""The local outbox: a folder per tenant with one .eml or .txt per message, for development."""

from collections.abc import Sequence
from pathlib import Path

from app.outreach.channels import Done, Handed, Parcel, Receipt
from app.outreach.models import Channel


class Outbox:
    """Writes messages as files below `root`/<tenant>; nothing leaves the machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin(self, parcels: Sequence[Parcel]) -> Done:
        """Write every parcel. A file that exists means it was handed over before: a doubled one."""
        return Done([self._write(parcel) for parcel in parcels])

    def _write(self, parcel: Parcel) -> Receipt:
        folder = self._root / parcel.tenant
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{parcel.message_id}{suffix(parcel.channel)}"
        partial = path.with_suffix(".partial")
        partial.write_bytes(_file(parcel))
        partial.replace(path)
        return Receipt(parcel.message_id, Handed.SENT, f"outbox-{parcel.message_id}")


def suffix(channel: str) -> str:
    """The file suffix of a channel."""
    return ".eml" if channel == Channel.EMAIL else ".txt"


def _file(parcel: Parcel) -> bytes:
    if parcel.channel == Channel.EMAIL:
        return parcel.content
    head = f"From: {parcel.sender}\nTo: {parcel.recipient}\n\n"
    return head.encode() + parcel.content + b"\n"
