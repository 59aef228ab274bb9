"""The same pages with 10,000 creditors, requests spread over 1,000 ÷ with 10.

There are a thousand people on either side: who is seen seldom gets a fresh cookie with nearly every
page, whoever's debtor they are, and that costs a fifth of it.
"""

from tests.bench import load, servers, town
from tests.bench.table import Row
from tests.stage import stage

SECONDS, TURNS = 1.5, 4
"""Many short turns a round, as in the portal's benchmark."""
VISITS = 8
"""Of each person before anything is measured: both workers have met nearly all creditors, however
slow the machine is just then."""
MANY, SPREAD, FEW = 10_000, 1_000, 10


def run(rounds: int) -> list[Row]:
    """Requests per second of home and offer page, ratio ≥ 0.9."""
    with stage(TRAJE_POOL_SIZE="6") as ground:
        few = town.settle(ground, tenants=FEW, inhabited=FEW, people=SPREAD // FEW)
        with servers.gunicorn("wsgi:app", ground.environment, "/healthz") as port:
            return _against(port, few, rounds)


def _against(few_port: int, few: list[town.Resident], rounds: int) -> list[Row]:
    with stage(TRAJE_POOL_SIZE="6") as ground:
        many = town.settle(ground, tenants=MANY, inhabited=SPREAD)
        with servers.gunicorn("wsgi:app", ground.environment, "/healthz") as many_port:
            return [
                _compare(name, path, (many_port, many), (few_port, few), rounds)
                for name, path in (("home", "/"), ("offer", "/oferta"))
            ]


def _compare(
    name: str,
    path: str,
    many: tuple[int, list[town.Resident]],
    few: tuple[int, list[town.Resident]],
    rounds: int,
) -> Row:
    row = Row(f"portal {name}, 10,000 creditors", "10 creditors", "requests/s", 0.9)
    sides = [
        (port, _requests(residents, path), rates)
        for (port, residents), rates in ((many, row.ours), (few, row.peer))
    ]
    for port, requests, _rates in sides:
        _warm(port, requests)
    for number in range(rounds * TURNS):
        for port, requests, rates in sides if number % 2 else reversed(sides):
            rates.append(load.drive(port, requests, SECONDS).per_second)
    return row


def _warm(port: int, requests: list[bytes]) -> None:
    served = 0
    while served < VISITS * len(requests):
        served += len(load.drive(port, requests, SECONDS).latencies)


def _requests(residents: list[town.Resident], path: str) -> list[bytes]:
    cookies = path != "/"
    return [
        load.request_bytes(resident.host, path, resident.cookie if cookies else "")
        for resident in residents
    ]
