"""What jobs were given: ids of rows and numbers, so that the queue's tables hold no personal data.

The queue has no row-level security and is kept for a week: whatever stands in it can be read across
creditors.
"""

import re

import psycopg

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ID = re.compile(UUID)
LOCK = re.compile(rf"[a-z_.]+(?::{UUID})*")
NAMES = re.compile(r"(?:\w+_)?id|timestamp")


def strangers(conninfo: str) -> list[str]:
    """Arguments and locks of the jobs of the product that are anything else."""
    with psycopg.connect(conninfo) as connection:
        jobs = connection.execute(
            "SELECT task_name, args, lock, queueing_lock FROM procrastinate_jobs"
            " WHERE task_name NOT LIKE 'tests.%'"
        ).fetchall()
    return sorted({odd for task, *job in jobs for odd in odd_parts(task, *job)})


def odd_parts(
    task: str, args: dict[str, object], lock: str | None, queueing_lock: str | None
) -> list[str]:
    """What in one job is neither an id nor a number."""
    odd = [
        f"{task}: {name}={value!r}"
        for name, value in args.items()
        if not NAMES.fullmatch(name)
        or not (isinstance(value, int) or (isinstance(value, str) and ID.fullmatch(value)))
    ]
    locks = [found for found in (lock, queueing_lock) if found and not LOCK.fullmatch(found)]
    return odd + [f"{task}: lock {found!r}" for found in locks]
