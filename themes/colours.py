"""Colour arithmetic: OKLCH tones, WCAG 2.2 contrast, and the walk that makes a colour readable.

A colour walks in lightness, away from the grounds it stands on, until its contrast is reached;
black on light grounds and white on dark ones always reach it, so the walk ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from coloraide import Color

TEXT = 4.5
"""Least contrast of text (WCAG 2.2, 1.4.3)."""
CONTROL = 3.0
"""Least contrast of what shows a control or its focus (WCAG 2.2, 1.4.11)."""

MARGIN = 1.005
"""Measures differ in the last digits of their constants: a derived colour passes all of them."""

STEP = 0.01
"""How far one step of a walk moves, in OKLCH lightness (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour while it is being found: OKLCH lightness 0–1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float, most_chroma: float = 1.0) -> "Tone":
        """The same hue at another lightness, with at most so much chroma."""
        return Tone(min(max(lightness, 0.0), 1.0), min(self.chroma, most_chroma), self.hue)

    @property
    def hex(self) -> str:
        """As "#rrggbb", clipped into sRGB; black and white at the ends."""
        if self.lightness <= 0 or self.lightness >= 1:
            return "#ffffff" if self.lightness >= 1 else "#000000"
        colour = Color("oklch", [self.lightness, self.chroma, self.hue]).convert("srgb").clip()
        return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour.coords())


def tone_of(colour: str) -> Tone:
    """A "#rrggbb" colour as lightness, chroma and hue. Raises ValueError for anything else."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return Tone(min(max(lightness, 0.0), 1.0), chroma, hue)


_LINEAR = tuple(
    value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    for value in (step / 255 for step in range(256))
)


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_LINEAR[int(colour[place : place + 2], 16)] for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two "#rrggbb" colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def reaches(colour: str, grounds: Iterable[str], ratio: float) -> bool:
    """Whether a colour has at least that contrast with every ground, and a little more."""
    return all(contrast(colour, ground) >= ratio * MARGIN for ground in grounds)


def walk(start: Tone, grounds: Iterable[str], ratio: float, *, darker: bool) -> Tone:
    """The nearest tone, darker or lighter, that reaches `ratio` on every ground."""
    grounds, tone = tuple(grounds), start
    while not reaches(tone.hex, grounds, ratio):
        if tone.lightness <= 0 if darker else tone.lightness >= 1:
            raise ValueError("no colour can be read on all of these grounds")
        tone = tone.at(tone.lightness + (-STEP if darker else STEP))
    return tone


def ink_on(fill: str) -> str:
    """White where it can be read on `fill`, else a near black; one of them always can."""
    for ink in ("#ffffff", "#14161a", "#000000"):
        if reaches(ink, (fill,), TEXT):
            return ink
    raise AssertionError("black or white reaches 4.58 on every colour")
