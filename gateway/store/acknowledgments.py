"""Post acknowledgments: a TA1's word on an interchange, a 999's on a set, a 277CA's on claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gateway import events as e
from gateway.codec import day
from gateway.data import STATUS_CODES
from gateway.lifecycle import Standing, Verdict, goes_again
from gateway.matching import (
    Says,
    SetMatch,
    StatusClass,
    StatusMatch,
    keys_of,
    match_group,
    match_interchange,
    match_report,
)
from gateway.matching.groups import STATUS_REQUESTS, request_says
from gateway.matching.words import SET_REJECTED, meaning
from gateway.model.answers import GroupAcknowledgment, InterchangeAcknowledgment, Status, StatusReport, code_of
from gateway.model.partners import Lane
from gateway.partnership.notes import refused_part
from gateway.silence import Awaited
from gateway.store import awaiting, doubled, inquiries, loading, proposals, sent
from gateway.store.adoption import adopt
from gateway.store.connection import Tx
from gateway.store.posting import claims_of, prove, tally, unmatched
from gateway.store.record import record
from gateway.store.standings import reckon, requeue, say

_CLEARINGHOUSE = "AY"


def post_interchange(tx: Tx, lane: Lane, answer: int, ta1: InterchangeAcknowledgment) -> None:
    """A rejection suspends the lane; a duplicate is an alarm and takes nothing back."""
    submissions = sent.submissions_of(tx, lane, keys_of(ta1))
    match = match_interchange(ta1, submissions)
    if match.submission is None:
        tally(tx, answer, 0, 1)
        unmatched(tx, answer, "TA1", [match.unmatched.value])
        return
    prove(tx, lane, [match.submission], "TA1")
    tally(tx, answer, 1, 0)
    if match.says is Says.DUPLICATE:
        untaken = doubled.untaken(tx, match.submission)
        step = (_UNTAKEN if untaken else _TAKEN_BEFORE).format(match.submission)
        record(tx, e.DuplicateReported(submission=match.submission, next=step))
    elif match.says in (Says.ACCEPTED, Says.REJECTED):
        if match.says is Says.REJECTED:
            inquiries.refuse(tx, match.submission, f"TA1 {code_of(match.note)}")
        attempts = next(s.attempts for s in submissions if s.id == match.submission)
        place, step = refused_part(match.note, lane)
        code, accepted = f"TA1 {code_of(match.note)}", match.says is Says.ACCEPTED
        if not accepted and not _said(tx, match.submission, ta1):
            record(tx, e.InterchangeRejected(lane=lane.key, submission=match.submission, code=code, next=step))
        ids = [attempt.id for attempt in attempts]
        verdict = Verdict(0, "TA1", accepted, stage=0, sequence=ta1.envelope.control)
        say(tx, answer, ids, verdict, code="" if accepted else code, place=place, step="" if accepted else step)
        reckon(tx, answer, (attempt.claim for attempt in attempts))


_TAKEN_BEFORE = "Nothing of it is taken back: it was taken before. If this comes again, find out who sends files twice."
_UNTAKEN = (
    "Nobody has said that it was taken: ask the partner whether it has these claims. If it has, their answers come, and"
    ' `gateway settle {0} --arrived --reason "..."` keeps its word; if not, `gateway settle {0} --not-arrived --reason'
    ' "..."` holds them here, and each goes again once it is released.'
)


def _said(tx: Tx, submission: int, ta1: InterchangeAcknowledgment) -> bool:
    """Whether this very rejection was heard before: a lane that was mended since is not stopped again by it."""
    return bool(
        tx.one(
            "SELECT 1 FROM attempts a JOIN verdicts v ON v.attempt = a.id WHERE a.submission = ? AND v.form = 'TA1'"
            " AND NOT v.accepted AND v.sequence = ? LIMIT 1",
            submission,
            ta1.envelope.control,
        )
    )


def post_group(tx: Tx, lane: Lane, answer: int, group: GroupAcknowledgment) -> None:
    """Each set by itself; whoever a rejection does not name goes again, once."""
    submissions = sent.submissions_of(tx, lane, keys_of(group))
    match = match_group(group, submissions)
    if match.submission is None:
        tally(tx, answer, 0, 1)
        unmatched(tx, answer, "999", [match.unmatched.value])
        return
    prove(tx, lane, [match.submission], "999")
    if group.functional_id == STATUS_REQUESTS:
        says = request_says(group)
        if says is Says.REJECTED:
            inquiries.refuse(tx, match.submission, f"AK901 {code_of(group.code)}")
        tally(tx, answer, int(says is not Says.UNKNOWN), int(says is Says.UNKNOWN))
        unmatched(tx, answer, "999", ["unknown_code"] * (says is Says.UNKNOWN))
        return
    claim_of = {attempt.id: attempt.claim for each in submissions for attempt in each.attempts}
    for found in match.sets:
        _post_set(tx, answer, found, group.envelope.control, claim_of)
    unknown = sum(found.says is Says.UNKNOWN for found in match.sets)
    tally(tx, answer, len(match.sets) - unknown, unknown + len(match.strangers))
    unmatched(tx, answer, "999", ["unknown_code"] * unknown + ["not_ours"] * len(match.strangers))


def _post_set(tx: Tx, answer: int, found: SetMatch, sequence: str, claim_of: Mapping[int, int]) -> None:
    if found.says is Says.UNKNOWN:
        return
    if found.says is Says.ACCEPTED:
        taken = Verdict(0, "999", True, sequence=sequence)
        noted = {each.attempt for each in found.implicated}
        say(tx, answer, [attempt for attempt in found.attempts if attempt not in noted], taken)
        for each in found.implicated:
            say(tx, answer, [each.attempt], taken, code=each.code, place=each.place)
        reckon(tx, answer, (claim_of[attempt] for attempt in found.attempts))
        return
    named = {culprit.attempt for culprit in found.implicated}
    rejected = Verdict(0, "999", False, sequence=sequence)
    for culprit in found.implicated:
        said, claim = meaning(culprit.code, culprit.place), claim_of[culprit.attempt]
        step = (_CORRECT if found.culprit_known else _NOBODY_NAMED).format(said, claim)
        say(tx, answer, [culprit.attempt], rejected, code=culprit.code, place=culprit.place, step=step)
    others = [attempt for attempt in found.attempts if attempt not in named]
    going = {attempt for attempt in others if _goes_again(tx, claim_of[attempt], found.culprit_known)}
    for attempt in others:
        step = _BY_ITSELF if attempt in going else _NOT_BY_ITSELF.format(claim_of[attempt])
        say(tx, answer, [attempt], rejected, code=SET_REJECTED, step=step)
    reckon(tx, answer, (claim_of[attempt] for attempt in found.attempts))
    for attempt in sorted(going):
        _send_again(tx, claim_of[attempt])


_CORRECT = "The 999 says of {0}. Correct the claim in the billing software and send it as a new original."
_NOBODY_NAMED = (
    "The 999 names no claim ({0}): ask the partner what was wrong. If it was no claim's fault, `gateway resend C{1}"
    ' --reason "..."` sends this one again as it is; else correct it and send it as a new original.'
)
_BY_ITSELF = "It goes out again by itself in a new set."
_NOT_BY_ITSELF = (
    "The 999 does not name it, but it went again once or was taken before, so it waits for a person: look at it, then"
    ' `gateway resend C{0} --reason "..."` sends it again as it is.'
)


def _goes_again(tx: Tx, claim: int, culprit_known: bool) -> bool:
    """Whether a claim of a rejected set that nobody named goes again by itself. What a TA1 took is the envelope: only a
    999, a 277CA or an 835 has taken a claim."""
    row = tx.one(
        "SELECT (SELECT count(*) FROM attempts a WHERE a.claim = ?1) AS attempts,"
        " EXISTS (SELECT 1 FROM attempts a JOIN verdicts v ON v.attempt = a.id WHERE a.claim = ?1 AND v.accepted"
        " AND v.form <> 'TA1') OR EXISTS (SELECT 1 FROM adjudications d WHERE d.claim = ?1 AND d.outcome <> '') AS taken",
        claim,
    )
    assert row
    return goes_again(row["attempts"], named=False, culprit_known=culprit_known, taken_before=bool(row["taken"]))


def _send_again(tx: Tx, claim: int) -> None:
    row = tx.one("SELECT state, standing FROM claims WHERE id = ?", claim)
    if row and row["state"] == "SENT" and row["standing"] == Standing.RETURNED:
        requeue(tx, claim, "the rejection of its set did not name it")


def post_report(tx: Tx, lane: Lane, answer: int, report: StatusReport) -> None:
    """Every level that speaks of an attempt, and the payer's own number with it."""
    attempts = sent.attempts_of(tx, lane, report)
    match = match_report(report, attempts, set(lane.partner.payers))
    prove(tx, lane, match.submissions, "277CA")
    numbers = _number(tx, match.statuses, report)
    touched: list[int] = []
    for status in match.statuses:
        _post_status(tx, answer, status, report)
        touched += status.attempts
    reasons = [s.unmatched.value for s in match.statuses if s.unmatched.value]
    reasons += ["unknown_code" for s in match.statuses if s.attempts and s.says is StatusClass.UNKNOWN]
    tally(tx, answer, len(touched), len(reasons))
    unmatched(tx, answer, "277CA", reasons)
    reckon(tx, answer, claims_of(tx, touched))
    adopt(tx, lane, answer, numbers)
    if report.issuer != _CLEARINGHOUSE:
        awaiting.heard(tx, lane.key, Awaited.PAYER_REPORT)
        took = [attempt for s in match.statuses if s.says is StatusClass.ACCEPTED for attempt in s.attempts]
        loading.accepted(tx, claims_of(tx, took))
    proposals.of_report(tx, answer, report, match.statuses)


