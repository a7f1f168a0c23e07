"""What the morning's digest counts and sums."""

from __future__ import annotations

from gateway.store import journal
from gateway.store.connection import Row, Tx
from gateway.store.standings import COUNTS


def held(tx: Tx) -> list[Row]:
    """Held claims by reason and payer, the nearest filing limit first: `ids` and `charges` by blanks."""
    return tx.all(
        "SELECT code, payer, count(*) AS claims, min(filing_due) AS due, group_concat(id, ' ') AS ids,"
        " group_concat(charge, ' ') AS charges FROM claims WHERE state = 'HELD' GROUP BY code, payer"
        " ORDER BY min(filing_due) IS NULL, min(filing_due), count(*) DESC"
    )


_LATER = (
    "SELECT 1 FROM versions v JOIN claims n ON n.id = v.claim WHERE v.family = c.family AND v.claim > c.id"
    " AND n.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AND n.standing NOT IN ('DECLINED', 'RETURNED')"
)
_MEANT = "JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange AND i.usage <> 'T'"


def turned_down(tx: Tx, since: str) -> list[Row]:
    """Claims that were rejected here or declined there since a moment and that nothing corrects, and all that wait to be
    sent again, by where they stand, reason and payer."""
    return tx.all(
        "SELECT CASE WHEN standing = '' THEN state ELSE standing END AS stands, code, place, payer, count(*) AS claims,"
        " group_concat(id, ' ') AS ids FROM claims c WHERE (state = 'REJECTED' OR standing = 'DECLINED')"
        f" AND changed_at >= ? AND NOT EXISTS ({_LATER}) OR standing = 'RETURNED' GROUP BY 1, 2, 3, 4"
        " ORDER BY count(*) DESC, 2",
        since,
    )


def uncorrected(tx: Tx, before: str) -> list[Row]:
    """Claims that were rejected here or declined there before a moment, that nothing corrects, and whose filing limit has
    not passed, by payer: the oldest first in `ids`, which like `charges` is by blanks."""
    return tx.all(
        "SELECT payer, count(*) AS claims, min(changed_at) AS oldest, group_concat(id, ' ') AS ids,"
        " group_concat(charge, ' ') AS charges FROM (SELECT c.payer, c.id, c.charge, c.changed_at FROM claims c"
        f" {_MEANT} WHERE (c.state = 'REJECTED' OR c.state = 'SENT' AND c.standing = 'DECLINED') AND c.changed_at < ?1"
        f" AND (c.filing_due IS NULL OR c.filing_due >= ?2) AND NOT EXISTS ({_LATER}) ORDER BY c.changed_at, c.id)"
        " GROUP BY payer ORDER BY min(changed_at)",
        before,
        tx.today.isoformat(),
    )


def taken_back(tx: Tx, since: str) -> list[Row]:
    """Claims whose decision the payer took back since a moment, and of which no version was sent or decided after it, by
    payer: `ids` by blanks."""
    return tx.all(
        f"SELECT c.payer, count(*) AS claims, group_concat(c.id, ' ') AS ids FROM claims c {_MEANT}"
        f" WHERE c.state = 'SENT' AND c.standing = 'REVERSED' AND c.changed_at >= ? AND NOT EXISTS ({_LATER})"
        " GROUP BY c.payer ORDER BY 2 DESC, 1",
        since,
    )


def paid_often(tx: Tx, since: str) -> list[Row]:
    """Claims, each with all its versions, that a remittance read since a moment speaks of and that were decided more than
    once: `id` of the first version, `charges` and `paid` by commas."""
    return tx.all(
        "SELECT k.family AS id, c.payer, group_concat(DISTINCT c.charge) AS charges, group_concat(d.paid) AS paid"
        " FROM (SELECT DISTINCT o.family FROM remittances r CROSS JOIN answers a ON a.id = r.answer CROSS JOIN"
        " adjudications d ON d.remittance = r.id CROSS JOIN claims o ON o.id = d.claim WHERE a.read_at >= ?) k"
        " CROSS JOIN claims c ON c.id IN"
        " (SELECT k.family UNION SELECT v.claim FROM versions v WHERE v.family = k.family)"
        f" CROSS JOIN adjudications d ON d.claim = c.id CROSS JOIN remittances r ON r.id = d.remittance WHERE {COUNTS}"
        " GROUP BY k.family HAVING count(*) > 1 ORDER BY k.family",
        since,
    )


