"""What is kept is bounded in number and in time."""

from tenants.kept import Kept


def test_what_was_kept_is_there_until_it_is_dropped():
    kept = Kept(8)
    kept.keep("a", 1)
    kept.keep("b", 2)
    kept.keep("a", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (3, 2, None)
    kept.forget(lambda key, value: key == "a" and value == 3)
    assert (kept.get("a"), kept.get("b")) == (None, 2)
    kept.clear()
    assert kept.get("b") is None


def test_there_are_never_more_than_allowed_and_the_oldest_goes_first():
    kept = Kept(3)
    for number in range(5):
        kept.keep(number, number)
        kept.keep(0, 0)  # kept anew: it is the newest
    assert len(kept) == 3
    assert kept.values() == [3, 4, 0]


def test_what_has_run_out_is_not_there():
    kept = Kept(3, seconds=0)
    kept.keep("a", 1)
    assert kept.get("a") is None
