"""A creditor's night: fix the plan for everybody, then write it.

What is fixed is stored with everything it followed from; what is written is written chunk by
chunk. A night that was killed is completed by the next run from what was fixed: nobody twice.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.agreements.actions import break_overdue
from app.debts.jobs import erase_file
from app.jobs import enqueue
from app.journeys import settings as intents
from app.journeys.arms import Arm, arms, number_of
from app.journeys.bounds import Bounds
from app.journeys.hands import overlapping, rare_collections
from app.journeys.models import Night, NightState, ReplanInputs
from app.journeys.planning import plan_day
from app.journeys.queries import CHUNK, debtor_chunks
from app.journeys.spec import Spec
from app.nights import choosing, fixing, specs, training
from app.nights.alone import alone
from app.nights.choosing import Choice
from app.nights.deciding import Action
from app.nights.fixing import Progress
from app.nights.lapsing import let_lapse
from app.nights.offering import Offering, write_offers
from app.nights.rationing import bounds_of
from app.nights.writing import Writing
from app.offers import queries as offers
from tenants import files
from tenants.clock import now, today
from tenants.resolve import Resolved
from tenants.scope import within
from themes.lacking import Lacking

WAITING = "waiting for another run"
KEPT = timedelta(days=35)
"""How long what a night followed from is kept: until then it can be replayed."""


def is_on(tenant: Resolved) -> bool:
    """Whether the creditor has an engine: settings and offer rules are in force."""
    with within(tenant) as session:
        return intents.in_force(session) is not None and offers.rules_in_force(session) is not None


def plan(tenant: Resolved, *, progress: Progress, chunk: int = CHUNK) -> Counter[str]:
    """Today's night, or what is left of it, and the rest of the day. Nothing leaves yet.

    Started twice at a time, the second waits and finds nothing left to do. Raises Lacking
    without settings, offer rules or a brand.
    """
    with alone(tenant, lambda: progress(WAITING, 0)):
        return _plan(tenant, progress, chunk)


def _plan(tenant: Resolved, progress: Progress, chunk: int) -> Counter[str]:
    day = today(tenant.time_zone)
    totals: Counter[str] = Counter()
    with within(tenant) as session:
        totals["broken"] = break_overdue(session, tenant, day)
        night = session.scalar(select(Night).where(Night.day == day))
    with rare_collections():
        choice = None
        if night is None:
            totals["lapsed"] = let_lapse(tenant, day)
            for kind in training.train_due(tenant, day):
                progress(f"trained {kind}", 1)
            choice = fixing.fix(tenant, day, progress, chunk)
        elif night.state == NightState.PLANNED:
            # What an engine of another make has not written yet stays unwritten until tomorrow.
            with suppress(choosing.OtherMake):
                choice = chosen(tenant, night)
        return totals + _written(tenant, day, choice, progress, chunk, begun=night is not None)


def of_day(tenant: Resolved, day: date) -> Night:
    """The night of a day. Raises Lacking."""
    with within(tenant) as session:
        night = session.scalar(select(Night).where(Night.day == day))
    if night is None:
        raise Lacking("No night was planned for %(day)s.", day=day.isoformat())
    return night


def chosen(tenant: Resolved, night: Night) -> Choice:
    """A night's plan again, from what it fixed. Raises Lacking when its snapshot is gone or of
    another make."""
    return choosing.choose(inputs_of(tenant, night))


def inputs_of(tenant: Resolved, night: Night) -> choosing.Inputs:
    """What a night's plan followed from. Raises Lacking when its snapshot is gone."""
    with within(tenant) as session:
        return fixing.inputs_of(session, night)


def _written(
    tenant: Resolved,
    day: date,
    choice: Choice | None,
    progress: Progress,
    chunk: int,
    *,
    begun: bool,
) -> Counter[str]:
    """Write the plan, instalments for everybody, and the creditor's own journey for those who
    stay on it. Doing it twice writes nothing twice."""
    with within(tenant) as session:
        night = session.scalar(select(Night).where(Night.day == day))
        if night is None:
            return Counter()
        left = bounds_of(session, tenant, night, choice, begun=begun)
    spec = specs.from_data(night.spec)
    plans = _Plans(actions_of(choice), offering_of(choice), left)
    totals, count = Counter[str](), 0
    work = partial(_write_chunk, Writing(tenant, night.id, day), spec, plans)
    for people, written in overlapping(work, debtor_chunks(tenant, chunk)):
        totals += written
        count += people
        progress("planned", count)
    _complete(tenant, night.id, totals)
    return totals


def offering_of(choice: Choice | None) -> Offering | None:
    """The offers of a plan."""
    return None if choice is None else Offering(choice.state, choice.offers)


def actions_of(choice: Choice | None) -> dict[int, Action]:
    """The engine's contacts by person number: the creditor's journey writes its own."""
    if choice is None:
        return {}
    return {row["person"]: row for row in choice.actions.iter_rows(named=True)}


@dataclass(frozen=True, slots=True)
class _Plans:
    """What is to be written."""

    actions: Mapping[int, Action]
    """By person number."""
    offering: Offering | None
    """None where the night was written before."""
    left: Bounds | None
    """Within which the creditor's own journey writes."""


def _write_chunk(
    writing: Writing, spec: Spec, plans: _Plans, debtor_ids: list[uuid.UUID]
) -> tuple[int, Counter[str]]:
    numbers = [number_of(debtor_id) for debtor_id in debtor_ids]
    groups = arms(
        np.array(numbers, dtype=np.int64),
        seed=spec.seed,
        holdout=spec.holdout,
        untouched=spec.untouched,
    )
    spared = {
        debtor_id for debtor_id, group in zip(debtor_ids, groups, strict=True) if group != Arm.RULES
    }
    named = list(zip(debtor_ids, numbers, strict=True))
    mine = {debtor_id: plans.actions[one] for debtor_id, one in named if one in plans.actions}
    with within(writing.tenant) as session:
        counts = write_offers(session, writing, plans.offering, debtor_ids)
        counts += plan_day(session, writing.tenant, debtor_ids, spared=spared, bounds=plans.left)
        counts += writing.write(session, mine)
        return len(debtor_ids), counts


def _complete(tenant: Resolved, night_id: uuid.UUID, totals: Counter[str]) -> None:
    with within(tenant) as session:
        night = session.get_one(Night, (tenant.id, night_id))
        if night.state == NightState.PLANNED:
            night.state, night.completed_at = NightState.COMPLETE, now()
            night.counts = {**night.counts, **totals}
        _forget(session, tenant, night.day - KEPT)


def _forget(session: Session, tenant: Resolved, before: date) -> None:
    """Let go of the snapshots of nights before a day: what was decided stays."""
    for night in session.scalars(
        select(Night).where(Night.day < before, Night.snapshot_id.is_not(None))
    ).all():
        assert night.snapshot_id is not None
        session.execute(delete(ReplanInputs).where(ReplanInputs.night_id == night.id))
        files.delete(session, night.snapshot_id)
        enqueue(session, erase_file, tenant_id=str(tenant.id), file_id=str(night.snapshot_id))
        night.snapshot_id = None
