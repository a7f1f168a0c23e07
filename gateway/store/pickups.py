"""Files fetched from partners: each known by where it lay and by its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from gateway import events as e
from gateway.model.sending import RemoteFile
from gateway.store import documents
from gateway.store.connection import Row, Tx, moment
from gateway.store.record import record

STILL = timedelta(seconds=10)
"""How long a file that may grow must look the same before it counts as whole."""

LOOK_AGAIN = timedelta(days=1)

_LISTED = (
    "WITH listed AS MATERIALIZED (SELECT key AS ordinal, value ->> 0 AS path, value ->> 1 AS size,"
    " value ->> 2 AS modified FROM json_each(?))"
)
_SAME = "p.lane = ? AND p.path = l.path AND p.size IS l.size AND p.modified IS l.modified"


def unknown(tx: Tx, lane: str, listed: Sequence[RemoteFile]) -> list[RemoteFile]:
    """The files of a listing that were not fetched yet: another size or time under a known name is another file. Where
    the server tells no time, a known name may hold other bytes, and is fetched once a day. One question, however long the
    listing is."""
    rows = tx.all(
        f"{_LISTED} SELECT l.ordinal FROM listed l WHERE NOT EXISTS (SELECT 1 FROM pickups p WHERE {_SAME}"
        " AND (p.modified IS NOT NULL OR p.fetched_at > ?)) ORDER BY l.ordinal",
        _as_json(listed),
        lane,
        moment(tx.now - LOOK_AGAIN),
    )
    return [listed[row["ordinal"]] for row in rows]


def discardable(tx: Tx, lane: str, listed: Sequence[RemoteFile], before: str) -> list[Row]:
    """Files that lie at the partner just as they were committed here before that moment, and that were read. One whose
    size or time the server does not tell may have changed, so it stays."""
    return tx.all(
        f"{_LISTED} SELECT p.id, p.path, p.size, p.modified, p.document FROM listed l JOIN pickups p ON {_SAME}"
        " WHERE p.size IS NOT NULL AND p.modified IS NOT NULL AND p.discarded = 0 AND p.container IS NULL"
        " AND p.fetched_at <= ? AND p.state IN ('READ', 'HANDED', 'MAIL', 'UNPACKED', 'KNOWN') ORDER BY p.id",
        _as_json(listed),
        lane,
        before,
    )


def discarded(tx: Tx, pickup: int, lane: str, document: int) -> None:
    """The file was removed at the partner, or was gone already."""
    if tx.changed("UPDATE pickups SET discarded = 1 WHERE id = ? AND discarded = 0", pickup):
        record(tx, e.FileDiscarded(lane=lane, document=document))


def _as_json(listed: Iterable[RemoteFile]) -> str:
    return json.dumps([(file.path, file.size, file.modified) for file in listed])


def fetched(
    tx: Tx, lane: str, file: RemoteFile, sealed: documents.Sealed, pattern: str = "", container: int | None = None
) -> bool:
    """The bytes are sealed: from here they can be read. False when the same bytes were fetched before."""
    document = documents.enter(tx, sealed)
    known = tx.one("SELECT 1 FROM pickups WHERE document = ?", document) is not None
    if known and file.modified is None and container is None and _looked_again(tx, lane, file.path, document):
        return False
    tx.run("DELETE FROM sightings WHERE lane = ? AND path = ?", lane, file.path)
    tx.run(
        "UPDATE pickups SET state = 'PARTIAL' WHERE lane = ? AND path = ? AND state IN ('CUT', 'UNREADABLE')"
        " AND code IN ('X12_INCOMPLETE', 'ARCHIVE_CUT')",
        lane,
        file.path,
    )
    tx.run(
        "INSERT INTO pickups (lane, path, size, modified, document, state, fetched_at, pattern, container)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        lane,
        file.path,
        file.size,
        file.modified,
        document,
        "KNOWN" if known else "FETCHED",
        tx.at,
        pattern,
        container,
    )
    if not known:
        record(tx, e.AnswerFetched(lane=lane, document=document, bytes=sealed.size))
    return not known


def _looked_again(tx: Tx, lane: str, path: str, document: int) -> bool:
    """The same bytes lie under the same name as when we looked last."""
    return bool(
        tx.changed(
            "UPDATE pickups SET fetched_at = ? WHERE id = (SELECT max(id) FROM pickups WHERE lane = ? AND path = ?)"
            " AND document = ?",
            tx.at,
            lane,
            path,
            document,
        )
    )


def unpacked(
    tx: Tx,
    pickup: int,
    lane: str,
    document: int,
    kind: str,
    members: Sequence[tuple[RemoteFile, documents.Sealed, str]],
) -> int:
    """Every member of an archive is a file of its own now, with where it came from; returns how many are new."""
    new = sum(fetched(tx, lane, file, sealed, pattern, pickup) for file, sealed, pattern in members)
    tx.run("UPDATE pickups SET state = 'UNPACKED', kind = ? WHERE id = ?", kind, pickup)
    record(tx, e.ArchiveUnpacked(lane=lane, document=document, count=len(members)))
    return new


def unread(tx: Tx, lane: str, limit: int) -> list[Row]:
    """A lane's fetched files that were not read yet, oldest first; `within` is the kind of archive one came in."""
    return tx.all(
        "SELECT p.id, p.lane, p.document, p.path, coalesce(c.kind, '') AS within, d.name AS vault_name, d.size AS bytes"
        " FROM pickups p JOIN documents d ON d.id = p.document LEFT JOIN pickups c ON c.id = p.container"
        " WHERE p.state = 'FETCHED' AND p.lane = ? ORDER BY p.id LIMIT ?",
        lane,
        limit,
    )


def unreadable(tx: Tx, pickup: int, lane: str, document: int, code: str, place: str, step: str) -> None:
    """The file is kept aside; the next is read all the same."""
    _aside(tx, pickup, "UNREADABLE", code, place, step)
    record(tx, e.AnswerUnreadable(lane=lane, document=document, code=code, place=place, next=step))


def cut_off(tx: Tx, pickup: int, code: str, place: str, step: str) -> None:
    """The file ends too early: perhaps it is still being written, which the next listing tells."""
    _aside(tx, pickup, "CUT", code, place, step)


def _aside(tx: Tx, pickup: int, state: str, code: str, place: str, step: str) -> None:
    tx.run("UPDATE pickups SET state = ?, code = ?, place = ?, next = ? WHERE id = ?", state, code, place, step, pickup)


def judge_cut(tx: Tx, lane: str, folder: str) -> None:
    """After another listing of this folder, and once what it showed is fetched: what seemed cut off and did not grow since
    is unreadable. Should it grow after all, the whole file takes its place."""
    for row in tx.all("SELECT * FROM pickups WHERE lane = ? AND state = 'CUT'", lane):
        grew = tx.one("SELECT 1 FROM sightings WHERE lane = ? AND path = ?", lane, row["path"])
        if row["path"].rpartition("/")[0] == folder.rstrip("/") and not grew:
            unreadable(tx, row["id"], lane, row["document"], row["code"], row["place"], row["next"])
