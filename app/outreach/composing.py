"""A message row becomes a parcel: the facts unsealed, the words composed, the dress put on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from app.compliance import content
from app.compliance.facts import Reason
from app.compliance.policy import Policy
from app.outreach import links
from app.outreach.channels import Parcel
from app.outreach.claiming import Due
from app.outreach.models import Channel
from emails import mime
from emails.compose import Links, compose
from emails.figures import figures
from emails.page import Page
from tenants.keys import Vault
from tenants.resolve import Resolved
from themes import voice
from themes.dress import Brand

MAILBOX = "atendimento"
"""The local part of the sender's address on the creditor's own domain."""
TOTALS = ("amount_cents", "total_cents", "instalment_amount_cents")


@dataclass(frozen=True, slots=True)
class Composed:
    """A parcel, what is kept of it, and what the policy finds wrong with it."""

    parcel: Parcel
    kept: bytes
    broken: tuple[Reason, ...]


class Said(NamedTuple):
    """What a message says: the values and the words that rest on them."""

    facts: dict[str, Any]
    words: voice.Words


@dataclass(frozen=True, slots=True)
class Writer:
    """What all messages of one batch share."""

    tenant: Resolved
    keys: Vault
    policy: Policy
    sender_number: str | None
    at: datetime
    portal: str
    """Scheme and host of the creditor's portal."""

    def say(self, row: Due, *, brand: Brand, full_name: str) -> Said:
        """The facts and words of one claimed row. Raises what voice raises for impossible facts."""
        facts = orjson.loads(self.keys.unseal(row.facts, "facts"))
        facts.setdefault("full_name", full_name)
        if "link" not in facts and row.intent != "one_time_code":
            facts["link"] = self._address(row)
        words = voice.compose(
            brand,
            intent=row.intent,
            channel=row.channel,
            locale=row.locale,
            variant=row.variant,
            facts=facts,
        )
        return Said(facts, words)

    def dress(self, row: Due, said: Said, *, brand: Brand, recipient: str) -> Composed:
        """The parcel of what is said. Raises ValueError for an address that is none."""
        if row.channel == Channel.SMS:
            return self._sms(row, said.words.text, recipient)
        return self._email(row, brand, said.words, said.facts, recipient)

    @property
    def _opt_out_words(self) -> frozenset[str]:
        return frozenset(self.policy.parameter("BR-07", "words"))

    def _address(self, row: Due) -> str:
        return f"{self.portal}/a/{links.token_of(self.keys, row.id)}"

    def _sms(self, row: Due, text: str, recipient: str) -> Composed:
        facts = content.ContentFacts(
            channel=Channel.SMS,
            text=text,
            hosts=frozenset({self.tenant.primary_host}),
            sender_registered=self.sender_number is not None,
            message_class=row.message_class,
            says_how_to_opt_out=not self._opt_out_words.isdisjoint(text.split()),
        )
        pieces = [text.encode("ascii", "replace")]
        parcel = self._parcel(row, self.sender_number or "", recipient, pieces, "")
        kept = self._kept("", text, Page(None, pieces).digest)
        return Composed(parcel, kept, content.check(facts, self.policy))

    def _email(
        self, row: Due, brand: Brand, words: voice.Words, facts: Mapping[str, Any], recipient: str
    ) -> Composed:
        one_click = f"{self.portal}/cancelar/{links.unsubscribe_token(self.keys, row.id)}"
        email = compose(
            brand,
            words,
            tenant=self.tenant,
            message=row,
            links=Links(
                action=facts.get("link"),
                verify=f"{self.portal}/verificar?code={row.verification_code}",
                unsubscribe=one_click,
                privacy=f"{self.portal}/privacidade",
                itemisation=facts.get("link") or f"{self.portal}/",
            ),
            locale=row.locale,
            details=figures(row.intent, facts, locale=row.locale, currency=self.tenant.currency),
            code=facts.get("code"),
        )
        sender = f"{MAILBOX}@{self.tenant.primary_host}"
        pieces = mime.build(
            email,
            from_=(brand.name, sender),
            to=recipient,
            message_id=f"<{row.id}@{self.tenant.primary_host}>",
            date=self.at,
            reply_to=brand.contact.email,
        )
        can_stop = {"List-Unsubscribe", "List-Unsubscribe-Post"} <= set(email.headers)
        found = content.ContentFacts(
            channel=Channel.EMAIL,
            text=email.text,
            hosts=frozenset({self.tenant.primary_host}),
            creditor={
                "name": brand.legal_name,
                "address": brand.address,
                "document": brand.cnpj,
            },
            shows_total=any(name in facts for name in TOTALS),
            itemisation_link=True,
            one_click=can_stop,
            message_class=row.message_class,
            says_how_to_opt_out=can_stop,
        )
        parcel = self._parcel(row, sender, recipient, pieces, email.subject)
        kept = self._kept(email.subject, email.said, email.page.digest)
        return Composed(parcel, kept, content.check(found, self.policy))

    def _parcel(
        self, row: Due, sender: str, recipient: str, pieces: list[bytes], subject: str
    ) -> Parcel:
        return Parcel(
            message_id=row.id,
            tenant_id=self.tenant.id,
            tenant=self.tenant.slug,
            channel=row.channel,
            sender=sender,
            recipient=recipient,
            pieces=pieces,
            subject=subject,
        )

    def _kept(self, subject: str, text: str, digest: str) -> bytes:
        """What is kept of a message: what it said, and what every other octet is held to."""
        return self.keys.seal(
            orjson.dumps({"subject": subject, "text": text, "digest": digest}), "body"
        )
