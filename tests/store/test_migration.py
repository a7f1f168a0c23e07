"""A database of an older version becomes what a new one is, and keeps what it holds."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from gateway.store.connection import connect
from gateway.store.schema import SCHEMA_VERSION, create, migrate, version_of
from tests.store.aging import VERSION_3
from tests.store.conftest import KEY

LAID_OUT = {7: "478f6d7b760c0d08"}
"""What a database of each version is like. A change needs a new version, and a step that leads there: sites that were set
up with this one have their number already."""

HELD = """
    INSERT INTO lanes (key, state, since) VALUES ('p/test', 'ACTIVE', 't');
    INSERT INTO documents (id, name, sha256, size, kid, sealed_at) VALUES (1, 'n', x'00', 9, 'k', 't');
    INSERT INTO batches (id, document, file_name, work_name, state, received_at) VALUES (1, 1, 'f', 'w', 'OPEN', 't');
    INSERT INTO interchanges VALUES (1, 1, 's', 'r', '1', 'T', '2a');
    INSERT INTO sets (id, batch, interchange, group_control, control, version, reference, mode)
        VALUES (1, 1, 1, '1', '1', 'v', 'r', 'CH');
    INSERT INTO submissions (id, lane, state, isa13, reference, moment, version, mode, usage, delimiters, remote_name,
        document, size, claims, planned_at)
        VALUES (5, 'p/test', 'SENT', 7, 'GW7', 'm', 'v', 'CH', 'T', '2a', 'a.837', 1, 9, 1, 't');
    INSERT INTO claims (id, batch, transaction_set, family, control_number, kind, frequency, payer_id, billing_npi, levels,
        first_byte, last_byte, fingerprint, facts, state, received_at, changed_at, submission)
        VALUES (3, 1, 1, 3, 'C', 'P', '1', 'x', 'n', '1', 0, 1, x'00', x'00', 'SENT', 't', 't', 5);
    INSERT INTO attempts (id, claim, submission, trace) VALUES (4, 3, 5, 'GW4');
