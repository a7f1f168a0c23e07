"""What was seen of a submission at its partner: each thing once, with its first moment."""

from __future__ import annotations

from collections.abc import Sequence

from gateway import events as e
from gateway.model.sending import Seen
from gateway.store.connection import Row, Tx
from gateway.store.record import record


def observe(tx: Tx, submission: int, seen: Seen, evidence: str = "") -> bool:
    """Keep one more thing that was seen, unless it was seen before; returns whether it is new."""
    if has(tx, submission, seen):
        return False
    record(tx, e.ArrivalObserved(submission=submission, observed=seen.value, evidence=evidence))
    return True


def has(tx: Tx, submission: int, *seen: Seen) -> bool:
    """Whether one of these was seen."""
    marks = ",".join("?" * len(seen))
    return bool(
        tx.one(f"SELECT 1 FROM observations WHERE submission = ? AND seen IN ({marks})", submission, *map(str, seen))
    )


def of_submissions(tx: Tx, submissions: Sequence[int]) -> dict[int, list[Row]]:
    """What was seen of each of these, in the order of time; of one moment, the least first."""
    held = ",".join("?" * len(submissions))
    found: dict[int, list[Row]] = {submission: [] for submission in submissions}
    for row in tx.all(f"SELECT * FROM observations WHERE submission IN ({held}) ORDER BY at", *submissions):
        found[row["submission"]].append(row)
    return {submission: sorted(rows, key=_place) for submission, rows in found.items()}


def _place(row: Row) -> tuple[str, int]:
    return row["at"], list(Seen).index(Seen(row["seen"]))
