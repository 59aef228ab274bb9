"""Which random group each person is in, and since when the groups are what they are.

Groups follow from a person's number, a creditor's seed and the two shares it set, all of which
every night keeps: nothing is drawn again, and nobody changes group while the shares stand.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.journeys.arms import Arm, arms, number_of
from app.journeys.models import Night
from app.journeys.settings import COST_CENTS


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the creditor's people are compared by."""

    began: date
    """The first night of these groups."""
    seed: int
    holdout: float
    untouched: float
    complaint_cents: float
    opt_out_cents: float
    is_first: bool
    """Whether no other groups were before."""

    def of(self, debtor_ids: Iterable[uuid.UUID]) -> NDArray[np.int8]:
        """The arm of each person (n,)."""
        return self.of_numbers(np.array([number_of(one) for one in debtor_ids], dtype=np.int64))

    def of_numbers(self, numbers: NDArray[np.int64]) -> NDArray[np.int8]:
        """The same by the engine's numbers."""
        return arms(numbers, seed=self.seed, holdout=self.holdout, untouched=self.untouched)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a day was run: its groups (None: everybody on the creditor's rules) and its costs."""

    comparison: Comparison | None
    cost_cents: dict[str, float]

    def of(self, debtor_ids: Sequence[uuid.UUID]) -> NDArray[np.int8]:
        """The arm of each person (n,) that day."""
        if self.comparison is None:
            return np.full(len(debtor_ids), Arm.RULES, dtype=np.int8)
        return self.comparison.of(debtor_ids)


def comparison(session: Session, until: date) -> Comparison | None:
    """The comparison that runs on a day; None before the first night."""
    rows = session.execute(
        select(Night.day, Night.seed, Night.spec).where(Night.day <= until).order_by(Night.day)
    ).all()
    return _running(rows) if rows else None


def _running(nights: Sequence[Any]) -> Comparison:
    """The last nights that drew alike."""
    last, began = nights[-1], nights[-1].day
    is_first = True
    for night in reversed(nights):
        if _drawn_by(night) != _drawn_by(last):
            is_first = False
            break
        began = night.day
    return Comparison(
        began,
        *_drawn_by(last),
        complaint_cents=last.spec["complaint_cents"],
        opt_out_cents=last.spec["opt_out_cents"],
        is_first=is_first,
    )


def _drawn_by(night: Any) -> tuple[int, float, float]:
    return night.seed, night.spec["holdout"], night.spec["untouched"]


def rules_of(session: Session, day: date) -> Rules:
    """How a day was run."""
    night = session.execute(
        select(Night.day, Night.seed, Night.spec)
        .where(Night.day <= day)
        .order_by(Night.day.desc())
        .limit(1)
    ).one_or_none()
    if night is None:
        return Rules(None, dict(COST_CENTS))
    return Rules(_running([night]), {**COST_CENTS, **night.spec["cost_cents"]})
