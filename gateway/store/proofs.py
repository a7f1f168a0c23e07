"""What proves where one claim went: its attempts, what was said of each, and its part of the journal."""

from __future__ import annotations

from gateway import events as e
from gateway.store.connection import Row, Tx
from gateway.store.record import record


def attempts(tx: Tx, claim: int) -> list[Row]:
    """What carried the claim and reached a partner, oldest first, with the sealed interchange."""
    return tx.all(
        "SELECT a.*, s.lane, s.isa13, s.reference, s.remote_name, s.sent_at, s.usage, s.delimiters, d.name AS vault_name,"
        " d.sha256, d.size, w.sha256 AS wire_sha256, s.document FROM attempts a JOIN submissions s ON s.id = a.submission"
        " JOIN documents d ON d.id = s.document LEFT JOIN documents w ON w.id = s.wire"
        " WHERE a.claim = ? AND s.state = 'SENT' AND a.first_segment IS NOT NULL ORDER BY a.id",
        claim,
    )


def words(tx: Tx, attempt: int) -> list[Row]:
    """What acknowledgments say of an attempt, oldest first, and what 277s told of it that were asked about it; those that
    nobody asked for are of the claim's latest. `accepted` is NULL where one decides nothing, and of a 277, which has a
    `word` and the payer's `number` instead."""
    return tx.all(
        "SELECT v.*, n.document, n.lane, n.control, n.read_at, d.name AS vault_name, d.sha256, d.size FROM (SELECT answer,"
        " form, accepted, stage, dated, sequence, code, '' AS word, '' AS number FROM verdicts WHERE attempt = ?1"
        " UNION ALL SELECT answer, '277CA', NULL, stage, dated, sequence, code, '', '' FROM mentions WHERE attempt = ?1"
        " UNION ALL SELECT t.answer, '277', NULL, 1, t.made_on, t.sequence, t.code, t.word, t.number FROM statuses t"
        " LEFT JOIN inquiries i ON i.id = t.inquiry WHERE t.claim = (SELECT claim FROM attempts WHERE id = ?1)"
        " AND coalesce(i.attempt, (SELECT max(id) FROM attempts WHERE claim = t.claim)) = ?1) v"
        " JOIN answers n ON n.id = v.answer JOIN documents d ON d.id = n.document"
        " ORDER BY coalesce(v.dated, substr(n.read_at, 1, 10)), v.sequence, v.answer, v.code",
        attempt,
    )


def journal_of(tx: Tx, claim: int) -> list[Row]:
    """Every event of the claim, its batch and what carried it, with the code that chains it in the site's journal."""
    return tx.all(
        "SELECT seq, at, name, actor, batch, claim, submission, lane, body, kid, lower(hex(mac)) AS mac FROM events"
        " WHERE claim = ?1 OR (claim IS NULL AND batch = (SELECT batch FROM claims WHERE id = ?1))"
        " OR (claim IS NULL AND submission IN (SELECT submission FROM attempts WHERE claim = ?1)) ORDER BY seq",
        claim,
    )


def given(tx: Tx, claim: int, given_to: str, sha256: str) -> None:
    """Somebody has the packet with this digest."""
    record(tx, e.ProofGiven(claim=claim, given_to=given_to, sha256=sha256))
