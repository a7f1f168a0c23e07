"""What acknowledgments said of claims, whether it decided anything or not."""

from __future__ import annotations

from gateway.store.connection import Row, Tx


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """Everything that a TA1, 999 or 277CA said of a claim, in the order in which it was read, once for each attempt:
    `accepted` is NULL where it decided nothing, `stage` 0 of a clearinghouse."""
    return tx.all(
        "SELECT form, stage, dated, accepted, code, iif(code = '', '', place) AS place, submission, min(read_at) AS read_at"
        " FROM (SELECT v.form, v.stage, v.dated, v.accepted, v.code, v.place, a.submission, n.read_at, a.id"
        " FROM attempts a JOIN verdicts v ON v.attempt = a.id JOIN answers n ON n.id = v.answer WHERE a.claim = ?1"
        " UNION ALL SELECT '277CA', m.stage, m.dated, NULL, m.code, '', a.submission, n.read_at, a.id FROM attempts a"
        " JOIN mentions m ON m.attempt = a.id JOIN answers n ON n.id = m.answer WHERE a.claim = ?1)"
        " GROUP BY id, form, stage, dated, accepted, code, place ORDER BY min(read_at), form, code, place",
        claim,
    )


def not_understood(tx: Tx, since: str) -> list[Row]:
    """Claims of which a 277CA said since a moment what nobody here understands, and that nothing else has settled: by
    payer and code, `ids` by commas."""
    return tx.all(
        "SELECT c.payer, m.code, count(DISTINCT c.id) AS claims, group_concat(DISTINCT c.id) AS ids FROM mentions m"
        " CROSS JOIN answers n ON n.id = m.answer CROSS JOIN attempts a ON a.id = m.attempt"
        " CROSS JOIN claims c ON c.id = a.claim WHERE m.understood = 0 AND n.read_at >= ?"
        " AND c.state = 'SENT' AND c.standing IN ('SENT', 'ACKNOWLEDGED')"
        " GROUP BY c.payer, m.code ORDER BY 3 DESC, 1, 2",
        since,
    )
