"""Post an answer: what it speaks of is found, its word is added to the facts, and claims move. One transaction each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence

from gateway import events as e
from gateway.data import STATUS_CODES
from gateway.lifecycle import Standing, Verdict, goes_again
from gateway.matching import (
    PaymentMatch,
    Says,
    SetMatch,
    StatusClass,
    StatusMatch,
    keys_of,
    match_group,
    match_interchange,
    match_remittance,
    match_report,
)
from gateway.model.answers import (
    Answer,
    ClaimPayment,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Note,
    Remittance,
    StatusReport,
)
from gateway.model.partners import Lane
from gateway.remittance import adjudge, balance
from gateway.store import sent
from gateway.store.codec import day, money
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.standings import reckon, requeue, say

_FORMS = {InterchangeAcknowledgment: "TA1", GroupAcknowledgment: "999", StatusReport: "277CA", Remittance: "835"}
_CLEARINGHOUSE = "AY"


def post(tx: Tx, lane: Lane, document: int, ordinal: int, answer: Answer) -> None:
    """Post one answer of a document; one that was posted before is left alone."""
    if tx.one("SELECT 1 FROM answers WHERE document = ? AND ordinal = ?", document, ordinal):
        return
    if isinstance(answer, Note):
        _enter(tx, lane, document, ordinal, answer.kind, "", "", "")
        return
    form, envelope = _FORMS[type(answer)], answer.envelope
    row = _enter(tx, lane, document, ordinal, form, envelope.sender.id, envelope.control, envelope.usage)
    record(tx, e.AnswerReceived(lane=lane.key, document=document, answer=row, form=form, count=_count(answer)))
    if isinstance(answer, InterchangeAcknowledgment):
        _post_interchange(tx, lane, row, answer)
    elif isinstance(answer, GroupAcknowledgment):
        _post_group(tx, lane, row, answer)
    elif isinstance(answer, StatusReport):
        _post_report(tx, lane, row, answer)
    else:
        _post_remittance(tx, lane, row, answer)


def _enter(tx: Tx, lane: Lane, document: int, ordinal: int, form: str, sender: str, control: str, usage: str) -> int:
    return tx.run(
        "INSERT INTO answers (document, ordinal, lane, form, sender, control, usage, read_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        document,
        ordinal,
        lane.key,
        form,
        sender,
        control,
        usage,
        tx.at,
    )


def _count(answer: Answer) -> int:
    if isinstance(answer, GroupAcknowledgment):
        return len(answer.sets)
    if isinstance(answer, StatusReport):
        return len(answer.statuses)
    return len(answer.claims) if isinstance(answer, Remittance) else 1


def _tally(tx: Tx, answer: int, matched: int, unmatched: int) -> None:
    tx.run("UPDATE answers SET matched = ?, unmatched = ? WHERE id = ?", matched, unmatched, answer)


def _unmatched(tx: Tx, answer: int, form: str, reasons: Iterable[str]) -> None:
    """Work that is not ours, or nobody can tell whose: kept and shown, never an error."""
    for reason in sorted(set(reasons)):
        record(tx, e.AnswerUnmatched(answer=answer, form=form, reason=reason))


def _prove(tx: Tx, lane: Lane, submissions: Iterable[int], form: str) -> None:
    """An answer that names a submission proves first that it arrived. One that another lane is writing at this very
    moment is left to that lane."""
    for submission in sorted(set(submissions)):
        row = tx.one("SELECT state, lane FROM submissions WHERE id = ?", submission)
        if row is None or row["state"] == "SENT" or (row["state"] == "TRANSMITTING" and row["lane"] != lane.key):
            continue
        _recall(tx, submission)
        record(tx, e.ArrivalProven(submission=submission, evidence=form))


def _recall(tx: Tx, submission: int) -> None:
    """Claims of it that were planned anew meanwhile are taken out of what was not sent yet."""
    for row in tx.all(
        "SELECT DISTINCT o.id FROM attempts a JOIN claims c ON c.id = a.claim JOIN submissions o ON o.id = c.submission"
        " WHERE a.submission = ? AND o.id <> ? AND o.state = 'PLANNED'",
        submission,
        submission,
    ):
        record(
            tx, e.SubmissionAbandoned(submission=row["id"], reason="an earlier submission of its claims had arrived")
        )


def _claims_of(tx: Tx, attempts: Iterable[int]) -> list[int]:
    return [row["claim"] for a in set(attempts) for row in tx.all("SELECT claim FROM attempts WHERE id = ?", a)]


# TA1


def _post_interchange(tx: Tx, lane: Lane, answer: int, ta1: InterchangeAcknowledgment) -> None:
    submissions = sent.submissions_of(tx, lane, keys_of(ta1))
    match = match_interchange(ta1, submissions)
    if match.submission is None:
        _tally(tx, answer, 0, 1)
        _unmatched(tx, answer, "TA1", [match.unmatched.value])
        return
    _prove(tx, lane, [match.submission], "TA1")
    _tally(tx, answer, 1, 0)
    if match.says is Says.DUPLICATE:
        record(tx, e.DuplicateReported(submission=match.submission))
    elif match.says in (Says.ACCEPTED, Says.REJECTED):
        attempts = next(s.attempts for s in submissions if s.id == match.submission)
        step = "Mend what the note names at the partner or in conf/partners/, then `gateway resume` the lane."
        code, accepted = f"TA1 {match.note}", match.says is Says.ACCEPTED
        if not accepted:
            record(tx, e.InterchangeRejected(lane=lane.key, submission=match.submission, code=code, next=step))
        ids = [attempt.id for attempt in attempts]
        verdict = Verdict(0, "TA1", accepted, stage=0, sequence=ta1.envelope.control)
        say(tx, answer, ids, verdict, code="" if accepted else code, place="ISA", step="" if accepted else step)
        reckon(tx, answer, (attempt.claim for attempt in attempts))


# 999


def _post_group(tx: Tx, lane: Lane, answer: int, group: GroupAcknowledgment) -> None:
    submissions = sent.submissions_of(tx, lane, keys_of(group))
    match = match_group(group, submissions)
    if match.submission is None:
        _tally(tx, answer, 0, 1)
        _unmatched(tx, answer, "999", [match.unmatched.value])
        return
    _prove(tx, lane, [match.submission], "999")
    for found in match.sets:
        _post_set(tx, answer, found, group.envelope.control)
    unknown = sum(found.says is Says.UNKNOWN for found in match.sets)
    _tally(tx, answer, len(match.sets) - unknown, unknown + len(match.strangers))
    _unmatched(tx, answer, "999", ["unknown_code"] * unknown + ["not_ours"] * len(match.strangers))


def _post_set(tx: Tx, answer: int, found: SetMatch, sequence: str) -> None:
    if found.says is Says.UNKNOWN:
        return
    if found.says is Says.ACCEPTED:
        say(tx, answer, found.attempts, Verdict(0, "999", True, sequence=sequence))
        reckon(tx, answer, _claims_of(tx, found.attempts))
        return
    named = {culprit.attempt: culprit for culprit in found.implicated}
    rejected = Verdict(0, "999", False, sequence=sequence)
    for culprit in named.values():
        step = "Correct the claim in the billing software and send it as a new original."
        say(tx, answer, [culprit.attempt], rejected, code=culprit.code, place=culprit.place, step=step)
    others = [attempt for attempt in found.attempts if attempt not in named]
    say(tx, answer, others, rejected, code="SET_REJECTED", step="It goes out again by itself in a new set.")
    before = {claim: _standing(tx, claim) for claim in _claims_of(tx, others)}
    reckon(tx, answer, _claims_of(tx, found.attempts))
    for claim, stood in before.items():
        _send_again(tx, claim, stood, found.culprit_known)


def _send_again(tx: Tx, claim: int, stood: str, culprit_known: bool) -> None:
    row = tx.one(
        "SELECT state, standing, (SELECT count(*) FROM attempts a WHERE a.claim = c.id) AS attempts FROM claims c"
        " WHERE id = ?",
        claim,
    )
    assert row
    taken = stood not in (Standing.SENT, Standing.RETURNED)
    fits = goes_again(row["attempts"], named=False, culprit_known=culprit_known, taken_before=taken)
    if fits and row["state"] == "SENT" and row["standing"] == Standing.RETURNED:
        requeue(tx, claim, "the rejection of its set did not name it")


def _standing(tx: Tx, claim: int) -> str:
    row = tx.one("SELECT standing FROM claims WHERE id = ?", claim)
    return str(row["standing"]) if row else ""


# 277CA


def _post_report(tx: Tx, lane: Lane, answer: int, report: StatusReport) -> None:
    attempts = sent.attempts_of(tx, lane, keys_of(report))
    match = match_report(report, attempts, set(lane.partner.payers))
    _prove(tx, lane, match.submissions, "277CA")
    touched: list[int] = []
    for status in match.statuses:
        _post_status(tx, answer, status, report)
        touched += status.attempts
    reasons = [s.unmatched.value for s in match.statuses if s.unmatched.value]
    reasons += ["unknown_code" for s in match.statuses if s.attempts and s.says is StatusClass.UNKNOWN]
    _tally(tx, answer, len(touched), len(reasons))
    _unmatched(tx, answer, "277CA", reasons)
    reckon(tx, answer, _claims_of(tx, touched))


def _post_status(tx: Tx, answer: int, found: StatusMatch, report: StatusReport) -> None:
    if found.status.payer_control_number and len(found.attempts) == 1:
        tx.run(
            "UPDATE attempts SET payer_control_number = ? WHERE id = ?",
            found.status.payer_control_number,
            found.attempts[0],
        )
    if found.says not in (StatusClass.ACCEPTED, StatusClass.REJECTED):
        return
    accepted = found.says is StatusClass.ACCEPTED
    verdict = Verdict(
        0,
        "277CA",
        accepted,
        stage=0 if report.issuer == _CLEARINGHOUSE else 1,
        dated=report.processed_on,
        sequence=f"{report.created} {report.envelope.control}",
    )
    code, step = ("", "") if accepted else _rejection(found)
    say(
        tx, answer, found.attempts, verdict, code=code, place="" if accepted else f"{found.status.level}/STC", step=step
    )


def _rejection(found: StatusMatch) -> tuple[str, str]:
    """Every status as the payer wrote it, and what it asks for in words."""
    code = " ".join(":".join(filter(None, (s.category, s.code, s.entity))) for s in found.status.statuses)
    words = [STATUS_CODES.meanings[s.code] for s in found.status.statuses if s.code in STATUS_CODES.meanings]
    about = f" ({'; '.join(words)})" if words else ""
    return code, f"Correct what the status names{about} and send a new original: the payer has not filed the claim."


# 835


def _post_remittance(tx: Tx, lane: Lane, answer: int, remittance: Remittance) -> None:
    payer = _payer_of(lane, remittance)
    balanced = balance(remittance).balanced
    repeated = _posted_before(tx, remittance)
    row = _enter_remittance(tx, answer, payer, remittance, balanced)
    if repeated:
        _tally(tx, answer, 0, len(remittance.claims))
        _unmatched(tx, answer, "835", ["the same remittance was posted before"])
        return
    if not balanced:
        step = "Nothing of it was posted. Ask the payer for a corrected remittance; the differences are in its detail."
        record(tx, e.RemittanceUnbalanced(answer=answer, lane=lane.key, next=step))
        return
    keys = keys_of(remittance)
    matches = match_remittance(
        remittance,
        set(lane.partner.payers),
        sent.attempts_of(tx, lane, keys),
        sent.earlier_payments(tx, keys.payer_control_numbers),
    )
    for ordinal, (payment, match) in enumerate(zip(remittance.claims, matches, strict=True)):
        _adjudicate(tx, row, ordinal, payment, match)
    _conclude(tx, lane, answer, matches)


def _conclude(tx: Tx, lane: Lane, answer: int, matches: Sequence[PaymentMatch]) -> None:
    claims = [match.claim for match in matches if match.claim is not None]
    attempts = [match.attempt for match in matches if match.attempt is not None]
    carriers = [r["submission"] for a in attempts for r in tx.all("SELECT submission FROM attempts WHERE id = ?", a)]
    _prove(tx, lane, carriers, "835")
    _tally(tx, answer, len(claims), len(matches) - len(claims))
    _unmatched(tx, answer, "835", [match.unmatched.value for match in matches if match.claim is None])
    reckon(tx, answer, claims)


def _payer_of(lane: Lane, remittance: Remittance) -> str:
    """The payer key, where the partner speaks for one payer or the remittance's own id tells."""
    keys: Collection[str] = lane.partner.payers
    named = [key for key, ids in lane.partner.payers.items() if remittance.payer_id and remittance.payer_id in ids]
    return named[0] if len(named) == 1 else (next(iter(keys)) if len(keys) == 1 else "")


