"""The ads of the gallery: the texts and the images that the export packs."""

import base64
from dataclasses import dataclass

from app.outreach.channels import ads
from app.outreach.channels.ad_images import SIZES, draw
from app.workbench.wardrobe import Worn

IMAGES = {f"{width}x{height}": (width, height) for width, height in SIZES}
NAMES = ("search", "display", *IMAGES)


@dataclass(frozen=True)
class Ad:
    """An ad to look at: lines of text, or an image as a data: address."""

    name: str
    lines: tuple[str, ...] = ()
    image: str | None = None
    width: int = 0
    height: int = 0
    alt: str = ""


def ad(worn: Worn, name: str, locale: str) -> Ad:
    """One ad of a creditor. Raises KeyError."""
    words = ads.texts(worn.brand, locale)
    if name not in IMAGES:
        fields = {"search": words.search, "display": words.display}[name]
        return Ad(name, tuple(line for lines in fields.values() for line in lines))
    width, height = IMAGES[name]
    logos = {made.role: made.content for made in worn.images.values()}
    png = base64.b64encode(draw(worn.brand, logos, words.image, (width, height))).decode()
    alt = f"{words.image.headline} {words.image.line}"
    return Ad(name, (), f"data:image/png;base64,{png}", width, height, alt)
