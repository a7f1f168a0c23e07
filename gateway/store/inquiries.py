"""Questions for the status of claims: which are due, which are open, and what becomes of those that nobody answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from gateway import events as e
from gateway.codec import as_claim
from gateway.inquiries import Facts, first_due, next_due
from gateway.model.claims import Claim
from gateway.model.habits import StatusRequests
from gateway.model.inquiries import Word
from gateway.model.partners import Lane
from gateway.planner import parse_moment
from gateway.silence import Awaited, Sight, excuse
from gateway.store import awaiting
from gateway.store.connection import Row, Tx, moment
from gateway.store.record import record

PERSON = "PERSON"
"""Why it is asked: somebody wants to know."""
STANDS = "c.state = 'SENT' AND c.standing IN ('SENT', 'ACKNOWLEDGED', 'ACCEPTED')"
"""Whose status is of use: it is at the payer, and neither refused nor decided."""
OPEN = ("WAITING", "PLANNED", "ASKED")
AT_ONCE = 500
_WAITED_FOR = (Awaited.REPORT, Awaited.PAYER_REPORT, Awaited.REMITTANCE)
_THESE = "json_each(?) k CROSS JOIN"
_LATE = "LATE:277"
_UNANSWERED = "No 277 came: nothing to do but wait, it is asked again by itself; or call the payer."
_NEVER = "9999"
NO_835 = (
    "A 277 said that it is decided, and no 835 came: look whether the bank has money for it (`gateway bank`), then ask the"
    " payer for the 835, by the payment that `gateway why` shows."
)


def subject(tx: Tx, claim: int) -> Row | None:
    """What a question about a claim needs to know of it; None for one that was never put on the wire."""
    return tx.one(
        f"SELECT c.id, c.payer, c.facts, c.state, c.standing, ({STANDS}) AS askable, s.lane, s.usage, s.sent_at,"
        " a.id AS attempt FROM claims c JOIN submissions s ON s.id = c.submission JOIN attempts a ON a.claim = c.id"
        " AND a.submission = s.id WHERE c.id = ?",
        claim,
    )


def can_name(claim: Claim) -> bool:
    """Whether the claim has what a 276 must have: the subscriber's number, and a dependent's day of birth."""
    return bool(claim.member_id) and (not claim.patient.dependent or claim.patient.born is not None)


def answered_for(lane: Lane, payer: str) -> bool:
    """Whether status requests for this payer's claims are answered in this lane."""
    asks = lane.partner.habits.status_requests
    return asks is not None and (not asks.payers or payer in asks.payers)


def open_one(tx: Tx, row: Row, number: int, code: str, reason: str = "") -> int:
    """Write one question down; `row` is its `subject`, `number` from the counter of questions."""
    tx.run(
        "INSERT INTO inquiries (id, claim, attempt, trace, lane, payer, state, code, reason, actor, opened_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 'WAITING', ?, ?, ?, ?)",
        number,
        row["id"],
        row["attempt"],
        f"GWQ{number:010d}",
        row["lane"],
        row["payer"],
        code,
        reason,
        tx.actor,
        tx.at,
    )
    record(tx, e.InquiryOpened(inquiry=number, claim=row["id"], payer=row["payer"], lane=row["lane"], code=code))
    return number


def due(tx: Tx, lane: Lane, medicare: Collection[str]) -> list[tuple[Row, Awaited]]:
    """Silent claims of a lane whose time to be asked about has come, with the answer that they wait for."""
    asks, sight, found = lane.partner.habits.status_requests, awaiting.sight(tx, lane.key), dict[int, Awaited]()
    if asks is None:
        return []
    for row in _awaited(tx, lane):
        kind, sent = Awaited(row["kind"]), datetime.fromisoformat(row["sent_at"])
        kinds = {"medicare": row["payer"] in medicare}
        earliest = first_due(kind, sent, None, lane.partner, asks, **kinds)
        if earliest is None or earliest > tx.now or excuse(lane.partner, sight, earliest, tx.now):
            continue
        silent = awaiting.silent_claims(tx, row, awaiting.partner_reports(lane))
        accepted = _accepted(tx, silent) if kind is Awaited.REMITTANCE else {}
        for claim in silent:
            since = first_due(kind, sent, accepted.get(claim), lane.partner, asks, **kinds)
            if since is not None and since <= tx.now:
                found.setdefault(claim, kind)
    return [(row, found[row["id"]]) for row in islice(_ripe(tx, lane, list(found)), AT_ONCE)]


