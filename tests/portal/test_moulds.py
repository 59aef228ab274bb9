"""A moulded page is, byte for byte, the page that its template gives."""

from dataclasses import replace
from datetime import date

import pytest
from flask import g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.portal import dress, language, moulds
from app.portal.proposal import Card, Proposal
from app.portal.samples import SAMPLES
from app.portal.worn import brand

SKINS = ("salao", "feira", "linha")
TEMPLATE = "portal/offer.html"

hostile = st.sampled_from(
    (
        *("<script>alert('1')</script>", '"><b>', "A & B > C", "{{ 7 * 7 }}", "%(name)s", "\\g<0>"),
        *(moulds._PLACE, f"{moulds._PLACE}-1-", "0", " "),
    )
)
text = st.text(min_size=1, max_size=20) | hostile
cents = st.integers(0, 10**11) | st.sampled_from((0, 1, 99, 100))
cards = st.builds(
    Card,
    kind=st.sampled_from(("cash", "instalments", "budget")),
    title=text,
    total_cents=cents,
    today_cents=cents,
    monthly_cents=cents,
    times=st.integers(0, 120),
    saved_cents=cents,
    is_recommended=st.booleans(),
    why=st.none() | text,
    choice=st.sampled_from(("cash", "instalments", "budget")).map(lambda kind: {"option": kind}),
    first_days=st.integers(0, 30),
    last_cents=cents,
)
proposals = st.builds(
    Proposal,
    total_cents=cents,
    parts=st.lists(st.tuples(text, cents), max_size=4),
    cards=st.lists(cards, max_size=4),
    valid_until=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    accounts_count=st.integers(1, 9),
    in_review=st.integers(0, 3),
    is_flexible=st.booleans(),
    beyond=st.none(),  # with it, the page names the creditor's people and is rendered anew
    alternative=st.none() | cards,
)


@pytest.fixture
def wear(app, dressed):
    """A request of the bank, in any skin and language."""

    def both(skin, locale, context):
        with app.test_request_context("/oferta", base_url=f"http://{dressed.bank.host}"):
            g.tenant, g.locale = dressed.bank, locale
            worn = brand()
            g.brand = replace(worn, tokens=replace(worn.tokens, skin=skin))
            g.csrf_token = "a-token"
            return [
                dress.page(TEMPLATE, signed_in=True, is_moulded=moulded, **context())
                for moulded in (True, False)
            ]

    return both


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(SKINS), st.sampled_from(tuple(language.TAGS)), text, proposals)
def test_a_moulded_page_is_the_page_of_the_template(wear, skin, locale, name, proposal):
    moulded, plain = wear(skin, locale, lambda: {"name": name, "proposal": proposal})
    assert moulded == plain


@pytest.mark.parametrize("skin", SKINS)
def test_every_state_of_the_gallery_comes_out_of_a_mould(wear, skin):
    for name, state in SAMPLES[TEMPLATE].items():
        if name.startswith("beyond"):  # names the creditor's people: rendered anew each time
            continue
        for locale in language.TAGS:
            moulded, plain = wear(skin, locale, state)
            assert moulded == plain


def test_one_mould_serves_two_people_and_keeps_neither(wear):
    moulds.forget()
    state = SAMPLES[TEMPLATE]["three_ways"]
    for name in ("Ana", "Bruno"):
        html, _ = wear("salao", "pt_BR", lambda: {**state(), "name": name})  # noqa: B023 - called at once
        assert name in html
    assert len(moulds._kept) == 1
    assert not any("Ana" in piece for mould in moulds._kept.values() for piece in mould._pieces)


def _shape(one):
    shape = []
    moulds.survey(one, shape, [])
    return tuple(shape)


def test_what_is_there_and_what_is_not_are_different_shapes():
    nothing = [0, False, "", None, [], 1, True, "a", [1], [1, 1], [[1]], [[1], 1], (1,)]
    assert len({_shape(one) for one in nothing}) == len(nothing)


@pytest.mark.parametrize(
    "source",
    [
        "{{ x + 1 }}", "{% if x == 1 %}{% endif %}", "{% if x > 1 %}{% endif %}", "{{ x[0] }}", "{{ x.y }}",
        "{% for y in x %}{% endfor %}", "{{ x | length }}", "{{ x | upper }}", "{{ x | int }}",
        "{{ '%s' | format(x) }}", "{{ {1: 2}[x] }}", "{{ 1 in x }}",
    ],
)  # fmt: skip
def test_a_template_that_looks_inside_a_value_is_refused(app, source):
    environment = app.extensions[moulds.NAME]["en"]
    with pytest.raises((moulds.Unmouldable, TypeError)):
        environment.from_string(source).render(x=moulds.Hole([], 0))


def test_what_belongs_to_one_request_is_not_in_a_mould(app):
    environment = app.extensions[moulds.NAME]["en"]
    for name in moulds.OF_ONE_REQUEST:
        assert environment.from_string("{{ " + name + " }}").render() == ""
