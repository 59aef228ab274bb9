"""What `make check` asks is asked by the suite as well."""

from tests.checks import migrations, translations


def test_models_and_migrations_agree_and_go_up_and_down():
    assert migrations.problems() == []


def test_every_text_is_translated():
    assert translations.problems() == []
