"""Post a 277 (005010X212): what the payer says of claims is kept, and closes our questions. It moves no claim."""

from __future__ import annotations

import json
from datetime import date

from gateway import events as e
from gateway.codec import as_day, day, money
from gateway.inquiries import WORK, next_step, quiet_until, word_of
from gateway.inquiries.meaning import HAS_IT
from gateway.matching import keys_of
from gateway.matching.inquiries import AskedInquiry, Spoken, ToldMatch, match_response
from gateway.model.answers import Status, StatusResponse, ToldStatus, code_of
from gateway.model.habits import StatusRequests
from gateway.model.inquiries import Word
from gateway.model.partners import Lane
from gateway.store import sent, standings
from gateway.store.connection import Row, Tx, moment
from gateway.store.posting import prove, tally, unmatched
from gateway.store.record import record

FORM = "277"


def post_response(tx: Tx, lane: Lane, answer: int, response: StatusResponse) -> None:
    """Each status that speaks of a claim of ours; the others are kept unmatched."""
    asked = _asked(tx, lane, response)
    matches = match_response(
        response, asked, sent.attempts_under(tx, lane, keys_of(response)), set(lane.partner.payers)
    )
    prove(tx, lane, {one.submission for match in matches for one in match.spoken if one.submission}, FORM)
    prove(tx, lane, _holders(tx, matches), FORM)
    for place, match in enumerate(matches):
        for spoken in match.spoken:
            _post(tx, lane, answer, place, match.told, spoken, response)
    reasons = [match.unmatched.value for match in matches if not match.spoken]
    tally(tx, answer, sum(len(match.spoken) for match in matches), len(reasons))
    unmatched(tx, answer, FORM, reasons)


def _asked(tx: Tx, lane: Lane, response: StatusResponse) -> list[AskedInquiry]:
    """Questions with its traces, whichever lane put them; and those of this lane that are open or in the file it names."""
    rows = tx.all(
        "SELECT i.id, i.claim, i.attempt, i.submission, i.trace, i.state, c.control_number, c.billing_npi,"
        " coalesce(s.reference, '') AS reference, coalesce(s.usage, '') AS usage, s.lane IS ?2 AS here FROM inquiries i"
        " JOIN claims c ON c.id = i.claim LEFT JOIN submissions s ON s.id = i.submission"
        " WHERE i.trace IN (SELECT value FROM json_each(?1)) OR (i.lane = ?2 AND i.state = 'ASKED')"
        " OR i.submission IN (SELECT id FROM submissions WHERE reference = ?3 AND lane = ?2 AND ?3 <> '')",
        json.dumps([told.trace.upper() for told in response.statuses]),
        lane.key,
        response.reference,
    )
    return [
        AskedInquiry(
            id=row["id"],
            claim=row["claim"],
            attempt=row["attempt"],
            submission=row["submission"] or 0,
            trace=row["trace"],
            control_number=row["control_number"],
            reference=row["reference"] if row["here"] else "",
            usage=row["usage"] or lane.account.stage.usage,
            provider=row["billing_npi"],
            open=row["state"] in ("PLANNED", "ASKED"),
        )
        for row in rows
    ]


def _holders(tx: Tx, matches: tuple[ToldMatch, ...]) -> list[int]:
    """The submissions of claims of which the payer says what it can only say of one that it has."""
    attempts = [
        spoken.attempt for match in matches if word_of(match.told.statuses) in HAS_IT for spoken in match.spoken
    ]
    rows = tx.all(
        "SELECT DISTINCT a.submission FROM json_each(?) k CROSS JOIN attempts a ON a.id = k.value", json.dumps(attempts)
    )
    return [row["submission"] for row in rows]


def _post(
    tx: Tx, lane: Lane, answer: int, place: int, told: ToldStatus, spoken: Spoken, response: StatusResponse
) -> None:
    word, code = word_of(told.statuses), _code(told.statuses)
    tx.run(
        "INSERT OR IGNORE INTO statuses (answer, place, claim, inquiry, word, code, made_on, sequence, charge, paid,"
        " finalized_on, remitted_on, payment, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        answer,
        place,
        spoken.claim,
        spoken.inquiry,
        word.value,
        code,
        day(response.made_on or tx.today),
        f"{response.created} {response.envelope.control}",
        money(told.charge),
        money(told.paid),
        day(told.finalized_on),
        day(told.remitted_on),
        told.payment,
        told.number,
    )
    if told.number:
        tx.run(
            "UPDATE attempts SET payer_control_number = ? WHERE id = ? AND payer_control_number = ''",
            told.number,
            spoken.attempt,
        )
    if _reckon(tx, lane, spoken.claim) or _is_open(tx, spoken.inquiry):
        _tell(tx, answer, spoken, word, code)


