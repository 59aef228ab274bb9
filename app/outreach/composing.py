"""A message row becomes a parcel, in four steps: the facts unsealed and the words composed, the
dress put on, the parcel packed, and what is to be kept of it sealed.

Steps, because a batch takes one after the other: what a step runs through stays in the processor's
caches. Message by message costs a fifth more.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from app.compliance import content
from app.compliance.facts import Reason
from app.compliance.policy import Policy
from app.outreach import links
from app.outreach.candid import SETTLEMENT, candid, named_in, shown_in
from app.outreach.channels import Parcel
from app.outreach.claiming import Due
from app.outreach.models import Channel
from emails import mime
from emails.compose import Email, Links, compose
from emails.figures import figures
from emails.page import Page
from tenants.keys import Vault
from tenants.resolve import Resolved
from themes import voice
from themes.dress import Brand

MAILBOX = "atendimento"
"""The local part of the sender's address on the creditor's own domain."""
ONE_CLICK = {"List-Unsubscribe", "List-Unsubscribe-Post"}
"""Headers that let a mail program unsubscribe (RFC 8058)."""
TOTALS = frozenset({"amount_cents", "total_cents", "instalment_amount_cents"})


@dataclass(frozen=True, slots=True)
class Composed:
    """A parcel, what is kept of it, and what the policy finds wrong with it."""

    parcel: Parcel
    kept: bytes
    broken: tuple[Reason, ...]


class Said(NamedTuple):
    """What a message says: the values and the words that rest on them, in its brand's voice."""

    brand: Brand
    facts: dict[str, Any]
    words: voice.Words
    name: str
    """The message's id, written out once: links and headers name it."""


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
    found: dict[tuple[Any, ...], tuple[Reason, ...]] = field(default_factory=dict)
    """What the policy found wrong with e-mails of a kind."""

    def say(self, row: Due, *, brand: Brand, full_name: str) -> Said:
        """The facts and words of one claimed row. Raises what voice raises for impossible facts."""
        name = str(row.id)
        facts = orjson.loads(self.keys.unseal(row.facts, "facts"))
        facts.setdefault("full_name", full_name)
        if "link" not in facts and row.intent != "one_time_code":
            facts["link"] = f"{self.portal}/a/{links.token_of(self.keys, name)}"
        words = voice.compose(
            brand,
            intent=row.intent,
            channel=row.channel,
            locale=row.locale,
            variant=row.variant,
            facts=facts,
        )
        return Said(brand, facts, candid(words, row, self.policy), name)

    def dress(self, row: Due, said: Said) -> Email | None:
        """The mail that says it; an SMS has no dress."""
        if row.channel == Channel.SMS:
            return None
        facts = said.facts
        one_click = links.unsubscribe_token(self.keys, row.id, said.name)
        return compose(
            said.brand,
            said.words,
            tenant=self.tenant,
            message=row,
            links=Links(
                action=facts.get("link"),
                verify=f"{self.portal}/verificar?code={row.verification_code}",
                unsubscribe=f"{self.portal}/cancelar/{one_click}",
                privacy=f"{self.portal}/privacidade",
                itemisation=facts.get("link") or f"{self.portal}/",
            ),
            locale=row.locale,
            details=figures(row.intent, facts, locale=row.locale, currency=self.tenant.currency),
            code=facts.get("code"),
        )

    def pack(self, row: Due, said: Said, email: Email | None, recipient: str) -> Parcel:
        """The parcel of a mail, or of an SMS. Raises ValueError for an address that is none."""
        if email is None:
            text = said.words.text.encode("ascii", "replace")
            return self._parcel(row, self.sender_number or "", recipient, [text])
        sender = f"{MAILBOX}@{self.tenant.primary_host}"
        built = mime.build(
            email,
            from_=(said.brand.name, sender),
            to=recipient,
            message_id=f"<{said.name}@{self.tenant.primary_host}>",
            date=self.at,
            reply_to=said.brand.contact.email,
        )
        return self._parcel(row, sender, recipient, built.pieces, email.subject, built.is_dotted)

    def keep(self, row: Due, said: Said, email: Email | None, parcel: Parcel) -> Composed:
        """The parcel with what is kept of it, and what the policy finds wrong with it."""
        if email is None:
            kept = self._kept("", said.words.text, Page.of(parcel.content).digest)
            return Composed(parcel, kept, self._broken_sms(row, said.words.text))
        kept = self._kept(email.subject, email.said, email.page.digest)
        shows_total = not TOTALS.isdisjoint(said.facts)
        can_stop = email.headers.keys() >= ONE_CLICK
        return Composed(parcel, kept, self._broken(said, row, shows_total, can_stop))

    @property
    def _opt_out_words(self) -> frozenset[str]:
        return frozenset(self.policy.parameter("BR-07", "words"))

    def _broken_sms(self, row: Due, text: str) -> tuple[Reason, ...]:
        facts = content.ContentFacts(
            channel=Channel.SMS,
            text=text,
            hosts=frozenset({self.tenant.primary_host}),
            sender_registered=self.sender_number is not None,
            message_class=row.message_class,
            says_how_to_opt_out=not self._opt_out_words.isdisjoint(text.split()),
            signposts=named_in(text, self.policy),
            shows=shown_in(text, row.locale, self.policy),
            is_settlement=row.intent == SETTLEMENT,
        )
        return content.check(facts, self.policy)

    def _broken(
        self, said: Said, row: Due, shows_total: bool, can_stop: bool
    ) -> tuple[Reason, ...]:
        """What the policy finds wrong with an e-mail. Of its words it is only asked what is the
        same in all of a kind, so that these have one answer."""
        brand, message_class = said.brand, row.message_class
        signposts = named_in(said.words.closing, self.policy)
        shows = shown_in(said.words.closing, row.locale, self.policy)
        is_settlement = row.intent == SETTLEMENT
        kind = (
            brand.version_id.int, message_class, shows_total, can_stop, signposts, shows,
            is_settlement,
        )  # fmt: skip
        if kind not in self.found:
            facts = content.ContentFacts(
                channel=Channel.EMAIL,
                text="",
                hosts=frozenset({self.tenant.primary_host}),
                creditor={
                    "name": brand.legal_name,
                    "address": brand.address,
                    "document": brand.cnpj,
                },
                shows_total=shows_total,
                itemisation_link=True,
                one_click=can_stop,
                message_class=message_class,
                says_how_to_opt_out=can_stop,
                signposts=signposts,
                shows=shows,
                is_settlement=is_settlement,
                says_what_remains=is_settlement,  # `candid` saw to it
            )
            self.found[kind] = content.check(facts, self.policy)
        return self.found[kind]

    def _parcel(
        self,
        row: Due,
        sender: str,
        recipient: str,
        pieces: list[bytes],
        subject: str = "",
        is_dotted: bool = True,
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
            is_dotted=is_dotted,
        )

    def _kept(self, subject: str, text: str, digest: str) -> bytes:
        """What is kept of a message: what it said, and what every other octet is held to."""
        return self.keys.seal(
            orjson.dumps({"subject": subject, "text": text, "digest": digest}), "body"
        )
