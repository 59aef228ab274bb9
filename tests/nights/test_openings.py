"""Where first offers begin: where the engine expects most, or where the creditor's rules say."""

from datetime import timedelta

import pytest

from app.history.actions import record
from app.journeys import settings as intents
from app.offers import actions
from app.offers.due_dates import Calendar
from app.offers.models import OfferState
from app.offers.rules import simulate
from app.offers.schema import parse
from app.offers.terms import Limits
from tenants.clock import stopped_at
from tenants.scope import within
from tests.nights.test_night import decisions, offers
from tests.nights.town import SETTINGS, Town
from tests.offers.cases import BANDS, DATA
from tests.offers.people import add_debt

NARROW = {
    **DATA,
    "bands": [
        {**band, "opening": opening, "opening_longest": longest}
        for band, opening, longest in zip(BANDS, ("0.3", "0.5", "0.6"), (3, 5, 8), strict=True)
    ],
}
RULES = parse(NARROW)
CALENDAR = Calendar(Town.morning(0).date(), "SP")
OPENING = {band.name: band for band in RULES.bands}


@pytest.fixture
def town(bank):
    """A creditor whose openings differ from band to band, and people with debts in two of them."""
    with stopped_at(Town.morning(0)), within(bank.tenant) as session:
        actions.put_rules(session, NARROW)
        for person in bank.people[::2]:
            add_debt(session, person, 120_000, 400)
    return bank


def set_opening(town, opening):
    with stopped_at(Town.morning(0)), within(town.tenant) as session:
        intents.put(session, {**SETTINGS, "holdout": 0.1, "opening": opening})


def is_beyond(offer):
    """Whether an offer goes further than the rules open, over any of its debts."""
    limits = Limits.from_data(offer.limits)
    longest = min(OPENING[debt.band].opening_longest for debt in limits.debts)
    return limits.plan.longest > longest or any(
        debt.opening_ppm > OPENING[debt.band].opening for debt in limits.debts
    )


def test_a_kept_opening_binds_every_debt_of_every_first_offer(town):
    set_opening(town, "kept")
    town.plan(0)
    made = offers(town)
    assert len({len(offer.limits["debts"]) for offer in made}) == 2
    assert not any(is_beyond(offer) for offer in made)
    for offer in made:
        limits = Limits.from_data(offer.limits)
        longest = min(OPENING[debt.band].opening_longest for debt in limits.debts)
        for day in RULES.due_days:
            for count in range(1, 25):
                found = simulate(limits, CALENDAR, instalments=count, due_day=day)
                assert found.instalments <= longest


def test_a_learned_opening_may_go_further(town):
    set_opening(town, "learned")
    town.plan(0)
    assert any(is_beyond(offer) for offer in offers(town))


def test_who_came_and_left_is_offered_more_than_a_kept_opening(town):
    set_opening(town, "kept")
    town.plan(0)
    for day in range(3):
        everybody_comes_and_leaves(town, day)
        town.plan(day + 1)
    stepped = [offer for offer in offers(town) if offer.step]
    assert any(is_beyond(offer) for offer in stepped)
    assert not any(is_beyond(offer) for offer in offers(town) if not offer.step)


def everybody_comes_and_leaves(town, day):
    held = {offer.debtor_id: offer.id for offer in offers(town) if offer.state == OfferState.OPEN}
    with stopped_at(Town.morning(day) + timedelta(hours=9)), within(town.tenant) as session:
        for person, offer in held.items():
            record(session, debtor_id=person, kind="identity.proved", by="link")
            actions.see(session, offer)
            record(session, debtor_id=person, kind="offer.seen", subject_id=offer)
            record(session, debtor_id=person, kind="portal.left")


def test_the_offer_says_why_it_begins_so(town, app):
    set_opening(town, "kept")
    town.plan(0)
    engines = [one for one in decisions(town, "offer") if one.arm != "rules"]
    words = ["offers", "explain", town.tenant.slug, str(engines[0].subject_id)]
    told = app.test_cli_runner().invoke(args=words).output
    assert "mantêm as primeiras propostas onde as regras de oferta começam" in told
    ruled = next(one for one in decisions(town, "offer") if one.arm == "rules")
    told = app.test_cli_runner().invoke(args=[*words[:3], str(ruled.subject_id)]).output
    assert "para a comparação" in told
    assert "mantêm" not in told
