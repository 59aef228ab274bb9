"""Statements of the suite: parsed, and every tenant table in every subquery has its own tenant.

Rule 7 of a database distributed by tenant: row-level security is the net, not the router.
"""

import re
from functools import cache
from typing import Any

import sqlglot
from sqlalchemy import Engine, event
from sqlglot import exp
from sqlglot.errors import ParseError

from tenants.bulk import writer as bulk
from tenants.database import Base, TenantScoped

_seen: set[str] = set()


def watch(engine: Engine) -> None:
    """Collect the distinct statements that `engine` sends."""

    @event.listens_for(engine, "before_cursor_execute")
    def _collect(
        _connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        _seen.add(statement)


def watch_bulk() -> None:
    """Collect what the bulk writer sends over the driver, which the engine does not see."""

    class Watched(bulk.RawCursor):  # type: ignore[misc, type-arg]  # a class with parameters
        def execute(self, query: Any, *arguments: Any, **more: Any) -> Any:
            _seen.add(_as_one_row(query.decode() if isinstance(query, bytes) else str(query)))
            return super().execute(query, *arguments, **more)

    if bulk.RawCursor.__name__ == Watched.__name__:
        return
    bulk.RawCursor, run = Watched, bulk.Writer._run

    def watched(writer: bulk.Writer, statement: bytes, *arguments: Any, **more: Any) -> int:
        _seen.add(_as_one_row(statement.decode()))
        return run(writer, statement, *arguments, **more)

    bulk.Writer._run = watched  # type: ignore[method-assign]  # the writer as it is, overheard


def _as_one_row(statement: str) -> str:
    """Numbered binds as psycopg's; of a thousand equal rows the first."""
    statement = re.sub(r"\$\d+", "%s", statement)
    return re.sub(r"(\([^()]*\))(?:,\([^()]*\))+", r"\1", statement)


@cache
def tenant_tables() -> frozenset[str]:
    """The names of the tables that belong to a tenant."""
    import migrations.all_models  # noqa: F401 - the metadata must be complete

    return frozenset(
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantScoped)
    )


def violations() -> list[str]:
    """What is wrong with the statements seen so far; unreadable ones count."""
    found = []
    for statement in sorted(_seen):
        for problem in problems_of(statement):
            found.append(f"{problem}: {' '.join(statement.split())[:300]}")
    return found


def seen() -> int:
    """How many distinct statements were collected."""
    return len(_seen)


def problems_of(statement: str) -> list[str]:
    """Tables of a statement that lack `tenant_id = <bind>` in their own query."""
    sql = statement.replace("%%", "%")
    if not any(name in sql for name in tenant_tables()):
        return []
    try:
        tree = sqlglot.parse_one(_bindless(sql), read="postgres")
    except ParseError as error:
        return [f"unreadable ({str(error).splitlines()[0]})"]
    problems: list[str] = []
    for query in tree.find_all(exp.Select, exp.Update, exp.Delete, exp.Insert):
        problems += _problems_of_query(query)
    return problems


def _bindless(sql: str) -> str:
    """psycopg's binds as one placeholder that the parser reads."""
    sql = re.sub(r"%\((\w+)\)s", r":\1", sql)
    return re.sub(r"%s", ":p", sql)


def _problems_of_query(query: exp.Expression) -> list[str]:
    if isinstance(query, exp.Insert):
        return _problems_of_insert(query)
    tables = _own_tables(query)
    if not tables:
        return []
    conditions = _own_conditions(query)
    named = {alias for alias in tables if _is_named(alias, tables, conditions)}
    kind = type(query).__name__.upper()
    return [
        f"{kind} {tables[alias]} as {alias} without its tenant"
        for alias in tables
        if alias not in named
    ]


def _problems_of_insert(query: exp.Insert) -> list[str]:
    target = query.this
    table = target.find(exp.Table)
    if table is None or table.name not in tenant_tables():
        return []
    if isinstance(query.expression, exp.Select):
        return [f"INSERT {table.name} from a SELECT"]
    columns = (
        [column.name for column in target.expressions] if isinstance(target, exp.Schema) else []
    )
    if "tenant_id" not in columns:
        return [f"INSERT {table.name} without tenant_id"]
    return []


def _own_tables(query: exp.Expression) -> dict[str, str]:
    """alias → table, of the tenant tables that this very query reads or writes."""
    found: dict[str, str] = {}
    for table in query.find_all(exp.Table):
        if _home(table) is query and table.name in tenant_tables():
            found[table.alias or table.name] = table.name
    return found


def _own_conditions(query: exp.Expression) -> list[exp.EQ]:
    return [
        equality
        for equality in query.find_all(exp.EQ)
        if _home(equality) is query and not _inside_or(equality, query)
    ]


def _inside_or(node: exp.Expression, query: exp.Expression) -> bool:
    parent = node.parent
    while parent is not None and parent is not query:
        if isinstance(parent, (exp.Or, exp.Not, exp.Case)):
            return True
        parent = parent.parent
    return False


def _home(node: exp.Expression) -> exp.Expression | None:
    """The nearest query around a node."""
    parent = node.parent
    while parent is not None and not isinstance(
        parent, (exp.Select, exp.Update, exp.Delete, exp.Insert)
    ):
        parent = parent.parent
    return parent


def _is_named(alias: str, tables: dict[str, str], conditions: list[exp.EQ]) -> bool:
    for equality in conditions:
        for left, right in ((equality.left, equality.right), (equality.right, equality.left)):
            if not isinstance(left, exp.Column) or left.name != "tenant_id":
                continue
            if left.table not in ("", alias) or (not left.table and len(tables) > 1):
                continue
            if _is_bind(right):
                return True
    return False


def _is_bind(node: exp.Expression) -> bool:
    if isinstance(node, exp.Cast):
        return _is_bind(node.this)
    return isinstance(node, (exp.Placeholder, exp.Parameter))
