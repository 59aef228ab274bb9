"""What the policy says of many people: the findings that matched, row by row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.compliance.facts import Finding, Reason, Verdict
from app.compliance.numbers import EPOCH, MICROSECOND, NEVER, Flags, Moments
from app.compliance.policy import STRENGTH, Effect

BY_STRENGTH = {strength: effect for effect, strength in STRENGTH.items()}


def moment(value: Any) -> datetime | None:
    """Microseconds since 1970 as a moment; NEVER is None."""
    return None if value == NEVER else EPOCH + int(value) * MICROSECOND


@dataclass(frozen=True)
class Verdicts:
    """One verdict per row."""

    effect: NDArray[np.int8]
    """Strength: 0 ALLOW, 1 REQUIRE, 2 DELAY, 3 REVIEW, 4 BLOCK."""
    until: Moments
    findings: tuple[Finding, ...]
    """Those that matched anywhere, in the order reasons are given."""
    matched: Flags
    """Rows × findings."""
    untils: Moments
    """Rows × findings."""

    def verdict(self, row: int) -> Verdict:
        """The verdict of one row, as `rules.decide` gives it."""
        reasons = tuple(
            Reason(*self.findings[index], until=moment(self.untils[row, index]))
            for index in np.flatnonzero(self.matched[row]).tolist()
        )
        return Verdict(BY_STRENGTH[int(self.effect[row])], moment(self.until[row]), reasons)

    def each(self) -> list[Verdict]:
        """The verdict of every row; rows that say the same share one object."""
        rows = np.column_stack(
            [self.effect.astype(np.int64), self.until, self.matched.astype(np.int64), self.untils]
        )
        width, packed = rows.shape[1] * rows.itemsize, np.ascontiguousarray(rows).tobytes()
        known: dict[bytes, Verdict] = {}
        verdicts = []
        for row in range(len(rows)):
            key = packed[row * width : (row + 1) * width]
            if key not in known:
                known[key] = self.verdict(row)
            verdicts.append(known[key])
        return verdicts


class Matches:
    """Which findings match which rows, and until when, while they are collected."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._found: dict[Finding, tuple[Flags, Moments]] = {}

    def add(self, finding: Finding, rows: Flags, until: Any = NEVER) -> None:
        """Rows (flags) that match, with the moment each one's match ends; the later one counts."""
        if not rows.any():
            return
        untils = np.where(rows, until, NEVER)
        if finding in self._found:
            flags, known = self._found[finding]
            rows, untils = rows | flags, np.maximum(untils, known)
        self._found[finding] = rows, untils

    def free_at(self, now: int) -> Moments:
        """From when on nothing delays a row any more, hours not asked yet."""
        delays = [u for finding, (_, u) in self._found.items() if finding.effect is Effect.DELAY]
        free = np.full(self._rows, now, dtype=np.int64)
        for untils in delays:
            free = np.maximum(free, untils)
        return free

    def verdicts(self, order: tuple[Finding, ...]) -> Verdicts:
        """All collected, in this order of findings; the strongest effect of a row wins."""
        listed = tuple(finding for finding in order if finding in self._found)
        effect = np.zeros(self._rows, dtype=np.int8)
        delayed = np.full(self._rows, NEVER, dtype=np.int64)
        matched = np.zeros((self._rows, len(listed)), dtype=np.bool_)
        untils = np.full((self._rows, len(listed)), NEVER, dtype=np.int64)
        for index, finding in enumerate(listed):
            flags, until = self._found[finding]
            matched[:, index], untils[:, index] = flags, until
            effect = np.maximum(effect, np.where(flags, STRENGTH[finding.effect], 0)).astype(
                np.int8
            )
            if finding.effect is Effect.DELAY:
                delayed = np.maximum(delayed, until)
        delayed = np.where(effect == STRENGTH[Effect.DELAY], delayed, NEVER)
        return Verdicts(effect, delayed, listed, matched, untils)