def _awaited(tx: Tx, lane: Lane) -> list[Row]:
    return tx.all(
        "SELECT w.* FROM awaited w JOIN submissions s ON s.id = w.submission WHERE w.lane = ? AND s.usage = 'P'"
        " AND w.kind IN (SELECT value FROM json_each(?)) ORDER BY w.sent_at",
        lane.key,
        json.dumps(_WAITED_FOR),
    )


def _ripe(tx: Tx, lane: Lane, claims: Sequence[int]) -> Iterator[Row]:
    """Those that the cadence lets be asked about now."""
    asks = lane.partner.habits.status_requests
    assert asks
    facts = facts_of(tx, claims)
    for claim in claims:
        at = next_due(facts[claim], asks)
        if at is None or at > tx.now:
            continue
        row = subject(tx, claim)
        here = row is not None and row["lane"] == lane.key and answered_for(lane, row["payer"])
        if row and here and row["askable"] and can_name(as_claim(row["facts"])):
            yield row


def _accepted(tx: Tx, claims: Sequence[int]) -> dict[int, datetime]:
    """Since when each is accepted, by the day that its 277CA states."""
    rows = tx.all(
        "SELECT a.claim, min(coalesce(v.dated, substr(n.read_at, 1, 10))) AS day"
        f" FROM {_THESE} attempts a ON a.claim = k.value CROSS JOIN verdicts v ON v.attempt = a.id"
        " CROSS JOIN answers n ON n.id = v.answer WHERE v.form = '277CA' AND v.accepted GROUP BY a.claim",
        json.dumps(claims),
    )
    return {row["claim"]: datetime.fromisoformat(f"{row['day']}T00:00:00+00:00") for row in rows}


def facts_of(tx: Tx, claims: Sequence[int]) -> Mapping[int, Facts]:
    """What was asked of each claim, and what was answered."""
    wanted = json.dumps(claims)
    asked: dict[int, list[Row]] = {claim: [] for claim in claims}
    for row in tx.all(f"SELECT i.* FROM {_THESE} inquiries i ON i.claim = k.value ORDER BY i.id", wanted):
        asked[row["claim"]].append(row)
    told = {
        row["claim"]: row for row in tx.all(f"SELECT t.* FROM {_THESE} claim_statuses t ON t.claim = k.value", wanted)
    }
    return {claim: _facts(rows, told.get(claim)) for claim, rows in asked.items()}


def _facts(asked: Sequence[Row], told: Row | None) -> Facts:
    put = [row for row in asked if row["state"] != "DROPPED"]
    return Facts(
        open=any(row["state"] in OPEN for row in asked),
        automatic=sum(row["code"] != PERSON for row in put),
        last=put[-1]["state"] if put else "",
        closed_at=parse_moment(put[-1]["closed_at"]) if put else None,
        word=Word(told["word"]) if told else None,
        quiet_until=_quiet(told["quiet_until"]) if told else None,
        done_at=parse_moment(told["done_at"]) if told else None,
    )


def _quiet(text: str) -> datetime | None:
    return None if text == _NEVER else parse_moment(text)


def is_asking(tx: Tx, lane: str) -> bool:
    """Whether any question of a lane waits to be put, or to be answered."""
    return tx.one("SELECT 1 FROM inquiries WHERE state IN ('WAITING', 'ASKED') AND lane = ? LIMIT 1", lane) is not None


def tidy(tx: Tx, lane: Lane) -> int:
    """Close the questions of a lane that are open no more; returns how many."""
    return moot(tx, lane) + expire(tx, lane, (lane.partner.habits.status_requests or StatusRequests()).within)


