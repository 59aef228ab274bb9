"""Which channel, which address, and what an inbound text means. Pure."""

import unicodedata
from collections.abc import Iterable

from app.debts.models import ContactKind
from app.outreach.models import Channel

KIND_OF_ADDRESS = {Channel.EMAIL: ContactKind.EMAIL, Channel.SMS: ContactKind.PHONE}

ACQUIRED_THROUGH = {
    "email": Channel.EMAIL,
    "e-mail": Channel.EMAIL,
    "web": Channel.EMAIL,
    "site": Channel.EMAIL,
    "sms": Channel.SMS,
    "phone": Channel.SMS,
    "app": Channel.SMS,
}
"""The channel nearest to where the credit was acquired; a store is none."""


def choose_channel(
    preferred: str | None, acquired_through: str | None, available: Iterable[str]
) -> Channel | None:
    """The preferred channel, else that of the acquisition, else e-mail, else what there is.

    `available` are the channels with an address that works; None when there is none.
    """
    reachable = set(available)
    wishes = (preferred, ACQUIRED_THROUGH.get((acquired_through or "").lower()), Channel.EMAIL)
    for wish in (*wishes, Channel.SMS):
        if wish in reachable:
            return Channel(wish)
    return None


def is_opt_out(text: str, words: Iterable[str]) -> bool:
    """Whether an inbound text is one of the opt-out words, whatever its accents, case and marks.

    "Sair!", "PARE por favor" and "quero  cancelar" are; a longer message that happens to hold the
    word among others is not guessed at: at most four words count.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    spoken = "".join(c if c.isalnum() else " " for c in plain).split()
    if not spoken or len(spoken) > 4 or "NAO" in spoken:
        return False
    return not set(words).isdisjoint(spoken)
