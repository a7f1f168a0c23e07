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
