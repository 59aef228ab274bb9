"""Noticing that somebody hesitates, calmly and once in a visit: time, or back and forth.

The back and forth is counted in the visitor's own cookie, so that it needs no script and no query.
"""

import zlib

from flask import session

from app.portal.choices import Choice

ENOUGH = 3
"""Different simulations in one visit from which help is opened."""
COUNTED, HELPED = "simulated", "helped"


def is_over() -> bool:
    """Whether help was opened in this visit already: it comes once."""
    return HELPED in session


def close() -> None:
    """Help is open now; it does not come again in this visit."""
    session[HELPED] = 1
    session.pop(COUNTED, None)


def simulated(asked: Choice) -> bool:
    """Count a simulation that differs from the one before; whether it is the one to help at."""
    if is_over() or asked.is_empty:
        return False
    number, last = session.get(COUNTED, (0, 0))
    mark = zlib.crc32(repr(sorted(asked.query().items())).encode())
    if mark == last:
        return False
    if number + 1 < ENOUGH:
        session[COUNTED] = [number + 1, mark]
        return False
    close()
    return True
