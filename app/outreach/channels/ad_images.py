"""Display ads in a brand's dress: the bones of its skin, drawn for each size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from app.outreach.channels.canvas import Box, Canvas, Type
from themes.dress import Brand
from themes.typefaces import FAMILIES, character

SIZES = ((300, 250), (728, 90), (320, 50), (1200, 628))
"""Width × height in pixels."""
TALL, STRIP = 250, 90
"""Units of height of the two compositions."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The words of an image."""

    headline: str
    short: str
    """Instead of the headline where there is one line of room."""
    line: str
    button: str


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a composition is drawn with."""

    brand: Brand
    logos: Mapping[str, Image.Image]
    copy: Copy

    def heading(self, colour: str, largest: float, align: str = "left") -> Type:
        family = character(self.brand.tokens).heading
        weight = 400 if "Georgia" in FAMILIES[family].fallback else 800
        return Type(family, weight, colour, largest, align)

    def body(self, colour: str, largest: float, align: str = "left", weight: int = 400) -> Type:
        return Type(character(self.brand.tokens).body, weight, colour, largest, align)

    def bold(self, colour: str, largest: float, align: str = "center") -> Type:
        return self.body(colour, largest, align, 700)

    def mark(self, canvas: Canvas, box: Box, role: str, align: str = "left") -> Box:
        """The logo, or the name where there is none."""
        image = self.logos.get(role)
        if image is not None:
            return canvas.logo(image, box, align)
        canvas.text(self.brand.name, box, self.heading(self.brand.roles().text, 20, align))
        return box


def draw(brand: Brand, logos: Mapping[str, bytes], copy: Copy, size: tuple[int, int]) -> bytes:
    """A PNG of `size`; `logos` are the brand's assets by role. Raises ValueError without room."""
    width, height = size
    outfit = Outfit(brand, {role: _open(data) for role, data in logos.items()}, copy)
    is_strip = width > 4 * height
    compose = (STRIPS if is_strip else TALLS)[brand.skin]
    canvas = Canvas(width, height, STRIP if is_strip else TALL, brand.roles().raised)
    compose(canvas, outfit)
    return canvas.png()


