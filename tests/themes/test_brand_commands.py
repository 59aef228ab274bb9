"""`flask brand` and `flask ads`, as an operator types them."""

import zipfile

import pytest
from sqlalchemy import select

from tenants.scope import within
from tests.themes.test_brands import CREDITORS, brand_file
from themes import brands
from themes.models import BrandVersion

AURORA = str(CREDITORS / "aurora" / "brand.toml")


@pytest.fixture
def run(app):
    brands.forget()
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=arguments)


def test_a_file_is_applied_and_published(run, cast):
    result = run("brand", "apply", cast.bank.slug, AURORA)
    assert result.exit_code == 0, result.output
    assert "versão 1 em uso a partir de agora" in result.output
    with within(cast.bank) as session:
        assert brands.published(session).name == "Banco Aurora"


def test_a_draft_waits_until_it_is_published_by_number(run, cast):
    run("brand", "apply", cast.bank.slug, AURORA)
    assert (
        "versão 2 guardada como rascunho"
        in run("brand", "apply", cast.bank.slug, AURORA, "--draft").output
    )
    assert run("brand", "publish", cast.bank.slug, "2").exit_code == 0
    listed = run("brand", "versions", cast.bank.slug).output.splitlines()
    assert [line.split()[:3] for line in listed] == [["2", "em", "uso"], ["1", "fora", "de"]]
    assert "versão 1 em uso a partir de agora" in run("brand", "roll-back", cast.bank.slug).output


def test_a_brand_is_compiled_anew_only_where_the_skins_changed(run, cast):
    run("brand", "apply", cast.bank.slug, AURORA)
    assert run("brand", "restyle", cast.bank.slug).output == ""
    with within(cast.bank) as session:
        worn = session.scalars(select(BrandVersion)).one()
        now_built, worn.stylesheet, worn.stylesheet_hash = worn.stylesheet_hash, "old", "old"
    assert "versão 2 em uso a partir de agora" in run("brand", "restyle", cast.bank.slug).output
    assert run("brand", "restyle", cast.bank.slug).output == ""
    brands.forget()
    with within(cast.bank) as session:
        again = brands.published(session)
        assert again.stylesheet_hash == now_built
        assert set(again.assets) == {"logo_light", "logo_dark", "logo_email", "mark", "favicon"}
        assert again.tokens.name == "Banco Aurora"


def test_errors_are_shown_field_by_field(run, cast, tmp_path):
    broken = tmp_path / "brand.toml"
    broken.write_bytes(brand_file(primary='"red"', tone='"shouting"'))
    result = run("brand", "apply", cast.bank.slug, str(broken))
    assert result.exit_code == 1
    assert "look.primary: " in result.output
    assert "voice.tone: " in result.output
    assert result.output.endswith("brand.toml não foi aceito; nada mudou.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("brand", "apply", "nobody", AURORA),
        ("brand", "publish", "nobody", "1"),
        ("brand", "roll-back", "nobody"),
        ("ads", "export", "nobody", "/nowhere/out.zip"),
    ],
)
def test_an_unknown_creditor_is_named(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 1
    assert "nobody" in result.output


def test_a_brand_that_was_never_worn_cannot_be_rolled_back(run, cast):
    assert run("brand", "roll-back", cast.bank.slug).exit_code == 1
    assert run("brand", "publish", cast.bank.slug, "9").exit_code == 1


def test_ads_are_refused_while_off_and_written_once_on(run, cast, tmp_path):
    run("brand", "apply", cast.bank.slug, AURORA)
    out = tmp_path / "ads.zip"
    refused = run("ads", "export", cast.bank.slug, str(out))
    assert refused.exit_code == 1
    assert "estão desligados" in refused.output
    assert not out.exists()
    run("ads", "enable", cast.bank.slug)
    assert run("ads", "export", cast.bank.slug, str(out)).exit_code == 0
    assert "images/300x250.png" in zipfile.ZipFile(out).namelist()
    run("ads", "disable", cast.bank.slug)
    assert run("ads", "export", cast.bank.slug, str(out)).exit_code == 1