def moot(tx: Tx, lane: Lane) -> int:
    """Questions that have no file yet, and whose answer came by another way, or whose lane takes none any more."""
    taken = lane.partner.habits.status_requests is not None
    rows = tx.all(
        "SELECT i.id, i.claim, i.payer FROM inquiries i JOIN claims c ON c.id = i.claim WHERE i.state = 'WAITING'"
        f" AND i.lane = ? AND NOT ({STANDS} AND ?)",
        lane.key,
        int(taken),
    )
    return _drop(tx, rows)


def _drop(tx: Tx, rows: Iterable[Row]) -> int:
    count = 0
    for row in rows:
        record(tx, e.InquiryDropped(inquiry=row["id"], claim=row["claim"], payer=row["payer"]))
        count += 1
    return count


def expire(tx: Tx, lane: Lane, within: timedelta) -> int:
    """Close the questions whose 277 is overdue, unless something explains that none is here. Where the claim's own answer
    came meanwhile, nobody is told."""
    rows = tx.all(
        f"SELECT i.id, i.claim, i.payer, s.sent_at, ({STANDS}) AS waits FROM inquiries i"
        " JOIN submissions s ON s.id = i.submission JOIN claims c ON c.id = i.claim"
        " WHERE i.state = 'ASKED' AND i.lane = ? AND s.sent_at <= ?",
        lane.key,
        moment(tx.now - within),
    )
    sight = awaiting.sight(tx, lane.key) if rows else Sight()
    late = [
        row
        for row in rows
        if row["waits"] and not excuse(lane.partner, sight, datetime.fromisoformat(row["sent_at"]) + within, tx.now)
    ]
    for row in late:
        record(
            tx,
            e.InquiryUnanswered(
                inquiry=row["id"], claim=row["claim"], payer=row["payer"], lane=lane.key, code=_LATE, next=_UNANSWERED
            ),
        )
    return len(late) + _drop(tx, (row for row in rows if not row["waits"]))


def missing(tx: Tx) -> int:
    """Tell, once, of claims that a 277 called finalized and of which no 835 came in time."""
    rows = tx.all(
        f"SELECT t.claim, t.code, c.payer, ({STANDS}) AS waits FROM claim_statuses t JOIN claims c ON c.id = t.claim"
        " WHERE t.word = 'FINALIZED' AND t.missed_at = '' AND t.quiet_until <= ? LIMIT ?",
        tx.at,
        AT_ONCE,
    )
    for row in rows:
        if row["waits"]:
            record(tx, e.ClaimRemittanceMissing(claim=row["claim"], payer=row["payer"], code=row["code"], next=NO_835))
        else:
            tx.run("UPDATE claim_statuses SET quiet_until = ? WHERE claim = ?", _NEVER, row["claim"])
    return len(rows)


def still_wanted(tx: Tx, submission: int) -> bool:
    """Whether every question of a 276 is still one; where one is not, the rest goes in a new file."""
    return not tx.one(
        f"SELECT 1 FROM inquiries i JOIN claims c ON c.id = i.claim WHERE i.submission = ? AND NOT ({STANDS})",
        submission,
    )


def refuse(tx: Tx, submission: int, code: str) -> None:
    """The partner refused the file: none of its questions was heard."""
    step = "Our 276 was refused as a file: see what the code names, mend the account or declaration, or call; `gateway"\
        " inquire` asks again."  # fmt: skip
    for row in tx.all(
        "SELECT id, claim, payer, lane FROM inquiries WHERE submission = ? AND state = 'ASKED' ORDER BY id", submission
    ):
        record(
            tx,
            e.InquiryRefused(
                inquiry=row["id"], claim=row["claim"], payer=row["payer"], lane=row["lane"], code=code, next=step
            ),
        )


def is_open(tx: Tx, claim: int) -> bool:
    """Whether a question about it waits to be put, or to be answered."""
    held = ", ".join(f"'{state}'" for state in OPEN)
    return tx.one(f"SELECT 1 FROM inquiries WHERE claim = ? AND state IN ({held})", claim) is not None
