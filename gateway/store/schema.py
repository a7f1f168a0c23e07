"""The schema and its version."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

SCHEMA_VERSION = 1


def version_of(conn: Any) -> int:
    """The schema version of an open database; 0 when it is empty."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def create(conn: Any) -> None:
    """Lay out an empty database, whole or not at all."""
    text = files("gateway.store").joinpath("schema.sql").read_text(encoding="utf-8")
    conn.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version={SCHEMA_VERSION};\nCOMMIT;")
