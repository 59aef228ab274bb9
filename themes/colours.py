"""Any brand colour to roles that can be read: derived in OKLCH, held to WCAG 2.2 by construction.

A role starts where it would look best and walks in lightness, away from the grounds it stands on,
until its contrast is reached; black on light grounds and white on dark ones always reach it, so
the walk ends. `PAIRS` says what must be readable on what; the derivation and the proof read the
same table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from coloraide import Color

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

TEXT = 4.5
"""Least contrast of text (WCAG 2.2, 1.4.3)."""
CONTROL = 3.0
"""Least contrast of what shows a control or its focus (WCAG 2.2, 1.4.11)."""

STEP = 0.01
"""How far one step of a walk moves, in OKLCH lightness (0 to 1)."""
FARTHEST_WALK = 0.27
"""A brand colour that would change more than this to become a button gives way to brand ink."""


@dataclass(frozen=True, slots=True)
class Roles:
    """What each colour is for, as "#rrggbb". The names are those of the CSS custom properties."""

    surface: str
    raised: str
    sunken: str
    tint: str
    line: str
    success_surface: str
    warning_surface: str
    problem_surface: str
    info_surface: str
    text: str
    muted: str
    control: str
    action: str
    action_hover: str
    on_action: str
    link: str
    link_hover: str
    focus: str
    accent: str
    on_accent: str
    accent_text: str
    success: str
    warning: str
    problem: str
    info: str
    problem_fill: str
    on_problem: str
    brand_block: str
    on_brand_block: str
    on_brand_block_muted: str
    accent_block: str
    on_accent_block: str

    def items(self) -> Iterator[tuple[str, str]]:
        """(custom property without dashes in front, colour), in order."""
        for field in fields(self):
            yield field.name.replace("_", "-"), getattr(self, field.name)


GROUNDS = ("surface", "raised", "sunken", "tint")
STATES = ("success", "warning", "problem", "info")
NOTICES = tuple(f"{state}_surface" for state in STATES)
CONTROLS = ("control", "action", "action_hover", "focus", "accent", "problem_fill")

PAIRS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    *((role, GROUNDS + NOTICES, TEXT) for role in ("text", "muted", "link", "link_hover")),
    *((state, (*GROUNDS, f"{state}_surface"), TEXT) for state in STATES),
    ("accent_text", GROUNDS, TEXT),
    *((role, GROUNDS, CONTROL) for role in CONTROLS),
    ("on_action", ("action", "action_hover"), TEXT),
    ("on_accent", ("accent",), TEXT),
    ("on_problem", ("problem_fill",), TEXT),
    ("on_brand_block", ("brand_block",), TEXT),
    ("on_brand_block_muted", ("brand_block",), TEXT),
    ("on_accent_block", ("accent_block",), TEXT),
)
"""(role, the grounds it is used on, the least contrast)."""


LEVELS: dict[bool, dict[str, tuple[float, float]]] = {
    True: {
        "surface": (0.985, 0.004),
        "raised": (1.0, 0.0),
        "sunken": (0.957, 0.008),
        "tint": (0.95, 0.03),
        "line": (0.88, 0.012),
    },
    False: {
        "surface": (0.18, 0.012),
        "raised": (0.225, 0.014),
        "sunken": (0.145, 0.01),
        "tint": (0.265, 0.035),
        "line": (0.36, 0.02),
    },
}
"""Grounds in light (True) and dark: (OKLCH lightness, the most chroma of the brand's hue)."""

HUES = {"success": 152.0, "warning": 74.0, "problem": 27.0, "info": 250.0}
"""OKLCH hues that mean the same everywhere, whatever the brand."""


@dataclass(frozen=True, slots=True)
class _Tone:
    """A colour while it is being found: OKLCH lightness 0–1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float, most_chroma: float = 1.0) -> "_Tone":
        return _Tone(min(max(lightness, 0.0), 1.0), min(self.chroma, most_chroma), self.hue)

    @property
    def hex(self) -> str:
        if self.lightness <= 0 or self.lightness >= 1:
            return "#ffffff" if self.lightness >= 1 else "#000000"
        colour = Color("oklch", [self.lightness, self.chroma, self.hue]).convert("srgb").clip()
        return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour.coords())


def _tone(colour: str) -> _Tone:
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return _Tone(min(max(lightness, 0.0), 1.0), chroma, hue)


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


def _reaches(colour: str, grounds: Iterable[str], ratio: float) -> bool:
    return all(contrast(colour, ground) >= ratio for ground in grounds)


def _walk(start: _Tone, grounds: Iterable[str], ratio: float, *, darker: bool) -> _Tone:
    """The nearest tone, darker or lighter, that reaches `ratio` on every ground."""
    grounds, tone = tuple(grounds), start
    while not _reaches(tone.hex, grounds, ratio):
        if tone.lightness <= 0 if darker else tone.lightness >= 1:
            raise ValueError("no colour can be read on all of these grounds")
        tone = tone.at(tone.lightness + (-STEP if darker else STEP))
    return tone


def ink_on(fill: str) -> str:
    """White where it can be read on `fill`, else a near black; one of them always can."""
    for ink in ("#ffffff", "#14161a", "#000000"):
        if contrast(ink, fill) >= TEXT:
            return ink
    raise AssertionError("black or white reaches 4.58 on every colour")


class _Derivation:
    """The roles of one mode, in the order in which they rest on each other."""

    def __init__(self, primary: str, accent: str, mode: Mode) -> None:
        self.primary, self.accent = _tone(primary), _tone(accent)
        self.light = mode == "light"
        self.found: dict[str, str] = {}

    def roles(self) -> Roles:
        self._grounds()
        self._texts()
        self._states()
        self._fills()
        self._blocks()
        return Roles(**self.found)

    def _on(self, *names: str) -> list[str]:
        return [self.found[name] for name in names]

    def _readable(self, role: str, start: _Tone, grounds: tuple[str, ...], ratio: float) -> None:
        self.found[role] = _walk(start, self._on(*grounds), ratio, darker=self.light).hex

    def _grounds(self) -> None:
        for role, (lightness, chroma) in LEVELS[self.light].items():
            self.found[role] = self.primary.at(lightness, chroma).hex

    def _texts(self) -> None:
        everywhere = GROUNDS + NOTICES
        for state, hue in (
            ("success", 152.0),
            ("warning", 78.0),
            ("problem", 25.0),
            ("info", 250.0),
        ):
            ground = _Tone(0.955, 0.03, hue) if self.light else _Tone(0.26, 0.035, hue)
            self.found[f"{state}_surface"] = ground.hex
        text, muted, link = (0.23, 0.47, 0.55) if self.light else (0.95, 0.76, 0.74)
        self._readable("text", self.primary.at(text, 0.02), everywhere, 7.0)
        self._readable("muted", self.primary.at(muted, 0.02), everywhere, TEXT)
        start = self.primary.at(self._toward(self.primary.lightness, link), 0.2)
        self._readable("link", start, everywhere, TEXT)
        shown = _tone(self.found["link"])
        hover = shown.at(shown.lightness + (-0.08 if self.light else 0.08))
        self._readable("link_hover", hover, everywhere, TEXT)

    def _toward(self, own: float, limit: float) -> float:
        return min(own, limit) if self.light else max(own, limit)

    def _states(self) -> None:
        for state, hue in (
            ("success", 152.0),
            ("warning", 70.0),
            ("problem", 27.0),
            ("info", 250.0),
        ):
            start = _Tone(0.52, 0.14, hue) if self.light else _Tone(0.78, 0.13, hue)
            self._readable(state, start, (*GROUNDS, f"{state}_surface"), TEXT)
        self._readable("problem_fill", _Tone(0.55, 0.2, HUES["problem"]), GROUNDS, CONTROL)
        self.found["on_problem"] = ink_on(self.found["problem_fill"])

    def _fills(self) -> None:
        grounds = self._on(*GROUNDS)
        self.found["action"] = self._fill(self.primary).hex
        self.found["on_action"] = ink_on(self.found["action"])
        self.found["action_hover"] = self._hover(self.found["action"], self.found["on_action"])
        self._readable("control", self.primary.at(0.6, 0.02), GROUNDS, CONTROL)
        focus = self.primary.at(self._toward(self.primary.lightness, 0.55 if self.light else 0.72))
        self.found["focus"] = _walk(focus, grounds, CONTROL, darker=self.light).hex
        accent = self._fill(self.accent)
        self.found["accent"], self.found["on_accent"] = accent.hex, ink_on(accent.hex)
        self._readable("accent_text", accent, GROUNDS, TEXT)

    def _fill(self, brand: _Tone) -> _Tone:
        """The brand colour as a filled control; brand ink where it would be unrecognisable."""
        found = _walk(brand, self._on(*GROUNDS), CONTROL, darker=self.light)
        if self.light and brand.lightness - found.lightness > FARTHEST_WALK:
            return brand.at(0.28, 0.04)
        return found

    def _hover(self, fill: str, ink: str) -> str:
        tone = _tone(fill)
        for move in (-0.07, -0.04, 0.06, 0.04, -0.02, 0.02):
            moved = tone.at(tone.lightness + move).hex
            if _reaches(moved, self._on(*GROUNDS), CONTROL) and contrast(moved, ink) >= TEXT:
                return moved
        return fill

    def _blocks(self) -> None:
        """Blocks of the colours themselves: they carry text and nothing else rests on them."""
        block, accent = self._block(self.primary), self._block(self.accent)
        ink = ink_on(block.hex)
        self.found["brand_block"], self.found["on_brand_block"] = block.hex, ink
        self.found["accent_block"], self.found["on_accent_block"] = accent.hex, ink_on(accent.hex)
        quiet = block.at(block.lightness + 0.7 * (_tone(ink).lightness - block.lightness), 0.06)
        darker = luminance(ink) < luminance(block.hex)
        self.found["on_brand_block_muted"] = _walk(quiet, [block.hex], TEXT, darker=darker).hex

    def _block(self, brand: _Tone) -> _Tone:
        """As it is in light; in the dark neither lost in the page nor glaring."""
        return brand if self.light else brand.at(min(max(brand.lightness, 0.32), 0.68))


@lru_cache(maxsize=4096)
def roles_for(primary: str, accent: str, mode: Mode) -> Roles:
    """The roles of a brand in one mode, from two "#rrggbb" colours. Raises ValueError on others."""
    return _Derivation(primary, accent, mode).roles()


def contrast_failures(primary: str, accent: str) -> list[str]:
    """Every pair of `PAIRS` below its ratio in either mode, said in words; empty by construction.

    Measured by coloraide, not by the arithmetic that the derivation itself uses.
    """
    failures = []
    for mode in MODES:
        roles = roles_for(primary, accent, mode)
        shown = {field.name: Color(getattr(roles, field.name)) for field in fields(roles)}
        for role, grounds, ratio in PAIRS:
            for ground in grounds:
                reached = shown[role].contrast(shown[ground])
                if reached < ratio:
                    failures.append(f"{primary} {mode}: {role} on {ground} {reached:.2f} < {ratio}")
    return failures
