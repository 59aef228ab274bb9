"""The registry holds every template, and every piece of it can be shown in every dress."""

import gzip
import re

import pytest

from app.config import settings as current_settings
from app.workbench import registry, wardrobe
from app.workbench.registry import Kind
from tests.stage import ROOT
from themes import voice
from themes.translations import LOCALES

INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)


@pytest.fixture
def show(app, browse):
    platform = browse(current_settings().platform_host)
    return lambda view: platform.get(view.path)


def test_every_page_template_is_in_the_registry(app):
    assert set(registry.samples(app).SAMPLES) == registry.templates()


def test_every_skin_and_every_layout_of_a_mail_is_worn():
    skins = {path.parent.name for path in (ROOT / "themes" / "skins").glob("*/layout.html")}
    layouts = {path.stem for path in (ROOT / "emails" / "layouts").glob("[!_]*.mjml")}
    worn = {wardrobe.worn(slug).brand.skin for slug in wardrobe.SLUGS}
    assert worn == layouts == skins - {"base"}


def test_no_page_for_people_lives_where_the_registry_does_not_look():
    folders = {path.relative_to(ROOT / "app") for path in (ROOT / "app").rglob("templates")}
    assert {folder.parts[0] for folder in folders} == {"portal", "workbench"}
    assert registry.PORTAL_TEMPLATES == ROOT / "app" / "portal" / "templates"


def test_every_intent_is_there_as_mail_and_as_text(app):
    for kind in (Kind.EMAIL, Kind.SMS):
        assert {p.name for p in registry.pieces(app) if p.kind == kind} == set(voice.INTENTS)


def test_a_short_note_is_there_beside_the_whole_mail(app, show):
    pieces = [p for p in registry.pieces(app) if p.kind == Kind.EMAIL and p.name == "reminder"]
    assert [piece.state for piece in pieces] == ["plain", registry.SHORT]
    whole, short = (show(registry.View(p, "aurora", "light", 390)).text for p in pieces)
    assert len(short) < len(whole)
    assert "/cancelar/" in short


@pytest.mark.parametrize("brand", wardrobe.SLUGS)
def test_a_text_leads_to_its_own_creditor_only(app, show, brand):
    texts = [piece for piece in registry.pieces(app) if piece.kind == Kind.SMS]
    shown = [show(registry.View(piece, brand, "light", 390)).text for piece in texts]
    hosts = {host for text in shown for host in re.findall(r"https?://([^/\s<]+)", text)}
    assert hosts == {wardrobe.worn(brand).tenant.primary_host}


def test_views_are_every_piece_in_every_brand_mode_and_width(app):
    views = list(registry.views(app))
    assert len(views) == len(set(views)) == len(registry.pieces(app)) * 3 * 2 * 2


def test_every_piece_can_be_shown_in_every_dress_and_language(app, show):
    failed = []
    for piece in registry.pieces(app):
        for brand in wardrobe.SLUGS:
            for locale in LOCALES:
                view = registry.View(piece, brand, "light", 390, locale)
                answer = show(view)
                if answer.status_code != 200:
                    failed.append((view.path, answer.status_code))
    assert failed == []


def test_no_page_carries_inline_style_or_script(app, show):
    pages = [piece for piece in registry.pieces(app) if piece.kind == Kind.PAGE]
    found = {
        (piece.name, piece.state): INLINE.findall(text)
        for piece in pages
        if (text := show(registry.View(piece, "lume", "dark", 390)).text) and INLINE.search(text)
    }
    assert found == {("nothing_here", "plain"): ["<style"]}  # no host's stylesheet: by its hash


def test_trust_strip_and_exit_are_on_every_page_in_dress(app, show):
    bare = []
    for piece in registry.pieces(app):
        if piece.kind != Kind.PAGE or piece.name == "nothing_here":
            continue
        text = show(registry.View(piece, "aurora", "light", 390)).text
        if not all(part in text for part in ('id="trust"', "99.412.630/0001-30", "exit-button")):
            bare.append(piece)
    assert bare == []


@pytest.mark.parametrize(
    ("kind", "asks", "forced"),
    [
        (Kind.PAGE, "(prefers-color-scheme: dark)", 'data-mode="dark"'),
        (Kind.EMAIL, "(prefers-color-scheme:dark)", "@media all"),
        (Kind.SMS, None, 'data-mode="dark"'),
        (Kind.AD, None, 'data-mode="dark"'),
    ],
)
def test_the_screen_decides_on_light_or_dark_unless_the_gallery_does(
    app, browse, kind, asks, forced
):
    platform = browse(current_settings().platform_host)
    piece = next(p for p in registry.pieces(app) if p.kind == kind)
    view = registry.View(piece, "aurora", "dark", 390)
    by_itself, told = platform.get(view.path).text, platform.get(view.forced_path).text
    assert forced in told
    assert forced not in by_itself
    if asks:
        assert asks in by_itself
        assert asks not in told


def test_a_mail_in_the_gallery_asks_nothing_of_another_host(app, show):
    for piece in registry.pieces(app):
        if piece.kind == Kind.EMAIL:
            text = show(registry.View(piece, "lume", "light", 390)).text
            assert not re.search(r"(src=|url\()[\"']?https?:", text), piece


def test_an_ad_leads_to_a_page_that_is_in_the_registry(app, show):
    piece = next(p for p in registry.pieces(app) if p.name == registry.LANDING)
    assert 'id="trust"' in show(registry.View(piece, "lume", "light", 390)).text


@pytest.mark.parametrize(
    "path",
    [
        "/gallery/page/nothing-of-ours/plain",
        "/gallery/film/home/plain",
        "/gallery/sms/receipt/other",
        "/gallery/sms/receipt/plain?brand=nobody",
        "/gallery/sms/receipt/plain?mode=dusk",
        "/gallery/static/brand/unknown.css",
        "/gallery/static/asset/0.png",
    ],
)
def test_what_is_not_in_the_registry_is_not_found(app, browse, path):
    assert browse(current_settings().platform_host).get(path).status_code == 404


def test_a_creditors_host_has_no_gallery(app, browse, cast):
    assert browse(cast.bank.host).get("/gallery").status_code == 404


@pytest.mark.parametrize("slug", wardrobe.SLUGS)
def test_a_stylesheet_stays_light(slug):
    sent = gzip.compress(wardrobe.worn(slug).stylesheet.encode())
    assert len(sent) < 7_000


def test_the_three_creditors_wear_three_skins():
    assert {wardrobe.worn(slug).brand.skin for slug in wardrobe.SLUGS} == {
        "salao",
        "feira",
        "linha",
    }
