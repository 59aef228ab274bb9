"""Somebody else's logo."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from themes.dress import sample_brand
from themes.images import MOST_BYTES, ImageRefused, encode, read
from themes.logos import LOGO_BOX, logo_images

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 40">{}</svg>'
SHAPE = '<rect width="90" height="30" fill="#123456"/>'


def svg(inside=SHAPE):
    return SVG.format(inside).encode()


def picture(image_format="PNG", size=(120, 40), mode="RGB", **options):
    file = BytesIO()
    Image.new(mode, size, "navy").save(file, image_format, **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width, height):
    """A PNG of a few kilobytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("data", [picture(), picture("JPEG"), picture("PNG", mode="L"), svg()])
def test_the_three_formats_are_taken(data):
    image = read(data)
    assert image.mode == "RGBA"
    assert image.width > image.height


def test_the_empty_margin_is_cut_off():
    image = read(svg('<rect x="40" y="10" width="20" height="20"/>'))
    assert image.width == image.height


def test_nothing_of_the_file_itself_survives():
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "<script>alert(1)</script>")
    made = encode("logo_light", read(picture(pnginfo=info) + b"<?php evil() ?>"))
    assert b"script" not in made.content
    assert b"php" not in made.content


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect width="9" height="9" onload="alert(1)"/>',
        '<rect width="9" height="9" ONCLICK="alert(1)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<image href="http://evil.example/x.png" width="9" height="9"/>',
        '<image href="file:///etc/passwd" width="9" height="9"/>',
        '<use href="http://evil.example/x.svg#a"/>',
        '<use xlink:href="#a"/>',
        '<linearGradient id="g" xlink:href="http://evil.example/g.svg#g"/>',
        '<rect width="9" height="9" fill="url(http://evil.example/#g)"/>',
        '<style>@import url("http://evil.example/x.css");</style>',
        "<style>rect { background: url( 'http://evil.example' ) }</style>",
        "<text>Banco</text>",
        '<filter id="f"><feTurbulence/></filter>',
        '<pattern id="p"/>',
        '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
        '<animate attributeName="href"/>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
        "<g>" * 40 + "</g>" * 40,
        "<g/>" * 2_001,
    ],
)
def test_an_svg_that_is_more_than_shapes_is_refused(inside):
    with pytest.raises(ImageRefused):
        read(svg(SHAPE + inside))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        picture()[:60],
        picture("JPEG")[:200],
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        picture(size=(8, 8)),
        picture() + bytes(MOST_BYTES),
        bomb(30_000, 30_000),
        bomb(8_000, 8_000),
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg xmlns='http://www.w3.org/2000/svg'><rect/></svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 0 0'/>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 nan 1'/>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 99999 1'/>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect",
        b"<html><svg></svg></html>",
    ],
)
def test_what_is_no_image_for_us_is_refused_with_a_reason(data):
    with pytest.raises(ImageRefused, match=r"\.$"):
        read(data)


def test_every_image_of_a_brand_is_made_and_small():
    brand = sample_brand()
    made = {image.role: image for image in logo_images(brand.tokens, read(svg()), None, None)}
    assert set(made) == {"logo_light", "logo_dark", "logo_email", "mark", "favicon"}
    assert made["logo_light"].width <= LOGO_BOX[0]
    assert made["logo_light"].height <= LOGO_BOX[1]
    assert (made["favicon"].width, made["favicon"].height) == (64, 64)
    assert all(len(image.content) < 12_000 for image in made.values())
    for image in made.values():
        assert Image.open(BytesIO(image.content)).size == (image.width, image.height)


def test_a_logo_that_would_vanish_in_the_dark_gets_a_plate():
    dark_logo = read(svg())
    made = {
        image.role: image for image in logo_images(sample_brand().tokens, dark_logo, None, None)
    }
    plate = Image.open(BytesIO(made["logo_dark"].content)).convert("RGBA")
    assert made["logo_dark"].width > made["logo_light"].width
    assert plate.getpixel((plate.width // 2, 3)) == (255, 255, 255, 255)


def test_a_brand_without_a_logo_has_its_initial():
    made = {image.role for image in logo_images(sample_brand().tokens, None, None, None)}
    assert made == {"mark", "favicon"}
