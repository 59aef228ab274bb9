"""Backup and restore, as the README describes them, on the embedded database."""

import secrets
import subprocess

import psycopg
import pytest

from app.debts.models import Debtor
from app.workbench import postgres
from tenants import keys
from tenants.database import APP_ROLE, OWNER_ROLE
from tenants.scope import within


@pytest.fixture
def other(cluster):
    name = f"traje_restored_{secrets.token_hex(4)}"
    postgres.make_database(cluster, name)
    yield name
    postgres.drop_database(cluster, name)


def test_a_dump_restores_rows_walls_and_grants(cast, cluster, database, other, tmp_path):
    with within(cast.bank) as session:
        sealed = keys.vault(session).seal("Ana", "debtor")
        session.add(Debtor(document_kind="cpf", document_index=b"x" * 32, sealed=sealed))
    dump = tmp_path / "traje.dump"
    programs = postgres.binaries(cluster)
    owner = ["-h", str(cluster.sockets), "-U", OWNER_ROLE]
    subprocess.run([programs / "pg_dump", *owner, "-Fc", "-f", dump, database.name], check=True)
    subprocess.run(
        [programs / "pg_restore", *owner, "--no-owner", "--exit-on-error", "-d", other, dump],
        check=True,
    )
    with psycopg.connect(cluster.conninfo(other, APP_ROLE)) as connection:
        assert connection.execute("SELECT count(*) FROM debtors").fetchone() == (0,)
        connection.execute(f"SET LOCAL app.tenant_id = '{cast.bank.id}'")
        rows = connection.execute("SELECT sealed FROM debtors").fetchall()
        assert [bytes(row[0]) for row in rows] == [sealed]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE debtors")
