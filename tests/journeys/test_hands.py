"""Chunks worked off two at a time: in order, few in advance, nothing swallowed."""

import gc

import pytest

from app.journeys.hands import HANDS, overlapping, rare_collections
from tenants.clock import now, stopped_at
from tests.outreach.people import WORKING_HOUR


def test_results_come_in_the_order_of_the_parts():
    assert list(overlapping(lambda part: part * 2, range(20))) == [part * 2 for part in range(20)]


def test_few_parts_are_taken_in_advance():
    taken = []

    def parts():
        for number in range(100):
            taken.append(number)
            yield number

    results = overlapping(lambda part: part, parts())
    next(results)
    assert len(taken) == HANDS + 1
    results.close()


def test_what_a_part_raises_reaches_the_caller():
    def work(part):
        if part == 3:
            raise LookupError("no rules")
        return part

    with pytest.raises(LookupError, match="no rules"):
        list(overlapping(work, range(100)))


def test_parts_are_worked_off_in_the_callers_context():
    with stopped_at(WORKING_HOUR):
        assert set(overlapping(lambda _: now(), range(4))) == {WORKING_HOUR}


def test_the_collector_is_back_at_the_end_whatever_happens():
    with pytest.raises(LookupError), rare_collections() as collect:
        assert not gc.isenabled()
        collect()
        raise LookupError
    assert gc.isenabled()
