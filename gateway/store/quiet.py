"""Payers whose remittances stopped: noticed by each payer's own usual interval, and told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway import events as e
from gateway.codec import day
from gateway.remittance.reassociation import quiet_for, usual_interval
from gateway.silence import QUIET
from gateway.store.connection import Tx
from gateway.store.deposits import days_by_payer
from gateway.store.record import record

STEP = (
    "Ask the payer where its remittances go: the enrollment for the 835 may have lapsed, or another program reads them."
)


@dataclass(frozen=True, slots=True)
class Quiet:
    """No remittance for `since` days, where `usual` lie between two; `waiting` claims of ours wait there for one."""

    payer: str
    last: date
    usual: int
    since: int
    waiting: int


def quiet_payers(tx: Tx, today: date) -> list[Quiet]:
    """Every payer that is quiet for longer than usual, by its key."""
    found = []
    for payer, known in sorted(days_by_payer(tx).items()):
        since, usual = quiet_for(known, today), usual_interval(known)
        if since is not None and usual is not None:
            found.append(Quiet(payer, max(known), usual, since, _waiting(tx, payer)))
    return found


def _waiting(tx: Tx, payer: str) -> int:
    row = tx.one(
        "SELECT count(*) AS n FROM claims c JOIN submissions s ON s.id = c.submission WHERE c.state = 'SENT'"
        " AND c.standing IN ('SENT', 'ACKNOWLEDGED', 'ACCEPTED') AND c.payer = ? AND s.usage <> 'T'",
        payer,
    )
    return int(row["n"]) if row else 0


def tell(tx: Tx) -> int:
    """Record each that was not told yet and where claims wait; returns how many."""
    told = 0
    for each in quiet_payers(tx, tx.today):
        known = tx.one("SELECT last FROM quiet_payers WHERE payer = ?", each.payer)
        if not each.waiting or (known and known["last"] == day(each.last)):
            continue
        tx.run(
            "INSERT INTO quiet_payers (payer, last, told_at) VALUES (?, ?, ?) ON CONFLICT (payer)"
            " DO UPDATE SET last = excluded.last, told_at = excluded.told_at",
            each.payer,
            day(each.last),
            tx.at,
        )
        record(tx, e.RemittancesMissing(payer=each.payer, code=QUIET, days=each.since, count=each.waiting, next=STEP))
        told += 1
    return told
