"""A store as an older version of the gateway laid it out, with what a present one holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gateway.store.connection import connect

VERSION_3 = Path(__file__).parent / "old" / "schema_3.sql"


def age(path: Path, key: bytes) -> None:
    """Make the database one of version 3: before families of claims, with every row that it had room for. Claims are
    families of their own then."""
    aged = path.with_name("aged.db")
    conn = connect(aged, key)
    conn.executescript(f"PRAGMA foreign_keys=OFF;\n{VERSION_3.read_text()}\nPRAGMA user_version=3;")
    conn.execute(f"ATTACH DATABASE ? AS now KEY \"x'{key.hex()}'\"", (str(path),))
    for row in conn.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        columns = ", ".join(_columns(conn, "main", row[0]))
        conn.execute(f"INSERT INTO main.{row[0]} ({columns}) SELECT {columns} FROM now.{row[0]}")
    conn.execute("UPDATE claims SET family = id")
    conn.close()
    for old in path.parent.glob("gateway.db*"):
        old.unlink()
    for new in path.parent.glob("aged.db*"):
        new.rename(new.with_name(new.name.replace("aged", "gateway")))


def _columns(conn: Any, schema: str, table: str) -> list[str]:
    return [row[1] for row in conn.execute(f"PRAGMA {schema}.table_info({table})")]
