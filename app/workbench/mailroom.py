"""E-mails and SMS of the gallery: the voice and the mail composer on sample facts."""

from types import SimpleNamespace
from uuid import UUID

from app.workbench.wardrobe import Worn
from emails.compose import Email, Links, compose
from emails.figures import figures
from themes import voice
from themes.voice import SAMPLE_FACTS


def email(worn: Worn, intent: str, locale: str, *, is_short: bool = False) -> Email:
    """The e-mail of an intent in a creditor's dress, whole or as a short note."""

    origin = _origin(worn)
    words = voice.compose(
        worn.brand,
        intent=intent,
        channel="email",
        locale=locale,
        variant=voice.shortened("a") if is_short else "a",
        facts=SAMPLE_FACTS,
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
        worn.brand,
        words,
        tenant=worn.tenant,
        message=message,
        links=links,
        locale=locale,
        details=figures(intent, SAMPLE_FACTS, locale=locale, currency=worn.tenant.currency),
        code=SAMPLE_FACTS["code"] if intent == "one_time_code" else None,
    )


def sms(worn: Worn, intent: str, locale: str) -> str:
    """The SMS of an intent in a creditor's voice."""
    facts = {**SAMPLE_FACTS, "link": f"{_origin(worn)}/a/AbCdEfGhIjKlMnOp"}
    return voice.compose(
        worn.brand, intent=intent, channel="sms", locale=locale, variant="a", facts=facts
    ).text


def _origin(worn: Worn) -> str:
    """Every address in a creditor's message is the creditor's own."""
    return f"https://{worn.tenant.primary_host}"
