"""What can be observed of a day: the events, in the columns of the engine's interface."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

SCHEMA = {
    "person": pl.Int64,
    "kind": pl.String,
    "channel": pl.String,
    "hour": pl.Int8,
    "wording": pl.String,
    "amount_cents": pl.Int64,
    "discount": pl.Float64,
    "instalments": pl.Int16,
    "committed": pl.Boolean,
}


MISSING = {
    "channel": "",
    "hour": -1,
    "wording": "",
    "amount_cents": -1,
    "discount": np.nan,
    "instalments": -1,
}
"""What stands for null in a column, until the day's frame is made."""


class Journal:
    """Collects the events of one day. `ids`: the caller's id of each person's row."""

    def __init__(self, ids: NDArray[np.int64]) -> None:
        self._ids = ids
        self._columns: dict[str, list[NDArray]] = {name: [] for name in SCHEMA}

    def add(self, kind: str, people: NDArray[np.int64], **columns: Any) -> None:
        """One event of this kind for each of `people` (row numbers), with columns as long."""
        n = len(people)
        if not n:
            return
        own = {"person": self._ids[people], "kind": np.full(n, kind), **columns}
        own.setdefault("committed", np.full(n, None))
        for name, parts in self._columns.items():
            parts.append(own[name] if name in own else np.full(n, MISSING[name]))

    def frame(self) -> pl.DataFrame:
        """All events of the day so far; columns that an event does not have are null."""
        if not self._columns["person"]:
            return pl.DataFrame(schema=SCHEMA)
        joined = {name: np.concatenate(parts) for name, parts in self._columns.items()}
        committed = pl.Series("committed", joined.pop("committed").tolist(), pl.Boolean)
        frame = pl.DataFrame(joined).with_columns(
            pl.when(pl.col(name) == missing).then(None).otherwise(pl.col(name)).alias(name)
            for name, missing in MISSING.items()
        )
        return frame.with_columns(committed).select(*SCHEMA).cast(SCHEMA)
