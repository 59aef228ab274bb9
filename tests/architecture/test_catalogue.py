"""The database catalogue keeps the rules of a database distributed by tenant."""

import pytest
from sqlalchemy import text

from tests.statements import tenant_tables

WITHOUT_WALL = {
    "alembic_version": "which migration was last: no data",
    "tenants": "reference table: names and states of creditors, read before a tenant is known",
    "tenant_domains": "reference table: hosts, read before a tenant is known",
    "sender_numbers": "reference table: which creditors write from a number",
    "procrastinate_jobs": "the job queue, local to the coordinator: arguments are ids",
    "procrastinate_events": "the job queue's own log",
    "procrastinate_periodic_defers": "the job queue's own schedule",
    "procrastinate_workers": "the job queue's heartbeats",
}
"""Every table without row-level security, and why. None of them holds personal data."""

PLATFORM_COLUMNS = {
    "tenants": {
        "id", "slug", "name", "state", "jurisdiction", "time_zone", "currency",
        "stripe_account", "fee_basis_points", "created_at", "changed_at",
    },
    "tenant_domains": {
        "id", "tenant_id", "host", "state", "proof", "is_primary", "verified_at", "created_at",
    },
    "sender_numbers": {"id", "tenant_id", "number"},
}  # fmt: skip
"""A new column here is a decision: these tables are read across tenants."""


@pytest.fixture
def ask(owner_connection):
    def rows(sql, **parameters):
        return [tuple(row) for row in owner_connection.execute(text(sql), parameters)]

    return rows


TABLES = "n.nspname = 'public' AND c.relkind IN ('r', 'p')"
FROM = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"


def test_every_table_has_a_wall_or_a_reason(ask):
    rows = ask(f"SELECT relname, relrowsecurity, relforcerowsecurity {FROM} WHERE {TABLES}")
    assert {name for name, walled, _ in rows if not walled} == set(WITHOUT_WALL)
    assert {name for name, walled, _ in rows if walled} == tenant_tables()
    assert [name for name, _, forced in rows if forced] == []


def test_platform_tables_hold_the_listed_columns_alone(ask):
    for table, expected in PLATFORM_COLUMNS.items():
        rows = ask(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :t", t=table
        )
        assert {name for (name,) in rows} == expected


def test_every_wall_is_the_same_policy_for_the_app_role(ask):
    rows = ask(
        "SELECT tablename, qual, with_check, cmd, roles::text FROM pg_policies WHERE schemaname = 'public'"
    )
    assert {row[0] for row in rows} == tenant_tables()
    assert len(rows) == len(tenant_tables())
    for _table, using, checking, command, roles in rows:
        assert using == checking
        assert "current_setting('app.tenant_id'" in using
        assert command == "ALL"
        assert roles == "{traje_app}"


def test_tenant_id_leads_every_key(ask):
    rows = ask(
        f"""SELECT c.relname, i.relname, x.indisprimary, x.indisunique, array_agg(a.attname ORDER BY k.n)::text[]
        {FROM} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE {TABLES} GROUP BY 1, 2, 3, 4"""
    )
    mine = [row for row in rows if row[0] in tenant_tables()]
    assert {row[0] for row in mine if row[2]} == tenant_tables()
    for table, index, primary, unique, columns in mine:
        if primary:
            assert columns == ["tenant_id", "id"], table
        if unique:
            assert columns[0] == "tenant_id", index


def test_foreign_keys_stay_inside_the_tenant(ask):
    rows = ask(
        """SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, c.confdeltype, c.confupdtype,
          (SELECT array_agg(a.attname ORDER BY k.n)::text[] FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum)
        FROM pg_constraint c WHERE c.contype = 'f'"""
    )
    assert len(rows) > len(tenant_tables())
    for table, target, on_delete, on_update, columns in rows:
        if table in tenant_tables():
            assert columns[0] == "tenant_id", (table, columns)
            assert on_delete in ("r", "c"), (table, target)
            assert on_update == "a", (table, target)
            if target == "tenants":
                assert columns == ["tenant_id"]
            else:
                assert target in tenant_tables()
                assert len(columns) == 2
        elif not table.startswith("procrastinate_"):
            assert target not in tenant_tables(), f"{table} must not depend on a tenant's table"


def test_columns_are_plain(ask):
    rows = ask(
        """SELECT table_name, column_name, data_type, is_nullable, is_identity, udt_name
        FROM information_schema.columns WHERE table_schema = 'public'"""
    )
    for table, column, _kind, nullable, identity, udt in rows:
        if table not in tenant_tables():
            continue
        assert identity == "NO", (table, column)
        if column == "tenant_id":
            assert (udt, nullable) == ("uuid", "NO")
        if column.endswith("_cents"):
            assert udt == "int8", (table, column)
    enums = ask(
        "SELECT typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
        " WHERE n.nspname = 'public' AND typtype = 'e' AND typname NOT LIKE 'procrastinate%'"
    )
    assert enums == []


def test_there_are_no_triggers_rules_or_sequences_of_ours(ask):
    triggers = ask("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    assert [name for (name,) in triggers if not name.startswith("procrastinate_")] == []
    assert ask("SELECT tablename FROM pg_rules WHERE schemaname = 'public'") == []
    sequences = ask("SELECT relname FROM pg_class WHERE relkind = 'S'")
    assert [name for (name,) in sequences if not name.startswith("procrastinate_")] == []


@pytest.mark.parametrize("table", ["events", "audit_entries", "settlements"])
def test_append_only_tables_cannot_be_rewritten(ask, table):
    rows = ask(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'traje_app' AND table_name = :t",
        t=table,
    )
    assert {row[0] for row in rows} == {"SELECT", "INSERT"}


def test_the_app_role_owns_nothing_and_cannot_bypass(ask):
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'traje_app'"
    ) == [(False, False, False, False)]
    assert ask(f"SELECT relname {FROM} WHERE {TABLES} AND c.relowner = 'traje_app'::regrole") == []
