"""Every page state is accessible: once in the suite, in every dress and mode in the proofs."""

from itertools import cycle

import pytest

from app.workbench import camera, registry, wardrobe
from tests.browser.accessibility import audit

pytestmark = pytest.mark.browser


def rotation(app):
    """Each page state once; brand, mode and width turn, so that all of them are met."""
    dress = cycle(
        (brand, mode, width)
        for width in registry.WIDTHS
        for mode in registry.MODES
        for brand in wardrobe.SLUGS
    )
    pages = [piece for piece in registry.pieces(app) if piece.kind == registry.Kind.PAGE]
    return [
        registry.View(piece, brand, mode, width)
        for piece, (brand, mode, width) in zip(pages, dress, strict=False)
    ]


def test_axe_and_the_tape_measure_find_nothing_on_any_page_state(app, chromium):
    findings = [str(finding) for _, found in audit(app, rotation(app)) for finding in found]
    assert findings == []


def test_a_planted_fault_is_found(app, chromium):
    """The instruments work: a page without a language, with small text, is caught."""
    with camera.browser() as browser:
        page = browser.new_page()
        page.set_content(
            "<title>x</title><main><h1>x</h1><img src='data:,'><button></button></main>"
        )
        from axe_playwright_python.sync_playwright import Axe

        from tests.browser.accessibility import OPTIONS

        rules = {v["id"] for v in Axe().run(page, options=OPTIONS).response["violations"]}
    assert {"button-name", "html-has-lang", "image-alt"} <= rules
