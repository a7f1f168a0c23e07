"""What people see of questions for claims' status: lists of them, and what a payer can find a claim by."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gateway.store.connection import Row, Tx


def claims_of(tx: Tx, submission: int) -> list[int]:
    """The claims that a 276 asks about."""
    return [row["claim"] for row in tx.all("SELECT claim FROM inquiries WHERE submission = ? ORDER BY id", submission)]


def known_by(tx: Tx, claim: int) -> Row:
    """The numbers, amount and days that the payer can find a sent claim by."""
    row = tx.one(
        "SELECT c.control_number, c.charge, c.first_day, c.last_day, a.trace,"
        " (SELECT max(p.payer_control_number) FROM attempts p WHERE p.claim = c.id) AS number"
        " FROM claims c JOIN attempts a ON a.claim = c.id AND a.submission = c.submission WHERE c.id = ?",
        claim,
    )
    assert row
    return row


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """The questions about one claim, oldest first, with when each went."""
    return tx.all(
        "SELECT i.*, s.sent_at, s.isa13 FROM inquiries i LEFT JOIN submissions s ON s.id = i.submission"
        " WHERE i.claim = ? ORDER BY i.id",
        claim,
    )


def rows(tx: Tx, states: Sequence[str], payer: str, limit: int) -> list[Row]:
    """Questions, newest first, with their claims and the payer's latest word on these."""
    return tx.all(
        "SELECT i.*, s.sent_at, c.control_number, c.charge, t.word, t.code AS told, t.told_at, t.done_at"
        " FROM inquiries i JOIN claims c ON c.id = i.claim LEFT JOIN submissions s ON s.id = i.submission"
        " LEFT JOIN claim_statuses t ON t.claim = i.claim WHERE (?1 = '[]' OR i.state IN (SELECT value FROM json_each(?1)))"
        " AND (?2 = '' OR i.payer = ?2) ORDER BY i.id DESC LIMIT ?3",
        json.dumps(states),
        payer,
        limit,
    )
