"""What our answers to the submitter are made from: which batches wait for them, and how each claim was judged."""

from __future__ import annotations

from gateway import events as e
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_JUDGED = (e.ClaimPassed.name, e.ClaimHeld.name, e.ClaimRejected.name)


def waiting(tx: Tx) -> list[Row]:
    """Batches that were refused, or of which every claim was judged, and that nobody was told of."""
    return tx.all(
        "SELECT b.id, b.file_name, b.state, b.code, b.place, b.message, b.next, b.claims, b.received_at, b.original,"
        " d.name AS vault_name FROM batches b JOIN documents d ON d.id = b.document WHERE b.replied = 0 AND (b.state IN"
        " ('REFUSED', 'DUPLICATE') OR (b.state IN ('OPEN', 'CLOSED') AND NOT EXISTS"
        " (SELECT 1 FROM claims c WHERE c.batch = b.id AND c.state = 'RECEIVED'))) ORDER BY b.id"
    )


def sets(tx: Tx, batch: int) -> list[Row]:
    """The transaction sets of a batch in document order: the number of their interchange in the file, their group's
    control number, what belongs to no claim, where the first level begins."""
    return tx.all(
        "SELECT s.*, (SELECT count(*) FROM interchanges i WHERE i.batch = s.batch AND i.id < s.interchange) AS ordinal,"
        " (SELECT count(*) FROM claims c WHERE c.transaction_set = s.id) AS claims,"
        " (SELECT min(first_byte) FROM levels l WHERE l.transaction_set = s.id) AS first_level"
        " FROM sets s WHERE s.batch = ? ORDER BY s.id",
        batch,
    )


def claims(tx: Tx, transaction_set: int, after: int, limit: int) -> list[Row]:
    """A page of the claims of a set in document order, each with its last judgement."""
    return tx.all(
        "SELECT c.*, (SELECT body FROM events v WHERE v.claim = c.id AND v.name IN (?, ?, ?) ORDER BY v.seq DESC LIMIT 1)"
        " AS judged FROM claims c WHERE c.transaction_set = ? AND c.id > ? ORDER BY c.id LIMIT ?",
        *_JUDGED,
        transaction_set,
        after,
        limit,
    )


def level_spans(tx: Tx, transaction_set: int, first: int, last: int) -> dict[int, tuple[int, int]]:
    """Where the levels of a set lie whose rows are from `first` to `last`."""
    rows = tx.all(
        "SELECT id, first_byte, last_byte FROM levels WHERE transaction_set = ? AND id BETWEEN ? AND ?",
        *(transaction_set, first, last),
    )
    return {row["id"]: (row["first_byte"], row["last_byte"]) for row in rows}


def next_number(tx: Tx) -> int:
    """A control number for a reply; none is given twice."""
    tx.run("INSERT INTO counters (scope, last) VALUES ('reply', 1) ON CONFLICT (scope) DO UPDATE SET last = last + 1")
    row = tx.one("SELECT last FROM counters WHERE scope = 'reply'")
    assert row
    return (int(row["last"]) - 1) % 999_999_999 + 1


def told(tx: Tx, batch: int, formats: tuple[str, ...]) -> None:
    """The submitter has our answers, in these formats; none where the site asks for none."""
    tx.run("UPDATE batches SET replied = 1 WHERE id = ?", batch)
    if formats:
        record(tx, e.BatchReplied(batch=batch, formats=" ".join(formats)))
