"""Ads: in the brand's dress, about the portal, off until they are switched on."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from app.outreach.channels import ads
from app.outreach.channels.ad_images import SIZES, draw
from tenants.scope import within
from tests.themes.test_brands import CREDITORS
from themes import brands
from themes.dress import sample_brand
from themes.tokens import SKINS, TONES


@pytest.fixture
def dressed(cast):
    brands.forget()
    with within(cast.shop) as session:
        brands.publish(session, brands.apply_toml(session, CREDITORS / "lume" / "brand.toml"))
    return cast.shop


def exported(tenant, **options):
    with within(tenant) as session:
        return zipfile.ZipFile(io.BytesIO(ads.export(session, tenant, **options)))


def test_ads_stay_in_until_they_are_switched_on_and_after_they_are_switched_off(dressed):
    with pytest.raises(ads.AdsAreOff):
        exported(dressed)
    with within(dressed) as session:
        brands.switch_ads(session, enabled=True)
    exported(dressed)
    with within(dressed) as session:
        brands.switch_ads(session, enabled=False)
    with pytest.raises(ads.AdsAreOff):
        exported(dressed)


def test_one_creditor_switches_only_its_own(cast, dressed):
    with within(cast.bank) as session:
        brands.publish(session, brands.apply_toml(session, CREDITORS / "aurora" / "brand.toml"))
        brands.switch_ads(session, enabled=True)
    with pytest.raises(ads.AdsAreOff):
        exported(dressed)


def test_the_zip_holds_texts_images_and_landing_pages(dressed):
    with within(dressed) as session:
        brands.switch_ads(session, enabled=True)
    packed = exported(dressed)
    images = {f"images/{width}x{height}.png": (width, height) for width, height in SIZES}
    assert set(packed.namelist()) == {"ads.json", "search.csv", "display.csv", *images}
    for name, size in images.items():
        content = packed.read(name)
        assert len(content) <= ads.MOST_IMAGE_BYTES
        assert Image.open(io.BytesIO(content)).size == size
    described = json.loads(packed.read("ads.json"))
    pages = [described["search"]["final_url"], *described["display"]["images"].values()]
    for page in pages:
        address = urlsplit(page)
        assert address.hostname == dressed.primary_host
        assert set(parse_qs(address.query)) == {
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "utm_content",
        }
    assert len(set(pages)) == len(pages)
    (row,) = csv.DictReader(io.StringIO(packed.read("search.csv").decode("utf-8-sig")))
    assert row["headline_1"] == "Casa Lume"
    assert row["final_url"] == described["search"]["final_url"]


def test_the_same_brand_gives_the_same_bytes(dressed):
    with within(dressed) as session:
        brands.switch_ads(session, enabled=True)
        assert ads.export(session, dressed) == ads.export(session, dressed)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("locale", ["pt_BR", "en"])
@pytest.mark.parametrize("name", ["Lume", "Banco Aurora", "Cooperativa de Crédito do Vale Verde"])
def test_every_text_keeps_to_the_platforms_and_reveals_nothing(tone, locale, name):
    brand = sample_brand(tone=tone)
    brand = replace(brand, tokens=replace(brand.tokens, name=name))
    words = ads.texts(brand, locale)
    assert ads.check(brand, words, locale) == []
    assert 3 <= len(words.search["headlines"]) <= 15
    assert 2 <= len(words.search["descriptions"]) <= 4


@pytest.mark.parametrize("planted", ["Quite sua dívida", "Você deve? Resolva já", "Nome sujo?"])
def test_the_lint_stops_a_text_that_tells_on_the_reader(planted):
    brand = sample_brand()
    words = ads.texts(brand, "pt_BR")
    told = replace(words, search={**words.search, "headlines": (planted, "Portal", "Cliente")})
    assert ads.check(brand, told, "pt_BR")
    drawn = replace(words, image=replace(words.image, headline=planted))
    assert ads.check(brand, drawn, "pt_BR")


@pytest.mark.parametrize("skin", SKINS)
@pytest.mark.parametrize("size", SIZES)
def test_every_skin_draws_every_size_even_without_a_logo(skin, size):
    tones = TONES if size[0] < 1000 else ("formal",)
    for tone in tones:
        brand = sample_brand(skin, tone)
        for locale in ("pt_BR", "en"):
            content = draw(brand, {}, ads.texts(brand, locale).image, size)
            assert len(content) <= ads.MOST_IMAGE_BYTES
