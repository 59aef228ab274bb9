"""Jobs share the fate of their cause, and outlive the worker that died with them."""

import os
import secrets
import subprocess
import sys

import psycopg
import pytest

from app.jobs import enqueue, queue, rescue
from tenants.scope import within
from tests.stage import ROOT
from tests.waiting import until
from tests.work import forget_waiting


@queue.task(name="tests.noop", queue="tests")
def noop(tenant_id: str, mark: str) -> None:
    """Does nothing."""


@pytest.fixture
def jobs(database):
    with psycopg.connect(database.conninfo, autocommit=True) as connection:

        def rows(mark):
            return connection.execute(
                "SELECT id, status FROM procrastinate_jobs WHERE args->>'mark' = %s", (mark,)
            ).fetchall()

        yield rows


def test_a_job_appears_with_its_cause_and_vanishes_with_it(cast, jobs):
    mark = secrets.token_hex(4)
    with within(cast.bank) as session:
        enqueue(session, noop, tenant_id=str(cast.bank.id), mark=mark)
        assert jobs(mark) == []
    assert len(jobs(mark)) == 1
    gone = secrets.token_hex(4)
    with pytest.raises(RuntimeError), within(cast.bank) as session:
        enqueue(session, noop, tenant_id=str(cast.bank.id), mark=gone)
        raise RuntimeError
    assert jobs(gone) == []


def test_one_job_waits_under_a_queueing_lock(cast, jobs):
    mark, lock = secrets.token_hex(4), secrets.token_hex(4)
    with within(cast.bank) as session:
        assert enqueue(session, noop, queueing_lock=lock, tenant_id="t", mark=mark)
        assert not enqueue(session, noop, queueing_lock=lock, tenant_id="t", mark=mark)
    with within(cast.bank) as session:
        assert not enqueue(session, noop, queueing_lock=lock, tenant_id="t", mark=mark)
    assert len(jobs(mark)) == 1


WORKER = """
import sys, time
from tests.jobs import sleeper
from app import jobs
jobs.STALLED_AFTER_SECONDS = 1
jobs.MODULES = ()
jobs.run_worker(sys.argv[1], concurrency=2)
"""


def start_worker(conninfo):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, conninfo],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def rescued(cast, jobs, mark):
    """Ask for the rescue, which comes every minute by itself, and say whether it helped."""
    with within(cast.bank) as session:
        enqueue(session, rescue, queueing_lock="rescue", timestamp=0)
    return jobs(mark)[0][1] == "succeeded"


def test_a_job_whose_worker_was_killed_is_done_by_the_next(cast, database, jobs, tmp_path):
    from tests.jobs.sleeper import hold

    forget_waiting(database.conninfo)
    mark, gate = secrets.token_hex(4), tmp_path / "gate"
    with within(cast.bank) as session:
        enqueue(session, hold, gate=str(gate), mark=mark)
    first = start_worker(database.conninfo)
    try:
        until(lambda: jobs(mark)[0][1] == "doing")
    finally:
        first.kill()
        first.wait()
    gate.touch()
    second = start_worker(database.conninfo)
    try:
        until(lambda: rescued(cast, jobs, mark))
    finally:
        second.terminate()
        assert second.wait(120) == 0


def test_a_prompt_job_is_done_while_every_other_hand_is_busy(cast, database, jobs, tmp_path):
    from tests.jobs.sleeper import hold, prompt

    forget_waiting(database.conninfo)
    held, waiting, mark = (secrets.token_hex(4) for _ in range(3))
    gate = tmp_path / "gate"
    with within(cast.bank) as session:
        for long in (held, held, waiting):
            enqueue(session, hold, gate=str(gate), mark=long)
    worker = start_worker(database.conninfo)
    try:
        until(lambda: [status for _, status in jobs(held)] == ["doing", "doing"])
        with within(cast.bank) as session:
            enqueue(session, prompt, mark=mark)
        until(lambda: jobs(mark)[0][1] == "succeeded")
        assert [status for _, status in jobs(held)] == ["doing", "doing"]
        assert jobs(waiting)[0][1] == "todo", "no other job is taken beside them"
    finally:
        gate.touch()
        worker.terminate()
        assert worker.wait(120) == 0
    assert [status for _, status in jobs(held)] == ["succeeded", "succeeded"]
