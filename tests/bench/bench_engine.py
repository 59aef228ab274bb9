"""The engine: a million people scored and planned from feature columns; one planned anew."""

import resource
import time

import numpy as np
import polars as pl

from app.engine import Engine
from tests.bench.table import Row
from tests.engine.towns import MONDAY, RULES, portfolio, spec

PEOPLE, SAMPLE, AGAIN = 1_000_000, 20_000, 200
NOTHING = pl.DataFrame(schema={"person": pl.Int64, "kind": pl.String})


def million() -> Engine:
    """A portfolio of a million, made of copies of a sample with numbers of their own."""
    town = portfolio(SAMPLE)
    copies = [
        town.with_columns(person=pl.col("person") + number * 10**7)
        for number in range(PEOPLE // SAMPLE)
    ]
    engine = Engine()
    engine.reset(pl.concat(copies), RULES, spec(capacity={"human": 5_000, "voice": 40_000}))
    return engine


def gigabytes() -> float:
    """The most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_048_576


def anew(engine: Engine, people: list[int]) -> tuple[float, float]:
    """Seconds of the slowest but one in a hundred re-plans, and of processor time likewise."""
    took = []
    for person in people:
        started, worked = time.perf_counter(), time.process_time()
        engine.replan(person, NOTHING)
        took.append((time.perf_counter() - started, time.process_time() - worked))
    wall, processor = np.quantile(np.array(took), 0.99, axis=0).tolist()
    return wall, processor


def run(rounds: int = 5) -> list[Row]:
    """People a second against 100,000; re-plans a second (1 ÷ p99) against 20 (50 ms)."""
    night = Row("score + plan, 1,000,000 people", "100,000 people/s", "people/s", 1.0)
    single = Row("one person planned anew, 1 ÷ p99", "50 ms", "1/s", 1.0)
    engine, worked = million(), []
    for number in range(rounds):
        started = time.perf_counter()
        plan = engine.plan(MONDAY)
        night.ours.append(PEOPLE / (time.perf_counter() - started))
        night.peer.append(100_000.0)
        people = plan.actions["person"].sample(AGAIN, seed=number).to_list()
        wall, processor = anew(engine, people)
        single.ours.append(1 / wall)
        single.peer.append(20.0)
        worked.append(processor)
    # On a machine that does other things too the clock also counts their turns.
    print(f"  p99 of processor time, one person planned anew: {np.median(worked) * 1e3:.0f} ms")
    print(f"  most memory: {gigabytes():.2f} GB (aim < 1.5)")
    return [night, single]
