"""The one writer: whole transactions, a closed file, and a chain that shows every change."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from gateway import events as e
from gateway.errors import Refused, Unlawful
from gateway.store import AuditKey, Store, StoreFailed, Tx, batches, journal
from gateway.store.connection import connect
from tests.store.aging import VERSION_3
from tests.store.conftest import AUDIT, KEY, Clock, sealed


def drop(tx: Tx, name: str = "a.837", text: bytes = b"ISA") -> int:
    return batches.spool(tx, name, f"w-{name}", sealed(text))


async def test_nothing_of_a_failed_transaction_remains(store: Store) -> None:
    """A transaction happens whole or not at all."""

    def half(tx: Tx) -> None:
        drop(tx)
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        await store.write(half)
    assert await store.read(batches.rows) == []
    assert (await store.read(journal.verify)).events == 0


async def test_a_cancelled_callers_transaction_still_commits_whole(store: Store) -> None:
    """Nothing can be cancelled between BEGIN and COMMIT."""
    task = asyncio.create_task(store.write(drop))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.write(drop, "b.837", b"other")
    assert len(await store.read(batches.rows)) in (1, 2)
    assert (await store.read(journal.verify)).broken_at is None


async def test_two_hundred_writers_at_once_do_not_meet(store: Store) -> None:
    """One lock, one connection, one function a transaction."""
    await asyncio.gather(*(store.write(drop, f"{n}.837", str(n).encode()) for n in range(200)))
    assert len(await store.read(batches.rows)) == 200
    assert (await store.read(journal.verify)).broken_at is None


async def test_an_unlawful_event_changes_nothing(store: Store) -> None:
    """A missing row is an alarm: state and chain are as before."""
    batch = await store.write(drop)
    await store.write(batches.refuse, batch, "X12_COUNTS", "SE", "wrong", "fix")
    before = await store.read(journal.verify)
    with pytest.raises(Unlawful):
        await store.write(batches.parsed, batch)
    assert await store.read(journal.verify) == before
    assert (await store.read(batches.one, batch))["state"] == "REFUSED"


async def test_the_file_opens_with_its_key_alone(store: Store, path: Path, clock: Clock) -> None:
    """Another key is refused with what to do, and the file shows nothing of what it holds."""
    await store.write(drop, "secret-name.837")
    await store.close()
    with pytest.raises(Refused) as refused:
        await Store.open(path, b"\x09" * 32, AUDIT, clock)
    assert refused.value.code == "STORE_KEY"
    for file in path.parent.iterdir():
        content = file.read_bytes()
        assert b"secret-name" not in content
        assert b"CREATE TABLE" not in content
    reopened = await Store.open(path, KEY, AUDIT, clock)
    assert len(await reopened.read(batches.rows)) == 1
    await reopened.close()


async def test_a_newer_schema_is_refused(store: Store, path: Path, clock: Clock) -> None:
    """An older program never writes into a database it does not know."""
    await store.close()
    conn = connect(path, KEY)
    conn.execute("PRAGMA user_version=99")
    conn.close()
    with pytest.raises(Refused) as refused:
        await Store.open(path, KEY, AUDIT, clock)
    assert refused.value.code == "STORE_SCHEMA"


async def test_half_a_version_is_refused(store: Store, path: Path, clock: Clock) -> None:
    """An unfinished edition may have called less by the number of this version: told at once, with what is missing."""
    await store.close()
    conn = connect(path, KEY)
    conn.execute("ALTER TABLE claims DROP COLUMN grounds")
    conn.close()
    with pytest.raises(Refused, match=r"lacks claims\.grounds") as refused:
        await Store.open(path, KEY, AUDIT, clock)
    assert refused.value.code == "STORE_SCHEMA"


async def test_an_older_schema_is_brought_up_with_what_it_holds(path: Path, clock: Clock) -> None:
    """What held a claim is remembered as all that holds it, until it is judged again."""
    conn = connect(path, KEY)
    conn.executescript(f"{VERSION_3.read_text()}\nPRAGMA user_version=3;")
    conn.execute("PRAGMA foreign_keys=OFF")
    for id, state, code in ((1, "HELD", "ENROLLMENT_PENDING"), (2, "READY", "")):
        conn.execute(
            "INSERT INTO claims (id, batch, transaction_set, family, control_number, kind, frequency, payer_id,"
            " billing_npi, levels, first_byte, last_byte, fingerprint, facts, state, code, received_at, changed_at)"
            " VALUES (?, 1, 1, 1, 'A', 'P', '1', '', '', '', 0, 0, x'', x'', ?, ?, '', '')",
            (id, state, code),
        )
    conn.commit()
    conn.close()
    opened = await Store.open(path, KEY, AUDIT, clock)
    rows = await opened.read(lambda tx: tx.all("SELECT holds FROM claims ORDER BY id"))
    await opened.close()
    assert [row["holds"] for row in rows] == ['["ENROLLMENT_PENDING"]', "[]"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events SET actor = 'somebody' WHERE seq = 2",
        "UPDATE events SET body = '{}' WHERE seq = 2",
        "DELETE FROM events WHERE seq = 2",
        "UPDATE events SET seq = -seq WHERE seq = 3",
    ],
)
async def test_a_changed_event_breaks_the_chain(store: Store, path: Path, tampering: str) -> None:
    """Whoever has the database key but not the audit key cannot rewrite what happened unseen."""
    for n in range(4):
        await store.write(drop, f"{n}.837", str(n).encode())
    assert (await store.read(journal.verify)).broken_at is None
    conn = connect(path, KEY)
    conn.execute(tampering)
    conn.close()
    assert (await store.read(journal.verify)).broken_at is not None


async def test_the_chain_goes_on_after_a_restart(store: Store, path: Path, clock: Clock) -> None:
    """The head is read back, not begun anew; events of a retired key still verify."""
    await store.write(drop)
    await store.close()
    again = await Store.open(path, KEY, AuditKey("a2", {**AUDIT.secrets, "a2": b"\x03" * 32}), clock)
    await again.write(drop, "b.837", b"other")
    report = await again.read(journal.verify)
    assert (report.events, report.broken_at) == (2, None)
    await again.close()


async def test_a_backup_has_its_own_key_and_everything(store: Store, tmp_path: Path) -> None:
    """Written while the service goes on, and not readable with the database's key."""
    await store.write(drop)
    await store.backup(tmp_path / "copy.db", b"\x07" * 32)
    conn = connect(tmp_path / "copy.db", b"\x07" * 32, read_only=True)
    assert conn.execute("SELECT count(*) FROM events").fetchone()[0] == 1
    conn.close()
    with pytest.raises(Refused):
        connect(tmp_path / "copy.db", KEY)


