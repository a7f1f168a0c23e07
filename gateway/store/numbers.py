"""Control numbers of what partners sent: a number that never came means that somebody else has the file."""

from __future__ import annotations

from typing import Any

from gateway import events as e
from gateway.model.answers import AnswerEnvelope
from gateway.numbering import Series, follow, runs
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.troubles import FAILURES

_STEP = (
    "Ask the partner what these numbers were, and to lay the files out again. Someone else may be reading this mailbox, "
    "such as an old program with the same login."
)
_PAIR = "sender = ? AND receiver = ? AND level = ?"


def met(tx: Tx, lane: str, form: str, envelope: AnswerEnvelope) -> None:
    """An interchange of this lane was read; the same one may be told again."""
    for level, control in (("ISA13", envelope.control), ("GS06", envelope.group_control)):
        if control.isascii() and control.isdigit() and len(control) <= 18:
            tx.run(
                "INSERT OR IGNORE INTO control_numbers (sender, receiver, level, number, lane, form)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                envelope.sender.id,
                envelope.receiver.id,
                level,
                int(control),
                lane,
                form,
            )


def due(tx: Tx, lane: str) -> bool:
    """Whether numbers came since gaps were looked for, and nothing that can be fetched is still to come."""
    if tx.one("SELECT 1 FROM control_numbers WHERE lane = ? AND settled = 0", lane) is None:
        return False
    waiting = (
        "SELECT 1 FROM mailboxes m WHERE m.lane = ? AND m.waiting >"
        " (SELECT count(*) FROM sightings s WHERE s.lane = m.lane AND s.failures >= ?)"
    )
    return tx.one(waiting, lane, FAILURES) is None


def settle(tx: Tx, lane: str) -> None:
    """Everything that lay there was read: look for what is missing, in the order of numbers, whatever came first."""
    rows = tx.all(
        "SELECT * FROM control_numbers WHERE lane = ? AND settled = 0 ORDER BY level DESC, number, sender, receiver",
        lane,
    )
    for row in rows:
        if not _close(tx, row):
            _follow(tx, row)
    tx.run("UPDATE control_numbers SET settled = 1 WHERE lane = ? AND settled = 0", lane)


def _close(tx: Tx, row: Row) -> bool:
    """Whether this number was missing; the last of a gap closes it."""
    pair = (row["sender"], row["receiver"], row["level"])
    gap = tx.one(
        f"SELECT * FROM number_gaps WHERE {_PAIR} AND closed_at = '' AND ? BETWEEN first AND last", *pair, row["number"]
    )
    if gap is None:
        return False
    if len(_taken(tx, row, gap["first"] - 1, gap["last"] + 1)) == gap["last"] - gap["first"] + 1:
        tx.run("UPDATE number_gaps SET closed_at = ? WHERE id = ?", tx.at, gap["id"])
        record(tx, e.MailboxGapClosed(lane=gap["lane"], code=gap["level"], number=gap["first"]))
    return True


def _follow(tx: Tx, row: Row) -> None:
    series = _series(tx, row, row["level"])
    after = series.last if series else row["number"]
    found, missing = follow(series, row["number"], _taken(tx, row, after, row["number"]))
    tx.run(
        "INSERT OR REPLACE INTO number_series (lane, sender, receiver, level, form, last, run, needed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(row[name] for name in ("lane", "sender", "receiver", "level", "form")),
        found.last,
        found.run,
        found.needed,
    )
    if missing and not (row["level"] == "GS06" and _counts_interchanges(tx, row)):
        _tell(tx, row, missing)


def _tell(tx: Tx, row: Row, missing: list[int]) -> None:
    tx.run(
        "INSERT INTO number_gaps (lane, sender, receiver, level, form, first, last, missing, told_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(row[name] for name in ("lane", "sender", "receiver", "level", "form")),
        missing[0],
        missing[-1],
        len(missing),
        tx.at,
    )
    record(
        tx,
        e.MailboxGap(
            lane=row["lane"],
            code=row["level"],
            form=row["form"],
            number=missing[0],
            count=len(missing),
            next=_STEP,
        ),
    )


def _series(tx: Tx, row: Row, level: str) -> Series | None:
    found = tx.one(
        f"SELECT last, run, needed FROM number_series WHERE lane = ? AND {_PAIR} AND form = ?",
        row["lane"],
        row["sender"],
        row["receiver"],
        level,
        row["form"],
    )
    return Series(found["last"], found["run"], found["needed"]) if found else None


def _counts_interchanges(tx: Tx, row: Row) -> bool:
    """A lost file leaves a hole in both numbers; one is told, and the interchange's goes first."""
    series = _series(tx, row, "ISA13")
    return series is not None and (series.learned or series.needed > Series(0).needed)


def _taken(tx: Tx, row: Row, after: int, before: int) -> set[int]:
    """Numbers between these two that came, as whatever and by whichever lane."""
    rows = tx.all(
        f"SELECT DISTINCT number FROM control_numbers WHERE {_PAIR} AND number > ? AND number < ?",
        row["sender"],
        row["receiver"],
        row["level"],
        after,
        before,
    )
    return {found["number"] for found in rows}


def open_gaps(tx: Tx) -> list[dict[str, Any]]:
    """Numbers that are still missing, newest gap first; what of a gap came since is left out, and parts it."""
    rows = tx.all("SELECT * FROM number_gaps WHERE closed_at = '' ORDER BY id DESC LIMIT 100")
    return [
        {**dict(row), "first": first, "last": last, "missing": last - first + 1}
        for row in rows
        for first, last in runs(
            range(row["first"], row["last"] + 1), _taken(tx, row, row["first"] - 1, row["last"] + 1)
        )
    ]
