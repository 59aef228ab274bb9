"""Scores trained on a creditor's own mornings, out of time: from the snapshots that nights keep.

What was known is read from the snapshots, so that nothing of later slips in; what came of it from
the events. The scores hold until the next training, or until the people are others.
"""

import pickle
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.debts.models import Debtor
from app.history.models import Event
from app.journeys.arms import number_of
from app.journeys.models import Night
from app.journeys.random import Purpose, uniforms
from app.nights import choosing, fixing
from app.nights.foretelling import LIBRARY
from app.scoring.calibration import train
from app.scoring.examples import DECREASING, Examples, card_of, features_of
from app.scoring.models import ScoreModel, ScoreState
from tenants.keys import vault
from tenants.resolve import Resolved
from tenants.scope import within


@dataclass(frozen=True, slots=True)
class Score:
    """What is foretold: an event of a kind within some days."""

    event: str
    days: int


PAID = "payment.received"
SCORES: Mapping[str, Score] = {
    "commit_7": Score("agreement.accepted", 7),
    "kept_30": Score(PAID, 30),
}
"""`commit_7` moves the plan (foretelling). `kept_30` is for people, on its card: it says who will
pay, not whom a message makes pay, and nothing here may choose by it."""
EVERY = timedelta(days=7)
FEWEST_MORNINGS = 5
"""Mornings whose outcome is known: with fewer there is no time to judge out of."""
MOST_ROWS = 120_000
EDGES = 200


def train_due(tenant: Resolved, day: date) -> list[str]:
    """Train the scores that are due on a day, each stored with its card; the kinds trained.

    A score that does not hold on days it never saw is stored as fallen back and not used.
    """
    trained = []
    for kind in SCORES:
        with within(tenant) as session:
            if _is_due(session, kind, day) and _train(session, tenant, kind, day):
                trained.append(kind)
    return trained


def _is_due(session: Session, kind: str, day: date) -> bool:
    last = session.scalar(select(func.max(ScoreModel.created_at)).where(ScoreModel.kind == kind))
    if last is not None and last.date() + EVERY > day:
        return False
    return len(_mornings(session, SCORES[kind], day)) >= FEWEST_MORNINGS


def _mornings(session: Session, score: Score, day: date) -> Sequence[Night]:
    """Nights that can be looked at still, and whose outcome is known by the morning of `day`."""
    return session.scalars(
        select(Night)
        .where(Night.snapshot_id.is_not(None), Night.day < day - timedelta(days=score.days))
        .order_by(Night.day)
    ).all()


def _train(session: Session, tenant: Resolved, kind: str, day: date) -> bool:
    nights = _mornings(session, SCORES[kind], day)
    examples = collect(session, tenant, SCORES[kind], nights)
    if examples is None:
        return False
    trained = train(examples.features, examples.outcome, examples.day, decreasing=DECREASING)
    card = {**card_of(trained, examples), "library": LIBRARY}
    holds = trained.used != "prior"
    if holds:
        told = trained.predict(examples.features)
        # Of how many foretold chances are how large: what drift is measured against.
        card["foretold"] = np.quantile(told, np.linspace(0, 1, EDGES)).tolist()
    else:
        card["fallback"] = {"because": "calibration", "on": day.isoformat()}
    latest = retire(session, kind)
    session.add(
        ScoreModel(
            kind=kind,
            version=latest + 1,
            trained_from=date.fromordinal(int(examples.day.min())),
            trained_to=date.fromordinal(int(examples.day.max())),
            card=card,
            artefact=vault(session).seal(pickle.dumps(trained), "score") if holds else None,
            state=ScoreState.ACTIVE if holds else ScoreState.FALLBACK,
        )
    )
    return True


def retire(session: Session, kind: str) -> int:
    """No version of a kind is in force any more; the number of the last one, 0 without any."""
    versions = session.scalars(
        select(ScoreModel).where(ScoreModel.kind == kind).order_by(ScoreModel.version)
    ).all()
    for one in versions:
        if one.state == ScoreState.ACTIVE:
            one.state = ScoreState.RETIRED
    return versions[-1].version if versions else 0