def remitted(tx: Tx, since: str) -> list[Row]:
    """Remittances read since a moment: payer, amount, whether they balanced or state a posted payment otherwise, document,
    usage, and claim payments that found no claim or decide nothing."""
    return tx.all(
        "SELECT r.id, r.payer, r.amount, r.balanced, r.restated, r.repeats, a.document, a.lane, a.usage,"
        " (SELECT count(*) FROM adjudications d WHERE d.remittance = r.id AND d.outcome = '' AND d.status <> '25')"
        " AS undecided, (SELECT count(*) FROM adjudications d WHERE d.remittance = r.id) AS payments,"
        " (SELECT count(*) FROM adjudications d WHERE d.remittance = r.id AND d.claim IS NULL) AS strangers"
        " FROM remittances r JOIN answers a ON a.id = r.answer WHERE a.read_at >= ? AND r.opposite IS NULL"
        " ORDER BY r.id",
        since,
    )


def undecided(tx: Tx) -> list[Row]:
    """Remittances that state a posted payment otherwise, and of which nobody has said yet which holds."""
    return tx.all(
        "SELECT r.id, a.lane FROM remittances r JOIN answers a ON a.id = r.answer WHERE r.restated = 1"
        " AND r.choice IS NULL ORDER BY r.id"
    )


def chosen(tx: Tx, since: str) -> list[Row]:
    """Which statements of a payment people said hold, since a moment."""
    return tx.all("SELECT remittance, actor FROM choices WHERE made_at >= ? ORDER BY id", since)


def contradicted(tx: Tx, since: str) -> list[Row]:
    """Claims of which the payer said something since a moment that our records exclude: the last word on each."""
    return tx.all(
        "SELECT v.claim, max(v.seq) AS seq, v.body ->> 'code' AS code, v.body ->> 'payer' AS payer FROM events v"
        " WHERE v.seq >= ? AND v.at >= ? AND v.name = 'claim.contradicted' GROUP BY v.claim ORDER BY seq",
        journal.first_since(tx, since),
        since,
    )


def hourly(tx: Tx, since: str) -> list[Row]:
    """Claims sent, held and rejected since a moment, by UTC hour (`2026-11-25T14`) and event."""
    return tx.all(
        "SELECT substr(v.at, 1, 13) AS hour, v.name, CASE WHEN v.name = 'submission.sent' THEN sum(s.claims)"
        " ELSE count(DISTINCT v.claim) END AS claims FROM events v LEFT JOIN submissions s ON s.id = v.submission"
        " WHERE v.seq >= ? AND v.at >= ? AND v.name IN"
        " ('submission.sent', 'claim.held', 'claim.rejected', 'claim.declined') GROUP BY 1, 2",
        journal.first_since(tx, since),
        since,
    )


def paid(tx: Tx, since: str) -> list[Row]:
    """Claims that were first paid on since a day: when they were sent, and on which day paid."""
    return tx.all(
        "SELECT s.sent_at, min(r.paid_on) AS paid_on FROM adjudications d JOIN remittances r ON r.id = d.remittance"
        " JOIN claims c ON c.id = d.claim JOIN submissions s ON s.id = c.submission"
        " WHERE r.balanced = 1 AND r.opposite IS NULL AND d.outcome IN ('PAID', 'PARTLY_PAID') AND s.sent_at IS NOT NULL"
        " GROUP BY c.id HAVING min(r.paid_on) >= ?",
        since,
    )
