"""A brand from its file to what is worn."""

from pathlib import Path

import pytest

from tenants.scope import within
from themes import brands
from themes.brands import BrandInvalid, apply_toml, load, publish, published, roll_back
from themes.models import BrandAsset, BrandState

CREDITORS = Path(__file__).parents[2] / "app" / "workbench" / "creditors"


@pytest.fixture(autouse=True)
def _nothing_kept():
    brands.forget()


def brand_file(**changes: str) -> bytes:
    """Aurora's file without its images, with some of its lines changed."""
    lines = (CREDITORS / "aurora" / "brand.toml").read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("logo", "favicon"))]
    for key, value in changes.items():
        kept = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in kept]
    return "\n".join(kept).encode()


@pytest.mark.parametrize("slug", ["aurora", "lume", "vivaz"])
def test_the_demo_creditors_can_be_dressed(cast, slug):
    with within(cast.bank) as session:
        publish(session, apply_toml(session, CREDITORS / slug / "brand.toml"))
        brand = published(session)
    assert set(brand.assets) == {"logo_light", "logo_dark", "logo_email", "mark", "favicon"}
    assert brand.assets["logo_light"].height <= 144
    assert len(brand.stylesheet_hash) == 20


def test_the_first_page_of_every_creditor_stays_light(cast):
    with within(cast.bank) as session:
        for slug in ("aurora", "lume", "vivaz"):
            version = apply_toml(session, CREDITORS / slug / "brand.toml")
            sizes = {
                asset.role: len(asset.content)
                for asset in session.query(BrandAsset).filter_by(brand_version_id=version.id)
            }
            assert max(sizes.values()) < 12_000, sizes


def test_versions_are_drafted_published_and_rolled_back(cast):
    with within(cast.shop) as session:
        first = apply_toml(session, brand_file())
        assert first.state == BrandState.DRAFT
        with pytest.raises(LookupError):
            published(session)
        publish(session, first)
        second = apply_toml(session, brand_file(primary='"#7a1f3d"'))
        assert published(session).number == 1
        publish(session, second)
        assert published(session).tokens.primary == "#7a1f3d"
        assert first.state == BrandState.RETIRED
        assert roll_back(session).number == 1
        assert published(session).tokens.primary == "#14325c"
        assert load(session, second.id).number == 2
        with pytest.raises(LookupError):
            roll_back(session)


def test_each_creditor_wears_its_own(cast):
    with within(cast.bank) as session:
        publish(session, apply_toml(session, brand_file()))
        worn = published(session)
    with within(cast.shop) as session:
        with pytest.raises(LookupError):
            published(session)
        with pytest.raises(LookupError):
            load(session, worn.version_id)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("company.cnpj", {"cnpj": '"99.412.630/0001-31"'}),
        ("company.name", {"name": "3"}),
        ("company.name", {"name": '"a\\nb"'}),
        ("company.address.state", {"state": '"XX"'}),
        ("company.address.postal_code", {"postal_code": '"123"'}),
        ("contact.email", {"email": '"not an address"'}),
        ("contact.phone", {"phone": '"12"'}),
        ("contact.site", {"site": '"javascript:alert(1)"'}),
        ("look.primary", {"primary": '"red"'}),
        ("look.skin", {"skin": '"../../etc"'}),
        ("voice.tone", {"tone": '"shouting"'}),
        ("voice.lexicon.article", {"article": '"um"'}),
        ("locale", {"locale": '"fr"'}),
    ],
)
def test_an_error_names_its_field_and_speaks_portuguese(cast, field, changes):
    with within(cast.bank) as session, pytest.raises(BrandInvalid) as refusal:
        apply_toml(session, brand_file(**changes))
    errors = refusal.value.errors
    assert {name.rpartition(".")[2] for name in errors} == {field.rpartition(".")[2]}
    assert not errors[field].startswith(("This", "Between", "Choose"))


def test_a_product_is_called_by_its_name_in_the_readers_language(cast):
    with within(cast.bank) as session:
        publish(session, apply_toml(session, brand_file()))
        worn = published(session)
    assert worn.product(worn.product_line, "pt_BR") == "serviços Aurora"
    assert worn.product(worn.product_line, "en") == "Aurora services"
    assert worn.product("Empréstimo Pessoal", "en") == "Personal loan"
    assert worn.product("Seguro", "en") == "Seguro"


def test_errors_are_said_in_the_language_of_the_file(cast):
    with within(cast.bank) as session, pytest.raises(BrandInvalid) as refusal:
        apply_toml(session, brand_file(locale='"en"', primary='"red"'))
    assert refusal.value.errors == {"look.primary": 'A colour is written as "#rrggbb".'}


@pytest.mark.parametrize("source", [b"not toml", b"\xff\xfe", b"a = 1\n" * 60_000, b""])
def test_a_file_that_is_no_brand_file_is_refused(cast, source):
    with within(cast.bank) as session, pytest.raises(BrandInvalid):
        apply_toml(session, source)


def test_an_image_is_named_beside_the_file_and_nowhere_else(cast, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"")
    folder = tmp_path / "brand"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", "link.png", "missing.png", "/etc/passwd"):
        source = brand_file().replace(b"[look]\n", f'[look]\nlogo = "{name}"\n'.encode())
        with within(cast.bank) as session, pytest.raises(BrandInvalid) as refusal:
            apply_toml(session, source, assets_dir=folder)
        assert list(refusal.value.errors) == ["look.logo"]
