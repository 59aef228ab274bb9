"""Everything shown is accessible: once in the suite, in every dress, mode and width in the proofs."""

import re
from itertools import cycle

import pytest

from app.workbench import camera, registry, wardrobe
from tests.browser.accessibility import (
    ALL,
    AXE,
    COLOUR_RULES,
    COLOURS,
    LAYOUT,
    TOO_WIDE,
    audit,
    axe,
)

pytestmark = pytest.mark.browser


def rotation(app):
    """Each piece once; brand, mode and width turn, so that all of them are met."""
    dress = cycle(
        (brand, mode, width)
        for width in registry.WIDTHS
        for mode in registry.MODES
        for brand in wardrobe.SLUGS
    )
    return [
        registry.View(piece, brand, mode, width)
        for piece, (brand, mode, width) in zip(registry.pieces(app), dress, strict=False)
    ]


def test_axe_and_the_tape_measure_find_nothing_on_any_page_mail_text_or_ad(app, chromium):
    findings = [str(finding) for _, found in audit(app, rotation(app)) for finding in found]
    assert findings == []


def test_a_planted_fault_is_found(app, chromium):
    """The instruments work: a page without a language, with an unnamed button, is caught."""
    with camera.browser() as browser:
        page = browser.new_page()
        page.set_content(
            "<title>x</title><main><h1>x</h1><img src='data:,'><button></button></main>"
        )
        page.evaluate(AXE)
        rules = {rule for rule, _ in axe(page, ALL)}
    assert {"button-name", "html-has-lang", "image-alt"} <= rules


PALE = """<html lang=en><title>x</title><meta name=color-scheme content="light dark">
<style>:root{background:#fff;color:#111} a{display:inline-block;font-size:10px;line-height:10px}
@media(prefers-color-scheme:dark){:root{background:#000;color:#fff} p{color:#333}}
@media(min-width:1000px){p{color:#bbb}}</style>
<main><h1>x</h1><p>Said in words.</p><a href=#1>1</a><a href=#2>2</a></main>"""


def test_what_is_pale_in_one_mode_or_at_one_width_is_found_there(app, chromium):
    """Turning an open page asks the colours and the layout again."""
    views = registry.views(app)
    piece = next(views).piece
    seen = {}
    with camera.browser() as browser:
        page = browser.new_page()
        page.set_content(PALE)
        page.evaluate(AXE)
        for mode in registry.MODES:
            for width in registry.WIDTHS:
                camera.turn(page, registry.View(piece, "aurora", mode, width))
                seen[mode, width] = {rule for rule, _ in axe(page, LAYOUT)}
                assert {rule for rule, _ in axe(page, COLOURS)} == (
                    seen[mode, width] & set(COLOUR_RULES)
                )
    assert "color-contrast" not in seen["light", 390]
    assert "color-contrast" in seen["dark", 390] & seen["light", 1280]
    assert all("target-size" in rules for rules in seen.values())


@pytest.mark.parametrize("brand", wardrobe.SLUGS)
def test_a_mail_turns_dark_with_the_screen_it_is_read_on(app, chromium, brand):
    piece = next(p for p in registry.pieces(app) if p.kind == registry.Kind.EMAIL)
    grounds = []
    with camera.serving(app) as origin, camera.browser() as browser:
        page = browser.new_page()
        for mode in registry.MODES:
            camera.look(page, origin, registry.View(piece, brand, mode, 390))
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    light, dark = ([int(part) for part in re.findall(r"\d+", ground)[:3]] for ground in grounds)
    assert min(light) > 200
    assert max(dark) < 60


@pytest.mark.parametrize("brand", wardrobe.SLUGS)
def test_a_phone_set_to_large_letters_need_not_scroll_sideways(app, chromium, brand):
    names = ("home-stranger", "offer-three_ways", "simulate-fresh", "agreement-late", "payment-pix")
    views = [registry.View(p, brand, "light", 390) for p in registry.pieces(app)]
    shown = [view for view in views if view.slug.startswith(tuple(f"page-{n}-" for n in names))]
    too_wide = {}
    with camera.serving(app) as origin, camera.browser(letters=24) as browser:
        page = browser.new_page()
        for view in shown:
            camera.look(page, origin, view)
            if found := page.evaluate(TOO_WIDE):
                too_wide[view.slug] = found
    assert len(shown) == len(names)
    assert too_wide == {}
