"""What people do about denials: who has one, what was tried, how it ended. Nothing said is ever taken back."""

from __future__ import annotations

from gateway import events as e
from gateway.errors import Unlawful
from gateway.store.connection import Row, Tx
from gateway.store.record import record

ASSIGNED, NOTE, CLOSED = "assigned", "note", "closed"


def assign(tx: Tx, denial: int, to: str) -> None:
    """It is theirs from now on. Raises Unlawful where it is not open."""
    row = _open(tx, denial)
    tx.run("UPDATE denials SET assignee = ? WHERE id = ?", to, denial)
    _say(tx, row, ASSIGNED, to)
    record(tx, e.DenialAssigned(denial=denial, claim=row["claim"], payer=row["payer"]))


def note(tx: Tx, denial: int, text: str) -> None:
    """Write down what was done; also of one that is closed. Raises Unlawful where there is none."""
    row = _one(tx, denial)
    _say(tx, row, NOTE, text)
    record(tx, e.DenialNoted(denial=denial, claim=row["claim"], payer=row["payer"]))


def close(tx: Tx, denial: int, outcome: str, reason: str) -> None:
    """End it for the adjudication that stands: a later denial opens it again. Raises Unlawful where it is not open."""
    row = _open(tx, denial)
    _say(tx, row, CLOSED, reason, outcome)
    tx.run("UPDATE denials SET state = 'CLOSED', outcome = ? WHERE id = ?", outcome, denial)
    record(tx, e.DenialClosed(denial=denial, claim=row["claim"], payer=row["payer"], outcome=outcome, reason=reason))


def words(tx: Tx, denial: int) -> list[Row]:
    """All that was said of it, in order."""
    return tx.all("SELECT kind, said, outcome, actor, said_at FROM denial_words WHERE denial = ? ORDER BY id", denial)


def _open(tx: Tx, denial: int) -> Row:
    row = _one(tx, denial)
    if row["state"] != "OPEN":
        raise Unlawful("denial", row["state"], "DenialClosed")
    return row


def _one(tx: Tx, denial: int) -> Row:
    row = tx.one("SELECT * FROM denials WHERE id = ?", denial)
    if row is None:
        raise Unlawful("denial", "absence", "DenialClosed")
    return row


def _say(tx: Tx, row: Row, kind: str, said: str, outcome: str = "") -> None:
    tx.run(
        "INSERT INTO denial_words (denial, kind, said, outcome, statement, actor, said_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row["id"],
        kind,
        said,
        outcome,
        row["statement"],
        tx.actor,
        tx.at,
    )
    tx.run("UPDATE denials SET worked = 1, changed_at = ? WHERE id = ?", tx.at, row["id"])
