"""Columns of text to columns of values: common shapes at once, odd cells one by one."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Column:
    """Values of one field over a batch: None where the cell is empty or was not understood.

    `problems` maps the position in the batch to the code of what is wrong (see `problems`).
    """

    values: list[Any]
    problems: dict[int, str] = field(default_factory=dict)


def is_mixed(one: int, other: int) -> bool:
    """Whether the rarer of two formats is more than a slip: at least 1% of the evidence."""
    return min(one, other) * 100 >= one + other
