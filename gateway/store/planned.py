"""Planned submissions that are not sent after all: their claims go back to the gate."""

from __future__ import annotations

from gateway import events as e
from gateway.store.connection import Tx
from gateway.store.record import record


def give_back(tx: Tx, submission: int, reason: str) -> None:
    """Take a planned submission apart, and have its claims judged anew. Where the partner was asked for a rename and its
    word never came, it may still do it: then they are held, for they may arrive."""
    kind = e.SubmissionAbandonedInDoubt if _rename_pends(tx, submission) else e.SubmissionAbandoned
    record(tx, kind(submission=submission, reason=reason))


def _rename_pends(tx: Tx, submission: int) -> bool:
    """Whether a rename may come late: nobody knew its outcome, and then the file was seen under its hidden name."""
    return bool(
        tx.one("SELECT 1 FROM events WHERE submission = ? AND name = ? LIMIT 1", submission, e.ArrivalDisproven.name)
    )
