"""Claims: judge them, find them, tell their story."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from gateway import events as e
from gateway.cases import Case, Ground, Replaced
from gateway.gate import Judge, Judgement
from gateway.marks import Mark
from gateway.model.claims import Claim
from gateway.store import evidence
from gateway.store.codec import as_claim, as_day, day
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_CASE = (
    "SELECT c.id, c.facts, c.state, c.code, c.grounds, c.lane, c.payer, c.fingerprint, c.likeness, c.frequency, s.mode,"
    " s.version, i.usage"
    " FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange"
)


def judge_next(tx: Tx, judge: Judge, limit: int = 500) -> int:
    """Judge the claims that are due, nearest filing limit first, each with the registry as it is now.

    Returns how many were looked at; fewer than `limit` means that none is left.
    """
    due = due_cases(tx, limit)
    for case in due:
        _apply(tx, judge(case, tx.today))
    return len(due)


def due_cases(tx: Tx, limit: int = 500) -> list[Case]:
    """What is judged next."""
    due = tx.all(
        "SELECT id FROM claims WHERE judge_on IS NOT NULL AND judge_on <= ? ORDER BY filing_due, id LIMIT ?",
        day(tx.today),
        limit,
    )
    return cases(tx, [row["id"] for row in due])


def cases(tx: Tx, claims: Sequence[int]) -> list[Case]:
    """Everything each claim is judged by."""
    held = ",".join("?" * len(claims))
    found = tx.all(f"{_CASE} WHERE c.id IN ({held}) ORDER BY c.filing_due, c.id", *claims)
    marks = _marks(tx, claims)
    doubted = _doubted(tx, claims)
    read = {row["id"]: as_claim(row["facts"]) for row in found}
    known = evidence.of_claims(tx, read)
    return [
        Case(
            id=row["id"],
            claim=read[row["id"]],
            state=row["state"],
            code=row["code"],
            lane=row["lane"],
            payer=row["payer"],
            grounds=tuple(Ground(*one) for one in json.loads(row["grounds"])),
            usage=row["usage"],
            mode=row["mode"],
            version=row["version"],
            evidence=known[row["id"]],
            marks=marks.get(row["id"], ()),
            original=_original(tx, row) if row["state"] == "RECEIVED" else None,
            sent_before=_sent_before(tx, row),
            similar=_similar(tx, row),
            may_have_arrived=row["id"] in doubted,
            replaces=_replaced(tx, row["id"], read[row["id"]]),
            adjudicated_on=_adjudicated_on(tx, read[row["id"]]),
        )
        for row in found
    ]


def _apply(tx: Tx, judgement: Judgement) -> None:
    """Write one judgement: the event where something changed, and the days that follow from it."""
    case = judgement.case
    if case.state == "READY" and judgement.event is None and not judgement.passed:
        raise AssertionError("a ready claim that does not pass must leave that state")
    if judgement.event is not None:
        record(tx, judgement.event)
    tx.run(
        "UPDATE claims SET judge_on = ?, filing_due = ?, holds = ?, grounds = ? WHERE id = ?",
        day(judgement.judge_on),
        day(judgement.filing_due),
        json.dumps(judgement.holds),
        json.dumps(judgement.grounds),
        case.id,
    )


def _original(tx: Tx, row: Row) -> int | None:
    """The first claim of equal content and usage that still stands. A declined one was never filed: it may come again."""
    found = tx.one(
        "SELECT min(c.id) AS id FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i"
        " ON i.id = s.interchange WHERE c.fingerprint = ? AND c.id < ? AND i.usage = ?"
        " AND c.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AND c.standing <> 'DECLINED'",
        row["fingerprint"],
        row["id"],
        row["usage"],
    )
    return None if found is None or found["id"] is None else int(found["id"])


def _sent_before(tx: Tx, row: Row) -> int | None:
    """An earlier original of the same CLM01, billing provider, payer and first day that is on its way or at the payer.
    One that was declined or returned was never filed, and is corrected by a new original."""
    if row["frequency"] != "1":
        return None
    found = tx.one(
        "SELECT min(o.id) AS id FROM claims c JOIN claims o ON o.control_number = c.control_number COLLATE NOCASE"
        " AND o.billing_npi = c.billing_npi AND o.payer_id = c.payer_id AND o.first_day IS c.first_day AND o.id < c.id"
        " JOIN sets s ON s.id = o.transaction_set JOIN interchanges i ON i.id = s.interchange WHERE c.id = ?"
        " AND o.frequency = '1' AND i.usage = ? AND o.state IN ('ASSIGNED', 'SENT')"
        " AND o.standing NOT IN ('DECLINED', 'RETURNED')",
        row["id"],
        row["usage"],
    )
    return None if found is None or found["id"] is None else int(found["id"])


def _similar(tx: Tx, row: Row) -> int | None:
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


def _replaced(tx: Tx, id: int, claim: Claim) -> Replaced | None:
    """What we know of the claim that a replacement or void names; None for any other claim."""
    number = claim.payer_control_number
    if claim.frequency not in ("7", "8") or not number:
        return None
    last = tx.one("SELECT outcome FROM adjudications WHERE reference = ? ORDER BY id DESC LIMIT 1", number)
    if last and last["outcome"] in ("PAID", "PARTLY_PAID"):
        return Replaced.PAID
    if tx.one(
        "SELECT 1 FROM attempts WHERE payer_control_number = ?1 UNION ALL SELECT 1 FROM adjudications"
        " WHERE reference = ?1 LIMIT 1",
        number,
    ):
        return Replaced.ON_FILE
    before = tx.one(
        "SELECT o.state, o.standing FROM claims c JOIN claims o ON o.control_number = c.control_number COLLATE NOCASE"
        " AND o.billing_npi = c.billing_npi AND o.payer_id = c.payer_id AND o.id < c.id WHERE c.id = ?"
        " ORDER BY o.id DESC LIMIT 1",
        id,
    )
    refused = before and (before["state"] == "REJECTED" or before["standing"] in ("DECLINED", "RETURNED"))
    return Replaced.NEVER_ADJUDICATED if refused else Replaced.UNKNOWN


def _adjudicated_on(tx: Tx, claim: Claim) -> date | None:
    """When the payer last decided about the claim that a replacement names: the remittance's own day or the day of
    payment, whichever came first."""
    if claim.frequency != "7" or not claim.payer_control_number:
        return None
    row = tx.one(
        "SELECT max(min(coalesce(r.paid_on, r.produced_on), coalesce(r.produced_on, r.paid_on))) AS day"
        " FROM adjudications d JOIN remittances r ON r.id = d.remittance WHERE d.reference = ?",
        claim.payer_control_number,
    )
    return as_day(row["day"]) if row else None


def _marks(tx: Tx, claims: Sequence[int]) -> dict[int, tuple[Mark, ...]]:
    held = ",".join("?" * len(claims))
    marks: dict[int, tuple[Mark, ...]] = {}
    for row in tx.all(
        f"SELECT claim, mark, codes, actor, about FROM marks WHERE claim IN ({held}) ORDER BY id", *claims
    ):
        about = tuple((code, npi) for code, npi in json.loads(row["about"]))
        made = Mark(row["mark"], tuple(json.loads(row["codes"])), row["actor"], about)
        marks[row["claim"]] = (*marks.get(row["claim"], ()), made)
    return marks


def decisions(tx: Tx, claim: int) -> list[Row]:
    """What people decided of a claim, oldest first."""
    return tx.all("SELECT mark, codes, reason, actor, made_at FROM marks WHERE claim = ? ORDER BY id", claim)


def _doubted(tx: Tx, claims: Sequence[int]) -> set[int]:
    """Claims with an attempt that was given up after it may have reached the payer."""
    held = ",".join("?" * len(claims))
    return {
        row["claim"]
        for row in tx.all(
            "SELECT DISTINCT a.claim FROM attempts a JOIN submissions s ON s.id = a.submission JOIN events v"
            " ON v.submission = s.id AND v.name = ?"
            f" WHERE s.state = 'ABANDONED' AND a.claim IN ({held})",
            e.SubmissionAbandonedInDoubt.name,
            *claims,
        )
    }


def mark(
    tx: Tx,
    claim: int,
    kind: str,
    codes: Iterable[str],
    reason: str,
    judge: Judge,
    about: Iterable[tuple[str, str]] = (),
) -> Row:
    """Hold or release one claim in a person's name, and judge it at once; `about` has whom each code was about. Returns
    the claim as it stands then."""
    named = tuple(codes)
    tx.run(
        "INSERT INTO marks (claim, mark, codes, reason, actor, made_at, about) VALUES (?, ?, ?, ?, ?, ?, ?)",
        claim,
        kind,
        json.dumps(named),
        reason,
        tx.actor,
        tx.at,
        json.dumps(list(about)),
    )
    record(tx, e.ClaimMarked(claim=claim, mark=kind, codes=named, reason=reason))
    for case in cases(tx, [claim]):
        if case.state != "ASSIGNED":  # that one is judged again when its transmission would begin
            _apply(tx, judge(case, tx.today))
    return one(tx, claim)


def withdraw(tx: Tx, claim: int, reason: str) -> Row:
    """Take a claim back before it is sent. Raises Unlawful once it is assigned or sent."""
    record(tx, e.ClaimWithdrawn(claim=claim, reason=reason))
    return one(tx, claim)


def judge_all(tx: Tx) -> int:
    """Judge every waiting claim again: rules, routes or lists changed."""
    return tx.changed("UPDATE claims SET judge_on = ? WHERE state IN ('RECEIVED', 'HELD', 'READY')", day(tx.today))


def due_count(tx: Tx) -> int:
    """How many claims wait to be judged now."""
    row = tx.one("SELECT count(*) AS n FROM claims WHERE judge_on IS NOT NULL AND judge_on <= ?", day(tx.today))
    return int(row["n"]) if row else 0


_LISTED = (
    "SELECT c.*, b.file_name, s.isa13, s.sent_at, a.trace, i.usage, CASE WHEN c.standing = '' THEN c.state"
    " ELSE c.standing END AS stands FROM claims c"
    " JOIN batches b ON b.id = c.batch JOIN sets t ON t.id = c.transaction_set"
    " JOIN interchanges i ON i.id = t.interchange LEFT JOIN submissions s ON s.id = c.submission"
    " LEFT JOIN attempts a ON a.claim = c.id AND a.submission = c.submission"
)


def rows(
    tx: Tx, *, stands: Sequence[str] = (), payer: str = "", batch: int | None = None, limit: int = 1000
) -> list[Row]:
    """Claims, oldest first, by where they stand, payer or batch."""
    where, values = ["1"], list[object]()
    if stands:
        where.append(f"CASE WHEN c.standing = '' THEN c.state ELSE c.standing END IN ({','.join('?' * len(stands))})")
        values += stands
    if payer:
        where.append("c.payer = ?")
        values.append(payer)
    if batch is not None:
        where.append("c.batch = ?")
        values.append(batch)
    return tx.all(f"{_LISTED} WHERE {' AND '.join(where)} ORDER BY c.id LIMIT ?", *values, limit)


def one(tx: Tx, claim: int) -> Row:
    """One claim as listed."""
    found = tx.all(f"{_LISTED} WHERE c.id = ?", claim)
    return found[0]


def some(tx: Tx, claims: Sequence[int]) -> list[Row]:
    """These claims as listed."""
    return tx.all(f"{_LISTED} WHERE c.id IN ({','.join('?' * len(claims))})", *claims)


def last(tx: Tx) -> int:
    """The highest row number a claim has; 0 before the first."""
    row = tx.one("SELECT coalesce(max(id), 0) AS id FROM claims")
    return int(row["id"]) if row else 0


def find(tx: Tx, reference: str) -> list[Row]:
    """The claims a person may mean: our id (`C17` or `17`), or a CLM01, in any case."""
    digits = reference[1:] if reference[:1] in "Cc" else reference
    by_id = (
        tx.all(f"{_LISTED} WHERE c.id = ?", int(digits))
        if digits.isascii() and digits.isdigit() and len(digits) < 18
        else []
    )
    by_number = tx.all(f"{_LISTED} WHERE c.control_number = ? COLLATE NOCASE ORDER BY c.id", reference)
    return by_number + [row for row in by_id if row["id"] not in {other["id"] for other in by_number}]


def story(tx: Tx, claim: int) -> list[Row]:
    """Every event that concerns the claim: its own, its batch's, and those of every submission that carried it."""
    return tx.all(
        "SELECT seq, at, name, actor, batch, submission, body FROM events WHERE claim = ?1"
        " OR (claim IS NULL AND batch = (SELECT batch FROM claims WHERE id = ?1))"
        " OR (claim IS NULL AND submission IN (SELECT submission FROM attempts WHERE claim = ?1)) ORDER BY seq",
        claim,
    )


def judged(tx: Tx, claim: int) -> Row | None:
    """The last decision on the claim with its findings."""
    return tx.one(
        "SELECT seq, at, name, actor, body FROM events WHERE claim = ? AND name IN (?, ?, ?) ORDER BY seq DESC LIMIT 1",
        claim,
        e.ClaimPassed.name,
        e.ClaimHeld.name,
        e.ClaimRejected.name,
    )


def totals(tx: Tx) -> list[Row]:
    """How many claims stand where."""
    return tx.all(
        "SELECT CASE WHEN standing = '' THEN state ELSE standing END AS stands, count(*) AS claims FROM claims"
        " GROUP BY 1 ORDER BY 1"
    )
