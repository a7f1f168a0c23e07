"""Claims: judge them, find them, tell their story."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from gateway import events as e
from gateway.cases import Case, Ground
from gateway.codec import as_claim, day
from gateway.gate import Judge, Judgement
from gateway.marks import Mark
from gateway.sending import NEWER_VERSION
from gateway.store import earlier, evidence, families, sizes
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_CASE = (
    "SELECT c.id, c.facts, c.state, c.code, c.grounds, c.lane, c.payer, c.fingerprint, c.likeness, c.frequency, s.mode,"
    " s.version, i.usage"
    " FROM claims c JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange"
)


def judge_next(tx: Tx, judge: Judge, limit: int = 500, only: Sequence[int] | None = None) -> int:
    """Judge the claims that are due, nearest filing limit first, each with the registry as it is now; with `only`, those
    of these that are still due.

    Returns how many were looked at; fewer than `limit` means that none is left.
    """
    found = due_cases(tx, limit) if only is None else cases(tx, _still_due(tx, only))
    for case in found:
        _apply(tx, judge(case, tx.today))
    families.link_new(tx, found)
    return len(found)


def link_earlier(tx: Tx, limit: int = 500) -> int:
    """Of claims that were stored before versions were known, oldest first, link those that correct another. Returns how
    many were looked at; none is looked at twice."""
    waiting = [row["claim"] for row in tx.all("SELECT claim FROM unlinked ORDER BY claim LIMIT ?", limit)]
    if waiting:
        families.link(tx, cases(tx, waiting))
        tx.run("DELETE FROM unlinked WHERE claim <= ?", waiting[-1])
    return len(waiting)


def _still_due(tx: Tx, claims: Sequence[int]) -> list[int]:
    held = ",".join("?" * len(claims))
    still = tx.all(f"SELECT id FROM claims WHERE judge_on <= ? AND id IN ({held})", day(tx.today), *claims)
    return [row["id"] for row in still]


def due(tx: Tx, limit: int = 500) -> list[int]:
    """What is judged next."""
    found = tx.all(
        "SELECT id FROM claims WHERE judge_on IS NOT NULL AND judge_on <= ? ORDER BY filing_due, id LIMIT ?",
        day(tx.today),
        limit,
    )
    return [row["id"] for row in found]


def due_cases(tx: Tx, limit: int = 500) -> list[Case]:
    """Everything that the next ones are judged by."""
    return cases(tx, due(tx, limit))


def payer_ids(tx: Tx, claims: Sequence[int]) -> dict[int, str]:
    """Of each claim the payer id that it names (2010BB NM109)."""
    held = ",".join("?" * len(claims))
    named = tx.all(f"SELECT id, payer_id FROM claims WHERE id IN ({held})", *claims)
    return {row["id"]: row["payer_id"] for row in named}


def cases(tx: Tx, claims: Sequence[int]) -> list[Case]:
    """Everything each claim is judged by."""
    held = ",".join("?" * len(claims))
    found = tx.all(f"{_CASE} WHERE c.id IN ({held}) ORDER BY c.filing_due, c.id", *claims)
    marks = _marks(tx, claims)
    doubted = _doubted(tx, claims)
    read = {row["id"]: as_claim(row["facts"]) for row in found}
    known = evidence.of_claims(tx, read)
    newer = families.newer(tx, claims)
    weights = sizes.weights(tx, claims)
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
            original=earlier.original(tx, row) if row["state"] == "RECEIVED" else None,
            sent_before=earlier.sent_before(tx, row),
            similar=earlier.similar(tx, row),
            newer=newer.get(row["id"]),
            may_have_arrived=row["id"] in doubted,
            replaces=earlier.replaced(tx, row["id"], read[row["id"]]),
            adjudicated_on=earlier.adjudicated_on(tx, read[row["id"]]),
            weight=weights[row["id"]],
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
        if _makes_way(judgement.event):
            families.look_again(tx, case.id)
    tx.run(
        "UPDATE claims SET judge_on = ?, filing_due = ?, holds = ?, grounds = ? WHERE id = ?",
        day(judgement.judge_on),
        day(judgement.filing_due),
        json.dumps(judgement.holds),
        json.dumps(judgement.grounds),
        case.id,
    )


def _makes_way(event: e.Event) -> bool:
    """Whether another version of the claim may go because of it."""
    return isinstance(event, e.ClaimRejected) or (isinstance(event, e.ClaimHeld) and event.code == NEWER_VERSION.code)


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
            families.link_new(tx, [case])
    return one(tx, claim)


def withdraw(tx: Tx, claim: int, reason: str) -> Row:
    """Take a claim back before it is sent. Raises Unlawful once it is assigned or sent."""
    record(tx, e.ClaimWithdrawn(claim=claim, reason=reason))
    families.look_again(tx, claim)
    return one(tx, claim)


def judge_all(tx: Tx) -> int:
    """Judge every waiting claim again: rules, routes or lists changed."""
    return tx.changed("UPDATE claims SET judge_on = ? WHERE state IN ('RECEIVED', 'HELD', 'READY')", day(tx.today))


def due_count(tx: Tx) -> int:
    """How many claims wait to be judged now."""
    row = tx.one("SELECT count(*) AS n FROM claims WHERE judge_on IS NOT NULL AND judge_on <= ?", day(tx.today))
    return int(row["n"]) if row else 0


_LISTED = (
    "SELECT c.*, b.file_name, s.isa13, s.sent_at, a.trace, a.payer_control_number, i.usage,"
    " a.payer_id AS went_as,"
    " CASE WHEN c.standing = '' THEN c.state ELSE c.standing END AS stands FROM claims c"
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


def assigned(tx: Tx) -> dict[int, str]:
    """By which lane each claim goes, or went; without those of which nobody has said so."""
    return {row["id"]: row["lane"] for row in tx.each("SELECT id, lane FROM claims WHERE lane <> ''")}


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
    """Every event that concerns the claim: its own, its batch's, those of every submission that carried it or a question
    about it, and that another claim corrects it."""
    return tx.all(
        "SELECT seq, at, name, actor, batch, submission, body FROM events WHERE claim = ?1"
        " OR (claim IS NULL AND batch = (SELECT batch FROM claims WHERE id = ?1))"
        " OR (claim IS NULL AND submission IN (SELECT submission FROM attempts WHERE claim = ?1"
        " UNION SELECT submission FROM inquiries WHERE claim = ?1))"
        " OR (claim IN (SELECT claim FROM versions WHERE original = ?1) AND name = ?2) ORDER BY seq",
        claim,
        e.ClaimLinked.name,
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
