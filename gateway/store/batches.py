"""Batches: a dropped file, what stood in it, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway import events as e
from gateway.enrollment import pairs_of
from gateway.model.claims import Claim
from gateway.model.x12 import Delimiters, FunctionalGroup, Interchange, Level, TransactionSet
from gateway.store import documents
from gateway.store.codec import claim_bytes, day, delimiters_text, money
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.submissions import hold_restored

Item = Interchange | FunctionalGroup | TransactionSet | Level | Claim


@dataclass
class Reading:
    """Where the reading of one batch stands between two transactions: rows of the current interchange and set."""

    batch: int
    interchange: int = 0
    delimiters: Delimiters | None = None
    groups: dict[int, FunctionalGroup] = field(default_factory=dict)
    sets: dict[int, int] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    claims: int = 0


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


def add(tx: Tx, reading: Reading, items: Iterable[Item]) -> None:
    """Store what was read; nothing acts on it before `parsed`."""
    for item in items:
        if isinstance(item, Claim):
            _add_claim(tx, reading, item)
        elif isinstance(item, Level):
            _add_level(tx, reading, item)
        elif isinstance(item, TransactionSet):
            _add_set(tx, reading, item)
        elif isinstance(item, FunctionalGroup):
            reading.groups = {item.ordinal: item}
        else:
            _add_interchange(tx, reading, item)


def _add_interchange(tx: Tx, reading: Reading, found: Interchange) -> None:
    reading.delimiters = found.delimiters
    reading.interchange = tx.run(
        "INSERT INTO interchanges (batch, sender, receiver, control, usage, delimiters) VALUES (?, ?, ?, ?, ?, ?)",
        reading.batch,
        f"{found.sender.qualifier} {found.sender.id}",
        f"{found.receiver.qualifier} {found.receiver.id}",
        found.control,
        found.usage,
        delimiters_text(found.delimiters),
    )


def _add_set(tx: Tx, reading: Reading, found: TransactionSet) -> None:
    group = reading.groups[found.group]
    reading.levels.clear()
    row = tx.run(
        "INSERT INTO sets (batch, interchange, group_control, control, version, reference, mode)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        reading.batch,
        reading.interchange,
        group.control,
        found.control,
        found.version,
        found.reference,
        found.mode,
    )
    reading.sets = {found.ordinal: row}


def _add_level(tx: Tx, reading: Reading, level: Level) -> None:
    reading.levels[level.ordinal] = tx.run(
        "INSERT INTO levels (transaction_set, kind, parent, first_byte, last_byte) VALUES (?, ?, ?, ?, ?)",
        reading.sets[level.transaction_set],
        level.kind,
        None if level.parent is None else reading.levels[level.parent],
        level.span.start,
        level.span.end,
    )


def _add_claim(tx: Tx, reading: Reading, claim: Claim) -> None:
    reading.claims += 1
    row = tx.run(
        "INSERT INTO claims (batch, transaction_set, family, control_number, kind, frequency, charge, payer_id,"
        " first_day, last_day, billing_npi, levels, first_byte, last_byte, fingerprint, facts, state, received_at,"
        " changed_at) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'RECEIVED', ?, ?)",
        reading.batch,
        reading.sets[claim.transaction_set],
        claim.control_number,
        claim.kind.value,
        claim.frequency,
        money(claim.charge),
        claim.payer_id,
        day(claim.first_day),
        day(claim.last_day),
        claim.billing.npi,
        " ".join(str(reading.levels[level]) for level in claim.levels),
        claim.span.start,
        claim.span.end,
        claim.fingerprint,
        claim_bytes(claim),
        tx.at,
        tx.at,
    )
    npis = {pair.npi for pair in pairs_of(claim)} - {""}
    tx.many("INSERT INTO claim_providers (npi, claim) VALUES (?, ?)", [(npi, row) for npi in npis])


def parsed(tx: Tx, batch: int) -> int:
    """All claims are stored: from here they are judged. Returns how many."""
    tx.run("UPDATE claims SET family = id WHERE batch = ?", batch)
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
    return int(row["n"])


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


def vault_name(tx: Tx, batch: int) -> str:
    """Where the batch's bytes lie in the vault."""
    row = tx.one("SELECT document FROM batches WHERE id = ?", batch)
    assert row
    return documents.name_of(tx, row["document"])


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


def rows(tx: Tx, limit: int = 1000) -> list[Row]:
    """Batches, newest first, with how their claims stand."""
    return tx.all(
        "SELECT b.*, (SELECT group_concat(s.state || ' ' || s.n, ', ') FROM (SELECT CASE WHEN standing = '' THEN state"
        " ELSE standing END AS state, count(*) AS n FROM claims c WHERE c.batch = b.id GROUP BY 1 ORDER BY 1) s)"
        " AS standings FROM batches b ORDER BY b.id DESC LIMIT ?",
        limit,
    )
