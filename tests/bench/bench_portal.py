"""Portal home and offer page ÷ a bare Flask view with the same bytes and three raw queries."""

import http.client
import tempfile
from pathlib import Path

from tests.bench import load, servers, town
from tests.bench.table import Row
from tests.stage import Stage, stage

SECONDS, TURNS = 1.5, 4
"""Many short turns a round: what else a shared machine does falls on both sides alike."""
PAGES = {"home": "/", "offer": "/oferta"}


def run(rounds: int) -> list[Row]:
    """Requests per second (ratio ≥ 0.65) and p99 (ratio ≤ 1.6) of both pages."""
    with stage(TRAJE_POOL_SIZE="6") as ground, tempfile.TemporaryDirectory() as folder:
        resident = town.settle(ground, tenants=10, inhabited=1)[0]
        with servers.gunicorn("wsgi:app", ground.environment, "/healthz") as ours:
            for name, path in PAGES.items():
                (Path(folder) / f"{name}.html").write_bytes(fetch(ours, resident, path))
            with servers.gunicorn(
                "tests.bench.bare:app", _bare(ground, folder), _probe(resident)
            ) as bare:
                return [
                    row for name in PAGES for row in _compare(name, resident, ours, bare, rounds)
                ]


def _compare(name: str, resident: town.Resident, ours: int, bare: int, rounds: int) -> list[Row]:
    mine = [
        load.request_bytes(resident.host, PAGES[name], resident.cookie if name == "offer" else "")
    ]
    query = f"?tenant={resident.tenant_id}&debtor={resident.debtor_id}"
    theirs = [load.request_bytes("bare.localhost", f"/{name}{query}")]
    speed = Row(f"portal {name}", "bare view, 3 raw queries", "requests/s", 0.65)
    tail = Row(f"portal {name} p99", "bare view p99", "µs", 1.6, smaller_is_better=True)
    load.drive(ours, mine, 1.0)
    load.drive(bare, theirs, 1.0)
    for number in range(rounds * TURNS):
        pair = [(ours, mine, speed.ours, tail.ours), (bare, theirs, speed.peer, tail.peer)]
        for port, requests, rates, tails in pair if number % 2 else reversed(pair):
            seen = load.drive(port, requests, SECONDS)
            rates.append(seen.per_second)
            tails.append(seen.percentile(0.99) * 1e6)
    return [speed, tail]


def fetch(port: int, resident: town.Resident, path: str) -> bytes:
    """The bytes of a page. Raises AssertionError unless it is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": resident.host, "Cookie": resident.cookie})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status, body[:300])
    return body


def _bare(ground: Stage, folder: str) -> dict[str, str]:
    owner = ground.database.conninfo.replace("traje_app", "traje_owner")
    return {"BARE_CONNINFO": owner, "BARE_PAGES": folder}


def _probe(resident: town.Resident) -> str:
    return f"/home?tenant={resident.tenant_id}&debtor={resident.debtor_id}"
