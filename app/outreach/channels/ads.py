"""Ads of a brand: neutral texts and images in its dress, exported as a zip for the platforms.

They speak of the portal and never of the reader (L18), stay within the platforms' lengths (L19),
are not aimed at anyone by what they owe (BR-30), and leave only once the creditor has switched
them on.
"""

import csv
import io
import json
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import settings
from app.outreach.channels.ad_images import SIZES, Copy, draw
from tenants.resolve import Resolved
from themes.brands import Brand, ads_enabled, published
from themes.lacking import Refused
from themes.lint import LIMITS, Finding, lint_ad
from themes.models import BrandAsset

TEXTS = Path(__file__).with_name("ad_texts.toml")
LOGOS = ("logo_light", "logo_email")
PATHS = {"pt_BR": ("portal", "cliente"), "en": ("portal", "customer")}
"""What the platforms show after the host."""
MOST_IMAGE_BYTES = 150_000
ZIP_DATE = (2020, 1, 1, 0, 0, 0)
"""The same for every entry, so that the same brand gives the same bytes."""


class AdsAreOff(Refused, RuntimeError):
    """The creditor has not switched its ads on."""


class AdRefused(ValueError):
    """A text that the lint does not let out; `findings` says why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{found.rule}: {found.matched}" for found in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class AdTexts:
    """The texts of one brand in one locale, as the two kinds of ad take them."""

    search: Mapping[str, tuple[str, ...]]
    """headlines, descriptions, paths."""
    display: Mapping[str, tuple[str, ...]]
    """headlines, long_headline, descriptions, business_name."""
    image: Copy


def export(session: Session, tenant: Resolved, *, locale: str | None = None) -> bytes:
    """The zip of a tenant's ads: ads.json, search.csv, display.csv, images/*.png.

    Raises AdsAreOff, AdRefused, LookupError (no brand is published).
    """
    if not ads_enabled(session):
        raise AdsAreOff("The ads of %(slug)s are switched off.", slug=tenant.slug)
    brand = published(session)
    locale = locale or brand.locale
    words = texts(brand, locale)
    findings = check(brand, words, locale)
    if findings:
        raise AdRefused(findings)
    return _zip(_files(tenant, brand, words, _logos(session, brand), locale))


def texts(brand: Brand, locale: str) -> AdTexts:
    """The brand's ad texts: lines that its name makes too long are left out."""
    words = _library()[locale][brand.tone]
    search = {field: _fitting(words, field, "search", brand, locale) for field in FIELDS}
    display = {field: _fitting(words, field, "display", brand, locale) for field in FIELDS}
    name = brand.name if _fits("display", "business_name", brand.name) else brand.short_name
    return AdTexts(
        search={**search, "paths": PATHS[locale]},
        display={
            **display,
            "long_headline": _fitting(words, "long_headline", "display", brand, locale),
            "business_name": (name,),
        },
        image=Copy(**{slot: _filled(text, brand, locale) for slot, text in words["image"].items()}),
    )


FIELDS = ("headlines", "descriptions")


def check(brand: Brand, words: AdTexts, locale: str) -> list[Finding]:
    """What the lint finds in the texts, those inside the images included."""
    image = words.image
    drawn = (image.headline, image.short, image.line, image.button)
    as_display = {**words.display, "headlines": words.display["headlines"][:1]}
    return [
        *lint_ad("search", words.search, locale=locale, brand=brand),
        *lint_ad("display", words.display, locale=locale, brand=brand),
        *lint_ad("display", {**as_display, "descriptions": drawn}, locale=locale, brand=brand),
    ]


def landing_page(tenant: Resolved, *, kind: str, content: str) -> str:
    """The portal's home with its UTM: which campaign and which creative led there."""
    parameters = {
        "utm_source": "google",
        "utm_medium": "cpc" if kind == "search" else "display",
        "utm_campaign": f"portal-{tenant.slug}",
        "utm_content": content,
    }
    return settings().portal_url(tenant, "/") + "?" + urlencode(parameters)


def _fitting(
    words: Mapping[str, Any], field: str, kind: str, brand: Brand, locale: str
) -> tuple[str, ...]:
    lines = [_filled(line, brand, locale) for line in words[field]]
    return tuple(line for line in lines if _fits(kind, field, line))[: LIMITS[kind][field].most]


def _fits(kind: str, field: str, line: str) -> bool:
    return len(line) <= LIMITS[kind][field].length


def _filled(text: str, brand: Brand, locale: str) -> str:
    product = brand.product(brand.product_line, locale)
    product = product[:1].upper() + product[1:]
    return text.replace("{name}", brand.name).replace("{product}", product)


@cache
def _library() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TEXTS.read_text("utf-8"))


def _logos(session: Session, brand: Brand) -> dict[str, bytes]:
    rows = session.execute(
        select(BrandAsset.role, BrandAsset.content)
        .where(BrandAsset.brand_version_id == brand.version_id)
        .where(BrandAsset.role.in_(LOGOS))
    )
    return {row.role: row.content for row in rows}


def _files(
    tenant: Resolved, brand: Brand, words: AdTexts, logos: Mapping[str, bytes], locale: str
) -> Iterable[tuple[str, bytes]]:
    search_url = landing_page(tenant, kind="search", content=brand.tone)
    images = {f"{width}x{height}": (width, height) for width, height in SIZES}
    urls = {name: landing_page(tenant, kind="display", content=name) for name in images}
    described = {
        "creditor": tenant.slug,
        "brand_version": brand.number,
        "locale": locale,
        "search": {**words.search, "final_url": search_url},
        "display": {**words.display, "images": urls},
    }
    yield "ads.json", json.dumps(described, ensure_ascii=False, indent=2).encode()
    yield "search.csv", _csv(words.search, search_url)
    display_url = landing_page(tenant, kind="display", content="responsive")
    yield "display.csv", _csv(words.display, display_url)
    for name, size in images.items():
        yield f"images/{name}.png", draw(brand, logos, words.image, size)


def _csv(fields: Mapping[str, tuple[str, ...]], url: str) -> bytes:
    """One row, a column per line of text, as the platforms' editors take it."""
    columns = {"final_url": url}
    for field, lines in fields.items():
        for number, line in enumerate(lines, start=1):
            columns[f"{field.removesuffix('s')}_{number}"] = _inert(line)
    file = io.StringIO()
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerow(columns)
    return file.getvalue().encode("utf-8-sig")


def _inert(line: str) -> str:
    """A line that a spreadsheet does not take for a formula."""
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _zip(files: Iterable[tuple[str, bytes]]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
