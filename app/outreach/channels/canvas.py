"""A small drawing board: rectangles, type and logos in layout units, drawn large and reduced."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from themes.typefaces import print_font

OVERSAMPLED = 3
"""Drawn so many times larger, for smooth edges."""
LEADING = 1.16


@lru_cache(maxsize=512)
def _font(family: str, weight: int, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(print_font(family, weight)), pixels)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in units: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def inset(self, across: float, along: float | None = None) -> "Box":
        """Smaller by `across` left and right and by `along` above and below."""
        along = across if along is None else along
        return Box(self.left + across, self.top + along, self.right - across, self.bottom - along)


@dataclass(frozen=True, slots=True)
class Type:
    """How a text is set."""

    family: str
    weight: int
    colour: str
    largest: float
    """In units; it shrinks until the text fits, down to a third."""
    align: str = "left"
    centred: bool = True
    """Whether the lines stand in the middle of the box's height, else at its top."""


class Canvas:
    """An image of `width` × `height` pixels whose units are `height / units_high` pixels."""

    def __init__(self, width: int, height: int, units_high: float, ground: str) -> None:
        self.size = (width, height)
        self.unit = height / units_high
        self.page = Box(0, 0, width / self.unit, units_high)
        self._scale = self.unit * OVERSAMPLED
        large = (width * OVERSAMPLED, height * OVERSAMPLED)
        self._image = Image.new("RGB", large, ground)
        self._draw = ImageDraw.Draw(self._image)

    def fill(self, box: Box, colour: str, radius: float = 0) -> None:
        """A filled rectangle, round-cornered if asked."""
        self._draw.rounded_rectangle(self._pixels(box), radius * self._scale, fill=colour)

    def frame(self, box: Box, colour: str, line: float, radius: float = 0) -> None:
        """The outline of a rectangle, drawn inwards."""
        width = max(OVERSAMPLED, round(line * self._scale))
        self._draw.rounded_rectangle(
            self._pixels(box), radius * self._scale, outline=colour, width=width
        )

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A filled circle around a point."""
        self._draw.ellipse(
            self._pixels(Box(x - radius, y - radius, x + radius, y + radius)), fill=colour
        )

    def arrow(self, x: float, y: float, size: float, colour: str) -> None:
        """An arrow to the right, ending at `x`, on the line `y`."""
        tip, stroke = (x * self._scale, y * self._scale), round(0.16 * size * self._scale)
        length, head = size * self._scale, 0.38 * size * self._scale
        self._draw.line([(tip[0] - length, tip[1]), tip], colour, stroke)
        wings = [(tip[0] - head, tip[1] - head), tip, (tip[0] - head, tip[1] + head)]
        self._draw.line(wings, colour, stroke, joint="curve")

    def text(self, text: str, box: Box, style: Type) -> float:
        """Text wrapped and sized to fit a box; returns the width of its longest line in units."""
        pixels, lines = self._fit(text, box, style)
        font = _font(style.family, style.weight, pixels)
        leading = pixels * LEADING
        top = box.top * self._scale
        if style.centred:
            top += (box.height * self._scale - leading * len(lines)) / 2
        anchor, x = {
            "left": ("lm", box.left),
            "center": ("mm", (box.left + box.right) / 2),
            "right": ("rm", box.right),
        }[style.align]
        for number, line in enumerate(lines):
            place = (x * self._scale, top + leading * (number + 0.5))
            self._draw.text(place, line, style.colour, font, anchor=anchor)
        return max(font.getlength(line) for line in lines) / self._scale

    def _fit(self, text: str, box: Box, style: Type) -> tuple[int, list[str]]:
        largest = round(style.largest * self._scale)
        for pixels in range(largest, max(1, largest // 3), -1):
            font = _font(style.family, style.weight, pixels)
            lines = _balanced(text, font, box.width * self._scale)
            fits = len(lines) * pixels * LEADING <= box.height * self._scale
            if fits and all(font.getlength(line) <= box.width * self._scale for line in lines):
                return pixels, lines
        raise ValueError(f"no room for “{text}”")

    def logo(self, image: Image.Image, box: Box, align: str = "left") -> Box:
        """An image fitted into a box, in the middle of its height; returns where it stands."""
        aspect = image.width / image.height
        width = min(box.width, box.height * aspect)
        height = width / aspect
        left = {"left": box.left, "center": (box.left + box.right - width) / 2}[align]
        top = (box.top + box.bottom - height) / 2
        place = Box(left, top, left + width, top + height)
        x, y, right, bottom = self._pixels(place)
        fitted = image.resize((max(1, right - x), max(1, bottom - y)), Image.Resampling.LANCZOS)
        self._image.paste(fitted, (x, y), fitted)
        return place

    def png(self) -> bytes:
        """The image at its own size."""
        reduced = self._image.resize(self.size, Image.Resampling.LANCZOS)
        file = BytesIO()
        reduced.save(file, "PNG", optimize=True)
        return file.getvalue()

    def _pixels(self, box: Box) -> tuple[int, int, int, int]:
        scale = self._scale
        return (
            round(box.left * scale),
            round(box.top * scale),
            round(box.right * scale),
            round(box.bottom * scale),
        )


def _balanced(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """As few lines as the width allows, of about the same length."""
    lines = list(_wrapped(text, font, width))
    narrower = width
    while narrower > width / 2:
        narrower *= 0.96
        tighter = list(_wrapped(text, font, narrower))
        if len(tighter) > len(lines) or any(font.getlength(line) > narrower for line in tighter):
            break
        lines = tighter
    return lines


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    """Lines of at most `width` pixels."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > width:
            yield line
            line = word
        else:
            line = longer
    yield line
