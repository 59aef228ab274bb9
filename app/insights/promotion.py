"""May another way of writing to people take the place of the present one? Judged by logged draws.

A candidate names channels, hours and wordings: it draws evenly among those of them that are
allowed, and leaves the decision as it was where none is. Whom to write to and how often cannot be
judged so: people who were not written to drew no chance. That is what the random groups are for.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.insights import choices as decisions
from app.insights.choices import Choices
from app.insights.cohort import Window
from app.insights.groups import Comparison, comparison
from app.insights.offpolicy import Gate, Logged, expectations, gate
from app.insights.report import NothingYet
from app.insights.rolling import CREDITED
from tenants.clock import today
from tenants.resolve import Resolved

NAMES = ("channels", "hours", "wordings")
REMEMBERED = timedelta(days=180)
"""Older decisions were drawn by too different an engine, for too different people."""


class CandidateInvalid(ValueError):
    """The file is no candidate. `errors`: field → what is wrong with it, as a code; `values`:
    field → which of its values are."""

    def __init__(self, errors: Mapping[str, str], values: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors, self.values = dict(errors), dict(values)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What to draw among; None: all there is."""

    channels: tuple[str, ...] | None = None
    hours: tuple[int, ...] | None = None
    wordings: tuple[str, ...] | None = None


def parse(source: bytes) -> Candidate:
    """A candidate from TOML. Raises CandidateInvalid."""
    try:
        data = tomllib.loads(source.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise CandidateInvalid({"file": "not_toml"}, {}) from wrong
    errors = {str(name): "unknown" for name in data if name not in NAMES}
    found: dict[str, tuple[Any, ...]] = {}
    for name in NAMES:
        if name in data:
            kind = int if name == "hours" else str
            values = data[name]
            if not isinstance(values, list) or not values or not _all(values, kind):
                errors[name] = "not_a_list"
            else:
                found[name] = tuple(dict.fromkeys(values))
    if none := [hour for hour in found.get("hours", ()) if not 0 <= hour <= 23]:
        errors["hours"] = "no_hour"
    if not data:
        errors["file"] = "empty"
    if errors:
        raise CandidateInvalid(errors, {"hours": _listed(none)})
    return Candidate(**found)


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values))


def _all(values: Sequence[Any], kind: type) -> bool:
    return all(type(value) is kind for value in values)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate's gate, and what it rests on."""

    gate: Gate
    window: Window
    left_out: int
    """Decisions on a channel with few places: what else could have been drawn is not known."""
    kept: float
    """Share of the decisions that the candidate leaves as they were."""


def judge(session: Session, tenant: Resolved, candidate: Candidate) -> Judged:
    """Judge a candidate by the decisions of the running comparison that are two weeks old.

    Raises NothingYet, and CandidateInvalid for names that nothing was ever drawn with.
    """
    running, window = _window(session, tenant)
    everything = decisions.read(session, tenant, window)
    ripe = everything.older_than(CREDITED, decisions.bounds_of(tenant, window)[1])
    if not len(ripe):
        raise NothingYet("no_ripe", running.began + CREDITED + timedelta(days=1))
    chosen = ripe.rows(ripe.free)
    allowed, mine = _among(chosen, candidate)
    kept = allowed == 0
    target = np.where(kept, chosen.propensity, mine / np.maximum(allowed, 1))
    reward = _reward(chosen, running)
    logged = Logged(
        chosen.person,
        reward,
        chosen.propensity,
        target,
        *expectations(chosen.person, reward, _features(chosen), _under(chosen, candidate, kept)),
    )
    return Judged(
        gate(logged), window, len(ripe) - len(chosen), float(kept.mean()) if len(kept) else 0.0
    )


def _window(session: Session, tenant: Resolved) -> tuple[Comparison, Window]:
    until: date = today(tenant.time_zone) - timedelta(days=1)
    running = comparison(session, until)
    if running is None:
        raise NothingYet("no_night")
    return running, Window(max(running.began, until - REMEMBERED), until)


def _reward(chosen: Choices, running: Comparison) -> decisions.Column:
    results = chosen.results
    harm = results["complained"] * running.complaint_cents
    harm = harm + results["opted_out"] * running.opt_out_cents
    return np.asarray(results["cash"] - chosen.cost - harm, dtype=np.float64)


def _places(names: Sequence[Any], wanted: Sequence[Any] | None, field: str) -> NDArray[np.bool_]:
    if wanted is None:
        return np.ones(len(names), dtype=bool)
    if never := [value for value in wanted if value not in names]:
        raise CandidateInvalid({field: "never_drawn"}, {field: _listed(never)})
    return np.array([name in wanted for name in names])


def _options(chosen: Choices, candidate: Candidate) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What the candidate would draw among: channel × hour (n, C, H) and wordings (n, W)."""
    channels = _places(chosen.channels, candidate.channels, "channels")
    hours = _places(chosen.hours, candidate.hours, "hours")
    words = _places(chosen.wordings, candidate.wordings, "wordings")
    places = chosen.allowed & channels[None, :, None] & hours[None, None, :]
    return places, chosen.worded & words[None, :]


def _among(chosen: Choices, candidate: Candidate) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How many options the candidate has (n,), and whether what was drawn is one of them (n,)."""
    places, words = _options(chosen, candidate)
    rows = np.arange(len(chosen))
    count = places.sum(axis=(1, 2)) * words.sum(axis=1)
    return count, places[rows, chosen.channel, chosen.hour] & words[rows, chosen.wording]


def _features(chosen: Choices) -> decisions.Column:
    parts = [
        np.eye(len(chosen.channels))[chosen.channel],
        np.eye(len(chosen.hours))[chosen.hour],
        np.eye(len(chosen.wordings))[chosen.wording],
    ]
    return np.concatenate(parts, axis=1)


def _under(chosen: Choices, candidate: Candidate, kept: NDArray[np.bool_]) -> decisions.Column:
    """The features' mean under the candidate (n, k): a linear model needs no more."""
    places, words = _options(chosen, candidate)
    count = np.maximum(places.sum(axis=(1, 2)), 1)[:, None]
    parts = [
        places.sum(axis=2) / count,
        places.sum(axis=1) / count,
        words / np.maximum(words.sum(axis=1), 1)[:, None],
    ]
    return np.where(kept[:, None], _features(chosen), np.concatenate(parts, axis=1))
