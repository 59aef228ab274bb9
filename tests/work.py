"""The worker of a test: does the jobs that wait, then stops."""

import asyncio

import procrastinate
import psycopg

from app import jobs


def forget_waiting(conninfo: str) -> None:
    """Drop the jobs that other tests left: this one's worker has nothing to do with them."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")


def drain(conninfo: str, *, queues: tuple[str, ...] = ("payments",), rounds: int = 10) -> None:
    """Run every waiting job of `queues` in this process, and those that they make."""
    jobs.load_tasks()
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=5)

    async def work() -> None:
        with jobs.queue.replace_connector(connector) as app:
            await _until_idle(app, queues, rounds)

    asyncio.run(work())


async def _until_idle(app: procrastinate.App, queues: tuple[str, ...], rounds: int) -> None:
    async with app.open_async():
        for _ in range(rounds):
            await app.run_worker_async(
                queues=list(queues),
                wait=False,
                concurrency=3,
                install_signal_handlers=False,
                listen_notify=False,
            )
            waiting = await app.job_manager.list_jobs_async(status="todo")
            if not any(job.queue in queues and job.scheduled_at is None for job in waiting):
                return