def _is_open(tx: Tx, inquiry: int | None) -> bool:
    row = tx.one("SELECT state FROM inquiries WHERE id = ?", inquiry)
    return row is not None and row["state"] != "ANSWERED"


def _reckon(tx: Tx, lane: Lane, claim: int) -> bool:
    """The claim's status is its latest word, whatever came first here; returns whether that is a new one."""
    last = tx.one(
        "SELECT * FROM statuses WHERE claim = ? ORDER BY made_on DESC, sequence DESC, answer DESC, place DESC LIMIT 1",
        claim,
    )
    assert last
    before = tx.one("SELECT word, code, answer, made_on FROM claim_statuses WHERE claim = ?", claim)
    if before and before["answer"] == last["answer"]:
        return False
    same = before is not None and (before["word"], before["code"]) == (last["word"], last["code"])
    quiet = _quiet(last, lane.partner.habits.status_requests or StatusRequests())
    tx.run(
        "INSERT INTO claim_statuses (claim, word, code, made_on, answer, told_at, quiet_until) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (claim) DO UPDATE SET word = excluded.word, code = excluded.code, made_on = excluded.made_on,"
        " answer = excluded.answer, told_at = excluded.told_at, quiet_until = excluded.quiet_until",
        claim,
        last["word"],
        last["code"],
        last["made_on"],
        last["answer"],
        tx.at,
        quiet,
    )
    if not same:
        tx.run(
            "UPDATE claim_statuses SET missed_at = '', done_at = '', done_by = '', done_why = '' WHERE claim = ?", claim
        )
    tx.run(
        "UPDATE awaited SET look_at = ? WHERE submission = (SELECT submission FROM claims WHERE id = ?)", tx.at, claim
    )
    return not same


def _quiet(last: Row, asks: StatusRequests) -> str:
    made, decided, remitted = (as_day(last[name]) for name in ("made_on", "finalized_on", "remitted_on"))
    until = quiet_until(Word(last["word"]), made or date.min, decided, remitted, asks)
    return moment(until) if until else ""


def _tell(tx: Tx, answer: int, spoken: Spoken, word: Word, code: str) -> None:
    row = tx.one("SELECT payer, state FROM claims WHERE id = ?", spoken.claim)
    assert row
    kind = e.ClaimAwaitsUs if word in WORK and row["state"] == "SENT" else e.ClaimStatusTold
    event = kind(
        inquiry=spoken.inquiry,
        claim=spoken.claim,
        payer=row["payer"],
        answer=answer,
        state=word.value,
        code=code,
        next=next_step(word, code),
    )
    record(tx, event)
    if word in HAS_IT and row["state"] != "SENT":
        standings.contradict(tx, spoken.claim, row, word.value)


def _code(statuses: tuple[Status, ...]) -> str:
    parts = (":".join(code_of(part) for part in (s.category, s.code, s.entity) if part) for s in statuses)
    return " ".join(parts)


def done(tx: Tx, claim: int, reason: str) -> bool:
    """A person is done with what the payer's latest word asks for; False where it asks for nothing."""
    row = tx.one("SELECT word, done_at, missed_at FROM claim_statuses WHERE claim = ?", claim)
    if row is None or row["done_at"] or not (row["missed_at"] or Word(row["word"]) in WORK):
        return False
    tx.run(
        "UPDATE claim_statuses SET done_at = ?, done_by = ?, done_why = ? WHERE claim = ?",
        tx.at,
        tx.actor,
        reason,
        claim,
    )
    record(tx, e.StatusWorkDone(claim=claim, reason=reason))
    return True


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """Everything that 277s said of one claim, the oldest first, with when it was read."""
    return tx.all(
        "SELECT t.*, n.read_at FROM statuses t JOIN answers n ON n.id = t.answer WHERE t.claim = ?"
        " ORDER BY t.made_on, t.sequence, t.answer, t.place",
        claim,
    )


def latest(tx: Tx, claim: int) -> Row | None:
    """The payer's latest word on a claim, and what became of it."""
    return tx.one("SELECT * FROM claim_statuses WHERE claim = ?", claim)


def work(tx: Tx) -> list[Row]:
    """Claims whose payer's latest word asks for somebody's work, the oldest first; and finalized ones without an 835."""
    return tx.all(
        "SELECT t.*, c.control_number, c.payer, c.charge, c.first_day FROM claim_statuses t JOIN claims c ON c.id = t.claim"
        " WHERE c.state = 'SENT' AND c.standing IN ('SENT', 'ACKNOWLEDGED', 'ACCEPTED') AND t.done_at = ''"
        " AND (t.word IN (SELECT value FROM json_each(?)) OR t.missed_at <> '') ORDER BY t.told_at, t.claim",
        json.dumps(sorted(WORK)),
    )
