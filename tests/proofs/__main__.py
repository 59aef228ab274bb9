"""`python -m tests.proofs [name…]`: run the proofs, print a table, write var/proofs.json.

Exits non-zero when a bound is missed or nothing was tried.
"""

import importlib
import json
import operator
import sys
import time
from typing import Any

from tests.stage import ROOT

BOUNDS: dict[str, dict[str, tuple[str, float]]] = {
    "isolation": {"routes": (">", 0), "attempts": (">", 0), "leaks": ("=", 0)},
    "journey": {
        "creditors": (">=", 3),
        "taps": ("<=", 5),
        "typed_fields": ("<=", 1),
        "bytes_first_page": ("<", 60_000),
        "bytes_js": ("<", 10_000),
    },
    "accessibility": {"pages": (">", 0), "violations": ("=", 0)},
    "contrast": {"colours": (">=", 1000), "failures": ("=", 0)},
    "lint": {"texts": (">", 0), "violations": ("=", 0)},
    "faults": {
        "kills": (">=", 20),
        "kills_in_handover": (">", 0),
        "duplicated_messages": ("=", 0),
        "lost_messages": ("=", 0),
        "lost_payments": ("=", 0),
        "doubled_payments": ("=", 0),
    },
    "policy": {
        "cases": (">=", 100_000),
        "one_by_one": (">=", 4_000),
        "allowed": (">=", 1_000),
        "violations": ("=", 0),
    },
    "webhooks": {"events": (">", 0), "differences": ("=", 0)},
    "calibration": {
        "rows_out_of_time": (">", 0),
        "auc_out_of_time": (">=", 0.65),
        "ece": ("<=", 0.03),
    },
    "replay": {"decisions": (">", 0), "planned_anew": (">", 0), "differences": ("=", 0)},
    "worlds": {
        "worlds": (">=", 10),
        "captured_base": (">=", 0.45),
        "captured_gaming": (">=", 0.35),
        "above_segment": (">=", 0.95),
        "complaints_ratio": ("<=", 1),
        "refused": ("=", 0),
        "uplift_interval_covers_truth": (">=", 0.9),
        "null_uplift_covers_zero": (">=", 0.9),
        "null_wording_covers_zero": (">=", 0.9),
    },
    "elsewhere": {"worlds": (">", 0), "refused": ("=", 0), "gain_over_static": (">=", 0)},
}
"""What every figure must hold; a proof that tried nothing has failed."""

COMPARE = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


def main(names: list[str]) -> int:
    """Run the named proofs (all by default)."""
    results: dict[str, Any] = {}
    missed = []
    for name in names or list(BOUNDS):
        started = time.monotonic()
        print(f"{name} …", flush=True)
        try:
            figures = importlib.import_module(f"tests.proofs.{name}").run()
        except Exception as error:  # a proof that breaks is a proof that failed: say so, go on
            figures = {"error": f"{type(error).__name__}: {error}"}
        figures["seconds_taken"] = round(time.monotonic() - started, 1)
        results[name] = figures
        missed += [f"{name}: {problem}" for problem in misses(name, figures)]
        print("  " + "  ".join(f"{key}={value}" for key, value in figures.items()
                               if not isinstance(value, (dict, list))), flush=True)  # fmt: skip
    path = ROOT / "var" / "proofs.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    print(f"\nwritten to {path.relative_to(ROOT)}")
    for problem in missed:
        print(f"MISSED  {problem}")
    return 1 if missed else 0


def misses(name: str, figures: dict[str, Any]) -> list[str]:
    """Bounds of a proof that its figures do not hold."""
    if "error" in figures:
        return [figures["error"]]
    return [
        f"{figure} is {figures.get(figure)}, must be {sign} {bound}"
        for figure, (sign, bound) in BOUNDS[name].items()
        if figures.get(figure) is None or not COMPARE[sign](figures[figure], bound)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
