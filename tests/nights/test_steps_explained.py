"""A step of the ladder is explained by what it gave, not by what was wished for."""

import pytest

from app.nights.explaining import explain, why_offer
from app.nights.wordings import OFFER_REASONS
from app.offers.plans import allowed, at_once
from app.offers.queries import offer
from tenants.scope import within
from tests.nights.test_night import decisions
from tests.nights.test_openings import everybody_comes_and_leaves, set_opening, town

__all__ = ["town"]

CLAIMS = ("more_discount", "more_instalments", "final")


@pytest.fixture
def stepped(town):
    """The decisions of steps, each with the offers before and after."""
    set_opening(town, "kept")
    town.plan(0)
    everybody_comes_and_leaves(town, 0)
    town.plan(1)
    before, found = {}, []
    with within(town.tenant) as session:
        for one in decisions(town, "offer"):
            after = offer(session, one.subject_id)
            if one.terms["step"]:
                found.append((one, before[one.debtor_id], after))
            before[one.debtor_id] = after
    assert len({one.arm for one, _, _ in found}) > 1
    return found


def longest(stored):
    return max((plan.nets.count for plan in allowed(stored.typed_limits)), default=1)


def holds(code, before, after):
    """Whether a claim is true of two offers."""
    if code == "more_instalments":
        return longest(after) > longest(before)
    if code == "more_discount":
        was, now = (at_once(one.typed_limits).total_cents for one in (before, after))
        return now < was
    return any(reason.code == "final_offer" for reason in after.typed_reasons)


def test_each_reason_of_a_step_is_true_of_the_offers_before_and_after(town, stepped):
    for _, before, after in stepped:
        with within(town.tenant) as session:
            told = explain(session, after.id, "en", "BRL")
            brief = why_offer(session, after.id, "en", "BRL")
        for code in CLAIMS:
            said = OFFER_REASONS[code] in told
            assert said == holds(code, before, after) == (OFFER_REASONS[code] in brief), code
        assert any(OFFER_REASONS[code] in told for code in CLAIMS[:2])
        assert OFFER_REASONS["came_back"] in told


def test_a_chance_is_said_of_what_was_drawn(town, stepped):
    apart = 0
    for one, _, after in stepped:
        with within(town.tenant) as session:
            told = explain(session, after.id, "en", "BRL")
        plans = {plan.instalments for plan in after.typed_options.values()}
        if one.terms["instalments"] in plans:
            continue
        apart += 1
        assert not any(line.startswith("This very offer had a chance") for line in told)
        [drawn] = (line for line in told if line.startswith("Drawn was a discount"))
        assert f"{one.terms['instalments']} payments" in drawn
        assert f"{one.propensity:.1%}" in drawn
    assert apart
