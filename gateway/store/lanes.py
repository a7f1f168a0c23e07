"""Lanes: whether each may be used, and when it is its turn."""

from __future__ import annotations

from collections.abc import Iterable

from gateway import events as e
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.standings import requeue


def enter(tx: Tx, keys: Iterable[str]) -> None:
    """Make sure every configured lane has its row."""
    for key in keys:
        tx.run("INSERT OR IGNORE INTO lanes (key, state, since) VALUES (?, 'ACTIVE', ?)", key, tx.at)


def rows(tx: Tx) -> list[Row]:
    """Every lane."""
    return tx.all("SELECT * FROM lanes ORDER BY key")


def reached(tx: Tx, lane: str, *, polled: bool = False) -> None:
    """The partner answered: its failures are forgotten."""
    tx.run("UPDATE lanes SET failures = 0, not_before = '' WHERE key = ?", lane)
    if polled:
        tx.run("UPDATE lanes SET polled_at = ? WHERE key = ?", tx.at, lane)


def resume(tx: Tx, lane: str, reason: str) -> None:
    """A person says what stopped the lane is mended: claims of interchanges that it rejected go out again. Raises
    Unlawful when it is not suspended."""
    record(tx, e.LaneResumed(lane=lane, reason=reason))
    for row in tx.all(
        "SELECT DISTINCT c.id FROM claims c JOIN submissions s ON s.id = c.submission JOIN attempts a"
        " ON a.claim = c.id AND a.submission = s.id JOIN verdicts v ON v.attempt = a.id AND v.form = 'TA1'"
        " WHERE s.lane = ? AND c.state = 'SENT' AND c.standing = 'RETURNED' AND NOT v.accepted ORDER BY c.id",
        lane,
    ):
        requeue(tx, row["id"], "the lane that rejected its interchange was mended")
