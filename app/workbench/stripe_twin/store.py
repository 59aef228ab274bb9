"""What the twin remembers: one SQLite file, so that a restart keeps it."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenants import clock

Record = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, account, created);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting');
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
"""

PREFIXES = {
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "re",
    "dispute": "du",
    "checkout.session": "cs_test",
    "account": "acct",
    "event": "evt",
    "payment_method": "pm",
}


@dataclass(slots=True)
class Manners:
    """How webhooks are delivered: promptly and once, or as networks sometimes do."""

    delay_seconds: float = 0.0
    copies: int = 1
    shuffled: bool = False
    held: bool = False
    """Nothing is delivered until it is false again."""


class Store:
    """Objects by id and account. Every public call is atomic; `transaction` joins several."""

    def __init__(self, path: Path | None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            str(path or ":memory:"), check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self._lock = threading.RLock()
        self._depth = 0
        self.manners = Manners()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One writer at a time; rolled back when the block raises."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def add(self, record: Record, account: str) -> Record:
        """Keep a new object."""
        self.run(
            "INSERT INTO objects VALUES (?, ?, ?, ?, ?)",
            record["id"],
            account,
            record["object"],
            record["created"],
            json.dumps(record),
        )
        return record

    def save(self, record: Record) -> Record:
        self.run("UPDATE objects SET body = ? WHERE id = ?", json.dumps(record), record["id"])
        return record

    def get(self, kind: str, object_id: str, account: str) -> Record | None:
        """An object of this account alone: another account's does not exist here."""
        rows = self.run(
            "SELECT body FROM objects WHERE id = ? AND kind = ? AND account = ?",
            object_id,
            kind,
            account,
        )
        return json.loads(rows[0][0]) if rows else None

    def owner(self, object_id: str) -> str | None:
        rows = self.run("SELECT account FROM objects WHERE id = ?", object_id)
        return str(rows[0][0]) if rows else None

    def every(self, kind: str, account: str | None = None, limit: int = 1000) -> list[Record]:
        """Objects of a kind, the newest first."""
        rows = self.run(
            "SELECT body FROM objects WHERE kind = ? AND account = coalesce(?, account) "
            "ORDER BY created DESC, rowid DESC LIMIT ?",
            kind,
            account,
            limit,
        )
        return [json.loads(body) for (body,) in rows]


def new_id(kind: str) -> str:
    """An id in Stripe's fashion: its prefix tells the kind."""
    return f"{PREFIXES[kind]}_{secrets.token_hex(12)}"


def now() -> int:
    """Unix time, by the clock of the rehearsal: the payer lives on the same day."""
    return int(clock.now().timestamp())
