"""How a day's chunks are worked off: two at a time, and without the collector in between."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")

HANDS = 2
"""While one chunk's rows are written by the database, the next chunk's are made here."""


def overlapping(work: Callable[[Part], Result], parts: Iterable[Part]) -> Iterator[Result]:
    """`work` on every part, in the caller's context, `HANDS` at a time; results in their order.

    At most one part more than there are hands is taken in advance. What a part raises ends it all,
    once the parts at hand are done.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(HANDS, thread_name_prefix="day") as pool:
        for part in parts:
            waiting.append(pool.submit(copy_context().run, work, part))
            if len(waiting) > HANDS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def rare_collections() -> Iterator[Callable[[], int]]:
    """Leave the collector off inside the block; call what it gives now and then.

    A chunk makes a million objects and hardly a cycle: the collector would walk them again and
    again, for a sixth of the whole time. What was there before is not looked at either.
    """
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield gc.collect
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()
