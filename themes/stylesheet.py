"""One stylesheet per brand version: fonts, roles, character, then the base and the skin."""

import base64
import hashlib
import re
from functools import cache

from themes.roles import MODES, Mode, roles_for
from themes.tokens import BrandTokens
from themes.typefaces import FAMILIES, SKINS_FOLDER, character, faces, heading_weight

RADII = {"square": (0, 0, 0), "soft": (4, 4, 6), "round": (20, 12, 28)}
"""corner → (radius, small, large) in CSS pixels."""
STEPS = {"airy": 8, "regular": 6, "dense": 4}
"""density → the base rhythm in CSS pixels."""
SHADOWS = {"light": "20 24 40", "dark": "0 0 0"}

FIGURES = "font-variant-numeric:tabular-nums lining-nums"


def build(tokens: BrandTokens) -> tuple[str, str]:
    """(the stylesheet, its hash): the same tokens and skin give the same bytes.

    The hash is the first 20 hexadecimal digits of the SHA-256, enough to name a file forever.
    """
    css = minify(
        "\n".join((_faces(tokens), _roles(tokens), _character(tokens), _rules(tokens.skin)))
    )
    return css, hashlib.sha256(css.encode()).hexdigest()[:20]


def _faces(tokens: BrandTokens) -> str:
    return "\n".join(
        f"@font-face{{font-family:'{FAMILIES[face.family].name}';font-weight:{face.weight};"
        f"font-display:swap;src:url({face.url}) format('woff2')}}"
        for face in faces(tokens)
    )


def _roles(tokens: BrandTokens) -> str:
    light, dark = (_mode(tokens, mode) for mode in MODES)
    return (
        f":root{{{light}}}"
        f"@media(prefers-color-scheme:dark){{:root:not([data-mode=light]){{{dark}}}}}"
        f":root[data-mode=dark]{{{dark}}}"
    )


def _mode(tokens: BrandTokens, mode: Mode) -> str:
    roles = roles_for(tokens.primary, tokens.accent, mode)
    colours = ";".join(f"--{name}:{colour}" for name, colour in roles.items())
    return f"color-scheme:{mode};{colours};--shadow:{SHADOWS[mode]}"


def _character(tokens: BrandTokens) -> str:
    shape = character(tokens)
    radius, small, large = RADII[shape.corner]
    heading, body = FAMILIES[shape.heading], FAMILIES[shape.body]
    return (
        f":root{{--radius:{radius}px;--radius-small:{small}px;--radius-large:{large}px;"
        f"--border:{2 if shape.corner == 'soft' else 1}px;--step:{STEPS[shape.density]}px;"
        f"--font-heading:'{heading.name}',{heading.fallback};"
        f"--font-body:'{body.name}',{body.fallback};--font-figures:var(--font-body);"
        f"--heading-weight:{heading_weight(shape.heading)};--bold:{body.weights[-1]}}}"
    )


@cache
def _rules(skin: str) -> str:
    paths = (SKINS_FOLDER / "base.css", SKINS_FOLDER / skin / "skin.css")
    return "\n".join(path.read_text("utf-8") for path in paths)


_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"(\"[^\"]*\"|'[^']*'|url\([^)]*\))")


def minify(css: str) -> str:
    """The same rules without comments and idle spaces; strings and URLs are left alone."""
    pieces = _STRING.split(_COMMENT.sub("", css))
    pieces[::2] = [_tighten(piece) for piece in pieces[::2]]
    return "".join(pieces).strip()


def _tighten(piece: str) -> str:
    piece = re.sub(r"\s+", " ", piece)
    piece = re.sub(r" ?([{};,]) ?", r"\1", piece)
    piece = re.sub(r": (?=[^{}]*[;}])", ":", piece)
    return piece.replace(";}", "}")


def inline_source(html: str) -> str:
    """The `<style>` of a page as a source that its Content-Security-Policy can name."""
    style = html.partition("<style>")[2].partition("</style>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
