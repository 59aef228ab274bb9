"""Random numbers by counter: the published vectors, evenness, independence of company."""

import numpy as np
import pytest

from app.journeys.random import Purpose, philox, uniforms

ALL = 0xFFFFFFFF
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL, ALL, ALL, ALL), (ALL, ALL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_the_generator_gives_the_published_vectors(counter, key, expected):
    columns = tuple(np.array([word], dtype=np.uint32) for word in counter)
    assert tuple(int(word[0]) for word in philox(columns, key)) == expected


def test_a_persons_numbers_do_not_depend_on_who_else_is_drawn_for():
    everybody = np.arange(1_000, dtype=np.int64)
    alone = uniforms(5, Purpose.CONTACT, 730_000, np.array([17]))
    assert (uniforms(5, Purpose.CONTACT, 730_000, everybody)[17] == alone[0]).all()


def test_numbers_are_even_and_differ_by_purpose_and_day():
    people = np.arange(20_000, dtype=np.int64)
    drawn = uniforms(5, Purpose.CONTACT, 730_000, people)
    assert abs(drawn.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.03
    for other in (
        uniforms(5, Purpose.WORDING, 730_000, people),
        uniforms(5, Purpose.CONTACT, 730_001, people),
        uniforms(6, Purpose.CONTACT, 730_000, people),
    ):
        assert abs(np.corrcoef(drawn[:, 0], other[:, 0])[0, 1]) < 0.03
