"""A creditor's logo: looked at with suspicion, re-encoded, made in the sizes that are used.

Nothing of the file itself is ever served. A PNG or JPEG is decoded within limits and written anew;
an SVG is checked against a list of harmless elements and drawn to pixels, so no script, reference
or font of it survives. What is refused says why in a msgid of the catalogue "brand".
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

import resvg_py
from defusedxml import ElementTree  # type: ignore[import-untyped]  # ships no types
from defusedxml import common as defused
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BYTES = 512 * 1024
MOST_PIXELS = 16_000_000
LEAST_SIDE = 16
MOST_ASPECT = 12
MOST_SVG_ELEMENTS = 2_000
MOST_SVG_DEPTH = 32
EXACT_BYTES = 6_000
"""A picture larger than this is also tried with 128 colours."""
DRAWN_WIDTH = 1_200
"""Pixels an SVG is drawn wide before it is fitted."""

HARMLESS = frozenset(
    [
        *("svg", "g", "defs", "style", "title", "desc", "metadata", "clipPath"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop"),
    ]
)
"""What a logo is drawn with. Texts need fonts, `use` and filters multiply, images reach out."""

NOT_ONLY_SHAPES = (
    "The SVG holds something other than shapes: "
    "turn texts into paths, leave out images, scripts and filters."
)

_SVG = "{http://www.w3.org/2000/svg}"
_REACHES_OUT = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression|javascript:", re.IGNORECASE)


class ImageRefused(ValueError):
    """An image we do not take; the argument is a msgid of the catalogue "brand"."""


@dataclass(frozen=True, slots=True)
class Made:
    """An image as it will be served. Sizes in pixels."""

    role: str
    content_type: str
    width: int
    height: int
    content: bytes


def read(data: bytes) -> Image.Image:
    """The picture in a PNG, JPEG or SVG file, as RGBA without its empty margin.

    Raises ImageRefused.
    """
    if len(data) > MOST_BYTES:
        _refuse("The file is larger than 512 kB.")
    if data[:8] == b"\x89PNG\r\n\x1a\n" or data[:3] == b"\xff\xd8\xff":
        image = _read_raster(data)
    elif b"<svg" in data[:4096]:
        image = _read_svg(data)
    else:
        _refuse("Only PNG, JPEG and SVG are taken.")
    if min(image.size) < LEAST_SIDE:
        _refuse("The image is too small: at least 16 pixels a side.")
    box = image.getchannel("A").getbbox()
    if box is None:
        _refuse("The image is empty.")
    return image.crop(box)


def _refuse(reason: str) -> NoReturn:
    raise ImageRefused(reason)


def _read_raster(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow warns of a possible bomb before we have seen the size; we refuse it below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
        if image.width * image.height > MOST_PIXELS:
            _refuse("The image has too many pixels.")
        image.load()
    except Image.DecompressionBombError as error:
        raise ImageRefused("The image has too many pixels.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        if isinstance(error, ImageRefused):
            raise
        raise ImageRefused("The image is damaged.") from error
    return ImageOps.exif_transpose(image).convert("RGBA")


def _read_svg(data: bytes) -> Image.Image:
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, defused.DefusedXmlException, ValueError) as error:
        raise ImageRefused("The SVG is damaged or declares entities.") from error
    _check_svg(root)
    width, height = _svg_size(root)
    drawn_width = min(DRAWN_WIDTH, round(DRAWN_WIDTH * width / height))
    try:
        # data went through an XML parser: it is well-formed, in the encoding it declares.
        drawn = resvg_py.svg_to_bytes(
            svg_string=ElementTree.tostring(root, encoding="unicode"),
            width=max(drawn_width, LEAST_SIDE),
            skip_system_fonts=True,
        )
    except ValueError as error:
        raise ImageRefused("The SVG cannot be drawn.") from error
    return Image.open(BytesIO(drawn)).convert("RGBA")


def _check_svg(root: "Element") -> None:
    for count, (element, depth) in enumerate(_walk(root)):
        if count >= MOST_SVG_ELEMENTS or depth > MOST_SVG_DEPTH:
            _refuse("The SVG is too complicated.")
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in HARMLESS:
            _refuse(NOT_ONLY_SHAPES)
        for name, value in (*element.attrib.items(), ("text", element.text or "")):
            bare = name.rpartition("}")[2].lower()
            points_out = bare == "href" and not value.startswith("#")
            if bare.startswith("on") or points_out or _REACHES_OUT.search(value):
                _refuse("The SVG reaches outside itself or runs code.")


def _walk(root: "Element") -> Iterator[tuple["Element", int]]:
    waiting = [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        if element.tag == f"{_SVG}metadata":
            element.clear()
            element.tag = f"{_SVG}desc"
        yield element, depth
        waiting.extend((child, depth + 1) for child in element)


def _svg_size(root: "Element") -> tuple[float, float]:
    """Width and height in any unit: only their relation matters. Raises ImageRefused."""
    try:
        if view_box := root.get("viewBox"):
            _, _, width, height = (float(part) for part in re.split(r"[ ,]+", view_box.strip()))
        else:
            width = float(root.get("width", "").removesuffix("px"))
            height = float(root.get("height", "").removesuffix("px"))
        aspect = width / height
    except (ValueError, ZeroDivisionError) as error:
        raise ImageRefused("The SVG needs a viewBox, or a width and a height.") from error
    if not 1 / MOST_ASPECT <= aspect <= MOST_ASPECT:
        _refuse("The image is too long or too tall for a logo.")
    return width, height


def encode(role: str, image: Image.Image) -> Made:
    """A PNG of at most some kilobytes: exact where that is small, else with 128 colours."""
    exact = _png(image)
    reduced = image.quantize(128, method=Image.Quantize.FASTOCTREE)
    content = min(exact, _png(reduced), key=len) if len(exact) > EXACT_BYTES else exact
    return Made(role, "image/png", image.width, image.height, content)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
