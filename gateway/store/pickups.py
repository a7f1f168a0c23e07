"""Files fetched from partners: each known by where it lay and by its bytes."""

from __future__ import annotations

from collections.abc import Sequence

from gateway import events as e
from gateway.model.sending import RemoteFile
from gateway.store import documents
from gateway.store.connection import Row, Tx
from gateway.store.record import record


def unknown(tx: Tx, lane: str, listed: Sequence[RemoteFile]) -> list[RemoteFile]:
    """The files of a listing that were not fetched yet: another size or time under a known name is another file."""
    return [
        file
        for file in listed
        if tx.one(
            "SELECT 1 FROM pickups WHERE lane = ? AND path = ? AND size IS ? AND modified IS ?",
            lane,
            file.path,
            file.size,
            file.modified,
        )
        is None
    ]


def fetched(tx: Tx, lane: str, file: RemoteFile, sealed: documents.Sealed) -> bool:
    """The bytes are sealed: from here they can be read. False when the same bytes were fetched before."""
    document = documents.enter(tx, sealed)
    known = tx.one("SELECT 1 FROM pickups WHERE document = ?", document) is not None
    tx.run(
        "INSERT INTO pickups (lane, path, size, modified, document, state, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        lane,
        file.path,
        file.size,
        file.modified,
        document,
        "KNOWN" if known else "FETCHED",
        tx.at,
    )
    if not known:
        record(tx, e.AnswerFetched(lane=lane, document=document, bytes=sealed.size))
    return not known


def unread(tx: Tx, lane: str) -> list[Row]:
    """A lane's fetched files that were not read yet, oldest first."""
    return tx.all(
        "SELECT p.id, p.lane, p.document, p.path, d.name AS vault_name FROM pickups p JOIN documents d"
        " ON d.id = p.document WHERE p.state = 'FETCHED' AND p.lane = ? ORDER BY p.id",
        lane,
    )


def unreadable(tx: Tx, pickup: int, lane: str, document: int, code: str, place: str, step: str) -> None:
    """The file is kept aside; the next is read all the same."""
    tx.run("UPDATE pickups SET state = 'UNREADABLE' WHERE id = ?", pickup)
    record(tx, e.AnswerUnreadable(lane=lane, document=document, code=code, place=place, next=step))
