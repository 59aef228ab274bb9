"""Which words are chosen: never the last again, a tenth evenly, exact chances, payments count."""

import numpy as np

from app.journeys.wording import DRAWS, EVENLY, Wordings

NORMALS = np.random.default_rng(1).standard_normal((DRAWS, 3, 3))


def recorded(engaged, expected, paid=(0, 0, 0)):
    words = Wordings.fresh(1, 1, 3)
    words.engaged[:], words.expected[:], words.paid[:] = engaged, expected, paid
    return words


def drawn(words, last, count=4_000):
    product, channel = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int8)
    uniform = (np.arange(count) + 0.5) / count
    return words.choose(
        words.chances(NORMALS), product, channel, np.full(count, last, dtype=np.int8), uniform
    )


def test_the_last_text_is_never_sent_again():
    chosen, _ = drawn(recorded((90, 10, 10), (50, 50, 50)), last=0)
    assert set(chosen.tolist()) == {1, 2}


def test_what_engages_more_is_chosen_more_and_the_rest_still_gets_its_share():
    chosen, _ = drawn(recorded((400, 200, 200), (200, 200, 200)), last=-1)
    share = np.bincount(chosen, minlength=3) / len(chosen)
    assert share[0] > 0.85
    assert share[1:].min() >= EVENLY / 3 - 0.01


def test_chances_are_those_that_the_draw_has():
    chosen, chance = drawn(recorded((60, 50, 40), (50, 50, 50)), last=2)
    share = np.bincount(chosen, minlength=3) / len(chosen)
    for wording in (0, 1):
        assert abs(chance[chosen == wording][0] - share[wording]) < 0.01


def test_clicks_without_payments_do_not_win():
    clicked = recorded((600, 500, 500), (500, 500, 500), paid=(40, 240, 240))
    chosen, _ = drawn(clicked, last=-1)
    assert (chosen == 0).mean() < 0.2


def test_with_one_text_there_is_no_choice():
    words = Wordings.fresh(1, 1, 1)
    table = words.chances(np.zeros((DRAWS, 3, 1)))
    chosen, chance = words.choose(
        table, np.zeros(2, np.int64), np.zeros(2, np.int8), np.zeros(2, np.int8), np.full(2, 0.5)
    )
    assert chosen.tolist() == [0, 0]
    assert chance.tolist() == [1, 1]


def test_old_records_fade():
    words = recorded((100, 0, 0), (100, 0, 0))
    for _ in range(46):
        words.settle()
    assert 45 < words.engaged[0, 0, 0] < 55


def test_a_product_s_people_hear_what_engages_them():
    words = Wordings.fresh(2, 2, 3)
    words.expected[:] = 100
    words.engaged[0], words.engaged[1] = (160, 100, 70), (70, 100, 160)
    normals = np.random.default_rng(2).standard_normal((DRAWS, 5, 3))
    table = words.chances(normals)
    assert (table.argmax(axis=2) == [[0, 0], [2, 2]]).all()
    assert np.allclose(table.sum(axis=2), 1)
    assert table.min() >= EVENLY / 3 - 1e-9
