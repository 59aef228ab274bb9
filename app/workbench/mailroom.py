"""E-mails and SMS of the gallery: the voice and the mail composer on sample facts."""

from types import SimpleNamespace
from typing import TYPE_CHECKING
from uuid import UUID

from app.workbench.wardrobe import Worn
from themes import voice
from themes.voice import SAMPLE_FACTS

if TYPE_CHECKING:
    from emails.compose import Email


def email(worn: Worn, intent: str, locale: str) -> "Email":
    """The e-mail of an intent in a creditor's dress."""
    from emails.compose import Links, compose

    origin = f"https://{worn.tenant.primary_host}"
    words = voice.compose(
        worn.brand, intent=intent, channel="email", locale=locale, variant="a", facts=SAMPLE_FACTS
    )
    message = SimpleNamespace(
        id=UUID(int=7),
        intent=intent,
        message_class=voice.message_class(intent),
        verification_code="K7M2-4QXT",
    )
    links = Links(
        action=f"{origin}/a/sample",
        verify=f"{origin}/verificar",
        unsubscribe=f"{origin}/cancelar/sample",
        privacy=f"{origin}/privacidade",
        itemisation=f"{origin}/contas",
    )
    return compose(
        worn.brand, words, tenant=worn.tenant, message=message, links=links, locale=locale
    )


def sms(worn: Worn, intent: str, locale: str) -> str:
    """The SMS of an intent in a creditor's voice."""
    return voice.compose(
        worn.brand, intent=intent, channel="sms", locale=locale, variant="a", facts=SAMPLE_FACTS
    ).text
