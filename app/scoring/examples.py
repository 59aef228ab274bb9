"""What a score is trained on: people as known on a morning, and what they did after it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from app.scoring.calibration import Trained, auc, ece
from app.scoring.features import History
from app.scoring.people import People

Rows = NDArray[np.int64]
DECREASING = ("days_past_due", "complaints")
"""The older a debt and the more somebody complained, the less is agreed on; never the other way."""
LONG_AGO = 365
FEWEST_IN_A_GROUP = 100


def features_of(people: People, history: History, rows: Rows, day: date) -> pl.DataFrame:
    """The columns of a score for some people on a morning (m rows): the debt and what happened.
    No age, no region, no name."""
    known = history.rows(rows)
    balance = np.maximum(people.balance[rows], 1)
    names = np.array([*people.products, None], dtype=object)
    return pl.DataFrame(
        {
            "balance": np.log1p(people.balance[rows] / 100),
            "principal_share": people.principal[rows] / balance,
            "days_past_due": people.days_past_due[rows].astype(np.float64),
            "product": pl.Series(names[people.product[rows]].tolist(), dtype=pl.String),
            "other_debts": people.other_debts[rows].astype(np.float64),
            "credit_days": people.credit_days[rows].astype(np.float64),
            "channels": people.reachable[rows].sum(axis=1).astype(np.float64),
            "contacts": known.contacts.astype(np.float64),
            "contacts_in_week": known.in_week().astype(np.float64),
            "days_since_contact": _since(known.contacted_on, day),
            "visits": known.visits.astype(np.float64),
            "days_since_visit": _since(known.last_visit, day),
            "refusals": known.refusals.astype(np.float64),
            "seen_discount": known.seen_discount,
            "seen_instalments": known.seen_instalments.astype(np.float64),
            "bounces": known.bounces.sum(axis=1).astype(np.float64),
            "opt_outs": known.opt_outs.astype(np.float64),
            "complaints": known.complaints.astype(np.float64),
            "commits": known.commits.astype(np.float64),
            "breaks": known.breaks.astype(np.float64),
            "paid_share": known.cash / balance,
            "fits_share": known.fits_cents / balance,
            "leaning": known.leaning.astype(np.float64),
        }
    )


def _since(on: NDArray[np.int32], day: date) -> NDArray[np.float64]:
    return np.minimum(day.toordinal() - on, LONG_AGO).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Examples:
    """Mornings of people (m,): what was known, what came of it, and whom a report asks about."""

    features: pl.DataFrame
    outcome: NDArray[np.bool_]
    day: Rows
    """Ordinals."""
    region: NDArray[Any]
    age_band: NDArray[Any]
    """For the report on fairness alone."""


def card_of(trained: Trained, examples: Examples) -> Mapping[str, Any]:
    """What a score is worth, as data: span, calibration and ranking on days it never saw, and the
    same for each region and age band, with how far its mean is off there."""
    judged = np.flatnonzero(examples.day >= trained.days[2][0])
    chance = trained.predict(examples.features[judged])
    outcome = examples.outcome[judged]
    spans = ("train", "calibrate", "judge")
    return {
        "used": trained.used,
        "rows": trained.rows,
        "rate": trained.rate,
        "auc": _number(trained.auc),
        "ece": _number(trained.ece),
        "days": {
            name: [date.fromordinal(max(one, 1)).isoformat() for one in span]
            for name, span in zip(spans, trained.days, strict=True)
        },
        "fairness": {
            "region": _groups(examples.region[judged], outcome, chance),
            "age_band": _groups(examples.age_band[judged], outcome, chance),
        },
    }


def _groups(
    names: NDArray[Any], outcome: NDArray[np.bool_], chance: NDArray[np.float64]
) -> dict[str, dict[str, Any]]:
    """Of groups that are large enough to say anything."""
    found = {}
    for name in sorted({str(one) for one in names}):
        here = names.astype(str) == name
        if int(here.sum()) >= FEWEST_IN_A_GROUP:
            found[name] = {
                "rows": int(here.sum()),
                "happened": float(outcome[here].mean()),
                "foretold": float(chance[here].mean()),
                "auc": _number(auc(outcome[here], chance[here])),
                "ece": _number(ece(outcome[here], chance[here])),
            }
    return found


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
