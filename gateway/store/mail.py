"""What is no answer: kept for people, until somebody is done with it; and how each mailbox is doing."""

from __future__ import annotations

from gateway import events as e
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_MAIL = (
    "SELECT p.*, d.size AS bytes FROM pickups p JOIN documents d ON d.id = p.document"
    " WHERE p.state IN ('MAIL', 'UNREADABLE')"
)


def keep(tx: Tx, pickup: int, lane: str, document: int, kind: str, size: int) -> None:
    """A file that is no answer waits for a person."""
    tx.run("UPDATE pickups SET state = 'MAIL', kind = ? WHERE id = ?", kind, pickup)
    record(tx, e.MailReceived(lane=lane, mail=pickup, document=document, form=kind, bytes=size))


def rows(tx: Tx, everything: bool, limit: int) -> list[Row]:
    """Mail, and what could not be read, newest first; what somebody is done with only where everything is asked for."""
    return tx.all(f"{_MAIL} AND (? OR p.done_at = '') ORDER BY p.id DESC LIMIT ?", everything, limit)


def one(tx: Tx, mail: int) -> Row | None:
    """One piece of mail, or None."""
    return tx.one(f"{_MAIL} AND p.id = ?", mail)


def opened(tx: Tx, document: int) -> None:
    """A person was given this document."""
    tx.run("UPDATE pickups SET opened_at = ? WHERE document = ? AND opened_at = ''", tx.at, document)
    record(tx, e.DocumentOpened(document=document))


def done(tx: Tx, mail: int) -> None:
    """A person has done with it what there was to do; doing so again changes nothing."""
    row = one(tx, mail)
    if row and tx.changed("UPDATE pickups SET done_at = ? WHERE id = ? AND done_at = ''", tx.at, mail):
        record(tx, e.MailDone(lane=row["lane"], mail=mail))


def read_again(tx: Tx, mail: int) -> None:
    """What kept it from being read is mended: it is read as if it had just come. Answers that were posted of it before
    stay as they are."""
    tx.run("UPDATE pickups SET state = 'FETCHED', code = '', place = '', next = '', done_at = '' WHERE id = ?", mail)


def health(tx: Tx) -> list[Row]:
    """Each lane's mailbox: when it was listed last, when anything new came last, what waits, what somebody must see."""
    return tx.all(
        "SELECT l.key AS lane, (SELECT min(m.listed_at) FROM mailboxes m WHERE m.lane = l.key) AS listed_at,"
        " (SELECT max(p.fetched_at) FROM pickups p WHERE p.lane = l.key) AS new_at,"
        " (SELECT sum(m.files) FROM mailboxes m WHERE m.lane = l.key) AS files,"
        " (SELECT sum(m.waiting) FROM mailboxes m WHERE m.lane = l.key) AS waiting,"
        " (SELECT count(*) FROM pickups p WHERE p.lane = l.key AND p.state IN ('UNREADABLE', 'CUT')"
        " AND p.done_at = '') AS unreadable,"
        " (SELECT count(*) FROM pickups p WHERE p.lane = l.key AND p.state = 'MAIL' AND p.done_at = '') AS mail,"
        " EXISTS (SELECT 1 FROM submissions s WHERE s.lane = l.key AND s.state = 'SENT') AS sent"
        " FROM lanes l ORDER BY l.key"
    )


def empty(tx: Tx) -> list[Row]:
    """Files at partners that were listed last without a byte."""
    return tx.all("SELECT lane, path FROM sightings WHERE size = 0 ORDER BY lane, path")


def forms_seen(tx: Tx) -> set[tuple[str, str]]:
    """Which kinds of answer each lane ever got, as (lane, form)."""
    return {(row["lane"], row["form"]) for row in tx.all("SELECT DISTINCT lane, form FROM answers")}


def troubles(tx: Tx) -> list[Row]:
    """What was told of mailboxes and is not over."""
    return tx.all("SELECT * FROM mailbox_troubles ORDER BY since, lane, code, place")