def _posted_before(tx: Tx, remittance: Remittance) -> bool:
    """The same payment by trace, originator and amount, in another form or file, with the same claims."""
    claims = [(c.claim, c.status, money(c.paid)) for c in remittance.claims]
    for row in tx.all(
        "SELECT id FROM remittances WHERE trace = ? AND originator = ? AND amount = ? AND balanced",
        remittance.trace,
        remittance.originator,
        money(remittance.amount),
    ):
        posted = tx.all(
            "SELECT control_number, status, paid FROM adjudications WHERE remittance = ? ORDER BY ordinal", row["id"]
        )
        if [tuple(p) for p in posted] == claims:
            return True
    return False


def _enter_remittance(tx: Tx, answer: int, payer: str, remittance: Remittance, balanced: bool) -> int:
    adjustments = [[a.provider, a.reason, a.reference, money(a.amount)] for a in remittance.provider_adjustments]
    return tx.run(
        "INSERT INTO remittances (answer, payer, trace, originator, amount, paid_on, produced_on, balanced, adjustments)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        answer,
        payer,
        remittance.trace,
        remittance.originator,
        money(remittance.amount),
        day(remittance.payment_date),
        day(remittance.produced_on),
        int(balanced),
        json.dumps(adjustments),
    )


def _adjudicate(tx: Tx, remittance: int, ordinal: int, payment: ClaimPayment, match: PaymentMatch) -> None:
    """One line of the ledger; an unmatched one is kept without a claim."""
    decided = adjudge(payment)
    gravest = decided.gravest()
    tx.run(
        "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge,"
        " paid, patient, code, place, next, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        remittance,
        ordinal,
        match.claim,
        decided.outcome.value,
        payment.payer_control_number,
        payment.claim,
        payment.status,
        money(payment.charge),
        money(payment.paid),
        money(payment.patient_responsibility),
        gravest.code if gravest else "",
        gravest.place if gravest else "",
        gravest.next_step if gravest else "",
        json.dumps(
            [
                {
                    "code": denial.code,
                    "line": denial.line,
                    "amount": money(denial.amount),
                    "category": denial.category,
                    "meaning": denial.meaning,
                    "next": denial.next_step,
                    "desk": denial.desk,
                }
                for denial in decided.standing_denials
            ]
        ),
    )


