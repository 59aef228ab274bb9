"""The check over the suite's statements catches what it is there to catch."""

import pytest

from tests.statements import _as_one_row, _seen, problems_of

GOOD = [
    "SELECT debts.id FROM debts WHERE debts.tenant_id = %(a)s::UUID AND debts.id = %(b)s",
    "SELECT d.id FROM debts AS d JOIN debtors AS p ON p.id = d.debtor_id AND p.tenant_id = %(a)s WHERE d.tenant_id = %(b)s",
    "SELECT d.id FROM debts d WHERE d.tenant_id = %(a)s AND EXISTS (SELECT 1 FROM holds h WHERE h.tenant_id = %(b)s AND h.debtor_id = d.debtor_id)",
    "UPDATE debts SET state = %(s)s WHERE debts.tenant_id = %(t)s AND debts.id = %(i)s",
    "DELETE FROM debts WHERE tenant_id = %(t)s",
    "INSERT INTO debts (tenant_id, id) VALUES (%(t)s, %(i)s) ON CONFLICT (tenant_id, id) DO NOTHING",
    "UPDATE messages SET state = 'sending' WHERE tenant_id = %(t)s AND id IN (SELECT id FROM messages WHERE tenant_id = %(t)s AND state = 'queued' LIMIT 5 FOR UPDATE SKIP LOCKED) RETURNING id",
    "WITH due AS (SELECT id FROM messages WHERE tenant_id = %(t)s) SELECT due.id FROM due",
    "SELECT id FROM tenants WHERE slug = %(s)s",
]
PLANTED = [
    "SELECT debts.id FROM debts WHERE debts.id = %(b)s",
    "SELECT d.id FROM debts AS d JOIN debtors AS p ON p.id = d.debtor_id WHERE d.tenant_id = %(b)s",
    "SELECT d.id FROM debts AS d JOIN debtors AS p ON p.tenant_id = d.tenant_id WHERE d.tenant_id = %(b)s",
    "SELECT d.id FROM debts d WHERE d.tenant_id = %(a)s AND EXISTS (SELECT 1 FROM holds h WHERE h.debtor_id = d.debtor_id)",
    "SELECT d.id FROM debts d WHERE d.tenant_id = %(a)s OR d.id = %(b)s",
    "SELECT d.id FROM debts d WHERE NOT (d.tenant_id = %(a)s)",
    "SELECT d.id FROM debts d WHERE d.tenant_id = current_setting('app.tenant_id')::uuid",
    "UPDATE debts SET state = %(s)s WHERE debts.id = %(i)s",
    "DELETE FROM debts",
    "INSERT INTO debts (id) VALUES (%(i)s)",
    "INSERT INTO debts (tenant_id, id) SELECT tenant_id, id FROM debts WHERE tenant_id = %(t)s",
    "UPDATE messages SET state = 'sending' WHERE tenant_id = %(t)s AND id IN (SELECT id FROM messages WHERE state = 'queued')",
    "WITH due AS (SELECT id FROM messages) SELECT due.id FROM due",
    "SELECT count(*) FROM (SELECT 1 FROM debts) AS x",
    "SELECT id FROM debts WHERE tenant_id = %(t)s UNION SELECT id FROM debts",
]


@pytest.mark.parametrize("statement", GOOD)
def test_a_statement_that_names_its_tenant_passes(statement):
    assert problems_of(statement) == []


@pytest.mark.parametrize("statement", PLANTED)
def test_a_planted_violation_fails(statement):
    assert problems_of(statement)


def test_what_the_bulk_writer_sends_is_collected_too(cast):
    from tenants import bulk
    from tenants.scope import within

    table = bulk.Insert("holds", ("kind",), ("id",), ("tenant_id", "id"))
    with within(cast.bank) as session:
        writer = bulk.Writer(session.connection().connection.driver_connection, cast.bank.id)
        writer.select("SELECT id FROM holds WHERE tenant_id = $1")
        assert writer.insert(table, [b"dispute"], []) == 0
    assert "SELECT id FROM holds WHERE tenant_id = %s" in _seen
    statement = "INSERT INTO holds (tenant_id, id) VALUES ($1,$2),($1,$3),($1,$4)"
    assert _as_one_row(statement) == "INSERT INTO holds (tenant_id, id) VALUES (%s,%s)"
    assert problems_of(_as_one_row("UPDATE holds SET kind = $1 WHERE id = $2"))
