"""What the contact policy needs to know of a person and an address: no names, no addresses."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from app.compliance.policy import Effect, Policy
from app.compliance.windows import Window


@dataclass(frozen=True, slots=True)
class DebtFacts:
    """A debt that is still owed."""

    due_on: date
    instrument: str
    interruption_on: date | None = None
    acknowledged: bool = False
    """In an open agreement: accepting it interrupted prescription (Código Civil, art. 202, VI)."""


class Sent(NamedTuple):
    """An outbound message that left, or may have left, or a call."""

    channel: str
    at: datetime
    talked: bool = False
    """Of a call: the person was spoken with."""


class Listing(NamedTuple):
    """A line or a person on a do-not-call list."""

    registry: str
    since: date | None
    """None where the list does not say: long ago, then."""
    line: uuid.UUID | None = None
    """The contact point whose number it is; None where it is the person who is on the list."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person, as far as contact goes."""

    debtor_id: uuid.UUID
    time_zone: str
    uf: str | None = None
    adult_on: date | None = None
    holds: frozenset[str] = frozenset()
    opted_out: frozenset[str] = frozenset()
    debts: tuple[DebtFacts, ...] = ()
    sent: tuple[Sent, ...] = ()
    """Outbound messages of the last seven days, uncertain ones included."""
    held_since: tuple[tuple[str, datetime], ...] = ()
    """When holds that end by themselves were opened, by kind."""
    convenient: Window | None = None
    """The only hours that suit the person, where they live; None where they never said."""
    listed: tuple[Listing, ...] = ()

    def listed_at(self, line: uuid.UUID | None) -> tuple[Listing, ...]:
        """The lists that a contact at this contact point is on; at one that is not told, those
        that any line of the person is on."""
        return tuple(
            one._replace(line=None)
            for one in self.listed
            if line is None or one.line in (None, line)
        )


CHANNELS = frozenset({"email", "sms", "whatsapp", "voice"})
CLASSES = frozenset({"outbound", "requested", "credit_offer"})
"""What the rules know. Of anything else no rule would speak, and nothing would forbid it."""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One address and the message meant for it."""

    channel: str
    message_class: str
    area_code: str | None = None
    state: str = "active"
    """As in debts.models.ContactState."""
    whose: str = "own"
    """As in debts.models.Whose."""
    sender_paused: str = ""
    """Why the creditor's messages of this channel rest (BR-29): reputation or alignment."""
    marks: frozenset[str] = frozenset()
    """What is proven of this contact: see the questions "proof" of the policy."""
    line: uuid.UUID | None = None
    """The contact point it goes to; None where none is meant yet."""


class Pattern(NamedTuple):
    """What many people and addresses have in common: what is asked of it is asked once for all."""

    time_zone: str
    channel: str
    message_class: str
    state: str
    whose: str
    sender_paused: str
    marks: frozenset[str]
    listed: tuple[Listing, ...]
    holds: frozenset[str]
    held_since: tuple[tuple[str, datetime], ...]
    opted_out: frozenset[str]
    owes: bool

    def check(self) -> None:
        """Raise ValueError for a channel or class of messages that no rule knows."""
        if self.channel not in CHANNELS or self.message_class not in CLASSES:
            raise ValueError(f"no contact the policy knows: {self.channel}, {self.message_class}")


def pattern_of(person: PersonFacts, contact: ContactFacts) -> Pattern:
    """The pattern of a person and an address."""
    return Pattern(
        person.time_zone,
        contact.channel,
        contact.message_class,
        contact.state,
        contact.whose,
        contact.sender_paused,
        contact.marks,
        person.listed_at(contact.line) if person.listed else (),
        person.holds,
        person.held_since,
        person.opted_out,
        bool(person.debts),
    )


class Finding(NamedTuple):
    """A rule that can match, and on what."""

    rule: str
    effect: Effect
    detail: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that matched."""

    rule: str
    effect: Effect
    detail: str = ""
    until: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """For the message's row."""
        data: dict[str, Any] = {"rule": self.rule, "effect": str(self.effect)}
        if self.detail:
            data["detail"] = self.detail
        if self.until is not None:
            data["until"] = self.until.isoformat()
        return data


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says: ALLOW, DELAY `until`, REVIEW or BLOCK, with every reason."""

    effect: Effect
    until: datetime | None
    reasons: tuple[Reason, ...]

    @property
    def allows(self) -> bool:
        return self.effect in (Effect.ALLOW, Effect.REQUIRE)


def stored_reasons(verdict: Verdict, policy: Policy, message_class: str) -> list[dict[str, Any]]:
    """What a message's row keeps: the rules that matched, or that none of those asked did."""
    if verdict.reasons:
        return [reason.as_data() for reason in verdict.reasons]
    return [allowed(policy, message_class)]


def allowed(policy: Policy, message_class: str) -> dict[str, Any]:
    """The reason of a message that no rule stopped: which rules were asked, in which version."""
    asked = sorted(rule.id for rule in policy.rules.values() if message_class in rule.classes)
    return {"effect": str(Effect.ALLOW), "policy": policy.version, "asked": asked}
