"""Why this contact, now, here, with these words, and why this offer: in plain language."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.compliance import explain as policies
from app.compliance.models import AuditEntry
from app.compliance.queries import policy_in_force
from app.debts.models import Debtor
from app.journeys.models import Decision, DecisionKind, Night
from app.journeys.planning import OFFER
from app.nights import granting, unchosen, wordings
from app.nights.specs import FIRST
from app.offers import explain as offers_explained
from app.offers import queries as offers
from app.offers.models import Offer
from app.offers.queries import StoredOffer
from app.outreach.lapsing import DAY_OVER
from app.outreach.models import Channel, Message, MessageState
from app.outreach.withdrawing import REPLANNED
from themes.formats import day, long_day, moment, money, percent
from themes.lacking import Lacking
from themes.translations import catalogue


def explain(session: Session, subject_id: uuid.UUID, locale: str, currency: str) -> list[str]:
    """What is known of a message, an offer or a decision, line by line.

    Raises Lacking for none of them.
    """
    telling = Telling(session, locale, currency)
    message = session.scalar(select(Message).where(Message.id == subject_id))
    if message is not None:
        return telling.of_message(message)
    offer = offers.offer(session, subject_id)
    if offer is not None:
        return telling.of_offer(offer)
    decision = telling.decision(Decision.id == subject_id)
    if decision is None:
        raise Lacking("No message, offer or decision has this id.")
    return telling.of_decision(decision)


def why_offer(session: Session, offer_id: uuid.UUID, locale: str, currency: str) -> list[str]:
    """Why the night chose an offer, without what was weighed; nothing where no night did."""
    return Telling(session, locale, currency).why_offer(offer_id)


@dataclass(frozen=True, slots=True)
class Telling:
    """In one language, for one creditor."""

    session: Session
    locale: str
    currency: str

    def of_message(self, message: Message) -> list[str]:
        """Why it was written, or taken back, and why the offer it is about."""
        found = select(Debtor.time_zone).where(Debtor.id == message.debtor_id)
        zone = self.session.scalars(found).one()
        said = [*self._sent(message, zone), *self._allowed(message)]
        decision = self.decision(Decision.subject_id == message.id)
        if decision is None:
            lines = unchosen.why(self.session, message, zone, self.locale)
            said += [self._text(line, facts) for line, facts in lines]
        else:
            said += self.of_decision(decision)
        if message.cause.startswith(OFFER):
            offer = offers.offer(self.session, uuid.UUID(message.cause.split(":")[1]))
            if offer is not None:
                said += [self._text(wordings.ABOUT), *self.of_offer(offer)]
        return said

    def of_offer(self, offer: StoredOffer) -> list[str]:
        """Why it is as it is: what the person is told, and what was weighed."""
        facts = {
            "total": money(offer.total_cents, self.currency, self.locale),
            "until": day(offer.valid_until, self.locale),
            "rules": offer.rules_version,
        }
        reasons = offers_explained.sentences(offer.typed_reasons, self.locale, self.currency)
        said = [self._text(wordings.OFFER, facts)]
        said += [self._text(wordings.TOLD, {"said": one.rstrip(".")}) for one in reasons]
        decision = self._made(offer.id)
        if decision is not None:
            return said + self.of_decision(decision)
        return [*said, self._by_hand(offer) or self._text(wordings.RULES_ALONE)]

    def _by_hand(self, offer: StoredOffer) -> str | None:
        """Who improved it, and why."""
        entry = self.session.scalar(
            select(AuditEntry).where(
                AuditEntry.action == "offer.lifted", AuditEntry.subject_id == offer.id
            )
        )
        if entry is None:
            return None
        reason = entry.data["reason"].rstrip(".")
        return self._text(wordings.BY_HAND, {"actor": entry.actor, "reason": reason})

    def why_offer(self, offer_id: uuid.UUID) -> list[str]:
        """Whose choice an offer was, and why."""
        decision, offer = self._made(offer_id), offers.offer(self.session, offer_id)
        if decision is None or offer is None:
            return []
        arm = wordings.OFFER_ARMS.get(decision.arm, decision.arm)
        return [self._text(arm), *self._because(decision, offer)]

    def _because(self, decision: Decision, offer: StoredOffer | None) -> list[str]:
        """The reasons, those of an offer as far as they are true of it."""
        if offer is None:
            return [self._text(wordings.REASONS.get(code, code)) for code in decision.reasons]
        reasons = granting.reasons_of(decision.reasons, offer.typed_reasons)
        return [self._text(wordings.OFFER_REASONS.get(code, code)) for code in reasons]

    def _made(self, offer_id: uuid.UUID) -> Decision | None:
        return self.decision(Decision.subject_id == offer_id, Decision.kind == DecisionKind.OFFER)

    def of_decision(self, decision: Decision) -> list[str]:
        """Why it was decided so."""
        found = select(Night).where(Night.id == decision.night_id)
        night = self.session.scalars(found).one()
        offer = self._offer_of(decision)
        arms = wordings.ARMS if offer is None else wordings.OFFER_ARMS
        said = [self._text(arms.get(decision.arm, decision.arm))]
        if decision.kind == DecisionKind.REPLAN:
            said.append(self._text(wordings.ANEW))
        said += self._chosen(decision, night) if offer is None else self._given(offer)
        said += self._because(decision, offer)
        if offer is not None:
            lines = granting.weighed(decision, offer, self._gain(decision.worth), self.locale)
            said += [self._text(line, facts) for line, facts in lines]
        elif decision.channel is not None:
            said += self._weighed(decision, night)
        return [*said, self._text(wordings.VERSIONS, self._versions(night))]

    def decision(self, *where: Any) -> Decision | None:
        """The last one of which this holds."""
        found = select(Decision).where(or_(*where) if len(where) == 1 else where[0], *where[1:])
        return self.session.scalar(found.order_by(Decision.id.desc()).limit(1))

    def _sent(self, message: Message, zone: str) -> list[str]:
        facts = {
            "at": moment(message.send_after, zone, self.locale),
            "channel": self._text(message.channel),
            "wording": message.variant.lower(),
        }
        is_mixed = len(message.variant) > 1
        said = [self._text(wordings.SENT_MIXED if is_mixed else wordings.SENT, facts)]
        for reason in _replanned(message.reasons):
            because = self._text(wordings.REASONS.get(reason["because"], reason["because"]))
            lapsed = reason["because"] == DAY_OVER
            said += [because] if lapsed else [self._text(wordings.TAKEN_BACK), because]
        return said

    def _allowed(self, message: Message) -> Iterable[str]:
        rules = [one for one in message.reasons if one.get("rule") != REPLANNED]
        policy = policy_in_force(self.session)
        line = wordings.POLICY
        if message.state == MessageState.WITHHELD:
            yield self._text(wordings.WITHHELD)
            if any(_replanned(message.reasons)):
                return  # taken back, whatever the policy said of it before
            rules, line = [one for one in rules if one.get("rule")], wordings.WITHHELD_BY
        for one in policies.stored(rules, policy, self.locale):
            yield self._text(line, {"said": one})

    def _chosen(self, decision: Decision, night: Night) -> list[str]:
        """What was chosen: where, when and with which words."""
        if decision.channel is None or decision.hour is None:
            return []
        facts = {
            "channel": self._text(decision.channel),
            "hour": decision.hour,
            "wording": decision.wording,
            "wordings": len(night.spec["wordings"]),
        }
        said = [self._text(line, facts) for line in (wordings.HERE_AND_NOW, wordings.WORDS)]
        if decision.channel != Channel.SMS and decision.intent != FIRST:
            said.append(self._text(wordings.WHOLE if decision.intensity else wordings.SHORT))
        return said

    def _offer_of(self, decision: Decision) -> StoredOffer | None:
        if decision.kind != DecisionKind.OFFER or decision.subject_id is None:
            return None
        return offers.offer(self.session, decision.subject_id)

    def _given(self, offer: StoredOffer) -> list[str]:
        step = self.session.scalars(select(Offer.step).where(Offer.id == offer.id)).one()
        lines = granting.given(offer, step, self.locale)
        return [self._text(line, facts) for line, facts in lines]

    def _weighed(self, decision: Decision, night: Night) -> list[str]:
        chance = {
            "chance": percent(decision.propensity, self.locale, 1),
            "count": ((decision.eligible or 0) & (2**64 - 1)).bit_count(),
        }
        said = [self._text(wordings.GAIN, {"value": self._gain(decision.worth)})]
        said.append(self._text(wordings.CHANCE, chance))
        for name, cents in night.prices["cents"].items():
            if cents > 0:
                price = money(round(cents), self.currency, self.locale)
                facts = {"channel": self._text(name), "price": price}
                said.append(self._text(wordings.PRICE, facts))
        return said

    def _gain(self, cents: float) -> str:
        """An amount; a part of a cent is not rounded to nothing."""
        if cents > 0 and not round(cents):
            cent = money(1, self.currency, self.locale)
            return self._text(wordings.LESS_THAN_A_CENT, {"cent": cent})
        return money(round(cents), self.currency, self.locale)

    def _versions(self, night: Night) -> Mapping[str, Any]:
        policy, own = night.versions["policy"], night.versions.get("own_policy")
        if own:
            policy = self._text(wordings.OWN_POLICY, {"version": policy, "digest": own})
        return {
            "day": long_day(night.day, self.locale),
            "seed": night.seed,
            "policy": policy,
            **{name: night.versions[name] for name in ("settings", "rules")},
        }

    def _text(self, message: str, facts: Mapping[str, Any] | None = None) -> str:
        said = catalogue(self.locale, "decisions").gettext(message)
        return said % facts if facts else said


def _replanned(reasons: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (one for one in reasons if one.get("rule") == REPLANNED)
