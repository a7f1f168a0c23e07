"""The schema and its version."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from gateway.store.completing import lacking

SCHEMA_VERSION = 7


def _text(name: str) -> str:
    return files("gateway.store").joinpath(name).read_text(encoding="utf-8")


# Some partners want names that come again after a year, which a constraint of the old table forbade. SQLite drops one
# only with its table.
_NAMES_RETURN = """
        CREATE TABLE submissions_4 (
            id INTEGER PRIMARY KEY,
            lane TEXT NOT NULL REFERENCES lanes(key),
            state TEXT NOT NULL,
            step TEXT NOT NULL DEFAULT '',
            isa13 INTEGER NOT NULL,
            reference TEXT NOT NULL,
            moment TEXT NOT NULL,
            version TEXT NOT NULL,
            mode TEXT NOT NULL,
            usage TEXT NOT NULL,
            delimiters TEXT NOT NULL,
            remote_name TEXT NOT NULL,
            document INTEGER REFERENCES documents(id),
            wire INTEGER REFERENCES documents(id),
            size INTEGER,
            claims INTEGER NOT NULL,
            filing_due TEXT,
            tries INTEGER NOT NULL DEFAULT 0,
            not_before TEXT NOT NULL DEFAULT '',
            observed TEXT NOT NULL DEFAULT '',
            sent_at TEXT,
            planned_at TEXT NOT NULL,
            UNIQUE (lane, isa13)
        ) STRICT;
        INSERT INTO submissions_4 SELECT id, lane, state, step, isa13, reference, moment, version, mode, usage, delimiters,
            remote_name, document, document, size, claims, filing_due, tries, not_before, observed, sent_at, planned_at
            FROM submissions;
        DROP TABLE submissions;
        ALTER TABLE submissions_4 RENAME TO submissions;
        CREATE INDEX submissions_open ON submissions(state, lane) WHERE state IN ('PLANNED', 'TRANSMITTING', 'IN_DOUBT');
        CREATE INDEX submissions_by_reference ON submissions(reference);
        CREATE INDEX submissions_by_name ON submissions(lane, remote_name);
"""

_LAID_OUT_IN_4 = ("delivery", "mailbox", "silence", "money", "denials", "resubmit", "export", "status")
_NEW_IN_4 = "\n".join(_text(f"schema_{name}.sql") for name in _LAID_OUT_IN_4)

_LAYOUT = _text("schema.sql") + _text("schema_gate.sql") + _NEW_IN_4 + _text("schema_choices.sql")

# Claims that may correct another, of a time before there were versions.
_TO_LINK = """
        INSERT OR IGNORE INTO unlinked SELECT c.id FROM claims c WHERE c.state <> 'DUPLICATE' AND (c.frequency IN ('7', '8')
            OR (c.frequency = '1' AND c.control_number <> '' AND EXISTS (SELECT 1 FROM claims o
                WHERE o.control_number = c.control_number COLLATE NOCASE AND o.id < c.id AND o.batch < c.batch
                AND o.billing_npi = c.billing_npi AND o.first_day IS c.first_day)))
            AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.claim = c.id);
"""

_STEPS = {
    1: """
        ALTER TABLE sets ADD COLUMN findings TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE batches ADD COLUMN replied INTEGER NOT NULL DEFAULT 0;
        UPDATE batches SET replied = 1;
        CREATE INDEX batches_to_reply ON batches(id) WHERE replied = 0;
        CREATE INDEX adjudications_by_reference ON adjudications(reference);
    """,
    2: f"""
        ALTER TABLE enrollments ADD COLUMN kind TEXT NOT NULL DEFAULT 'participation';
        ALTER TABLE enrollments ADD COLUMN line_of_business TEXT NOT NULL DEFAULT '*';
        ALTER TABLE enrollments ADD COLUMN location TEXT NOT NULL DEFAULT '*';
        ALTER TABLE enrollments ADD COLUMN submitter TEXT NOT NULL DEFAULT '*';
        ALTER TABLE enrollments ADD COLUMN taxonomy TEXT NOT NULL DEFAULT '';
        ALTER TABLE enrollments ADD COLUMN payer_assigned_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE enrollments ADD COLUMN submitted_on TEXT;
        ALTER TABLE enrollments ADD COLUMN decided_on TEXT;
        ALTER TABLE enrollments ADD COLUMN revalidation_due TEXT;
        ALTER TABLE enrollments ADD COLUMN recred_due TEXT;
        ALTER TABLE enrollments ADD COLUMN loads_on TEXT;
        ALTER TABLE enrollments ADD COLUMN document INTEGER REFERENCES documents(id);
        ALTER TABLE enrollments ADD COLUMN superseded_who TEXT NOT NULL DEFAULT '';
        CREATE INDEX enrollments_agreements ON enrollments(kind, payer)
            WHERE superseded_at IS NULL AND kind IN ('edi_837', 'era_835');
        ALTER TABLE claims ADD COLUMN likeness BLOB NOT NULL DEFAULT x'';
        CREATE INDEX claims_by_likeness ON claims(likeness) WHERE likeness <> x'';
        {_text("schema_gate.sql")}
    """,
    3: f"""
        ALTER TABLE claims ADD COLUMN holds TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE claims ADD COLUMN grounds TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE marks ADD COLUMN about TEXT NOT NULL DEFAULT '[]';
        UPDATE claims SET holds = json_array(code) WHERE state = 'HELD' AND code <> '';
        CREATE TABLE withdrawals (sheet TEXT NOT NULL, record INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (sheet, record)) STRICT, WITHOUT ROWID;
        ALTER TABLE attempts ADD COLUMN set_number INTEGER NOT NULL DEFAULT 1;
        {_NAMES_RETURN}
        {_NEW_IN_4}
    """,
    4: _TO_LINK,
}
"""What leads from a version to the next, beside tables, columns and indexes that are new since version 4. What an older
version took in was never to be answered."""


def version_of(conn: Any) -> int:
    """The schema version of an open database; 0 when it is empty."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def create(conn: Any) -> None:
    """Lay out an empty database, whole or not at all."""
    conn.executescript(f"BEGIN IMMEDIATE;\n{_LAYOUT}\nPRAGMA user_version={SCHEMA_VERSION};\nCOMMIT;")


def migrate(conn: Any, found: int) -> None:
    """Bring an older database up to this version, step by step, each whole or not at all. References are kept by the
    steps, and not looked at while a table is laid out anew. What is new since version 4, which
    grew while it was current, is what a layout lacks."""
    conn.execute("PRAGMA foreign_keys=OFF")
    for version in range(found, SCHEMA_VERSION):
        step = (lacking(conn, _LAYOUT) if version >= 4 else "") + _STEPS.get(version, "")
        conn.executescript(f"BEGIN IMMEDIATE;\n{step}\nPRAGMA user_version={version + 1};\nCOMMIT;")
    conn.execute("PRAGMA foreign_keys=ON")
