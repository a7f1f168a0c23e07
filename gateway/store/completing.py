"""What a database lacks of a layout: tables, columns and indexes. Nothing that it has is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_EMPTY = {"INTEGER": "0", "TEXT": "''", "BLOB": "x''", "REAL": "0"}


def lacking(conn: Any, layout: str) -> str:
    """The statements that add to an open database what the script of a whole layout would have made."""
    whole = type(conn)(":memory:")
    try:
        whole.executescript(layout)
        return "\n".join(_statements(conn, whole))
    finally:
        whole.close()


def _statements(conn: Any, whole: Any) -> Iterator[str]:
    there, wanted = _objects(conn), _objects(whole)
    for (kind, name), sql in wanted.items():
        if (kind, name) not in there:
            yield f"{sql};"
        elif kind == "table":
            yield from _columns(conn, whole, name)
        elif _spaced(sql) != _spaced(there[kind, name]):
            yield f"DROP {kind} {name}; {sql};"


def _objects(conn: Any) -> dict[tuple[str, str], str]:
    """Everything by kind and name, tables first, for indexes are on them."""
    found = conn.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    rows = sorted(map(tuple, found.fetchall()), key=lambda row: row[0] != "table")
    return {(kind, name): sql for kind, name, sql in rows}


def _columns(conn: Any, whole: Any, table: str) -> Iterator[str]:
    """Columns that a table has not, each with its default and its reference."""
    there = {tuple(row)[1] for row in conn.execute(f"PRAGMA table_info({table})")}
    keys = {
        row[3]: f" REFERENCES {row[2]}({row[4]})"
        for row in map(tuple, whole.execute(f"PRAGMA foreign_key_list({table})"))
    }
    for _, name, type_, required, default, _ in map(tuple, whole.execute(f"PRAGMA table_info({table})")):
        if name not in there:
            rule = (
                f" NOT NULL DEFAULT {default or _EMPTY[type_]}"
                if required
                else f" DEFAULT {default}"
                if default
                else ""
            )
            yield f"ALTER TABLE {table} ADD COLUMN {name} {type_}{rule}{keys.get(name, '')};"


def _spaced(sql: str) -> str:
    return " ".join(sql.split())
