"""The referee refuses contacts outside the rules, and counts offers that the rules do not know."""

from dataclasses import replace

import numpy as np
import pytest

from tests.elsewhere.plans import Contacts, offer
from tests.elsewhere.referee import Referee
from tests.elsewhere.town import WEEK, Town


@pytest.fixture
def referee(town):
    return Referee(town)


@pytest.fixture
def person(town):
    """Somebody who may be contacted on the first channel."""
    return int(np.flatnonzero(town.world.latents.usable[:, 0] & ~town.standing.held)[0])


def contact(town, *people, hour=None):
    who = np.array(people)
    lawful = town.world.lawful(town.day)[who].argmax(axis=1)
    place = np.zeros(len(who), dtype=np.int64)
    return Contacts(who, place, lawful if hour is None else place + hour, place)


def unlawful_hour(town, person):
    return int(np.flatnonzero(~town.world.lawful(town.day)[person])[0])


def opening(town):
    limits = town.world.limits(town.day)
    discount = limits.opening_cents / town.world.people.balance_cents
    return offer(town.standing, discount, np.ones(len(discount), dtype=np.int64))


def test_a_lawful_contact_passes(town, referee, person):
    assert referee.allow(contact(town, person)).who.tolist() == [person]
    assert referee.contacts == {}


def test_an_hour_outside_the_law_is_refused(town, referee):
    person = int(np.flatnonzero(~town.world.lawful(town.day).all(axis=1))[0])
    refused = contact(town, person, hour=unlawful_hour(town, person))
    assert len(referee.allow(refused).who) == 0
    assert referee.contacts == {"illegal hour": 1}


def test_a_holiday_has_no_lawful_hour(town, referee, person):
    closed = min(town.world.creditor.closed)
    town.day = (closed - town.world.creditor.starts).days
    assert len(referee.allow(contact(town, person)).who) == 0
    assert referee.contacts == {"illegal hour": 1}


def held(town, person):
    town.standing.held[person] = True


def opted_out(town, person):
    town.standing.opted_out[person, 0] = True


def agreed(town, person):
    town.standing.agreed[person] = True


def often(town, person):
    days = np.arange(1, town.world.creditor.per_week + 1)
    town.standing.contacted[person, town.day + WEEK - days] = True


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (held, "held"),
        (opted_out, "opted out"),
        (agreed, "in agreement"),
        (often, "above weekly cap"),
    ],
)
def test_a_person_who_may_not_be_contacted_is_left_alone(town, referee, person, happened, reason):
    happened(town, person)
    assert len(referee.allow(contact(town, person)).who) == 0
    assert referee.contacts == {reason: 1}


def test_a_person_without_an_address_is_not_reached(town, referee):
    person = int(np.flatnonzero(~town.world.latents.usable[:, 0] & ~town.standing.held)[0])
    assert len(referee.allow(contact(town, person)).who) == 0
    assert referee.contacts == {"unreachable": 1}


def test_one_contact_a_day(town, referee, person):
    assert referee.allow(contact(town, person, person)).who.tolist() == [person]
    assert referee.contacts == {"two a day": 1}


def test_a_scarce_channel_takes_no_more_than_it_can(world, town):
    creditor = replace(world.creditor, capacity=dict.fromkeys(world.creditor.channels, 2))
    scarce = Town(replace(world, creditor=creditor))
    scarce.day = town.day
    referee = Referee(scarce)
    people = np.flatnonzero(world.latents.usable[:, 0] & ~world.people.held)[:5]
    assert referee.allow(contact(scarce, *people)).who.tolist() == people[:2].tolist()
    assert referee.contacts == {"capacity": 3}


def test_the_opening_is_within_the_rules(town, referee):
    referee.look(opening(town))
    assert referee.offers == {}
    assert referee.generous == {}


def test_more_than_the_maximum_is_counted(town, referee, person):
    limits = town.world.limits(town.day)
    offers = opening(town)
    most = limits.most_cents[person] / town.world.people.balance_cents[person]
    offers.discount[person] = most + 0.01
    referee.look(offer(town.standing, offers.discount, offers.instalments))
    assert referee.offers == {"discount above rules": 1}


def test_more_than_the_opening_before_a_visit_is_noted_but_allowed(town, referee, person):
    limits = town.world.limits(town.day)
    offers = opening(town)
    offers.discount[person] = limits.most_cents[person] / town.world.people.balance_cents[person]
    generous = offer(town.standing, offers.discount, offers.instalments)
    referee.look(generous)
    assert referee.offers == {}
    assert referee.generous == {"discount above opening": 1}
    town.standing.first_visit[person] = town.day
    referee.generous.clear()
    referee.look(generous)
    assert referee.generous == {}


def test_less_than_what_was_seen_is_counted(town, referee, person):
    offers = opening(town)
    town.standing.seen_discount[person] = offers.discount[person] + 0.01
    referee.look(offers)
    assert referee.offers == {"worse than seen": 1}


def test_instalments_that_do_not_add_up_are_counted(town, referee, person):
    offers = opening(town)
    cents = offers.instalment_cents.copy()
    cents[person] *= 0.9
    referee.look(replace(offers, instalment_cents=cents))
    assert referee.offers == {"sum differs": 1}


def test_plans_too_long_or_too_small_are_counted(town, referee, person):
    offers = opening(town)
    offers.instalments[person] = 10_000
    referee.look(offer(town.standing, offers.discount, offers.instalments))
    assert referee.offers == {"too long": 1, "below least instalment": 1}
