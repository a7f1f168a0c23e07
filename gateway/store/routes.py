"""Payers that people moved to another of their routes, and what a move does to the claims that wait."""

from __future__ import annotations

from gateway import events as e
from gateway.codec import day
from gateway.store.connection import Row, Tx
from gateway.store.planned import give_back
from gateway.store.record import record


def moved(tx: Tx) -> dict[str, str]:
    """The partner by which each moved payer goes now."""
    return {row["payer"]: row["partner"] for row in rows(tx)}


def rows(tx: Tx) -> list[Row]:
    """Every move in force: the payer, the partner, who moved it, when and why."""
    return tx.all("SELECT * FROM moved_payers ORDER BY payer")


def move(tx: Tx, payer: str, partner: str, reason: str, *, back: bool = False) -> int:
    """Have a payer's claims go by this partner from now on: `back` forgets an earlier move, and `partner` is then whom
    the settings name. What was planned for it and never sent is taken apart, and everything that waits is judged again;
    returns how many claims that is. Nothing that may have arrived goes another way."""
    if back:
        tx.run("DELETE FROM moved_payers WHERE payer = ?", payer)
    else:
        tx.run(
            "INSERT OR REPLACE INTO moved_payers (payer, partner, reason, actor, moved_at) VALUES (?, ?, ?, ?, ?)",
            payer,
            partner,
            reason,
            tx.actor,
            tx.at,
        )
    for row in planned(tx, payer):
        give_back(tx, row["id"], f"payer {payer} goes another way")
    count = tx.changed(
        "UPDATE claims SET judge_on = ? WHERE payer = ? AND state IN ('RECEIVED', 'HELD', 'READY')",
        day(tx.today),
        payer,
    )
    kind = e.PayerMovedBack if back else e.PayerMoved
    record(tx, kind(payer=payer, partner=partner, count=count, reason=reason))
    return count


def planned(tx: Tx, payer: str) -> list[Row]:
    """Submissions with claims of this payer that were planned and never sent."""
    return tx.all(
        "SELECT id, lane, claims FROM submissions WHERE state = 'PLANNED' AND id IN"
        " (SELECT submission FROM claims WHERE payer = ? AND state = 'ASSIGNED') ORDER BY id",
        payer,
    )


def staying(tx: Tx, payer: str) -> list[Row]:
    """Claims of this payer that are being written, or may have arrived: they go no other way."""
    return tx.all(
        "SELECT c.id, c.control_number, c.charge, c.filing_due, s.id AS submission, s.state, s.lane FROM claims c"
        " JOIN submissions s ON s.id = c.submission WHERE c.payer = ? AND c.state = 'ASSIGNED'"
        " AND s.state IN ('TRANSMITTING', 'IN_DOUBT') ORDER BY c.filing_due, c.id",
        payer,
    )