# Documents


def done(tx: Tx, pickup: int, state: str) -> None:
    """How far a fetched file has come: READ when every answer of it is posted, HANDED when it was given back."""
    tx.run("UPDATE pickups SET state = ? WHERE id = ?", state, pickup)


def to_hand_back(tx: Tx) -> list[Row]:
    """Read files that the billing software gets, with what is in them."""
    return tx.all(
        "SELECT p.id, p.lane, p.document, d.name AS vault_name, group_concat(DISTINCT a.form) AS forms FROM pickups p"
        " JOIN documents d ON d.id = p.document JOIN answers a ON a.document = p.document"
        " WHERE p.state = 'READ' GROUP BY p.id ORDER BY p.id"
    )


def rows(tx: Tx, limit: int = 1000) -> list[Row]:
    """Answers, newest first, with the money of remittances."""
    return tx.all(
        "SELECT a.*, r.amount, r.trace, r.balanced FROM answers a LEFT JOIN remittances r ON r.answer = a.id"
        " ORDER BY a.id DESC LIMIT ?",
        limit,
    )


def denials(tx: Tx, limit: int = 1000) -> list[Row]:
    """The last adjudication of every claim that stands denied, or paid with a denied line."""
    return tx.all(
        "SELECT d.*, c.payer, c.filing_due, c.standing, r.produced_on FROM claims c JOIN adjudications d ON d.id ="
        " (SELECT x.id FROM adjudications x WHERE x.claim = c.id AND x.outcome = c.standing ORDER BY x.id DESC LIMIT 1)"
        " JOIN remittances r ON r.id = d.remittance WHERE c.standing IN ('DENIED', 'PARTLY_PAID')"
        " ORDER BY c.id LIMIT ?",
        limit,
    )
