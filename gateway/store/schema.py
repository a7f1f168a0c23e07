"""The schema and its version."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

SCHEMA_VERSION = 2

_STEPS = {
    1: """
        ALTER TABLE sets ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE batches ADD COLUMN replied INTEGER NOT NULL DEFAULT 0;
        UPDATE batches SET replied = 1;
        CREATE INDEX batches_to_reply ON batches(id) WHERE replied = 0;
        CREATE INDEX adjudications_by_reference ON adjudications(reference);
    """,
}
"""What leads from a version to the next. What an older version took in was never to be answered."""


def version_of(conn: Any) -> int:
    """The schema version of an open database; 0 when it is empty."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def create(conn: Any) -> None:
    """Lay out an empty database, whole or not at all."""
    text = files("gateway.store").joinpath("schema.sql").read_text(encoding="utf-8")
    conn.executescript(f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version={SCHEMA_VERSION};\nCOMMIT;")


def migrate(conn: Any, found: int) -> None:
    """Bring an older database up to this version, step by step, each whole or not at all."""
    for version in range(found, SCHEMA_VERSION):
        conn.executescript(f"BEGIN IMMEDIATE;\n{_STEPS[version]}\nPRAGMA user_version={version + 1};\nCOMMIT;")
