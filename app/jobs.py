"""Jobs on procrastinate, enqueued in the same transaction as their cause.

A job is a batch (a tenant's range), its arguments are ids alone, and it is safe to run twice:
nothing retries a job whose worker died but `rescue`, which does so within a minute.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from typing import Any

import procrastinate
from procrastinate import exceptions
from procrastinate.tasks import Task
from sqlalchemy.orm import Session

queue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Holds the tasks; a worker gives it a connector of its own."""

_by_session = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
"""Defers through a session's own connection, in a worker's threads too: it has no pool."""

LONG = ("app.outreach.delivery", "app.nights.answering")
"""What only a worker needs: it is there before the first job, and not loaded by two at a time."""
STALLED_AFTER_SECONDS = 30
KEEP_FINISHED_HOURS = 24 * 7
PROMPT = ["journeys"]
"""Queues of short jobs that somebody's next step waits for: a hand is kept free for them."""
LOOK_SECONDS = 0.5
"""How often a hand without work looks for some: a job that waited for another's lock is announced
by nobody, and neither is one whose announcement came while the hand looked."""
MODULES = (
    "app.debts.jobs",
    "app.outreach.jobs",
    "app.identity.jobs",
    "app.agreements.jobs",
    "app.payments.jobs",
    "app.nights.jobs",
)
"""Modules that define tasks, and what answers recorded events by them; every process that records
any imports them all."""


def enqueue(
    session: Session,
    task: Task[..., Any, Any] | Callable[..., Any],
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_in: timedelta | None = None,
    **arguments: str | int | bool | None,
) -> bool:
    """Defer `task` in the caller's transaction: invisible before commit, gone after rollback.

    `arguments` are ids and numbers, never personal data. With a `queueing_lock`, a job that already
    waits under that lock is enough: returns False then, else True.
    """
    assert isinstance(task, Task)

    def defer() -> None:
        _by_session.configure_task(
            task.name,
            queue=task.queue,
            priority=task.priority,
            connection=session.connection().connection.driver_connection,
            lock=lock or task.lock,
            queueing_lock=queueing_lock,
            schedule_in={"seconds": schedule_in.total_seconds()} if schedule_in else None,
        ).defer(**arguments)

    session.flush()
    if queueing_lock is None:
        defer()
        return True
    try:
        # The savepoint is made when the session is asked for its connection inside the block.
        with session.begin_nested():
            defer()
    except exceptions.AlreadyEnqueued:
        return False
    return True


@queue.periodic(cron="* * * * *")
@queue.task(name="jobs.rescue", queue="upkeep", pass_context=True)
async def rescue(context: procrastinate.JobContext, timestamp: int) -> None:
    """Retry jobs whose worker died: it sends no heartbeat any more."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job)


@queue.periodic(cron="17 4 * * *")
@queue.task(name="jobs.trim", queue="upkeep", pass_context=True)
async def trim(context: procrastinate.JobContext, timestamp: int) -> None:
    """Forget finished jobs and their events after a week."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FINISHED_HOURS, include_failed=True, include_cancelled=True
    )


def run_worker(conninfo: str, *, concurrency: int = 4, name: str = "worker") -> None:
    """Work until told to stop (SIGTERM, SIGINT: the jobs at hand are finished first).

    `concurrency` jobs at a time, and one more of the prompt queues while all of those take long.
    The process ends with status 0 when PostgreSQL goes away: its supervisor restarts it always.
    """
    load_tasks()
    _load(LONG)
    gc.collect()
    gc.freeze()  # what is loaded stays: no collection walks through it in the middle of a batch
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=concurrency + 3
    )

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(concurrency + 2))
        with queue.replace_connector(connector) as app:
            async with app.open_async():
                every = _hands(app, name, concurrency=concurrency)
                prompt = _hands(app, f"{name}-prompt", queues=PROMPT, install_signal_handlers=False)
                await _until_one_ends(every, prompt)

    asyncio.run(work())


def _hands(app: procrastinate.App, name: str, **more: Any) -> Coroutine[Any, Any, None]:
    return app.run_worker_async(
        name=name, shutdown_graceful_timeout=30, fetch_job_polling_interval=LOOK_SECONDS, **more
    )


async def _until_one_ends(*hands: Coroutine[Any, Any, None]) -> None:
    """Work with all hands until one is told to stop or fails: then the others finish too."""
    tasks = [asyncio.create_task(one) for one in hands]
    ended, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in ended:
        task.result()


def load_tasks() -> None:
    """Import every module that defines tasks."""
    _load(MODULES)


def _load(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)
