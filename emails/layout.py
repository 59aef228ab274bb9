"""The mail layout of a brand: MJML compiled once per version and locale, then filled by value.

What depends on the brand (colours, type, labels, who the creditor is) is worked in while compiling.
What depends on the message is left as slots, which take escaped text only; what a message may lack
is a part that is cut out, once for every combination that occurs. All of it is kept as octets: a
mail then costs one join.
"""

import re
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import css_inline
import jinja2
import mrml
from cachetools import LRUCache
from markupsafe import Markup, escape

from emails.page import Shape, shape_of
from emails.twin import Foot, foot
from themes.dress import Asset, Brand
from themes.formats import NUMBER, cnpj, phone
from themes.roles import roles_for
from themes.translations import catalogue
from themes.typefaces import FAMILIES, character, faces

LAYOUTS = Path(__file__).with_name("layouts")
HERO_SMALL = {"salao": "26px", "feira": "34px", "linha": "24px"}
MOST_LAYOUTS = 4096
"""Kept in memory: brand versions × locales × hosts; about 50 kB each."""


def _no_slot(value: Any) -> Any:
    """A brand's own words cannot open a slot."""
    return value.replace("@@", "@ @") if type(value) is str else value


_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(LAYOUTS),
    autoescape=True,
    finalize=_no_slot,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(
    inline_style_tags=False,
    keep_style_tags=True,
    keep_at_rules=True,
    load_remote_stylesheets=False,
    extra_css=".logo img{display:inline-block !important}",
)
_PART = re.compile(r"<!--(/?)part:(\w+)-->")


Pieces = list[tuple[frozenset[str], str]]
"""Text with the parts that must be present for it."""


@dataclass(slots=True)
class Layout:
    """A compiled layout: pieces in order, each inside the parts that must be present for it."""

    pieces: Pieces
    row: Shape
    foot: Foot
    shapes: dict[frozenset[str], Shape] = field(default_factory=dict)

    def shape(self, present: frozenset[str]) -> Shape:
        """What is left for the parts that are present; made once for each combination."""
        found = self.shapes.get(present)
        if found is None:
            found = shape_of("".join(text for needs, text in self.pieces if needs <= present))
            self.shapes[present] = found
        return found


_layouts: LRUCache[tuple[uuid.UUID, str, str], Layout] = LRUCache(MOST_LAYOUTS)
_lock = threading.Lock()


def layout(brand: Brand, locale: str, home: str) -> Layout:
    """The layout of a brand version for mails that link to `home` (scheme and host)."""
    key = (brand.version_id, locale, home)
    with _lock:
        found = _layouts.get(key)
    if found is None:
        found = _compile(brand, locale, home)
        with _lock:
            _layouts[key] = found
    return found


def _compile(brand: Brand, locale: str, home: str) -> Layout:
    template = _environment.get_template(f"{brand.skin}.mjml")
    mjml = template.render(_context(brand, locale, home))
    html = _inliner.inline(mrml.to_html(_tidy(mjml)).content)
    pieces, row = _cut(_break_lines(html))
    return Layout(pieces, shape_of(row), foot(brand, locale))


def _context(brand: Brand, locale: str, home: str) -> dict[str, Any]:
    tokens, shape = brand.tokens, character(brand.tokens)
    heading, body = FAMILIES[shape.heading], FAMILIES[shape.body]
    return {
        "_": catalogue(locale, "emails").gettext,
        "lang": locale.replace("_", "-"),
        "brand": brand,
        "cnpj": _kept(cnpj(brand.cnpj)),
        "address": _kept(brand.address),
        "contact_lines": _contact_lines(brand),
        "hours": brand.contact.hours.get(locale, ""),
        "light": roles_for(tokens.primary, tokens.accent, "light"),
        "dark": roles_for(tokens.primary, tokens.accent, "dark"),
        "logos": {role: _logo(brand.assets.get(role), home) for role in LOGOS},
        "faces": [
            {"name": FAMILIES[face.family].name, "weight": face.weight, "url": home + face.url}
            for face in faces(tokens)
        ],
        "heading_font": f"'{heading.name}',{_plain(heading.fallback)}",
        "body_font": f"'{body.name}',{_plain(body.fallback)}",
        "bold": body.weights[-1],
        "hero_small": HERO_SMALL[brand.skin],
    }


def _kept(text: str) -> Markup:
    """A brand's own text in which no line ends inside a number."""
    kept = '<span style="white-space:nowrap">\\g<0></span>'
    return Markup(re.sub(NUMBER, kept, str(escape(_no_slot(text)))))  # noqa: S704 - it is escaped


LOGOS = ("logo_light", "logo_dark", "logo_email", "none")


def _plain(fallback: str) -> str:
    """The families that mail programs know: the system's own names mean nothing to them."""
    return "Georgia,serif" if "Georgia" in fallback else "Arial,sans-serif"


def _logo(asset: Asset | None, home: str) -> dict[str, Any] | None:
    if asset is None:
        return None
    return {"url": home + asset.url, "width": asset.width // 2, "height": asset.height // 2}


def _contact_lines(brand: Brand) -> list[dict[str, str]]:
    contact = brand.contact
    lines = []
    if contact.phone:
        digits = re.sub(r"[^+\d]", "", contact.phone)
        lines.append({"href": f"tel:{digits}", "shown": phone(contact.phone)})
    lines.append({"href": f"mailto:{contact.email}", "shown": contact.email})
    return lines


def _tidy(mjml: str) -> str:
    """Without the indentation that only the reader of a template needs."""
    return re.sub(r"\n\s*", "\n", mjml).strip()


def _break_lines(html: str) -> str:
    """Lines that any mail server takes, broken where a browser does not see it: inside tags. None
    begins with a dot, which SMTP would have to double in every mail."""
    html = html.replace("\r\n", "\n").replace("\n.", "\n .").replace("\n", "\r\n")
    return html.replace('" style="', '"\r\nstyle="').replace("<tr><td", "<tr>\r\n<td")


def _cut(html: str) -> tuple[Pieces, str]:
    """(the compiled page as pieces with the parts they need, one row of details)."""
    inside: list[str] = []
    pieces: Pieces = []
    row, place = "", 0
    for mark in _PART.finditer(html):
        text = html[place : mark.start()]
        closes, name = mark.group(1) == "/", mark.group(2)
        if name == "row" and closes:
            row, text = text, "@@rows@@"
        pieces.append((frozenset(inside) - {"row"}, text))
        _enter(inside, name, closes)
        place = mark.end()
    pieces.append((frozenset(inside), html[place:]))
    return pieces, row


def _enter(inside: list[str], name: str, closes: bool) -> None:
    if not closes:
        inside.append(name)
    elif not inside or inside.pop() != name:
        raise ValueError(f"part {name} is closed where it was not opened")
