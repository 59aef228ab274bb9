"""Tonight's chances by the trained score in force, unless the people are others by now."""

import pickle
import uuid
from datetime import date
from functools import lru_cache
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.state import State
from app.scoring.calibration import DRIFTED, Trained, drift
from app.scoring.examples import features_of
from app.scoring.models import ScoreModel, ScoreState
from tenants.keys import vault

KIND = "commit_7"
"""The score that the engine's own expectation is moved by."""
LIBRARY = version("scikit-learn")
"""Its trained models are kept as it pickles them."""


def foretell(session: Session, state: State, day: date) -> int | None:
    """Set what the score in force expects of everybody; its version, None where none holds.

    Drifted: what it foretells tonight is spread otherwise than when it was trained. Then it falls
    back, for good, and the engine's own scores stand alone until the next training. So it does when
    the library that made it was upgraded since: what one version wrote, another need not read.
    """
    model = in_force(session)
    people = np.flatnonzero(state.history.open())
    if model is None or not len(people):
        return None
    if model.card["library"] != LIBRARY:
        _fall_back(model, day, because="library")
        return None
    told = _told(session, model, state, people, day)
    moved = drift(np.array(model.card["foretold"]), told)
    if moved > DRIFTED:
        _fall_back(model, day, because="drift", psi=moved)
        return None
    put(state, people, told)
    return model.version


def _fall_back(model: ScoreModel, day: date, **why: str | float) -> None:
    fallen = {**why, "on": day.isoformat()}
    model.state, model.card = ScoreState.FALLBACK, {**model.card, "fallback": fallen}


def foretell_again(session: Session, state: State, day: date, used: int | None) -> None:
    """The same for people planned anew, by the version that the night used."""
    if used is None:
        return
    model = session.scalar(
        select(ScoreModel).where(ScoreModel.kind == KIND, ScoreModel.version == used)
    )
    if model is not None and model.artefact is not None and model.card["library"] == LIBRARY:
        everybody = np.arange(len(state.people))
        put(state, everybody, _told(session, model, state, everybody, day))


def in_force(session: Session) -> ScoreModel | None:
    """The active version; None while the engine's own scores stand alone."""
    return session.scalar(
        select(ScoreModel).where(ScoreModel.kind == KIND, ScoreModel.state == ScoreState.ACTIVE)
    )


def put(state: State, rows: NDArray[np.int64], told: NDArray[np.float64]) -> None:
    """Of people without agreement; what is expected of the others is asked by nobody."""
    state.expected = np.zeros(len(state.people), dtype=np.float32)
    state.expected[rows] = told.astype(np.float32)


def _told(
    session: Session, model: ScoreModel, state: State, rows: NDArray[np.int64], day: date
) -> NDArray[np.float64]:
    assert model.artefact is not None
    trained = _opened(model.id, vault(session).unseal(model.artefact, "score"))
    return trained.predict(features_of(state.people, state.history, rows, day))


@lru_cache(maxsize=16)
def _opened(_model_id: uuid.UUID, artefact: bytes) -> Trained:
    # Sealed under the creditor's own key and authenticated.
    found: Trained = pickle.loads(artefact)  # noqa: S301  # nobody else can have written it
    return found
