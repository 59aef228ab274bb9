"""The images of a brand made from its logo: for light and dark pages, for mail, for the tab."""

from PIL import Image, ImageDraw, ImageFont, ImageStat

from themes.colours import contrast
from themes.images import Made, encode
from themes.roles import MODES, roles_for
from themes.tokens import BrandTokens
from themes.typefaces import character, print_font

LOGO_BOX = (480, 144)
"""Twice the largest size a logo is shown at (240 × 72 CSS pixels)."""
VISIBLE = 2.0
"""Least contrast of a logo's mean colour with the page before it gets a plate."""
LIGHT_PLATE, DARK_PLATE = "#ffffff", "#14161a"
PLATE_PADDING = 20
MARK_SIDE = 180
FAVICON_SIDE = 64


def logo_images(
    tokens: BrandTokens,
    logo: Image.Image | None,
    logo_dark: Image.Image | None,
    favicon: Image.Image | None,
) -> list[Made]:
    """Every image of a brand: logo_light, logo_dark, logo_email (with a logo), mark, favicon.

    A logo that cannot be seen on the dark page, and has no dark counterpart, gets a plate.
    """
    made = []
    if logo is not None:
        light, dark = (roles_for(tokens.primary, tokens.accent, mode).raised for mode in MODES)
        made.append(encode("logo_light", _visible(logo, light, DARK_PLATE)))
        made.append(encode("logo_dark", _visible(logo_dark or logo, dark, LIGHT_PLATE)))
        made.append(encode("logo_email", _plate(_fit(logo, LOGO_BOX), LIGHT_PLATE)))
    mark = _square(favicon, MARK_SIDE) if favicon is not None else _initial(tokens, MARK_SIDE)
    made.append(encode("mark", mark))
    tab = mark.resize((FAVICON_SIDE, FAVICON_SIDE), Image.Resampling.LANCZOS)
    made.append(encode("favicon", tab))
    return made


def _fit(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    scale = min(box[0] / image.width, box[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _visible(logo: Image.Image, ground: str, plate: str) -> Image.Image:
    fitted = _fit(logo, LOGO_BOX)
    return fitted if contrast(_average(fitted), ground) >= VISIBLE else _plate(fitted, plate)


def _average(image: Image.Image) -> str:
    mean = ImageStat.Stat(image.convert("RGB"), mask=image.getchannel("A")).mean
    return "#" + "".join(f"{round(channel):02x}" for channel in mean)


def _plate(logo: Image.Image, colour: str) -> Image.Image:
    """The logo on a rounded ground of its own."""
    size = (logo.width + 2 * PLATE_PADDING, logo.height + 2 * PLATE_PADDING)
    plate = Image.new("RGBA", size, "#00000000")
    corner = (size[0] - 1, size[1] - 1)
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, *corner), radius=12, fill=colour)
    plate.alpha_composite(logo, (PLATE_PADDING, PLATE_PADDING))
    return plate


def _square(image: Image.Image, side: int) -> Image.Image:
    fitted = _fit(image, (side, side))
    square = Image.new("RGBA", (side, side), "#00000000")
    square.alpha_composite(fitted, ((side - fitted.width) // 2, (side - fitted.height) // 2))
    return square


def _initial(tokens: BrandTokens, side: int) -> Image.Image:
    """The first letter of the name on the brand's colour, in the brand's heading type."""
    roles = roles_for(tokens.primary, tokens.accent, "light")
    shape = character(tokens)
    mark = Image.new("RGBA", (side, side), "#00000000")
    draw = ImageDraw.Draw(mark)
    radius = {"square": 0, "soft": side // 12, "round": side // 3}[shape.corner]
    draw.rounded_rectangle((0, 0, side - 1, side - 1), radius=radius, fill=roles.brand_block)
    font = ImageFont.truetype(str(print_font(shape.heading, 700)), round(side * 0.62))
    draw.text((side / 2, side / 2), tokens.name[0].upper(), roles.on_brand_block, font, anchor="mm")
    return mark
