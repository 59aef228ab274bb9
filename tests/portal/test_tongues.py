"""Templates are compiled once per language, with its words written into them."""

import pytest

from app.portal import tongues


@pytest.fixture
def speaking(app):
    return app.extensions[tongues.NAME]


def said(speaking, locale, source):
    return speaking[locale].from_string(source).render()


def test_a_constant_word_is_in_the_language_of_its_environment(speaking):
    source = '<p>{{ _("Leave") }}</p>'
    assert said(speaking, "pt_BR", source) == "<p>Sair</p>"
    assert said(speaking, "en", source) == "<p>Leave</p>"


def test_it_may_be_a_value_too(speaking):
    source = '{% set word = _("Leave") %}{{ word | upper if true else _("Help") }}'
    assert said(speaking, "pt_BR", source) == "SAIR"


def test_a_constant_word_is_not_looked_up_again(speaking):
    compiled = speaking["pt_BR"].compile('<b>{{ _("Leave") }}</b>', raw=True)
    assert "<b>Sair</b>" in compiled
    assert "Leave" not in compiled


def test_a_word_with_values_is_filled_and_its_values_are_escaped(app, speaking):
    source = '{{ _("Instalment %(number)s", number="<1>") }}'
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert said(speaking, "en", source) == "Instalment &lt;1&gt;"
