"""axe and a tape measure over every page, mail, text and ad × brand × light/dark × width."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, groupby
from multiprocessing import get_context
from typing import Any

from app import config
from app.factory import create_app
from app.workbench import registry
from app.workbench.registry import View
from tests.browser.accessibility import audit, dress
from tests.stage import configure, stage

BROWSERS = 2
"""Each in a process of its own with its own app: axe keeps one core busy."""


def run() -> dict[str, Any]:
    """pages: views tried; states: pieces among them; violations: findings; worst: the first."""
    with stage() as set_up:
        app = create_app(set_up.settings)
        with app.app_context():
            views = list(registry.views(app))
        documents = [list(of_document) for _, of_document in groupby(views, key=dress)]
        shares = [list(chain(*documents[turn::BROWSERS])) for turn in range(BROWSERS)]
        workers = ProcessPoolExecutor(
            BROWSERS, get_context("spawn"), configure, (set_up.environment,)
        )
        with workers:
            answers = list(workers.map(tried, shares))
    found = sorted(finding for _, findings in answers for finding in findings)
    return {
        "pages": sum(count for count, _ in answers),
        "states": len({view.piece for view in views}),
        "violations": len(found),
        "worst": found[:20],
    }


def tried(views: Sequence[View]) -> tuple[int, list[str]]:
    """(views that were looked at, what is wrong with them), in this process's own browser."""
    app = create_app(config.settings())
    answers = [findings for _, findings in audit(app, views)]
    return len(answers), [str(finding) for findings in answers for finding in findings]
