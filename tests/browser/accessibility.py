"""axe over the registry's views: WCAG 2.2, levels A and AA."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page

from app.workbench import camera
from app.workbench.registry import View

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OPTIONS = {"runOnly": {"type": "tag", "values": list(TAGS)}, "resultTypes": ["violations"]}
SMALLEST_TEXT = 16
"""Pixels."""
SMALLEST_TARGET = 44
"""Pixels, either way, for what a thumb aims at: controls and links that stand by themselves."""

MEASURE = """() => {
  const seen = node => node.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !node.closest(".hidden, .skip");
  const named = node => `${node.tagName.toLowerCase()}.${node.className} "${node.textContent.trim().slice(0, 40)}"`;
  const problems = [];
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) problems.push(`page is ${wide} px wider than the screen`);
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


@dataclass(frozen=True)
class Finding:
    """What is wrong with a view: an axe rule, or a measure of ours, and where."""

    view: View
    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.view.slug}: {self.rule}: {self.where}"


def audit(app: Flask, views: Sequence[View]) -> Iterator[tuple[View, list[Finding]]]:
    """Each view with its findings; none is as it must be. Raises camera.NoBrowser."""
    axe = Axe()
    with camera.serving(app) as origin, camera.browser() as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for view in views:
            complaints.clear()
            camera.look(page, origin, view)
            found = _axe(axe, page, view)
            if view.piece.kind == "page":
                found += [Finding(view, "measure", said) for said in page.evaluate(MEASURE)]
                found += [Finding(view, "console", said) for said in complaints]
            yield view, found


def _is_ours(said: ConsoleMessage) -> bool:
    """An error of the page itself; what its scripts ask of the portal's host is not here."""
    return said.type == "error" and "/gallery/" in said.location["url"]


def _axe(axe: Axe, page: Page, view: View) -> list[Finding]:
    result = axe.run(page, options=OPTIONS)
    return [
        Finding(view, violation["id"], node["html"][:200])
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]