def _open(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGBA")


def _salao_tall(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    canvas.frame(page.inset(10), roles.line, 1)
    inside = page.inset(28, 26)
    outfit.mark(canvas, Box(inside.left, 30, inside.right, 54), "logo_light", "center")
    middle = (page.left + page.right) / 2
    canvas.fill(Box(middle - 24, 70, middle + 24, 71), roles.line)
    headline = Box(inside.left, 80, inside.right, 150)
    canvas.text(outfit.copy.headline, headline, outfit.heading(roles.text, 29, "center"))
    line = Box(inside.left, 152, inside.right, 174)
    canvas.text(outfit.copy.line, line, outfit.body(roles.muted, 13, "center"))
    half = min(inside.width, 250) / 2
    bar = Box(middle - half, 184, middle + half, 222)
    canvas.fill(bar, roles.action)
    canvas.text(outfit.copy.button, bar.inset(10, 4), outfit.bold(roles.on_action, 15))


def _salao_strip(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    bar = Box(page.right - 168, 0, page.right, page.bottom)
    canvas.frame(page, roles.line, 1)
    canvas.fill(bar, roles.action)
    canvas.text(outfit.copy.button, bar.inset(14, 8), outfit.bold(roles.on_action, 19))
    mark = outfit.mark(canvas, Box(22, 20, 182, 70), "logo_light")
    canvas.fill(Box(mark.right + 18, 24, mark.right + 19.4, 66), roles.line)
    room = Box(mark.right + 36, 8, bar.left - 16, 82)
    canvas.text(outfit.copy.short, room, outfit.heading(roles.text, 29))


def _feira_tall(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    canvas.fill(page, roles.brand_block)
    canvas.disc(page.right - 12, 22, 62, roles.accent_block)
    outfit.mark(canvas, Box(16, 14, page.right * 0.62, 54), "logo_email")
    headline = Box(18, 60, page.right - 18, 154)
    canvas.text(outfit.copy.headline, headline, outfit.heading(roles.on_brand_block, 40))
    canvas.fill(Box(10, 163, page.right - 10, 290), roles.raised, 24)
    line = Box(28, 172, page.right - 28, 192)
    canvas.text(outfit.copy.line, line, outfit.bold(roles.text, 14, "left"))
    style = outfit.heading(roles.on_action, 19, "center")
    pill = Box(26, 199, min(page.right - 26, 236), 238)
    canvas.fill(pill, roles.action, 20)
    canvas.text(outfit.copy.button, pill.inset(16, 3), style)


def _feira_strip(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    canvas.fill(page, roles.brand_block)
    canvas.disc(page.right - 66, 45, 96, roles.accent_block)
    mark = outfit.mark(canvas, Box(16, 18, 180, 72), "logo_email")
    pill = Box(page.right - 162, 21, page.right - 14, 69)
    canvas.fill(pill, roles.raised, 24)
    canvas.text(outfit.copy.button, pill.inset(16, 4), outfit.heading(roles.text, 22, "center"))
    room = Box(mark.right + 20, 8, page.right - 176, 82)
    canvas.text(outfit.copy.short, room, outfit.heading(roles.on_brand_block, 32))


def _linha_tall(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    canvas.fill(page, roles.surface)
    canvas.fill(Box(0, 0, page.right, 56), roles.brand_block)
    outfit.mark(canvas, Box(14, 9, page.right * 0.7, 47), "logo_email")
    box = Box(14, 68, page.right - 14, 238)
    canvas.fill(box, roles.raised)
    canvas.frame(box, roles.text, 2, 3)
    inside = box.inset(16, 12)
    headline = Box(inside.left, inside.top, inside.right, inside.top + 68)
    canvas.text(outfit.copy.headline, headline, outfit.bold(roles.text, 27, "left"))
    canvas.fill(Box(box.left, headline.bottom + 8, box.right, headline.bottom + 10), roles.text)
    line = Box(inside.left, headline.bottom + 14, inside.right, headline.bottom + 32)
    canvas.text(outfit.copy.line, line, outfit.body(roles.muted, 14))
    _linha_button(canvas, outfit, Box(inside.left, 188, inside.left + 148, 226), 16)


def _linha_strip(canvas: Canvas, outfit: Outfit) -> None:
    roles, page = outfit.brand.roles(), canvas.page
    block = Box(0, 0, 196, page.bottom)
    canvas.fill(block, roles.brand_block)
    outfit.mark(canvas, block.inset(16, 16), "logo_email")
    canvas.frame(page, roles.text, 2)
    button = Box(page.right - 172, 22, page.right - 18, 68)
    room = Box(block.right + 20, 8, button.left - 14, 82)
    canvas.text(outfit.copy.short, room, outfit.bold(roles.text, 30, "left"))
    _linha_button(canvas, outfit, button, 19)


def _linha_button(canvas: Canvas, outfit: Outfit, box: Box, largest: float) -> None:
    roles = outfit.brand.roles()
    canvas.fill(box, roles.action, 3)
    room = Box(box.left + 14, box.top, box.right - 38, box.bottom)
    canvas.text(outfit.copy.button, room, outfit.bold(roles.on_action, largest, "left"))
    canvas.arrow(box.right - 14, (box.top + box.bottom) / 2, 14, roles.on_action)


Composition = Callable[[Canvas, Outfit], None]
TALLS: Mapping[str, Composition] = {
    "salao": _salao_tall,
    "feira": _feira_tall,
    "linha": _linha_tall,
}
STRIPS: Mapping[str, Composition] = {
    "salao": _salao_strip,
    "feira": _feira_strip,
    "linha": _linha_strip,
}
