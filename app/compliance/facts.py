"""What the contact policy needs to know of a person and an address: no names, no addresses."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from app.compliance.policy import Effect, Policy


@dataclass(frozen=True, slots=True)
class DebtFacts:
    """A debt that is still owed."""

    due_on: date
    instrument: str
    interruption_on: date | None = None
    acknowledged: bool = False
    """In an open agreement: accepting it interrupted prescription (Código Civil, art. 202, VI)."""


class Sent(NamedTuple):
    """An outbound message that left, or may have left."""

    channel: str
    at: datetime


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
    sender_paused: bool = False
    """The creditor's reputation on this channel is over the limit (BR-29)."""


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
