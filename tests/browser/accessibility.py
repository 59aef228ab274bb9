"""axe and a tape measure over the registry's views: WCAG 2.2, levels A and AA.

A piece in a brand's dress is loaded once and then turned: the same document in either colour scheme
and at either width, as a person's screen would have it. What depends on the colours is asked of
every view, what depends on the layout at each width; the rest, which is the document's, once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import axe_playwright_python
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page

from app.workbench import camera
from app.workbench.registry import Kind, View

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""What may come out otherwise in another colour scheme."""
LAYOUT_RULES = (*COLOUR_RULES, "scrollable-region-focusable", "target-size")
"""What may come out otherwise at another width."""
# Of the pages' style sheets axe would only ask about locked orientation, which is not among TAGS.
LESS = {"resultTypes": ["violations"], "preload": False}
ALL = {**LESS, "runOnly": {"type": "tag", "values": list(TAGS)}}
LAYOUT = {**LESS, "runOnly": {"type": "rule", "values": list(LAYOUT_RULES)}}
COLOURS = {**LESS, "runOnly": {"type": "rule", "values": list(COLOUR_RULES)}}
RUN = """options => axe.run(document, options).then(({violations}) => violations.flatMap(
  ({id, nodes}) => nodes.map(node => [id, node.html.slice(0, 200)])))"""

NARROWEST = 320
"""CSS pixels that a page still fits in without scrolling sideways (WCAG 1.4.10): a desk at 400%."""
SMALLEST_TEXT = 16
"""Pixels."""
SMALLEST_TARGET = 44
"""Pixels, either way, for what a thumb aims at: controls and links that stand by themselves."""

TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return wide > 0 ? [`page is ${wide} px wider than the screen`] : [];
}"""
MEASURE = """() => {
  const seen = node => node.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !node.closest(".hidden, .skip");
  const named = node => `${node.tagName.toLowerCase()}.${node.className} "${node.textContent.trim().slice(0, 40)}"`;
  const problems = [];
  for (const node of document.body.querySelectorAll("*")) {
    const says = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim());
    if (says && seen(node) && !node.closest("svg") && parseFloat(getComputedStyle(node).fontSize) < TEXT
        && !node.matches(".symbol"))
      problems.push(`text under TEXT px: ${named(node)}`);
  }
  for (const node of document.querySelectorAll("a, button, input, select, textarea, summary")) {
    if (!seen(node) || node.type === "hidden") continue;
    const inText = node.matches("a") && getComputedStyle(node).display === "inline";
    const box = (node.matches(".choice input") ? node.closest(".choice") : node).getBoundingClientRect();
    if (!inText && box.height < TARGET) problems.push(`target ${Math.round(box.height)} px high: ${named(node)}`);
  }
  return problems;
}""".replace("TEXT", str(SMALLEST_TEXT)).replace("TARGET", str(SMALLEST_TARGET))
MEASURED = {Kind.PAGE: (TOO_WIDE, MEASURE), Kind.SMS: (TOO_WIDE, MEASURE), Kind.AD: (TOO_WIDE,)}
"""By kind; a mail's small print is as small as mail programs have it."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a view: an axe rule, or a measure of ours, and where."""

    view: View
    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.view.slug}: {self.rule}: {self.where}"


def dress(view: View) -> tuple[Any, ...]:
    """What makes a document: views that share it differ only in the screen."""
    return view.piece, view.brand, view.locale


def audit(app: Flask, views: Sequence[View]) -> Iterator[tuple[View, list[Finding]]]:
    """Each view with its findings; none is as it must be. Raises camera.NoBrowser.

    Views that share a document must stand together, as `registry.views` gives them.
    """
    with camera.serving(app) as origin, camera.browser() as browser:
        page = browser.new_page()
        page.add_init_script(AXE)  # sent to the browser once, compiled once
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for _, of_document in groupby(views, key=dress):
            complaints.clear()
            yield from _audit_document(page, origin, list(of_document), complaints)


def _audit_document(
    page: Page, origin: str, views: Sequence[View], complaints: list[str]
) -> Iterator[tuple[View, list[Finding]]]:
    camera.look(page, origin, views[0])
    widths: set[int] = set()
    for view in views:
        camera.turn(page, view)
        found = axe(page, COLOURS if view.width in widths else LAYOUT if widths else ALL)
        widths.add(view.width)
        for measure in MEASURED.get(view.piece.kind, (TOO_WIDE,)):
            found += [("measure", said) for said in page.evaluate(measure)]
        if view is views[0] and view.piece.kind != Kind.AD:
            found += [("reflow", said) for said in _in_the_narrowest(page)]
        found += [("console", said) for said in complaints]
        complaints.clear()
        yield view, [Finding(view, rule, where) for rule, where in found]


def _in_the_narrowest(page: Page) -> list[str]:
    page.set_viewport_size({"width": NARROWEST, "height": camera.HEIGHTS[390]})
    said: list[str] = page.evaluate(TOO_WIDE)
    return said


def axe(page: Page, options: dict[str, Any]) -> list[tuple[str, str]]:
    """(rule, element) of each violation on a page that has axe in it."""
    return [(rule, where) for rule, where in page.evaluate(RUN, options)]


def _is_ours(said: ConsoleMessage) -> bool:
    """An error of the page itself; what its scripts ask of the portal's host is not here."""
    return said.type == "error" and "/gallery/" in said.location["url"]
