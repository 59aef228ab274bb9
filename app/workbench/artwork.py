"""The ads of the gallery: texts and images of each size, as the export makes them."""

from dataclasses import dataclass

from app.workbench.wardrobe import Worn

NAMES: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ad:
    """An ad to look at; `image` is a data: address."""

    name: str
    lines: tuple[str, ...] = ()
    image: str | None = None
    width: int = 0
    height: int = 0
    alt: str = ""


def ad(worn: Worn, name: str, locale: str) -> Ad:
    """One ad of a creditor. Raises LookupError."""
    raise LookupError(name)
