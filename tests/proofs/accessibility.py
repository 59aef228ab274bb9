"""axe and a tape measure over every page, mail and text × brand × mode × width."""

from typing import Any

from app.factory import create_app
from app.workbench import registry
from app.workbench.registry import Kind
from tests.browser.accessibility import audit
from tests.stage import stage

SHOWN = (Kind.PAGE, Kind.SMS)


def run() -> dict[str, Any]:
    """pages: views tried; violations: findings over all of them; worst: the first of them."""
    with stage() as set_up:
        app = create_app(set_up.settings)
        with app.app_context():
            views = list(registry.views(app, kinds=SHOWN))
        found = [finding for _, findings in audit(app, views) for finding in findings]
    return {
        "pages": len(views),
        "states": len({view.piece for view in views}),
        "violations": len(found),
        "worst": [str(finding) for finding in found[:20]],
    }
