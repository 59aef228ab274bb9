"""A benchmark's rows: ours and its peer, measured in turns, as a ratio with its spread."""

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

ROUNDS = 5


@dataclass
class Row:
    """One comparison. `ours` and `peer` hold a figure per round, in `unit`; larger is better.

    `aim` None: a figure to be known, which nothing is asked of.
    """

    what: str
    against: str
    unit: str
    aim: float | None
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    smaller_is_better: bool = False
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        return [mine / theirs for mine, theirs in zip(self.ours, self.peer, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool:
        if self.aim is None:
            return True
        return self.ratio <= self.aim if self.smaller_is_better else self.ratio >= self.aim

    def as_data(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self) | {
            "ratio": round(self.ratio, 3),
            "spread": [round(min(self.ratios), 3), round(max(self.ratios), 3)],
            "reached": self.reached,
        }

    def as_line(self) -> str:
        """For people."""
        sign = "≤" if self.smaller_is_better else "≥"
        aim = "no aim     " if self.aim is None else f"aim {sign} {self.aim:<5g}"
        return (
            f"{'ok  ' if self.reached else 'MISS'} {self.ratio:6.2f} "
            f"[{min(self.ratios):.2f}–{max(self.ratios):.2f}] {aim} "
            f"{self.what} ÷ {self.against}: "
            f"{statistics.median(self.ours):,.0f} ÷ {statistics.median(self.peer):,.0f} {self.unit}"
            + (f" ({self.note})" if self.note else "")
        )


def interleave(row: Row, ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> Row:
    """Measure both in turns, the order swapped every round, so that drift hits both alike."""
    for number in range(rounds):
        if number % 2:
            theirs = peer()
            mine = ours()
        else:
            mine = ours()
            theirs = peer()
        row.ours.append(mine)
        row.peer.append(theirs)
    return row
