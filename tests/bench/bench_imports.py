"""Portfolio import ÷ COPY of the same rows into the same indexed tables, and its peak memory.

Ours reads a CSV, checks every cell, seals and indexes what is personal, and upserts as the app role
under row-level security. The peer is the owner's COPY of the finished rows, sealed already, into the
same three tables with the same indexes and foreign keys, for another tenant.
"""

import json
import os
import random
import resource
import secrets
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg
from sqlalchemy import create_engine

from app.debts.portfolio.ledger import Request
from app.debts.portfolio.models import ImportState
from app.debts.portfolio.running import run as import_run
from app.workbench.invented import FIRST_NAMES, SURNAMES, cpf
from tenants import actions, resolve, scope
from tests.bench.table import ROUNDS, Row, interleave
from tests.stage import ROOT, Stage, configure, stage

ROWS, MANY = 50_000, 1_000_000
MEMORY_LIMIT_MB = 600
CHUNK_BYTES = 1024 * 1024
TABLES = ("debtors", "contact_points", "debts")
HEADER = (
    "Contrato;CPF;Nome;Nascimento;UF;Celular;E-mail;Produto;Loja;Canal;Contratado em;"
    "Vencimento;Valor em aberto\r\n"
)


def write_file(path: Path, rows: int, seed: str) -> None:
    """A portfolio of `rows` contracts of about two thirds as many people."""
    draw = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        person = ""
        for number in range(rows):
            if number % 3 != 1:
                person = _person(draw, number)
            due = f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(2021, 2025)}"
            amount = draw.randint(1_000, 999_999)
            file.write(
                f"{seed}-{number:07};{person};Crediário;Loja {number % 50};Loja;"
                f"15/03/2020;{due};{amount // 1000}.{amount % 1000:03},{number % 100:02}\r\n"
            )


def _person(draw: random.Random, number: int) -> str:
    digits = cpf(draw)
    document = f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"
    name = f"{draw.choice(FIRST_NAMES)} {draw.choice(SURNAMES)} {draw.choice(SURNAMES)}"
    born = f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/{draw.randint(1945, 2004)}"
    phone = f"(11) 9{draw.randint(10**7, 10**8 - 1)}"
    return f"{document};{name};{born};SP;{phone};pessoa{number}@exemplo.com.br"


def tenant() -> resolve.Resolved:
    """A new creditor."""
    made = actions.create_tenant(slug=f"bench-{secrets.token_hex(5)}", name="Bench")
    return resolve.by_id(made.id)


def import_rate(path: Path, rows: int, into: list[resolve.Resolved]) -> float:
    """Rows a second of our import into a new tenant, which is left in `into`."""
    creditor = tenant()
    started = time.perf_counter()
    outcome = import_run(creditor, Request(path, path.name))
    seconds = time.perf_counter() - started
    assert outcome.state == ImportState.APPLIED
    assert outcome.tally.created == rows, outcome
    into.append(creditor)
    return rows / seconds


class Copier:
    """COPY of what an import made, for another tenant, as the owner."""

    def __init__(self, url: str, source: uuid.UUID, folder: Path) -> None:
        self._url = url.replace("postgresql+psycopg", "postgresql")
        self._folder = folder
        self._columns: dict[str, str] = {}
        with psycopg.connect(self._url) as connection:
            for table in TABLES:
                self._read(connection, table, source)

    def _read(self, connection: psycopg.Connection, table: str, source: uuid.UUID) -> None:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND table_name = %s AND column_name <> 'tenant_id' ORDER BY ordinal_position",
                (table,),
            )
        ]
        self._columns[table] = ", ".join(f'"{name}"' for name in names)
        with (
            (self._folder / table).open("wb") as file,
            connection.cursor().copy(
                f"COPY (SELECT {self._columns[table]} FROM {table}"
                f" WHERE tenant_id = '{source}') TO STDOUT"
            ) as rows,
        ):
            for chunk in rows:
                file.write(chunk)

    def rate(self, rows: int) -> float:
        """File rows a second; the text is written for a new tenant before the clock runs."""
        target = str(tenant().id)
        for table in TABLES:
            with (
                (self._folder / table).open("rb") as old,
                (self._folder / f"{table}.next").open("wb") as new,
            ):
                for line in old:
                    new.write(target.encode() + b"\t" + line)
        seconds = 0.0
        with psycopg.connect(self._url) as connection:
            for table in TABLES:
                started = time.perf_counter()
                self._send(connection, table)
                seconds += time.perf_counter() - started
            started = time.perf_counter()
            connection.commit()
            seconds += time.perf_counter() - started
        return rows / seconds

    def _send(self, connection: psycopg.Connection, table: str) -> None:
        with (
            (self._folder / f"{table}.next").open("rb") as file,
            connection.cursor().copy(
                f"COPY {table} (tenant_id, {self._columns[table]}) FROM STDIN"
            ) as copy,
        ):
            while chunk := file.read(CHUNK_BYTES):
                copy.write(chunk)


def run(rounds: int = ROUNDS) -> list[Row]:
    """Three rows: 50,000 rows in turns, one million once, and the peak memory of that million."""
    with stage() as set_up:
        folder = set_up.settings.var_dir
        small, large = folder / "small.csv", folder / "large.csv"
        write_file(small, ROWS, "S")
        write_file(large, MANY, "L")
        made: list[resolve.Resolved] = []
        import_rate(small, ROWS, made)
        copier = Copier(set_up.database.owner_url, made[0].id, folder)
        turns = interleave(
            Row(f"import, {ROWS:,} rows", "COPY", "rows/s", aim=0.2),
            lambda: import_rate(small, ROWS, made),
            lambda: copier.rate(ROWS),
            rounds,
        )
        seconds, megabytes, creditor = _in_a_process_of_its_own(set_up, large)
        many = Row(f"import, {MANY:,} rows", "COPY", "rows/s", aim=0.2, note="once")
        many.ours.append(MANY / seconds)
        many.peer.append(Copier(set_up.database.owner_url, creditor, folder).rate(MANY))
        memory = Row(
            "peak memory of the million", "limit", "MB", aim=1.0, smaller_is_better=True,
            ours=[megabytes], peer=[float(MEMORY_LIMIT_MB)],
        )  # fmt: skip
    return [turns, many, memory]


def _in_a_process_of_its_own(set_up: Stage, path: Path) -> tuple[float, float, uuid.UUID]:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_imports", str(path)],
        cwd=ROOT, env={**os.environ, **set_up.environment}, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    told = json.loads(answer.stdout)
    return told["seconds"], told["megabytes"], uuid.UUID(told["tenant"])


def _child(path: Path) -> None:
    settings = configure(dict(os.environ))
    scope.bind(create_engine(settings.database_url))
    made: list[resolve.Resolved] = []
    rate = import_rate(path, MANY, made)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"seconds": MANY / rate, "megabytes": peak, "tenant": str(made[0].id)}
    print(json.dumps(told))


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
