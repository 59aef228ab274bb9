"""Columns that somebody else supplies."""

import polars as pl
import pytest

from app.scoring import columns


@pytest.mark.parametrize("times", [1, columns.FEW])
def test_unknown_and_empty_values_have_no_place_however_many_there_are(times):
    values = pl.Series(["sms", None, "fax", "email"] * times)
    found = columns.codes(values, {"email": 0, "sms": 1})
    assert found.tolist() == [1, -1, -1, 0] * times


def test_absent_columns_are_empty_and_others_are_of_their_type():
    frame = columns.typed(pl.DataFrame({"a": [1.0]}), {"a": pl.Int64, "b": pl.String}, "events")
    assert frame.to_dicts() == [{"a": 1, "b": None}]


def test_what_is_wrong_is_named():
    with pytest.raises(ValueError, match="events: a is no"):
        columns.typed(pl.DataFrame({"a": ["much"]}), {"a": pl.Int64}, "events")
    with pytest.raises(ValueError, match="events: the column b is missing"):
        columns.check_filled(pl.DataFrame({"a": [1]}), ["a", "b"], "events")
    with pytest.raises(ValueError, match="events: a has empty values"):
        columns.check_filled(pl.DataFrame({"a": [1, None]}), ["a"], "events")
