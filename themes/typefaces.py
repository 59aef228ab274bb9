"""The type families of the house: self-hosted on the web, embedded in PDFs, drawn into images."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from themes.tokens import BrandTokens

WEB = Path(__file__).with_name("fonts") / "web"
PRINT = Path(__file__).with_name("fonts") / "print"
SKINS_FOLDER = Path(__file__).with_name("skins")


@dataclass(frozen=True, slots=True)
class Family:
    """A family: its CSS name, what stands in until it is there, and the weights we have of it."""

    name: str
    fallback: str
    weights: tuple[int, ...]


SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SERIF = "Charter, Georgia, 'Times New Roman', serif"

FAMILIES: Mapping[str, Family] = {
    "source-serif": Family("Source Serif 4", SERIF, (400, 600)),
    "source-sans": Family("Source Sans 3", SANS, (400, 600)),
    "baloo": Family("Baloo 2", SANS, (800,)),
    "nunito": Family("Nunito", SANS, (400, 700)),
    "plex": Family("IBM Plex Sans", SANS, (400, 700)),
    "barlow": Family("Barlow", SANS, (400, 700)),
}
BODY_FAMILIES = tuple(slug for slug, family in FAMILIES.items() if len(family.weights) > 1)
"""Text needs a regular and a bold."""


@dataclass(frozen=True, slots=True)
class Character:
    """What is not colour: corners, density, type."""

    corner: str
    density: str
    heading: str
    body: str


@cache
def skin_character(skin: str) -> Character:
    """The character of a skin, from its `skin.toml`. Raises FileNotFoundError."""
    path = SKINS_FOLDER / skin / "skin.toml"
    data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["character"]
    return Character(data["corner"], data["density"], data["heading"], data["body"])


def character(tokens: BrandTokens) -> Character:
    """The character a brand wears: its own choices over its skin's."""
    own = skin_character(tokens.skin)
    return Character(
        tokens.corner or own.corner,
        tokens.density or own.density,
        tokens.heading or own.heading,
        tokens.body or own.body,
    )


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of one family as a web font."""

    family: str
    weight: int
    file: str

    @property
    def url(self) -> str:
        """The path on the tenant's own host."""
        return f"/static/fonts/{self.file}"


@cache
def _file(family: str, weight: int) -> str:
    return next(WEB.glob(f"{family}-{weight}.*.woff2")).name


def heading_weight(family: str) -> int:
    """A serif speaks quietly, in its regular weight; the others in their boldest."""
    weights = FAMILIES[family].weights
    return weights[0] if FAMILIES[family].fallback == SERIF else weights[-1]


def faces(tokens: BrandTokens) -> list[Face]:
    """The web fonts a brand needs: body in regular and bold, headings in one weight."""
    shape = character(tokens)
    needed = [(shape.body, weight) for weight in FAMILIES[shape.body].weights]
    needed.append((shape.heading, heading_weight(shape.heading)))
    return [Face(slug, weight, _file(slug, weight)) for slug, weight in dict.fromkeys(needed)]


def print_font(family: str, weight: int = 400) -> Path:
    """The TrueType file nearest to a weight, for PDFs and images. Raises KeyError."""
    nearest = min(FAMILIES[family].weights, key=lambda have: abs(have - weight))
    return PRINT / f"{family}-{nearest}.ttf"
