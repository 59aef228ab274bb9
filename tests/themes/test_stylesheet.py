"""One stylesheet per brand version."""

import gzip
import re
from dataclasses import replace

import pytest

from themes.dress import sample_brand
from themes.stylesheet import build, minify
from themes.tokens import SKINS, TONES
from themes.translations import CATALOGUES, LOCALES
from themes.typefaces import FAMILIES, PRINT, WEB, faces, print_font


@pytest.mark.parametrize("skin", SKINS)
def test_the_same_brand_gives_the_same_bytes(skin):
    tokens = sample_brand(skin).tokens
    assert build(tokens) == build(tokens)
    assert build(tokens)[1] != build(replace(tokens, primary="#7a1f3d"))[1]


@pytest.mark.parametrize("skin", SKINS)
def test_every_property_without_a_fallback_is_defined(skin):
    css, _ = build(sample_brand(skin).tokens)
    defined = set(re.findall(r"(--[\w-]+):", css))
    used = set(re.findall(r"var\((--[\w-]+)\)", css))
    assert used - defined == set()


@pytest.mark.parametrize("skin", SKINS)
def test_nothing_is_fetched_from_elsewhere(skin):
    css, _ = build(sample_brand(skin).tokens)
    assert "@import" not in css
    for url in re.findall(r"url\(([^)]*)\)", css):
        assert url.strip("'\"").startswith(("/static/fonts/", "data:image/", "#")), url


@pytest.mark.parametrize("skin", SKINS)
def test_stylesheet_and_fonts_leave_room_for_the_page(skin):
    tokens = sample_brand(skin).tokens
    css, _ = build(tokens)
    fonts = sum((WEB / face.file).stat().st_size for face in faces(tokens))
    assert fonts + len(gzip.compress(css.encode())) < 38_000


@pytest.mark.parametrize("locale", LOCALES)
def test_the_fonts_have_every_letter_our_texts_use(locale):
    letters = set((WEB.parent / "body.txt").read_text("utf-8"))
    catalogues = CATALOGUES / locale / "LC_MESSAGES"
    files = [catalogues / f"{domain}.po" for domain in ("portal", "emails", "offers")]
    files += [WEB.parents[1] / "voices" / tone / f"{locale}.toml" for tone in TONES]
    used = {letter for path in files for letter in path.read_text("utf-8")}
    marks = set("{}[]|>\\\n")  # of the files themselves
    assert used - letters - marks == set()


def test_a_brand_may_choose_its_own_character():
    tokens = replace(sample_brand("salao").tokens, corner="round", density="dense", heading="baloo")
    css, _ = build(tokens)
    assert "--radius:20px" in css
    assert "--step:4px" in css
    assert "--font-heading:'Baloo 2'" in css


def test_every_family_has_its_files_and_its_licence():
    for slug, family in FAMILIES.items():
        for weight in family.weights:
            assert print_font(slug, weight).exists()
            assert list(WEB.glob(f"{slug}-{weight}.*.woff2"))
        licence = (WEB.parent / "licences" / f"{slug}.txt").read_text("utf-8")
        assert "SIL Open Font License" in licence or "SIL OPEN FONT LICENSE" in licence
    assert all(path.stat().st_size < 20_000 for path in WEB.iterdir())
    assert PRINT.is_dir()


@pytest.mark.parametrize(
    ("written", "small"),
    [
        ("a { color : red ; }", "a{color :red}"),
        ("/* b */ a::before { content: '  : ; '; }", "a::before{content: '  : ; '}"),
        ("a :hover, b  >  c { margin: 0 1px; }", "a :hover,b > c{margin:0 1px}"),
        ("@media (min-width: 40em) { a { top: 0 } }", "@media (min-width: 40em){a{top:0}}"),
        ("a { width: calc(1px + 2px) }", "a{width:calc(1px + 2px)}"),
    ],
)
def test_minifying_changes_no_meaning(written, small):
    assert minify(written) == small