"""


def shape(conn: Any) -> dict[str, Any]:
    """Every table by its columns, references and unique keys, and every index by what it is on."""
    names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    tables = {
        name: (
            sorted(tuple(row)[1:] for row in conn.execute(f"PRAGMA table_info({name})")),
            sorted(tuple(row)[2:] for row in conn.execute(f"PRAGMA foreign_key_list({name})")),
            sorted(
                [tuple(column)[2] for column in conn.execute(f"PRAGMA index_info({row[1]})")]
                for row in conn.execute(f"PRAGMA index_list({name})")
            ),
        )
        for name in names
    }
    indexes = conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
    return {**tables, **{name: " ".join(sql.split()) for name, sql in indexes}}


def test_a_database_of_version_3_becomes_a_new_one_and_keeps_its_rows(tmp_path: Path) -> None:
    """Every table, key and index is as a new database has it, and every reference still holds."""
    old, new = connect(tmp_path / "old.db", KEY), connect(tmp_path / "new.db", KEY)
    old.executescript(f"{VERSION_3.read_text()}\n{HELD}\nPRAGMA user_version=3;")
    migrate(old, 3)
    create(new)
    assert version_of(old) == version_of(new) == SCHEMA_VERSION
    assert shape(old) == shape(new)
    assert old.execute("PRAGMA foreign_key_check").fetchall() == []
    assert old.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    [sent] = old.execute("SELECT id, isa13, document, wire, size FROM submissions").fetchall()
    assert tuple(sent) == (5, 7, 1, 1, 9)
    [attempt] = old.execute("SELECT id, submission, set_number FROM attempts").fetchall()
    assert tuple(attempt) == (4, 5, 1)
    old.close()
    new.close()


@pytest.mark.parametrize("step", range(10))
def test_a_database_of_any_version_4_is_completed_and_keeps_its_rows(step: int, tmp_path: Path) -> None:
    """Its layout grew while it was current: whatever of it is missing comes, tables, columns and indexes."""
    old, new = connect(tmp_path / "old.db", KEY), connect(tmp_path / "new.db", KEY)
    create(old)
    create(new)
    old.executescript(HELD)
    thinned(old, step)
    old.execute("PRAGMA user_version=4")
    migrate(old, 4)
    assert version_of(old) == SCHEMA_VERSION
    assert shape(old) == shape(new)
    assert old.execute("PRAGMA foreign_key_check").fetchall() == []
    assert old.execute("SELECT count(*) FROM claims").fetchone()[0] == 1
    old.close()
    new.close()


def thinned(conn: Any, step: int) -> None:
    """Take away every tenth index, empty table and column that can go."""
    conn.execute("PRAGMA foreign_keys=OFF")
    things = [
        tuple(row) for row in conn.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    ]
    for kind, name in things[step::10]:
        if kind == "index":
            conn.execute(f"DROP INDEX IF EXISTS {name}")
        elif not conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0]:
            conn.execute(f"DROP TABLE {name}")
    columns = [
        (name, tuple(row)[1])
        for kind, name in things
        if kind == "table"
        for row in conn.execute(f"PRAGMA table_info({name})").fetchall()
        if tuple(row)[4] is not None
    ]
    for table, column in columns[step::10]:
        with suppress(sqlcipher.Error):  # an index is on it
            conn.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def test_a_table_without_its_columns_and_index_gets_them(tmp_path: Path) -> None:
    """What a site lacked that was set up before payments were compared with what they repeat."""
    old = connect(tmp_path / "old.db", KEY)
    create(old)
    old.executescript(
        "DROP INDEX remittances_undecided; ALTER TABLE remittances DROP COLUMN restated;"
        "DROP TABLE unlinked; DROP INDEX versions_by_family;"
    )
    old.execute("PRAGMA user_version=4")
    migrate(old, 4)
    assert old.execute("SELECT count(restated) FROM remittances").fetchone()[0] == 0
    assert old.execute("SELECT count(*) FROM unlinked").fetchone()[0] == 0
    assert old.execute("SELECT 1 FROM sqlite_master WHERE name = 'versions_by_family'").fetchone()
    old.close()


def test_a_database_of_version_5_gets_what_came_later_and_keeps_its_rows(tmp_path: Path) -> None:
    """What was sent until then went with the claim's own payer id."""
    old = connect(tmp_path / "old.db", KEY)
    create(old)
    old.executescript(f"{HELD} ALTER TABLE attempts DROP COLUMN payer_id; PRAGMA user_version=5;")
    migrate(old, 5)
    assert version_of(old) == SCHEMA_VERSION
    [attempt] = old.execute("SELECT id, payer_id FROM attempts").fetchall()
    assert tuple(attempt) == (4, "")
    old.close()


def test_a_site_of_version_5_keeps_its_remittances_and_can_choose(tmp_path: Path) -> None:
    """They are of before a person could say which of two statements holds: none is taken back."""
    old, new = connect(tmp_path / "old.db", KEY), connect(tmp_path / "new.db", KEY)
    create(old)
    create(new)
    old.executescript(
        "DROP INDEX remittances_undecided;"
        + "".join(f"ALTER TABLE remittances DROP COLUMN {name};" for name in ("choice", "opposite", "states"))
        + "DROP TABLE choices; PRAGMA foreign_keys=OFF; INSERT INTO remittances (answer, payer, trace, originator, amount,"
        " balanced) VALUES (1, '', 'E1', '', '5', 1); PRAGMA user_version=5;"
    )
    migrate(old, 5)
    assert (version_of(old), shape(old)) == (SCHEMA_VERSION, shape(new))
    assert tuple(old.execute("SELECT trace, states, opposite, choice FROM remittances").fetchone()) == (
        "E1",
        *[None] * 3,
    )
    old.close()
    new.close()


def test_a_version_is_one_layout(tmp_path: Path) -> None:
    """Two layouts of one number once stopped a site in the middle of a command."""
    new = connect(tmp_path / "new.db", KEY)
    create(new)
    digest = hashlib.sha256(repr(sorted(shape(new).items())).encode()).hexdigest()[:16]
    new.close()
    assert {SCHEMA_VERSION: digest} == LAID_OUT
