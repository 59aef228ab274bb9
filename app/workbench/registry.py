"""Everything a person can be shown, piece by piece: the gallery, the accessibility proof and the
screenshots all walk this list, so what is not in it does not exist.

A page is here by the samples of the portal, which the portal hands over through the app (surfaces
do not import each other); e-mails and SMS by the intents of the voice; ads by their sizes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, current_app

from app.workbench import artwork, wardrobe
from themes import voice
from themes.translations import LOCALES

MODES = ("light", "dark")
WIDTHS = (390, 1280)
"""A phone's and a desk's, in CSS pixels."""
LANDING = "landing"
"""Where an ad leads: a page of the portal, met without being known there."""
SHORT = "short"
"""State of a mail that has a shorter form."""
PORTAL_TEMPLATES = Path(__file__).parents[1] / "portal" / "templates"


class Kind(StrEnum):
    PAGE = "page"
    EMAIL = "email"
    SMS = "sms"
    AD = "ad"


@dataclass(frozen=True, order=True)
class Piece:
    """One thing in one state: ("page", "offer", "personal"), ("email", "receipt", "plain")."""

    kind: Kind
    name: str
    state: str


@dataclass(frozen=True)
class View:
    """A piece as one person sees it."""

    piece: Piece
    brand: str
    """A slug of the wardrobe."""
    mode: str
    width: int
    locale: str = LOCALES[0]

    @property
    def path(self) -> str:
        """Where the gallery shows it, as light or dark as the screen it is read on."""
        piece = self.piece
        return (
            f"/gallery/{piece.kind}/{piece.name}/{piece.state}"
            f"?brand={self.brand}&locale={self.locale}"
        )

    @property
    def forced_path(self) -> str:
        """The same in this view's mode, whatever the screen says."""
        return f"{self.path}&mode={self.mode}"

    @property
    def slug(self) -> str:
        """A file name."""
        piece = self.piece
        return f"{piece.kind}-{piece.name}-{piece.state}-{self.brand}-{self.mode}-{self.width}"


class Samples(Protocol):
    """What the portal hands over: `app.portal.samples`."""

    SAMPLES: Mapping[str, Mapping[str, Any]]
    """Template name ("portal/offer.html") → state → a function of the locale."""

    def page(self, template: str, state: str, *, locale: str, mode: str | None = None) -> str:
        """The page as HTML, for the tenant, brand and locale in `flask.g`."""


def samples(app: Flask | None = None) -> Samples:
    """The portal's samples. Raises KeyError in production, where nothing is shown off."""
    found: Samples = (app or current_app).extensions["portal.samples"]
    return found


def pieces(app: Flask | None = None) -> list[Piece]:
    """Every piece there is, in the order of its kinds."""
    pages = [
        Piece(Kind.PAGE, page_name(template), state)
        for template, states in samples(app).SAMPLES.items()
        for state in states
    ]
    mails = [Piece(Kind.EMAIL, intent, "plain") for intent in voice.INTENTS]
    mails += [Piece(Kind.EMAIL, intent, SHORT) for intent in sorted(voice.SHORTENED)]
    texts = [Piece(Kind.SMS, intent, "plain") for intent in voice.INTENTS]
    ads = [Piece(Kind.AD, name, "plain") for name in (*artwork.NAMES, LANDING)]
    return sorted(pages) + mails + texts + ads


def views(app: Flask | None = None, *, kinds: tuple[Kind, ...] = tuple(Kind)) -> Iterator[View]:
    """Every piece × brand × mode × width."""
    shown = [piece for piece in pieces(app) if piece.kind in kinds]
    for piece, brand, mode, width in product(shown, wardrobe.SLUGS, MODES, WIDTHS):
        yield View(piece, brand, mode, width)


def page_name(template: str) -> str:
    """ "portal/offer.html" → "offer"."""
    return template.removeprefix("portal/").removesuffix(".html")


def page_template(name: str) -> str:
    """ "offer" → "portal/offer.html"."""
    return f"portal/{name}.html"


def templates() -> set[str]:
    """The names of every page template on disk; parts of pages begin with an underscore."""
    return {
        path.relative_to(PORTAL_TEMPLATES).as_posix()
        for path in PORTAL_TEMPLATES.rglob("*.html")
        if not path.name.startswith("_")
    }
