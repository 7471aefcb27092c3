"""All the sandbox remembers, in one SQLite file: killed at any moment, it goes on where it was."""

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    private_pem TEXT NOT NULL,
    certificate_pem TEXT NOT NULL,
    live INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS trades (
    provider TEXT NOT NULL,
    number TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    terms TEXT NOT NULL,
    subject TEXT NOT NULL,
    attach TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    notify_url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'paid', 'closed', 'finished')),
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    lasts_seconds INTEGER,
    scanned_at INTEGER,
    transaction_id TEXT,
    paid_at INTEGER,
    closed_at INTEGER,
    failed INTEGER NOT NULL DEFAULT 0,
    pays_late INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (provider, number)
);
CREATE INDEX IF NOT EXISTS trades_by_transaction ON trades (transaction_id);
CREATE INDEX IF NOT EXISTS trades_by_payment ON trades (provider, paid_at);
CREATE INDEX IF NOT EXISTS trades_paying_late ON trades (pays_late) WHERE pays_late = 1;
CREATE TABLE IF NOT EXISTS refunds (
    provider TEXT NOT NULL,
    number TEXT NOT NULL,
    refund_number TEXT NOT NULL,
    refund_id TEXT NOT NULL,
    terms TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    notify_url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('processing', 'done', 'abnormal', 'closed')),
    outcome TEXT NOT NULL,
    due REAL,
    asked_at INTEGER NOT NULL,
    settled_at INTEGER,
    PRIMARY KEY (provider, number, refund_number)
);
CREATE INDEX IF NOT EXISTS refunds_by_day ON refunds (provider, asked_at);
CREATE INDEX IF NOT EXISTS refunds_under_way ON refunds (due) WHERE state = 'processing';
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    number TEXT NOT NULL,
    refund_number TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'accepted', 'lost', 'given_up', 'unreachable')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS notices_waiting ON notices (due) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    faults TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS switches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    provider TEXT NOT NULL,
    number TEXT NOT NULL,
    call TEXT NOT NULL,
    remaining INTEGER,
    value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    call TEXT NOT NULL,
    number TEXT NOT NULL,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS bills (
    token TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    dead INTEGER NOT NULL,
    content BLOB NOT NULL
);
"""
# What a trade leaves behind; keys, merchants and the clock stay.
_TRADING = ("trades", "refunds", "notices", "deliveries", "calls", "bills")


class Refused(Exception):
    """A provider's No to a call: an answer, not a failure. What was written before it stays, a switch used up too."""


class Store:
    """One connection, one thread at a time: the sandbox is never the slow part of a test."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # it holds keys; SQLite's own files beside it follow
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        # A killed process loses nothing; a power cut may lose the last moment of a demo.
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one it is part of that."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except Refused:
                self._connection.execute("COMMIT")
                raise
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(query, values)]

    def row(self, query: str, *values: Any) -> dict[str, Any] | None:
        found = self.rows(query, *values)
        return found[0] if found else None

    def change(self, query: str, *values: Any) -> int:
        """How many rows it changed."""
        with self._lock:
            return self._connection.execute(query, values).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """The new row's id. The names are the code's own, never a caller's."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._lock:
            query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
            return self._connection.execute(query, tuple(values.values())).lastrowid or 0

    def fact(self, name: str) -> Any:
        """None where it was never said."""
        row = self.row("SELECT value FROM facts WHERE name = ?", name)
        return row and json.loads(row["value"])

    def say(self, name: str, value: Any) -> None:
        self.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, json.dumps(value))

    def forget_trading(self) -> None:
        with self.transaction():
            for table in _TRADING:
                self.change(f"DELETE FROM {table}")  # noqa: S608
