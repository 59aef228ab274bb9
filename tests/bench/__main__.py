"""`python -m tests.bench [name…]`: at least five interleaved rounds, a table, var/bench.json."""

import importlib
import json
import sys
import time

from tests.bench.table import ROUNDS
from tests.stage import ROOT

NAMES = ("portal", "tenants", "mail", "claims", "imports", "day", "engine", "night", "replan")


def main(names: list[str]) -> int:
    """Run the named benchmarks (all by default)."""
    path = ROOT / "var" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    results = json.loads(path.read_text()) if names and path.exists() else {}
    for name in names or NAMES:
        started = time.monotonic()
        print(f"{name} …", flush=True)
        rows = importlib.import_module(f"tests.bench.bench_{name}").run(rounds=ROUNDS)
        for row in rows:
            print("  " + row.as_line(), flush=True)
        print(f"  ({time.monotonic() - started:.0f} s)", flush=True)
        results[name] = [row.as_data() for row in rows]
        path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    print(f"written to {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
