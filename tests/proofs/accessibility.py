"""axe and a tape measure over every page and text × brand × mode, the widths by turns."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.factory import create_app
from app.workbench import registry
from app.workbench.registry import MODES, WIDTHS, Kind, View
from app.workbench.wardrobe import SLUGS
from tests.browser.accessibility import audit
from tests.stage import stage

SHOWN = (Kind.PAGE, Kind.SMS)


def by_turns(views: Iterable[View]) -> Iterator[View]:
    """Every piece × brand × mode once: narrow and wide by turns, so that each is met in both."""
    for view in views:
        turn = (SLUGS.index(view.brand) + MODES.index(view.mode)) % len(WIDTHS)
        if view.width == WIDTHS[turn]:
            yield view


def run() -> dict[str, Any]:
    """pages: views tried; violations: findings over all of them; worst: the first of them."""
    with stage() as set_up:
        app = create_app(set_up.settings)
        with app.app_context():
            views = list(by_turns(registry.views(app, kinds=SHOWN)))
        found = [finding for _, findings in audit(app, views) for finding in findings]
    return {
        "pages": len(views),
        "states": len({view.piece for view in views}),
        "violations": len(found),
        "worst": [str(finding) for finding in found[:20]],
    }
