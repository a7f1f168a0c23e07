"""What came before a claim: the same content, the same number, the same service, or what it replaces or voids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gateway.cases import Replaced
from gateway.codec import as_day
from gateway.families import ENDED
from gateway.model.claims import Claim
from gateway.store import families
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force

# What was posted under a payer's claim number and not taken back.
_NUMBERED = (
    "FROM adjudications d CROSS JOIN remittances r ON r.id = d.remittance WHERE d.reference = ?1 AND r.opposite IS NULL"
)


def original(tx: Tx, row: Row) -> int | None:
    """The first claim of equal content and usage that still stands. A declined one was never filed: it may come again; so
    may one of which the payer said that a new claim must be sent."""
    found = tx.all(
        "SELECT c.id, c.standing FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i"
        " ON i.id = s.interchange WHERE c.fingerprint = ? AND c.id < ? AND i.usage = ?"
        " AND c.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AND c.standing <> 'DECLINED' ORDER BY c.id",
        row["fingerprint"],
        row["id"],
        row["usage"],
    )
    return _first_that_stands(tx, found)


def _first_that_stands(tx: Tx, rows: Sequence[Row]) -> int | None:
    """The first of them that is not to come anew: the payer asked for that, or it was voided."""
    return next((row["id"] for row in rows if not _comes_anew(tx, row["id"], row["standing"])), None)


def _comes_anew(tx: Tx, claim: int, standing: str) -> bool:
    if standing == "DENIED":
        return families.wants_new_claim(tx, claim)
    return standing == "REVERSED" and families.voided(tx, claim)


def sent_before(tx: Tx, row: Row) -> int | None:
    """An earlier original of the same CLM01, billing provider, payer and first day that is on its way or at the payer.
    One that was declined or returned was never filed, and is corrected by a new original, as is one that the payer wants
    sent anew."""
    if row["frequency"] != "1":
        return None
    found = tx.all(
        "SELECT o.id, o.standing FROM claims c JOIN claims o ON o.control_number = c.control_number COLLATE NOCASE"
        " AND o.billing_npi = c.billing_npi AND o.payer_id = c.payer_id AND o.first_day IS c.first_day AND o.id < c.id"
        " JOIN sets s ON s.id = o.transaction_set JOIN interchanges i ON i.id = s.interchange WHERE c.id = ?"
        " AND o.frequency = '1' AND i.usage = ? AND o.state IN ('ASSIGNED', 'SENT')"
        " AND o.standing NOT IN ('DECLINED', 'RETURNED') ORDER BY o.id",
        row["id"],
        row["usage"],
    )
    return _first_that_stands(tx, found)


def similar(tx: Tx, row: Row) -> int | None:
    """An earlier claim of another file and another number, for the same service, that was let go and not refused."""
    if not row["likeness"]:
        return None
    found = tx.one(
        "SELECT min(o.id) AS id FROM claims o JOIN claims c ON c.id = ?2 JOIN sets s ON s.id = o.transaction_set"
        " JOIN interchanges i ON i.id = s.interchange WHERE o.likeness = ?1 AND o.likeness <> x''"
        " AND o.batch < c.batch AND i.usage = ?3"
        " AND o.control_number <> c.control_number COLLATE NOCASE AND o.state IN ('READY', 'ASSIGNED', 'SENT')"
        " AND o.standing NOT IN ('DECLINED', 'RETURNED', 'DENIED', 'REVERSED')",
        row["likeness"],
        row["id"],
        row["usage"],
    )
    return None if found is None or found["id"] is None else int(found["id"])


def replaced(tx: Tx, id: int, claim: Claim) -> Replaced | None:
    """What we know of the claim that a replacement or void names; None for any other claim."""
    number = claim.payer_control_number
    if claim.frequency not in ("7", "8") or not number:
        return None
    last = tx.one(f"SELECT d.outcome, d.body {_NUMBERED} ORDER BY d.id DESC LIMIT 1", number)
    if last and last["outcome"] in ("PAID", "PARTLY_PAID"):
        return Replaced.PAID
    if last and claim.frequency == "7" and families.asking_anew(families.remarks_in(last["body"]), in_force(tx)):
        return Replaced.NEW_CLAIM_WANTED
    if tx.one(
        f"SELECT 1 FROM attempts WHERE payer_control_number = ?1 UNION ALL SELECT 1 {_NUMBERED} LIMIT 1",
        number,
    ):
        return Replaced.ON_FILE
    return _by_number(tx, id, claim)


def _by_number(tx: Tx, id: int, claim: Claim) -> Replaced:
    """What our own number says of it: the payer's is on file nowhere."""
    if claim.payer_control_number.upper() == claim.control_number.upper():
        return Replaced.OWN_NUMBER
    before = tx.all(
        "SELECT o.id, o.state, o.standing, o.first_day IS c.first_day AS alike FROM claims c JOIN claims o"
        " ON o.control_number = c.control_number COLLATE NOCASE AND o.billing_npi = c.billing_npi"
        " AND o.payer_id = c.payer_id AND o.id < c.id AND o.state <> 'DUPLICATE' WHERE c.id = ?"
        " ORDER BY o.id DESC LIMIT 20",
        id,
    )
    if any(_decided(tx, each) for place, each in enumerate(before) if each["alike"] or not place):
        return Replaced.OTHER_NUMBER
    if before and _refused(before[0]):
        return Replaced.NEVER_ADJUDICATED
    unanswered = before and before[0]["state"] not in ENDED and all(each["standing"] in _UNANSWERED for each in before)
    return Replaced.UNANSWERED if unanswered else Replaced.UNKNOWN


_UNANSWERED = ("", "SENT", "ACKNOWLEDGED")
"""Where a claim stands that no payer has taken: a 999 takes the set, and no claim."""


def _decided(tx: Tx, version: Row) -> bool:
    """Whether the payer has a version under a number of its own; a correction that was refused is none."""
    return not _refused(version) and bool(families.payer_number(tx, version["id"]))


def _refused(version: Row) -> bool:
    return version["state"] == "REJECTED" or version["standing"] in ("DECLINED", "RETURNED")


def adjudicated_on(tx: Tx, claim: Claim) -> date | None:
    """When the payer last decided about the claim that a replacement names: the remittance's own day or the day of
    payment, whichever came first."""
    if claim.frequency != "7" or not claim.payer_control_number:
        return None
    row = tx.one(
        f"SELECT max(min(coalesce(r.paid_on, r.produced_on), coalesce(r.produced_on, r.paid_on))) AS day {_NUMBERED}",
        claim.payer_control_number,
    )
    return as_day(row["day"]) if row else None