def _number(tx: Tx, statuses: Sequence[StatusMatch], report: StatusReport) -> list[str]:
    """The payer's own number of each attempt that a status names alone: the payer's goes before a clearinghouse's, then
    the later one counts, whatever came first here. Returns the numbers."""
    stage, sequence = _placed(report)
    rank = f"{stage} {day(report.processed_on) or ''} {sequence}"
    found = [
        (status.status.payer_control_number, f"{rank} {status.status.payer_control_number}", status.attempts[0])
        for status in statuses
        if status.status.payer_control_number and len(status.attempts) == 1
    ]
    tx.many(
        "UPDATE attempts SET payer_control_number = ?1, number_rank = ?2 WHERE id = ?3 AND number_rank < ?2",
        list(found),
    )
    return [number for number, _, _ in found]


def _placed(report: StatusReport) -> tuple[int, str]:
    """Stage (0 a clearinghouse, 1 the payer) and the report's own place within a day."""
    return int(report.issuer != _CLEARINGHOUSE), f"{report.created} {report.envelope.control}"


def _post_status(tx: Tx, answer: int, found: StatusMatch, report: StatusReport) -> None:
    stage, sequence = _placed(report)
    if found.says not in (StatusClass.ACCEPTED, StatusClass.REJECTED):
        awaiting.mention(
            tx, answer, found.attempts, stage, report.processed_on, sequence, _statuses(found.status.statuses),
            understood=found.says is not StatusClass.UNKNOWN,
        )  # fmt: skip
        return
    accepted = found.says is StatusClass.ACCEPTED
    verdict = Verdict(
        0,
        "277CA",
        accepted,
        stage=stage,
        dated=report.processed_on,
        sequence=sequence,
    )
    code, step = ("", "") if accepted else _rejection(found)
    say(
        tx, answer, found.attempts, verdict, code=code, place="" if accepted else f"{found.status.level}/STC", step=step
    )


def _rejection(found: StatusMatch) -> tuple[str, str]:
    """Every status as the payer wrote it, and what it asks for in words."""
    code = _statuses(found.status.statuses)
    words = [STATUS_CODES.meanings[s.code] for s in found.status.statuses if s.code in STATUS_CODES.meanings]
    about = f" ({'; '.join(words)})" if words else ""
    return code, f"Correct what the status names{about} and send a new original: the payer has not filed the claim."


def _statuses(statuses: Iterable[Status]) -> str:
    return " ".join(":".join(code_of(part) for part in (s.category, s.code, s.entity) if part) for s in statuses)