def collect(
    session: Session, tenant: Resolved, score: Score, nights: Sequence[Night]
) -> Examples | None:
    """People without agreement on each morning, drawn by their numbers where they are too many.

    None where too few mornings have any: those of an engine of another make cannot be read.
    """
    happened = _happened(session, tenant, score, nights)
    bands = _Bands.read(session)
    share = MOST_ROWS / max(len(nights), 1)
    parts = []
    for night in nights:
        with suppress(choosing.OtherMake):
            parts.append(_morning(session, night, score, happened, bands, share))
    if sum(len(part.day) > 0 for part in parts) < FEWEST_MORNINGS:
        return None
    return Examples(
        pl.concat([part.features for part in parts]),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("outcome", "day", "region", "age_band")
        ),
    )


def _morning(
    session: Session,
    night: Night,
    score: Score,
    happened: tuple[NDArray[np.int64], NDArray[np.int64]],
    bands: "_Bands",
    most: float,
) -> Examples:
    state = choosing.state_of(fixing.inputs_of(session, night))
    ordinal = night.day.toordinal()
    rows = np.flatnonzero(state.history.open())
    drawn = uniforms(night.seed, Purpose.SAMPLE, -ordinal, state.people.ids[rows])[:, 1]
    rows = rows[drawn < most / max(len(rows), 1)]
    numbers, days = happened
    within_days = (days >= ordinal) & (days < ordinal + score.days)
    ids = state.people.ids[rows]
    places = [state.people.regions[at].split("|")[1] for at in state.people.region[rows]]
    return Examples(
        features=features_of(state.people, state.history, rows, night.day),
        outcome=np.isin(ids, numbers[within_days]),
        day=np.full(len(rows), ordinal, dtype=np.int64),
        region=np.array(places, dtype=object),
        age_band=bands.of(ids, night.day),
    )


def _happened(
    session: Session, tenant: Resolved, score: Score, nights: Sequence[Night]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Whom the event happened to, and on which days (ordinals, where the creditor is)."""
    zone = ZoneInfo(tenant.time_zone)
    since = datetime.combine(nights[0].day, datetime.min.time(), zone)
    told = select(Event.debtor_id, Event.at).where(Event.kind == score.event, Event.at >= since)
    if score.event == PAID:
        told = told.where(_kept())
    rows = session.execute(told).all()
    numbers: dict[uuid.UUID, int] = {row.debtor_id: number_of(row.debtor_id) for row in rows}
    return (
        np.array([numbers[row.debtor_id] for row in rows], dtype=np.int64),
        np.array([row.at.astimezone(zone).date().toordinal() for row in rows], dtype=np.int64),
    )


def _kept() -> ColumnElement[bool]:
    """Of a payment something was counted, and not all of it has gone back since."""
    back = aliased(Event)
    gone = (
        select(func.coalesce(func.sum(back.data["returned_cents"].as_integer()), 0))
        .where(
            back.tenant_id == Event.tenant_id,
            back.debtor_id == Event.debtor_id,
            back.kind == "payment.returned",
            back.subject_id == Event.subject_id,
        )
        .scalar_subquery()
    )
    kept: ColumnElement[bool] = Event.data["applied_cents"].as_integer() > gone
    return kept


@dataclass(frozen=True, slots=True)
class _Bands:
    """Age bands by person number, from the day each comes of age; for the report alone."""

    numbers: NDArray[np.int64]
    adult_on: NDArray[np.int64]

    @classmethod
    def read(cls, session: Session) -> "_Bands":
        rows = session.execute(
            select(Debtor.id, Debtor.adult_on).where(Debtor.adult_on.is_not(None))
        ).all()
        numbers = np.array([number_of(row.id) for row in rows], dtype=np.int64)
        days = np.array([row.adult_on.toordinal() for row in rows], dtype=np.int64)
        order = np.argsort(numbers)
        return cls(numbers[order], days[order])

    def of(self, ids: NDArray[np.int64], day: date) -> NDArray[Any]:
        if not len(self.numbers):
            return np.full(len(ids), "unknown", dtype=object)
        at = np.minimum(np.searchsorted(self.numbers, ids), len(self.numbers) - 1)
        age = 18 + (day.toordinal() - self.adult_on[at]) / 365.25
        names = np.array(["under 30", "30 to 44", "45 to 59", "60 and over"], dtype=object)
        band = names[np.searchsorted([30, 45, 60], age, side="right")]
        return np.where(self.numbers[at] == ids, band, "unknown")
