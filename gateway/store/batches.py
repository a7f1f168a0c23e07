"""Batches: a dropped file, what stood in it, and how it ended."""

from __future__ import annotations

import json

from gateway import events as e
from gateway.codec import as_finding
from gateway.guides.faults import GuideCode
from gateway.store import documents
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.submissions import hold_restored
from gateway.x12.envelope_findings import OF_WRAPPING

_TOLD = OF_WRAPPING | {GuideCode.CLAIM_MISSING}


def spool(tx: Tx, file_name: str, work_name: str, sealed: documents.Sealed) -> int:
    """Enter a file whose bytes are sealed. Bytes of which any claim still stands make it a duplicate at once."""
    document = documents.enter(tx, sealed)
    known = tx.one(
        "SELECT min(b.id) AS id FROM batches b WHERE b.document = ? AND (b.state = 'SPOOLED' OR EXISTS"
        " (SELECT 1 FROM claims c WHERE c.batch = b.id AND c.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE')"
        " AND c.standing <> 'DECLINED'))",
        document,
    )
    batch = tx.run(
        "INSERT INTO batches (document, file_name, work_name, state, received_at) VALUES (?, ?, ?, 'SPOOLED', ?)",
        document,
        file_name.encode(errors="backslashreplace").decode(),  # a name need not be text
        work_name,
        tx.at,
    )
    record(tx, e.BatchSpooled(batch=batch, document=document, bytes=sealed.size))
    if known and known["id"] is not None:
        record(tx, e.BatchDuplicated(batch=batch, original=known["id"]))
    return batch


def parsed(tx: Tx, batch: int) -> int:
    """All claims are stored: from here they are judged. Returns how many."""
    row = tx.one("SELECT count(*) AS n FROM claims WHERE batch = ?", batch)
    assert row
    record(tx, e.BatchParsed(batch=batch, count=row["n"]))
    restored = tx.one("SELECT value FROM meta WHERE key = 'restored_batch'")
    if restored and batch <= int(restored["value"]):
        for claim in tx.all("SELECT id FROM claims WHERE batch = ? ORDER BY id", batch):
            hold_restored(tx, claim["id"])
    again = tx.one(
        "SELECT min(o.batch) AS original FROM interchanges i JOIN interchanges o"
        " ON o.sender = i.sender AND o.control = i.control AND o.batch < i.batch WHERE i.batch = ?",
        batch,
    )
    if again and again["original"] is not None:
        record(tx, e.BatchRepeated(batch=batch, original=again["original"]))
    _warn(tx, batch)
    return int(row["n"])


def _warn(tx: Tx, batch: int) -> None:
    """What is odd about the file, which stands with its last set, and what of a set could not be taken: of each once."""
    for row in tx.all("SELECT findings FROM sets WHERE batch = ? AND findings != '[]' ORDER BY id", batch):
        found = {f.code: f for f in map(as_finding, json.loads(row["findings"])) if f.code in _TOLD}
        for f in found.values():
            record(tx, e.BatchWarned(batch=batch, code=f.code, place=f.place, message=f.message, next=f.next_step))


def purge(tx: Tx, batch: int) -> None:
    """Forget what a reading that did not end had stored; the batch is still SPOOLED and is read again from its start."""
    claims = "SELECT id FROM claims WHERE batch = ?"
    tx.run(f"DELETE FROM claim_providers WHERE claim IN ({claims})", batch)
    tx.run("DELETE FROM claims WHERE batch = ?", batch)
    tx.run("UPDATE levels SET parent = NULL WHERE transaction_set IN (SELECT id FROM sets WHERE batch = ?)", batch)
    tx.run("DELETE FROM levels WHERE transaction_set IN (SELECT id FROM sets WHERE batch = ?)", batch)
    tx.run("DELETE FROM sets WHERE batch = ?", batch)
    tx.run("DELETE FROM interchanges WHERE batch = ?", batch)


def refuse(tx: Tx, batch: int, code: str, place: str, message: str, step: str) -> None:
    """Nothing of the file is taken."""
    purge(tx, batch)
    record(tx, e.BatchRefused(batch=batch, code=code, place=place, message=message, next=step))


def begin_reading(tx: Tx, batch: int) -> bool:
    """Start from nothing; False when the batch needs no reading any more."""
    if one(tx, batch)["state"] != "SPOOLED":
        return False
    purge(tx, batch)
    return True


def by_work_name(tx: Tx, work_name: str) -> int | None:
    """The batch that was entered for a file in the work folder, or None."""
    row = tx.one("SELECT id FROM batches WHERE work_name = ?", work_name)
    return int(row["id"]) if row else None


def one(tx: Tx, batch: int) -> Row:
    """One batch."""
    return tx.all("SELECT * FROM batches WHERE id = ?", batch)[0]


def sealed_as(tx: Tx, batch: int) -> tuple[str, int]:
    """Where the batch's bytes lie in the vault, and how many they are."""
    [row] = tx.all("SELECT d.name, d.size FROM batches b JOIN documents d ON d.id = b.document WHERE b.id = ?", batch)
    return row["name"], int(row["size"])


def unread(tx: Tx) -> list[Row]:
    """Batches that wait to be read, oldest first, with their vault names."""
    return tx.all(
        "SELECT b.id, b.work_name, b.file_name, d.name AS vault_name, d.size FROM batches b JOIN documents d"
        " ON d.id = b.document WHERE b.state = 'SPOOLED' ORDER BY b.id"
    )


def settle(tx: Tx) -> int:
    """Close every open batch whose claims are all decided; reopen a closed one that has work again."""
    waiting = (
        "EXISTS (SELECT 1 FROM claims c WHERE c.batch = b.id AND c.state IN ('RECEIVED', 'HELD', 'READY', 'ASSIGNED'))"
    )
    done = tx.all(f"SELECT id FROM batches b WHERE state = 'OPEN' AND NOT {waiting}")
    for row in done:
        record(tx, e.BatchSettled(batch=row["id"]))
    again = tx.all(f"SELECT id FROM batches b WHERE state = 'CLOSED' AND {waiting}")
    for row in again:
        record(tx, e.BatchReopened(batch=row["id"]))
    return len(done) + len(again)


def last(tx: Tx) -> int:
    """The number of the newest batch, 0 before the first."""
    row = tx.one("SELECT max(id) AS last FROM batches")
    return int(row["last"] or 0) if row else 0


def rows(tx: Tx, limit: int = 1000) -> list[Row]:
    """Batches, newest first, with how their claims stand."""
    return tx.all(
        "SELECT b.*, (SELECT group_concat(s.state || ' ' || s.n, ', ') FROM (SELECT CASE WHEN standing = '' THEN state"
        " ELSE standing END AS state, count(*) AS n FROM claims c WHERE c.batch = b.id GROUP BY 1 ORDER BY 1) s)"
        " AS standings FROM batches b ORDER BY b.id DESC LIMIT ?",
        limit,
    )
