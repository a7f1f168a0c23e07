"""The journal of events: what notifiers still have to be told, and the proof that nothing in it was changed."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.events import Event
from gateway.store.chain import ChainReport
from gateway.store.connection import Row, Tx
from gateway.store.record import record


def untold(tx: Tx, notifier: str, limit: int = 500) -> list[Row]:
    """The next events this notifier has not been told, oldest first."""
    return tx.all(
        "SELECT v.seq, v.at, v.name, v.actor, v.batch, v.claim, v.submission, v.lane, v.body FROM events v WHERE v.seq >"
        " coalesce((SELECT seq FROM cursors WHERE notifier = ?), 0) ORDER BY v.seq LIMIT ?",
        notifier,
        limit,
    )


def told(tx: Tx, notifier: str, seq: int) -> None:
    """This notifier was told everything up to `seq`."""
    tx.run(
        "INSERT INTO cursors (notifier, seq) VALUES (?, ?) ON CONFLICT (notifier)"
        " DO UPDATE SET seq = excluded.seq, tries = 0, not_before = ''",
        notifier,
        seq,
    )


def happened(tx: Tx, events: Sequence[Event]) -> None:
    """Record events that have no other home, together."""
    for event in events:
        record(tx, event)


def verify(tx: Tx) -> ChainReport:
    """Walk the chain from its birth."""
    return tx.chain.verify(tx.conn)


def last(tx: Tx) -> int:
    """The number of the newest event; 0 before the first."""
    row = tx.one("SELECT max(seq) AS seq FROM events")
    return int(row["seq"] or 0) if row else 0


def since(tx: Tx, when: str, limit: int = 1000) -> list[Row]:
    """Events from a moment on."""
    return tx.all("SELECT * FROM events WHERE at >= ? ORDER BY seq LIMIT ?", when, limit)


def first_since(tx: Tx, when: str) -> int:
    """The number of the first event from a moment on, found by halving: events come in the order of time."""
    low, high = 1, last(tx) + 1
    while low < high:
        middle = (low + high) // 2
        row = tx.one("SELECT at FROM events WHERE seq = ?", middle)
        if row is not None and row["at"] < when:
            low = middle + 1
        else:
            high = middle
    return low


def tail(
    tx: Tx, *, after: int, since: str, names: Sequence[str], payer: str, claim: int | None, lane: str, limit: int
) -> list[Row]:
    """The last `limit` events behind number `after` that pass the filters, oldest first, each with its claim's `payer`.
    `lane` is a lane's key or its partner's."""
    where, values = ["v.seq > ?"], list[object]([after])
    if since:
        where.append("v.seq >= ? AND v.at >= ?")
        values += [first_since(tx, since), since]
    if names:
        where.append(f"v.name IN ({','.join('?' * len(names))})")
        values += names
    if claim is not None:
        where.append("(v.claim = ? OR v.submission IN (SELECT submission FROM attempts WHERE claim = ?))")
        values += [claim, claim]
    if payer:
        where.append("(json_extract(v.body, '$.payer') = ? OR c.payer = ?)")
        values += [payer, payer]
    if lane:
        place = "coalesce(v.lane, s.lane, '')"
        where.append(f"({place} = ? OR substr({place}, 1, length(?) + 1) = ? || '/')")
        values += [lane, lane, lane]
    found = tx.all(
        "SELECT v.*, c.payer, coalesce(v.lane, s.lane) AS lane_of FROM events v LEFT JOIN claims c ON c.id = v.claim"
        f" LEFT JOIN submissions s ON s.id = v.submission WHERE {' AND '.join(where)} ORDER BY v.seq DESC LIMIT ?",
        *values,
        limit,
    )
    return found[::-1]
