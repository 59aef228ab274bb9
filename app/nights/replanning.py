"""One person planned anew after something happened, under the prices of the night."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy import select

from app.engine.state import State
from app.journeys.arms import Arm, arms, number_of
from app.journeys.models import DecisionKind, Night, NightState
from app.journeys.spec import Spec
from app.nights import specs
from app.nights.deciding import NOTHING, Action, Decided, decide
from app.nights.offering import Offering, write_offers
from app.nights.standing import Standing
from app.nights.writing import Writing
from app.outreach.withdrawing import withdraw
from tenants.clock import now, today
from tenants.resolve import Resolved
from tenants.scope import within


class Became(StrEnum):
    """What came of planning somebody anew."""

    NOTHING = "nothing"
    """What was planned is still best, or nothing was and is."""
    TOO_EARLY = "too_early"
    """The night is not written yet."""
    CHANGED = "changed"
    """Another message is to be written, in the place of one that waited or of none."""
    WITHDRAWN = "withdrawn"


class Because(StrEnum):
    """Why no message fits any more; codes for texts."""

    AGREED = "agreed_meanwhile"
    STOPPED = "stopped_meanwhile"
    WAITING = "waiting_is_better"
    ANOTHER = "another_fits_better"


def replan(tenant: Resolved, debtor_id: uuid.UUID) -> Became:
    """Fold what a person did today, score them under the night's prices, take back the message
    that no longer fits and write the one that does; in one transaction.

    Only the engine's own people are planned anew, on days that have a night.
    """
    day = today(tenant.time_zone)
    with within(tenant) as session:
        night = session.scalar(select(Night).where(Night.day == day))
        if night is None:
            return Became.NOTHING
        if night.state == NightState.PLANNED:
            return Became.TOO_EARLY
        spec = specs.from_data(night.spec)
        if not _is_ours(spec, debtor_id):
            return Became.NOTHING
        return Replan(Standing(session, tenant, night, spec, debtor_id)).carry_out()


def _is_ours(spec: Spec, debtor_id: uuid.UUID) -> bool:
    number = np.array([number_of(debtor_id)], dtype=np.int64)
    groups = arms(number, seed=spec.seed, holdout=spec.holdout, untouched=spec.untouched)
    return bool(groups[0] == Arm.ENGINE)


@dataclass(frozen=True)
class Replan:
    """One person's, in the transaction of how they stand."""

    standing: Standing

    def carry_out(self) -> Became:
        """Decide, and make it so."""
        standing = self.standing
        if not len(standing.part.book):
            return Became.NOTHING
        choice, known = standing.choose()
        rows = choice.actions.rows(named=True)
        action = rows[0] if rows else None
        if self._still_fits(action):
            return Became.NOTHING
        offering = Offering(choice.state, choice.offers)
        write_offers(standing.session, self._writing(), offering, [standing.debtor_id])
        became = self._change(choice.state, action)
        standing.keep(known)
        return became

    def _still_fits(self, action: Action | None) -> bool:
        """Whether what waits is what would be chosen now: another hour alone is no reason to take
        it back. A message that is due is on its way as long as anything may be said at all."""
        waiting = self.standing.waiting
        if not waiting:
            return action is None
        first = waiting[0]
        if action is None or first.Decision is None:
            return first.Decision is None
        if first.send_after <= now():
            return True
        names = ("channel", "intent", "wording")
        return all(getattr(first.Decision, name) == action[name] for name in names)

    def _change(self, state: State, action: Action | None) -> Became:
        session, waiting = self.standing.session, self.standing.waiting
        because = Because.ANOTHER if action else self._why_none(state)
        taken = [
            row.id
            for row in waiting
            if row.Decision is not None and withdraw(session, row.id, because)
        ]
        if waiting and not taken:
            return Became.NOTHING  # it was handed over at this moment
        writing = self._writing(taken)
        if action is not None:
            counts = writing.write(session, {self.standing.debtor_id: action})
            return Became.CHANGED if counts["queued"] or taken else Became.NOTHING
        nothing = {**NOTHING, "reasons": [because]}
        decide(
            session,
            night_id=writing.night_id,
            kind=DecisionKind.REPLAN,
            decided=[Decided(self.standing.debtor_id, nothing, None, writing.terms)],
            round=writing.round,
        )
        return Became.WITHDRAWN

    def _why_none(self, state: State) -> Because:
        if self.standing.part.agreed[0]:
            return Because.AGREED
        return Because.WAITING if state.people.reachable.any() else Because.STOPPED

    def _writing(self, taken: Sequence[uuid.UUID] = ()) -> Writing:
        standing, night = self.standing, self.standing.night
        return Writing(
            standing.tenant,
            night.id,
            night.day,
            DecisionKind.REPLAN,
            standing.round,
            {"withdrew": [str(one) for one in taken]} if taken else None,
        )
