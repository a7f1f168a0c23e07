"""Records that somebody takes back: believed until then, and from then on as if it had never been said."""

from __future__ import annotations

from gateway.model.enrollment import Enrollment
from gateway.sheets import Record, Sheet
from gateway.store import registry, roster, rosters
from gateway.store.connection import Tx


def standing(tx: Tx, sheet: Sheet, id: int) -> Record | None:
    """The record of that sheet and number, if it is believed now."""
    if sheet.makes is Enrollment:
        believed = tx.one("SELECT 1 FROM enrollments WHERE id = ? AND superseded_at IS NULL", id)
        return roster.one(tx, id) if believed else None
    row = tx.one("SELECT * FROM statements WHERE id = ? AND superseded_at IS NULL", id)
    found = registry.statement(row) if row else None
    return found if isinstance(found, sheet.makes) else None


def replaced_by(tx: Tx, sheet: Sheet, id: int) -> list[Record]:
    """What it had taken the place of, and what comes back only if somebody records it again."""
    if sheet.makes is Enrollment:
        rows = tx.all("SELECT id FROM enrollments WHERE superseded_by = ? ORDER BY id", id)
        return [old for row in rows if (old := roster.one(tx, row["id"]))]
    return [
        registry.statement(row) for row in tx.all("SELECT * FROM statements WHERE superseded_by = ? ORDER BY id", id)
    ]


def withdraw(tx: Tx, sheet: Sheet, id: int, reason: str) -> int | None:
    """Believe the record no more, and have the waiting claims that it concerns judged again: how many those are. None
    where it is not believed anyway."""
    record = standing(tx, sheet, id)
    if record is None:
        return None
    tx.run("INSERT INTO withdrawals (sheet, record, reason) VALUES (?, ?, ?)", sheet.name, id, reason)
    return rosters.write(tx, (), (record,), "roster withdraw")


def reasons(tx: Tx, sheet: Sheet) -> dict[int, str]:
    """Why records of a sheet were withdrawn, by their numbers."""
    return {row["record"]: row["reason"] for row in tx.all("SELECT * FROM withdrawals WHERE sheet = ?", sheet.name)}
