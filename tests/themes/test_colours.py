"""Any brand colour becomes roles that can be read."""

import pytest
from coloraide import Color
from hypothesis import example, given, settings
from hypothesis import strategies as st

from themes.colours import contrast
from themes.roles import GROUNDS, MODES, PAIRS
from themes.tokens import contrast_failures, roles_for

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@settings(max_examples=150)
@given(COLOURS, COLOURS)
@example("#000000", "#00187e")  # 4.50 by one set of constants, 4.4999 by another
def test_every_pair_reaches_its_contrast_from_any_colours(primary, accent):
    assert contrast_failures(primary, accent) == []


@pytest.mark.parametrize(
    "colour",
    ["#000000", "#ffffff", "#ffff00", "#00ffff", "#0000ff", "#ff0000", "#777777", "#757575"],
)
def test_the_extremes_are_no_exception(colour):
    assert contrast_failures(colour, colour) == []


def test_the_proof_would_notice_a_failure(monkeypatch):
    monkeypatch.setattr("themes.roles.PAIRS", (("line", ("surface",), 4.5),))
    assert len(contrast_failures("#14325c", "#d9822b")) == 2


@settings(max_examples=50)
@given(COLOURS, COLOURS)
def test_our_arithmetic_agrees_with_the_library(one, other):
    assert contrast(one, other) == pytest.approx(Color(one).contrast(other), abs=0.02)


@pytest.mark.parametrize("colour", ["#14325c", "#d13b25", "#5a1fd1"])
def test_a_colour_that_can_be_read_stays_itself(colour):
    roles = roles_for(colour, colour, "light")
    assert roles.action == colour
    assert roles.brand_block == colour


def test_a_colour_that_cannot_be_a_button_gives_way_to_ink_and_keeps_its_block():
    roles = roles_for("#ffe600", "#ffe600", "light")
    assert roles.brand_block == "#ffe600"
    assert contrast(roles.action, "#ffffff") > 10


def test_every_role_that_is_text_or_control_is_in_the_table():
    named = {role for role, _, _ in PAIRS} | set(GROUNDS)
    roles = {name.replace("-", "_") for name, _ in roles_for("#14325c", "#d9822b", "light").items()}
    decorative = {"line", "brand_block", "accent_block"}
    assert roles - named - decorative == {name for name in roles if name.endswith("_surface")}


def test_modes_differ():
    light, dark = (roles_for("#14325c", "#d9822b", mode) for mode in MODES)
    assert contrast(light.surface, dark.surface) > 10
