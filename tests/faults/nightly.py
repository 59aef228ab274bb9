"""`python -m tests.faults.nightly <slug> <chunk>`: one creditor's night in a process of its own.

Not forked like other workers: the columns are worked off by threads that do not survive a fork.
"""

import os
import sys

from sqlalchemy import create_engine

from app.nights import night
from tenants import resolve, scope
from tenants.clock import stopped_at
from tests.nights.town import Town
from tests.stage import configure


def tell(what: str, count: int) -> None:
    """A line each."""
    print(what, count, flush=True)


def main(slug: str, chunk: int) -> None:
    """Plan the first morning's night, telling how far it is."""
    configure(dict(os.environ))
    scope.bind(create_engine(os.environ["DATABASE_URL"]))
    with stopped_at(Town.morning(0)):
        night.plan(resolve.by_slug(slug), progress=tell, chunk=chunk)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
