"""The decision engine in worlds nobody tuned it to, against four other policies.

Seeds are fresh each time and printed; WORLDS_SEED=… repeats a run, WORLDS_PEOPLE=… makes worlds of
another size than 4,000. Worlds are added, one per scenario at a time, as long as the time lasts.
"""

import os
import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from tests.worlds.judge import Verdict, judge
from tests.worlds.parameters import SCENARIOS

PROCESSES = 2
PEOPLE = 4_000
SECONDS = 400
"""No round begins that would end after this."""
ROUNDS = (2, 10)
"""Worlds per scenario: at least, at most."""
POLICIES = ("static", "segment", "engine", "everybody", "informed", "oracle")


def run() -> dict[str, Any]:
    """Judge as many worlds as the time allows."""
    first = int(os.environ.get("WORLDS_SEED") or secrets.randbelow(10**8))
    people = int(os.environ.get("WORLDS_PEOPLE") or PEOPLE)
    print(f"  WORLDS_SEED={first} WORLDS_PEOPLE={people}", flush=True)
    # Each world has a process of its own: threads inside would only get in each other's way.
    os.environ |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    started, verdicts = time.monotonic(), list[Verdict]()
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for number in range(ROUNDS[1]):
            spent = time.monotonic() - started
            if number >= ROUNDS[0] and spent * (number + 1) / number > SECONDS:
                break
            seeds = [first + number * len(SCENARIOS) + place for place in range(len(SCENARIOS))]
            for verdict in pool.map(partial(judge, people=people), seeds, SCENARIOS):
                verdicts.append(verdict)
                print(f"  {_line(verdict)}", flush=True)
    return _figures(first, people, verdicts)


def _line(verdict: Verdict) -> str:
    """One world as it comes; money in thousands."""
    money = "  ".join(f"{n}={getattr(verdict, n) / 1e5:.0f}k" for n in POLICIES)
    return f"{verdict.scenario:9s} seed={verdict.seed}  {money}  complaints={verdict.complaints}  refused={verdict.refused}  {verdict.seconds:.0f}s"


def _figures(first: int, people: int, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    by = defaultdict(list)
    for verdict in verdicts:
        by[verdict.scenario].append(verdict)
    tables = {scenario: _table(by[scenario]) for scenario in SCENARIOS}
    for scenario, table in tables.items():
        print("  " + f"{scenario:9s}" + "  ".join(f"{key}={value}" for key, value in table.items()))
    unlike = [verdict for verdict in verdicts if verdict.scenario != "null"]
    return {
        "first_seed": first,
        "people_per_world": people,
        "worlds": len(verdicts),
        "captured_base": tables["base"]["captured"],
        "captured_base_everybody": tables["base"]["captured_everybody"],
        "captured_base_informed": tables["base"]["captured_informed"],
        "captured_gaming": tables["gaming"]["captured"],
        "above_segment": _share(verdict.engine > verdict.segment for verdict in unlike),
        "complaints_ratio": _ratio(unlike, "complaints"),
        "refused": sum(sum(verdict.refused.values()) for verdict in verdicts),
        "uplift_interval_covers_truth": _covers(verdicts),
        "uplift_interval_is_finite": _finite(verdicts),
        "one_look_covers_truth": _share(
            v.one_look[0] <= v.truth <= v.one_look[1] for v in verdicts
        ),
        "null_uplift": tables["null"]["uplift"],
        "null_uplift_covers_zero": _share(v.uplift[1] <= 0 <= v.uplift[2] for v in by["null"]),
        "null_wording_covers_zero": tables["null"]["wording_interval_covers_zero"],
        "scenarios": tables,
    }


def _table(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The figures of one scenario; money in whole currency, mean per world."""
    mean = {
        name: round(float(np.mean([getattr(verdict, name) for verdict in verdicts])) / 100)
        for name in POLICIES
    }
    gap = mean["oracle"] - mean["static"]
    captured = {
        name: round((mean[name] - mean["static"]) / gap, 3) if gap > 0 else None
        for name in ("engine", "everybody", "informed")
    }
    refused: dict[str, int] = defaultdict(int)
    for verdict in verdicts:
        for reason, count in verdict.refused.items():
            refused[reason] += count
    return {
        "worlds": len(verdicts),
        **mean,
        "captured": captured["engine"],
        "captured_everybody": captured["everybody"],
        "captured_informed": captured["informed"],
        "above_segment": _share(verdict.engine > verdict.segment for verdict in verdicts),
        "complaints_ratio": _ratio(verdicts, "complaints"),
        "opt_outs_ratio": _ratio(verdicts, "opt_outs"),
        "refused": dict(refused),
        "wording_interval_covers_zero": _share(v.wordings_cover_zero for v in verdicts),
        "uplift_interval_covers_truth": _covers(verdicts),
        "uplift_interval_is_finite": _finite(verdicts),
        "one_look_covers_truth": _share(
            v.one_look[0] <= v.truth <= v.one_look[1] for v in verdicts
        ),
        "uplift": _relative(verdicts, [verdict.uplift[0] for verdict in verdicts]),
        "true_uplift": _relative(verdicts, [verdict.truth for verdict in verdicts]),
        "engine_seconds": round(float(np.mean([verdict.seconds for verdict in verdicts])), 1),
    }


def _share(answers: Iterable[bool]) -> float:
    """How many are true; 0 of none."""
    found = list(answers)
    return round(sum(found) / max(len(found), 1), 3)


def _ratio(verdicts: Sequence[Verdict], what: str) -> float:
    """The engine's against the segment rules', over all these worlds."""
    counts = [getattr(verdict, what) for verdict in verdicts]
    theirs = sum(count["segment"] for count in counts)
    return round(sum(count["engine"] for count in counts) / max(theirs, 1), 3)


def _covers(verdicts: Sequence[Verdict]) -> float:
    """In how many worlds the truth lies in the reported interval."""
    return _share(v.uplift[1] <= v.truth <= v.uplift[2] for v in verdicts)


def _finite(verdicts: Sequence[Verdict]) -> float:
    """In how many worlds the reported interval says anything: an infinite one covers all."""
    return _share(bool(np.isfinite(v.uplift[1:]).all()) for v in verdicts)


def _relative(verdicts: Sequence[Verdict], cents: Sequence[float]) -> float:
    """Cents per person as a fraction of what people pay under the creditor's rules."""
    return round(float(np.sum(cents) / np.sum([v.paid_per_person for v in verdicts])), 3)
