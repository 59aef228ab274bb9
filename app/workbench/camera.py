"""Pictures of the registry's views, taken in the system's Chromium from the app itself."""

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.config import settings
from app.workbench.registry import View

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
HEIGHTS = {390: 844, 1280: 900}
THUMBNAIL = 260
"""Width of a picture on a contact sheet, in pixels."""
TALLEST = 900
COLUMNS = 9
GAP = 16
TABLE = "#8c8c8c"


class NoBrowser(LookupError):
    """This machine has no Chromium."""


def chromium() -> str:
    """The path of the system's Chromium. Raises NoBrowser."""
    for name in CHROMIUM:
        if path := shutil.which(name):
            return path
    raise NoBrowser("no Chromium on this machine: apt-get install chromium")


class Quiet(WSGIRequestHandler):
    """Answers without a line of log for each."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app on a free port of loopback while the block runs; gives the port's origin."""
    # `wsgi_app` and not `app`: a command hands over a proxy that is bound in its own thread only.
    server = make_server("127.0.0.1", 0, app.wsgi_app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{settings().platform_host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser(*, letters: int = 16) -> Iterator[Browser]:
    """A headless Chromium that finds every *.localhost here, set to letters of that many pixels.

    Raises NoBrowser.
    """
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--host-resolver-rules=MAP *.localhost 127.0.0.1",
                f"--blink-settings=defaultFontSize={letters}",
            ],
        )
        try:
            yield started
        finally:
            started.close()


def look(page: Page, origin: str, view: View) -> None:
    """Open a view as its person would have it: width, colour scheme, motion off."""
    turn(page, view)
    answer = page.goto(origin + view.path, wait_until="load")
    if answer is None or not answer.ok:
        raise LookupError(f"{view.slug}: {answer.status if answer else 'no answer'}")
    page.evaluate("() => document.fonts.ready.then(() => true)")


def turn(page: Page, view: View) -> None:
    """Give an open page the width and the colour scheme of a view; nothing is loaded again."""
    size: ViewportSize = {"width": view.width, "height": HEIGHTS[view.width]}
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.emulate_media(
        color_scheme="dark" if view.mode == "dark" else "light", reduced_motion="reduce"
    )


def shoot(app: Flask, views: Sequence[View], into: Path, *, seen: Callable[[], None]) -> list[Path]:
    """A PNG per view in `into`, and contact sheets; the paths of the sheets."""
    into.mkdir(parents=True, exist_ok=True)
    with serving(app) as origin, browser() as chromium:
        page = chromium.new_page()
        for view in views:
            look(page, origin, view)
            _unroll(page, view)
            page.screenshot(path=into / f"{view.slug}.png")
            seen()
    ordered = sorted(views, key=_sheet_of)
    return [
        _contact_sheet([into / f"{view.slug}.png" for view in of_sheet], into / f"{name}.png")
        for name, of_sheet in groupby(ordered, key=_sheet_of)
    ]


def _unroll(page: Page, view: View) -> None:
    """A screen as long as the page: what sticks to the thumb lies where it belongs."""
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": view.width, "height": max(height, HEIGHTS[view.width])})


def _sheet_of(view: View) -> str:
    return f"sheet-{view.piece.kind}-{view.width}-{view.mode}"


def _contact_sheet(pictures: list[Path], target: Path) -> Path:
    """Small pictures in rows, as on a photographer's table."""
    small = [_thumbnail(picture) for picture in pictures]
    rows = [small[start : start + COLUMNS] for start in range(0, len(small), COLUMNS)]
    height = sum(max(image.height for image in row) + GAP for row in rows) + GAP
    sheet = Image.new("RGB", (COLUMNS * (THUMBNAIL + GAP) + GAP, height), TABLE)
    top = GAP
    for row in rows:
        for column, image in enumerate(row):
            sheet.paste(image, (GAP + column * (THUMBNAIL + GAP), top))
        top += max(image.height for image in row) + GAP
    sheet.save(target, optimize=True)
    return target


def _thumbnail(picture: Path) -> Image.Image:
    with Image.open(picture) as image:
        height = round(image.height * THUMBNAIL / image.width)
        small = image.convert("RGB").resize((THUMBNAIL, height), Image.Resampling.LANCZOS)
    return small.crop((0, 0, THUMBNAIL, min(height, TALLEST)))


def side_by_side(pictures: Sequence[Path], target: Path, *, height: int, gap: int = 24) -> Path:
    """The upper part of some pictures beside each other, in few colours and few bytes."""
    images = []
    for picture in pictures:
        with Image.open(picture) as image:
            images.append(image.convert("RGB").crop((0, 0, image.width, height)))
    width = sum(image.width for image in images) + gap * (len(images) + 1)
    sheet = Image.new("RGB", (width, height + 2 * gap), TABLE)
    left = gap
    for shown in images:
        sheet.paste(shown, (left, gap))
        left += shown.width + gap
    target.parent.mkdir(parents=True, exist_ok=True)
    _in_its_commonest_colours(sheet).save(target, optimize=True)
    return target


def _in_its_commonest_colours(image: Image.Image) -> Image.Image:
    """256 colours that are really in it: averaged ones would tint white and swallow thin shades."""
    pixels = image.tobytes()
    seen = Counter(zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True))
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(part for colour, _ in seen.most_common(256) for part in colour))
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
