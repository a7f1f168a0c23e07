"""A new edition of a list while it is written: whole under a draft's name, or not there at all."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from gateway.errors import Refused
from gateway.lists.rows import Stored
from gateway.model.lists import ListKind
from gateway.store.shelf import opened, unreadable

_SUFFIX = ".draft"
_WRITING = (
    "PRAGMA page_size=8192",
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA cache_size=-65536",
)
_ROWS = "rows (npi INTEGER NOT NULL, key TEXT NOT NULL, said TEXT NOT NULL) STRICT"
_SCHEMA = f"""
    CREATE TABLE {_ROWS};
    CREATE TABLE edition (kind TEXT, dated TEXT, rows INTEGER, sha256 TEXT, based_on INTEGER) STRICT;
"""
_INDEXES = """
    CREATE INDEX rows_by_npi ON rows(npi) WHERE npi <> 0;
    CREATE INDEX rows_by_key ON rows(key) WHERE key <> '';
"""
_RESOLVED = {
    ListKind.REASSIGNMENT: """
        INSERT INTO rows SELECT s.npi, '', s.said || '|' || coalesce(g.npi, '')
        FROM staged s LEFT JOIN base.rows g ON g.key = s.key AND g.key <> '' ORDER BY s.rowid
    """,
    ListKind.PPEF_REASSIGNMENT: """
        INSERT INTO rows SELECT i.npi, '', s.said || '|||' || g.npi FROM staged s
        JOIN base.rows i ON i.key = s.said AND i.key <> '' JOIN base.rows g ON g.key = s.key AND g.key <> ''
        ORDER BY s.rowid
    """,
}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a draft says of itself. `rows` is how many rows the imported file had; `based_on` the number of the edition that
    was in force when it was begun, 0 for none."""

    kind: ListKind
    dated: date
    rows: int
    sha256: str
    based_on: int


class Draft:
    """Writes one draft into the folder of lists. While it is open, a lock on the file says that somebody works on it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / f"{uuid4().hex}{_SUFFIX}"
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        self._conn = sqlite3.connect(f"file:{self.path}", uri=True, isolation_level=None)
        for pragma in _WRITING:
            self._conn.execute(pragma)
        self._conn.executescript(_SCHEMA)
        self._conn.execute("BEGIN")

    def add(self, rows: Iterable[Stored]) -> None:
        """Write rows as they come."""
        self._conn.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)

    def add_resolved(self, rows: Iterable[Stored], kind: ListKind, base: Path | None) -> None:
        """Write rows that name groups by enrollment ids, with the groups' NPIs as the base file of public provider
        enrollments has them; without one those stay empty, or the rows away where they have no NPI at all."""
        self._conn.execute("COMMIT")
        self._conn.execute("ATTACH ? AS base", (f"file:{base}?mode=ro&immutable=1" if base else ":memory:",))
        if base is None:
            self._conn.execute(f"CREATE TABLE base.{_ROWS}")
        self._conn.execute(f"CREATE TEMP TABLE {_ROWS.replace('rows', 'staged', 1)}")
        self._conn.execute("BEGIN")
        self._conn.executemany("INSERT INTO staged VALUES (?, ?, ?)", rows)
        self._conn.execute(_RESOLVED[kind])

    def finish(self, edition: Edition) -> None:
        """Index it, and have it on disk for good. Its rows are in force only once it is adopted."""
        said = (edition.kind.value, edition.dated.isoformat(), edition.rows, edition.sha256, edition.based_on)
        self._conn.execute("INSERT INTO edition VALUES (?, ?, ?, ?, ?)", said)
        self._conn.execute("COMMIT")
        self._conn.executescript(_INDEXES)
        self._conn.close()
        os.fsync(self._fd)

    def discard(self) -> None:
        """Give it up; one that was adopted has another name by now and stays."""
        self._conn.close()
        with suppress(FileNotFoundError):
            self.path.unlink()
        os.close(self._fd)


def edition_of(path: Path) -> Edition:
    """What a finished draft says of itself. Raises Refused for anything else."""
    try:
        conn = opened(path)
        try:
            found = conn.execute("SELECT kind, dated, rows, sha256, based_on FROM edition").fetchone()
        finally:
            conn.close()
    except sqlite3.Error as failure:
        raise unreadable(failure) from None
    if found is None:
        raise Refused("the import did not come to its end", code="LIST_UNFINISHED", next_step="Import the file again.")
    kind, dated, rows, sha256, based_on = found
    return Edition(ListKind(kind), date.fromisoformat(dated), rows, sha256, based_on)


def sweep(folder: Path) -> None:
    """Remove the drafts of imports that were cut off: nobody holds their lock any more."""
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(fd)
