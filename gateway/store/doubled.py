"""Files whose control number the partner had seen before (TA1 025), and of which nobody there said anything good: what came
first under that number may be another file, and this one lost."""

from __future__ import annotations

from gateway.store import journal
from gateway.store.connection import Row, Tx

_UNTAKEN = (
    "s.state = 'SENT' AND NOT EXISTS (SELECT 1 FROM attempts a JOIN verdicts v ON v.attempt = a.id"
    " WHERE a.submission = s.id AND v.accepted) AND NOT EXISTS (SELECT 1 FROM attempts a"
    " JOIN adjudications d ON d.claim = a.claim WHERE a.submission = s.id AND d.outcome <> '')"
)
_REPORTED = (
    "e.name = 'submission.duplicate_reported' AND NOT EXISTS (SELECT 1 FROM events w WHERE w.submission = e.submission"
    " AND w.seq > e.seq AND w.name = 'submission.observed' AND w.body ->> 'observed' = 'told')"
)
"""A report on which no person has said since that the file is there."""


def is_doubled(tx: Tx, submission: int) -> bool:
    """Whether this is such a file: then a person may say that it did not arrive."""
    told = f"SELECT 1 FROM events e WHERE e.submission = ? AND {_REPORTED}"
    return bool(tx.one(told, submission)) and untaken(tx, submission)


def untaken(tx: Tx, submission: int) -> bool:
    """Whether it was sent, and nobody has said anything good of it."""
    return bool(tx.one(f"SELECT 1 FROM submissions s WHERE s.id = ? AND {_UNTAKEN}", submission))


def since(tx: Tx, when: str) -> list[Row]:
    """Those that were reported since a moment: number, lane and how many claims."""
    return tx.all(
        "SELECT DISTINCT s.id, s.lane, s.claims FROM events e CROSS JOIN submissions s ON s.id = e.submission"
        f" WHERE e.seq >= ? AND {_REPORTED} AND {_UNTAKEN} ORDER BY s.id",
        journal.first_since(tx, when),
    )
