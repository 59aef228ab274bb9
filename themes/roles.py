"""Any brand colour to roles that can be read, light and dark: by construction, in OKLCH.

A role starts where it would look best and walks from there until it can be read on every ground it
is used on. `PAIRS` says what must be readable on what; the derivation and the proof share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Literal

from coloraide import Color

from themes.colours import (
    CONTROL,
    TEXT,
    Tone,
    ink_on,
    luminance,
    reaches,
    tone_of,
    walk,
)

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

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


class _Derivation:
    """The roles of one mode, in the order in which they rest on each other."""

    def __init__(self, primary: str, accent: str, mode: Mode) -> None:
        self.primary, self.accent = tone_of(primary), tone_of(accent)
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

    def _readable(self, role: str, start: Tone, grounds: tuple[str, ...], ratio: float) -> None:
        self.found[role] = walk(start, self._on(*grounds), ratio, darker=self.light).hex

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
            ground = Tone(0.955, 0.03, hue) if self.light else Tone(0.26, 0.035, hue)
            self.found[f"{state}_surface"] = ground.hex
        text, muted, link = (0.23, 0.47, 0.55) if self.light else (0.95, 0.76, 0.74)
        self._readable("text", self.primary.at(text, 0.02), everywhere, 7.0)
        self._readable("muted", self.primary.at(muted, 0.02), everywhere, TEXT)
        start = self.primary.at(self._toward(self.primary.lightness, link), 0.2)
        self._readable("link", start, everywhere, TEXT)
        shown = tone_of(self.found["link"])
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
            start = Tone(0.52, 0.14, hue) if self.light else Tone(0.78, 0.13, hue)
            self._readable(state, start, (*GROUNDS, f"{state}_surface"), TEXT)
        self._readable("problem_fill", Tone(0.55, 0.2, HUES["problem"]), GROUNDS, CONTROL)
        self.found["on_problem"] = ink_on(self.found["problem_fill"])

    def _fills(self) -> None:
        grounds = self._on(*GROUNDS)
        self.found["action"] = self._fill(self.primary).hex
        self.found["on_action"] = ink_on(self.found["action"])
        self.found["action_hover"] = self._hover(self.found["action"], self.found["on_action"])
        self._readable("control", self.primary.at(0.6, 0.02), GROUNDS, CONTROL)
        focus = self.primary.at(self._toward(self.primary.lightness, 0.55 if self.light else 0.72))
        self.found["focus"] = walk(focus, grounds, CONTROL, darker=self.light).hex
        accent = self._fill(self.accent)
        self.found["accent"], self.found["on_accent"] = accent.hex, ink_on(accent.hex)
        self._readable("accent_text", accent, GROUNDS, TEXT)

    def _fill(self, brand: Tone) -> Tone:
        """The brand colour as a filled control; brand ink where it would be unrecognisable."""
        found = walk(brand, self._on(*GROUNDS), CONTROL, darker=self.light)
        if self.light and brand.lightness - found.lightness > FARTHEST_WALK:
            return brand.at(0.28, 0.04)
        return found

    def _hover(self, fill: str, ink: str) -> str:
        tone = tone_of(fill)
        for move in (-0.07, -0.04, 0.06, 0.04, -0.02, 0.02):
            moved = tone.at(tone.lightness + move).hex
            if reaches(moved, self._on(*GROUNDS), CONTROL) and reaches(ink, (moved,), TEXT):
                return moved
        return fill

    def _blocks(self) -> None:
        """Blocks of the colours themselves: they carry text and nothing else rests on them."""
        block, accent = self._block(self.primary), self._block(self.accent)
        ink = ink_on(block.hex)
        self.found["brand_block"], self.found["on_brand_block"] = block.hex, ink
        self.found["accent_block"], self.found["on_accent_block"] = accent.hex, ink_on(accent.hex)
        quiet = block.at(block.lightness + 0.7 * (tone_of(ink).lightness - block.lightness), 0.06)
        darker = luminance(ink) < luminance(block.hex)
        self.found["on_brand_block_muted"] = walk(quiet, [block.hex], TEXT, darker=darker).hex

    def _block(self, brand: Tone) -> Tone:
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