async def test_a_full_disk_is_told_from_a_broken_one(store: Store, path: Path) -> None:
    """A full disk passes; nothing is half written."""
    await store.write(lambda tx: tx.conn.execute("PRAGMA max_page_count=70"))

    def much(tx: Tx) -> None:
        for n in range(3000):
            drop(tx, f"{n}.837", str(n).encode())

    with pytest.raises(StoreFailed) as failed:
        await store.write(much)
    assert failed.value.full
    assert await store.read(batches.rows) == []


async def test_no_statement_with_its_values_reaches_a_debug_log(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """The database library logs bound parameters at DEBUG; with the service's logging set up it stays silent."""
    from gateway.logs import set_up

    set_up()
    with caplog.at_level(logging.WARNING):
        await store.write(drop, "CANARY-NAME.837")
    assert logging.getLogger("aiosqlite").getEffectiveLevel() >= logging.WARNING
    assert "CANARY" not in caplog.text


def test_the_engine_is_sqlcipher() -> None:
    """Never a plain database by accident."""
    conn = sqlcipher.connect(":memory:")
    assert conn.execute("PRAGMA cipher_version").fetchone()
    conn.close()


async def test_the_same_bytes_are_a_duplicate_of_the_first(store: Store) -> None:
    """Known bytes are never taken twice, under whatever name."""
    first = await store.write(drop)
    second = await store.write(drop, "again.837")
    row = await store.read(batches.one, second)
    assert (row["state"], row["original"]) == ("DUPLICATE", first)
    names = [r["name"] for r in await store.read(journal.untold, "log")]
    assert names == [e.BatchSpooled.name, e.BatchSpooled.name, e.BatchDuplicated.name]
