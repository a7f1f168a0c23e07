"""What every posting does: tally it, show what is not ours, and prove that what an answer names had arrived."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gateway import events as e
from gateway.model.partners import Lane
from gateway.model.sending import Seen
from gateway.store import awaiting
from gateway.store.connection import Row, Tx
from gateway.store.observations import observe
from gateway.store.planned import give_back
from gateway.store.record import record


def tally(tx: Tx, answer: int, matched: int, unmatched: int) -> None:
    """How much of an answer moved something."""
    tx.run("UPDATE answers SET matched = ?, unmatched = ? WHERE id = ?", matched, unmatched, answer)


def unmatched(tx: Tx, answer: int, form: str, reasons: Iterable[str]) -> None:
    """Work that is not ours, or nobody can tell whose: kept and shown, never an error."""
    for reason in sorted(set(reasons)):
        record(tx, e.AnswerUnmatched(answer=answer, form=form, reason=reason))


def prove(tx: Tx, lane: Lane, submissions: Iterable[int], form: str) -> None:
    """An answer that names a submission proves first that it arrived. One that a lane is writing at this very moment is
    left to that lane: its answer may have been read in another."""
    named = sorted(set(submissions))
    awaiting.spoken_of(tx, named)
    for submission in named:
        row = tx.one("SELECT state, step, lane FROM submissions WHERE id = ?", submission)
        if row is not None and row["state"] == "SENT":
            observe(tx, submission, Seen.ACKNOWLEDGED, form)
        if row is None or row["state"] == "SENT" or _is_written(row, lane):
            continue
        recall(tx, submission)
        record(tx, e.ArrivalProven(submission=submission, evidence=form))


def _is_written(row: Row, lane: Lane) -> bool:
    """Not one of this lane that is only looked for, in a session to come."""
    return bool(row["state"] == "TRANSMITTING" and (row["lane"] != lane.key or row["step"] != "settling"))


def recall(tx: Tx, submission: int) -> None:
    """Claims of it that were planned anew meanwhile are taken out of what was not sent yet."""
    for row in tx.all(
        "SELECT DISTINCT o.id FROM attempts a JOIN claims c ON c.id = a.claim JOIN submissions o ON o.id = c.submission"
        " WHERE a.submission = ? AND o.id <> ? AND o.state = 'PLANNED'",
        submission,
        submission,
    ):
        give_back(tx, row["id"], "an earlier submission of its claims had arrived")


def claims_of(tx: Tx, attempts: Iterable[int]) -> list[int]:
    """The claims of these attempts."""
    return _each_of(tx, "claim", attempts)


def carriers_of(tx: Tx, attempts: Iterable[int]) -> list[int]:
    """The submissions that carried these attempts."""
    return _each_of(tx, "submission", attempts)


def _each_of(tx: Tx, column: str, attempts: Iterable[int]) -> list[int]:
    rows = tx.all(
        f"SELECT DISTINCT a.{column} AS id FROM json_each(?) k CROSS JOIN attempts a ON a.id = k.value",
        json.dumps(sorted(set(attempts))),
    )
    return [row["id"] for row in rows]
