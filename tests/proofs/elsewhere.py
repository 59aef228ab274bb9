"""The decision engine in worlds that somebody else made, against four other policies.

Seeds are fresh each time and printed. ELSEWHERE_SEED=… repeats a run; ELSEWHERE_WORLDS="base=3 null=2"
judges other worlds than two base ones and one of each other kind.
"""

import os
import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from tests.elsewhere.judge import Verdict, judge
from tests.elsewhere.parameters import SCENARIOS

PROCESSES = 2
WORLDS = {"base": 2, "null": 1, "gaming": 1, "drift": 1, "no_human": 1}
POLICIES = ("static", "segment", "engine", "everybody", "informed", "oracle")


def run() -> dict[str, Any]:
    """Judge so many worlds of each kind."""
    first = int(os.environ.get("ELSEWHERE_SEED") or secrets.randbelow(10**8))
    asked = os.environ.get("ELSEWHERE_WORLDS", "")
    worlds = _read(asked) if asked else WORLDS
    said = " ".join(f"{scenario}={count}" for scenario, count in worlds.items())
    print(f'  ELSEWHERE_SEED={first} ELSEWHERE_WORLDS="{said}"', flush=True)
    tasks = [
        (first + number, scenario) for scenario, count in worlds.items() for number in range(count)
    ]
    # Each world has a process of its own: threads inside would only get in each other's way.
    os.environ |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    verdicts = []
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        for verdict in pool.map(judge, *zip(*tasks, strict=True)):
            verdicts.append(verdict)
            print(f"  {_line(verdict)}", flush=True)
    return _figures(first, verdicts)


def _read(asked: str) -> dict[str, int]:
    """Worlds by scenario. Raises ValueError for a scenario that does not exist."""
    worlds = {name: int(count) for name, count in (part.split("=") for part in asked.split())}
    if unknown := set(worlds) - set(SCENARIOS):
        raise ValueError(f"no such scenario: {', '.join(sorted(unknown))}")
    return worlds


def _line(verdict: Verdict) -> str:
    """One world as it comes; money per person."""
    money = "  ".join(f"{name}={getattr(verdict, name) / 100:.2f}" for name in POLICIES)
    return f"{verdict.scenario:9s} seed={verdict.seed}  {money}  complaints={verdict.complaints}  refused={dict(verdict.refused)}  {verdict.seconds:.0f}s"


def _figures(first: int, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    by = defaultdict(list)
    for verdict in verdicts:
        by[verdict.scenario].append(verdict)
    tables = {scenario: _table(some) for scenario, some in by.items()}
    for scenario, table in tables.items():
        print("  " + f"{scenario:9s}" + "  ".join(f"{key}={value}" for key, value in table.items()))
    unlike = [verdict for verdict in verdicts if verdict.scenario != "null"]
    money = _money(unlike)
    return {
        "first_seed": first,
        "worlds": len(verdicts),
        "refused": sum(sum(verdict.refused.values()) for verdict in verdicts),
        "gain_over_static": round(money["engine"] - money["static"], 2),
        "captured": _captured(money, "engine"),
        "captured_everybody": _captured(money, "everybody"),
        "captured_informed": _captured(money, "informed"),
        "complaints_ratio": _complaints_ratio(unlike),
        "uplift_interval_covers_truth": _covers(verdicts),
        "scenarios": tables,
    }


def _table(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The figures of one scenario; money per person, mean per world."""
    money = _money(verdicts)
    return {
        "worlds": len(verdicts),
        **money,
        "captured": _captured(money, "engine"),
        "captured_everybody": _captured(money, "everybody"),
        "captured_informed": _captured(money, "informed"),
        "complaints_ratio": _complaints_ratio(verdicts),
        "refused": dict(sum((verdict.refused for verdict in verdicts), Counter[str]())),
        "above_opening": dict(sum((verdict.generous for verdict in verdicts), Counter[str]())),
        "uplift_interval_covers_truth": _covers(verdicts),
    }


def _money(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """By policy, in whole currency per person, mean per world; 0 of no world."""
    return {
        name: round(sum(getattr(v, name) for v in verdicts) / max(len(verdicts), 1) / 100, 2)
        for name in POLICIES
    }


def _captured(money: Mapping[str, float], name: str) -> float | None:
    """How much of the way from static to the oracle; None where there is no way."""
    gap = money["oracle"] - money["static"]
    return round((money[name] - money["static"]) / gap, 3) if gap > 0 else None


def _complaints_ratio(verdicts: Sequence[Verdict]) -> float:
    """The engine's against the segment rules', over all these worlds."""
    counts = [verdict.complaints for verdict in verdicts]
    theirs = sum(count["segment"] for count in counts)
    return round(sum(count["engine"] for count in counts) / max(theirs, 1), 3)


def _covers(verdicts: Sequence[Verdict]) -> float:
    """In how many worlds the truth lies in the reported interval."""
    return round(float(np.mean([verdict.covers_truth for verdict in verdicts])), 3)
