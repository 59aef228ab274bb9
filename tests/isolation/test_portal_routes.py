"""No route of the portal shows one creditor's, or one person's, things to another."""

from app.config import settings as current_settings
from tests.isolation.portal import ROWS, attempts, routes
from tests.isolation.world import belongings
from tests.portal.people import CPFS


def test_every_route_has_a_row(app):
    assert routes(app) == set(ROWS)


def test_every_reach_for_somebody_elses_things_is_refused(app, dressed):
    mine = belongings(dressed.bank, CPFS[0])
    neighbour = belongings(dressed.bank, CPFS[1])
    foreign = belongings(dressed.shop, CPFS[2])
    tried = list(attempts(app, mine, neighbour, foreign, current_settings().platform_host))
    assert len(tried) > 150
    assert [leak for one in tried for leak in one.leaks((neighbour, foreign))] == []
