"""People planned anew after something happened to them, under the prices of the night."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journeys.arms import Arm, arms, number_of
from app.journeys.models import DecisionKind, Night, NightState
from app.journeys.spec import Spec
from app.nights import choosing, specs
from app.nights.choosing import Choice
from app.nights.deciding import NOTHING, Action, Decided, decide
from app.nights.offering import Offering, write_offers
from app.nights.standing import Standing
from app.nights.writing import Writing
from app.outreach import withdrawing
from app.outreach.lapsing import DAY_OVER
from app.outreach.withdrawing import withdraw
from tenants.clock import now, today
from tenants.resolve import Resolved


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

    AGREED = withdrawing.AGREED
    STOPPED = "stopped_meanwhile"
    WAITING = "waiting_is_better"
    ANOTHER = "another_fits_better"
    LAPSED = DAY_OVER


Wanted = Mapping[uuid.UUID, Action | None]
"""What is best for each now; None: silence."""


def why_silent(choice: Choice, number: int) -> Because:
    """Why a person's silence is best, by what is known of them in the choice."""
    people = choice.state.people
    [place] = people.find(np.array([number], dtype=np.int64))
    if people.agreed[place]:
        return Because.AGREED
    return Because.WAITING if people.reachable[place].any() else Because.STOPPED


def replan(
    session: Session, tenant: Resolved, debtor_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Became]:
    """Fold what these people did today, score them under the night's prices, take back the messages
    that no longer fit and write those that do; in the caller's transaction, which holds
    `alone.planning_anew`.

    Only the engine's own people are planned anew, on days that have a night, and not where an
    engine of another make planned it: what that knew of people cannot be read any more.
    """
    night = session.scalar(select(Night).where(Night.day == today(tenant.time_zone)))
    if night is None:
        return dict.fromkeys(debtor_ids, Became.NOTHING)
    if night.state == NightState.PLANNED:
        return dict.fromkeys(debtor_ids, Became.TOO_EARLY)
    spec, became = specs.from_data(night.spec), dict.fromkeys(debtor_ids, Became.NOTHING)
    ours = _ours(spec, debtor_ids)
    if ours:
        with suppress(choosing.OtherMake):
            became |= Replan(Standing(session, tenant, night, spec, ours)).carry_out()
    return became


def _ours(spec: Spec, debtor_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    numbers = np.array([number_of(one) for one in debtor_ids], dtype=np.int64)
    groups = arms(numbers, seed=spec.seed, holdout=spec.holdout, untouched=spec.untouched)
    return [one for one, arm in zip(debtor_ids, groups, strict=True) if arm == Arm.ENGINE]


@dataclass(frozen=True)
class Replan:
    """Some people's, in the transaction of how they stand."""

    standing: Standing

    def carry_out(self) -> dict[uuid.UUID, Became]:
        """Decide, and make it so; left out is whose plan stays as it is."""
        standing = self.standing
        people = standing.part.book.ids
        if not people:
            return {}
        choice, known = standing.choose()
        best = {row["person"]: row for row in choice.actions.iter_rows(named=True)}
        by_round: dict[int, dict[uuid.UUID, Action | None]] = defaultdict(dict)
        for one in people:
            action = best.get(number_of(one))
            if not self._still_fits(one, action):
                by_round[standing.round[one]][one] = action
        became: dict[uuid.UUID, Became] = {}
        for round, wanted in by_round.items():
            became |= self._change(choice, round, wanted)
        if by_round:
            standing.keep(choice, known)
        return became

    def _still_fits(self, debtor_id: uuid.UUID, action: Action | None) -> bool:
        """Whether what waits is what would be chosen now: another hour alone is no reason to take
        it back. A message that is due is on its way as long as anything may be said at all."""
        waiting = self.standing.waiting.get(debtor_id)
        if not waiting:
            return action is None
        first = waiting[0]
        if action is None or first.Decision is None:
            return first.Decision is None
        if first.send_after <= now():
            return True
        names = ("channel", "intent", "wording")
        return all(getattr(first.Decision, name) == action[name] for name in names)

    def _change(self, choice: Choice, round: int, wanted: Wanted) -> dict[uuid.UUID, Became]:
        standing, session = self.standing, self.standing.session
        because = {one: self._because(choice, one, action) for one, action in wanted.items()}
        offering = Offering(choice.state, choice.offers)
        write_offers(session, self._writing(round), offering, list(wanted))
        taken = self._withdraw(because)
        # Whose message was handed over at this moment hears that one.
        free = [one for one in wanted if one in taken or not standing.waiting.get(one)]
        writing = self._writing(round, taken)
        speak = {one: action for one in free if (action := wanted[one]) is not None}
        queued = writing.messages(session, speak, list(speak))
        silent = [one for one in free if wanted[one] is None]
        decide(
            session,
            night_id=writing.night_id,
            kind=DecisionKind.REPLAN,
            decided=[
                Decided(one, {**NOTHING, "reasons": [because[one]]}, None, writing.terms.get(one))
                for one in silent
            ],
            round=round,
        )
        changed = {one: Became.CHANGED for one in speak if one in queued or one in taken}
        return changed | dict.fromkeys(silent, Became.WITHDRAWN)

    def _withdraw(self, because: Mapping[uuid.UUID, Because]) -> dict[uuid.UUID, list[uuid.UUID]]:
        """Take back what waits for these people; the messages that were, by person."""
        waits = {
            row.id: one
            for one in because
            for row in self.standing.waiting.get(one, ())
            if row.Decision is not None
        }
        codes = {message: because[one] for message, one in waits.items()}
        taken: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for message in sorted(withdraw(self.standing.session, codes)):
            taken[waits[message]].append(message)
        return taken

    def _because(self, choice: Choice, debtor_id: uuid.UUID, action: Action | None) -> Because:
        """Why what waits is taken back."""
        if action is not None:
            return Because.ANOTHER
        return why_silent(choice, number_of(debtor_id))

    def _writing(
        self, round: int, taken: Mapping[uuid.UUID, Sequence[uuid.UUID]] | None = None
    ) -> Writing:
        standing, night = self.standing, self.standing.night
        terms = {
            one: {"withdrew": [str(message) for message in messages]}
            for one, messages in (taken or {}).items()
        }
        kind = DecisionKind.REPLAN
        return Writing(standing.tenant, night.id, night.day, kind, round, terms)
