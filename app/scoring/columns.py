"""Columns that somebody else supplies, taken as what they must be or refused by name."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Kinds = Mapping[str, type[pl.DataType] | pl.DataType]
Ranges = Mapping[str, tuple[float, float]]
FEW = 64
"""Up to so many values a dictionary is quicker than a column's own look-up."""


def check_filled(frame: pl.DataFrame, required: Collection[str], what: str) -> None:
    """Raise ValueError naming a required column that is missing or has empty values; nan is one."""
    for name in required:
        if name not in frame.columns:
            raise ValueError(f"{what}: the column {name} is missing")
        values = frame[name]
        if values.null_count() or (values.dtype.is_float() and values.is_nan().any()):
            raise ValueError(f"{what}: {name} has empty values")


def check_ranges(frame: pl.DataFrame, ranges: Ranges, what: str) -> None:
    """Raise ValueError naming a column with a figure outside its range; empty and nan are none."""
    for name, (least, most) in ranges.items():
        told = frame[name].drop_nulls()
        if not (told.drop_nans() if told.dtype.is_float() else told).is_between(least, most).all():
            raise ValueError(f"{what}: {name} outside {least} to {most}")


def typed(frame: pl.DataFrame, kinds: Kinds, what: str) -> pl.DataFrame:
    """The frame with these columns of these types; absent ones are empty, and so is nan where
    whole numbers are due. Raises ValueError naming a column that is of no such type, also for what
    lies between whole numbers: reais where cents are due."""
    missing = [name for name in kinds if name not in frame.schema]
    absent = [pl.lit(None, dtype=kinds[name]).alias(name) for name in missing]
    frame = frame.with_columns(absent) if absent else frame
    others = [name for name, kind in kinds.items() if frame.schema[name] != kind]
    for name in others:
        told = pl.col(name)
        if frame.schema[name].is_float():
            told = told.fill_nan(None)
            if _is_whole(kinds[name]) and (frame[name] != frame[name].floor()).any():
                raise ValueError(f"{what}: {name} is not in whole numbers")
        try:
            frame = frame.with_columns(told.cast(kinds[name]))
        except pl.exceptions.PolarsError as wrong:
            raise ValueError(f"{what}: {name} is no {kinds[name]}") from wrong
    return frame


def _is_whole(kind: type[pl.DataType] | pl.DataType) -> bool:
    return isinstance(kind, type) and issubclass(kind, pl.datatypes.IntegerType)


def codes(values: pl.Series, places: Mapping[Any, int]) -> NDArray[np.int8]:
    """The place of each value (n,); −1 for what is empty or unknown."""
    if len(values) <= FEW:
        return np.array([places.get(value, -1) for value in values.to_list()], dtype=np.int8)
    found = values.replace_strict(dict(places), default=-1, return_dtype=pl.Int8)
    return found.fill_null(-1).to_numpy()
