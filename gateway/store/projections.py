"""What follows from each event beside the state: the columns that listings and the planner read."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import singledispatch

from gateway import events as e
from gateway.codec import day
from gateway.lifecycle import STEPS
from gateway.model.sending import Seen
from gateway.store import awaiting
from gateway.store.connection import Tx, moment


@singledispatch
def project(event: e.Event, tx: Tx) -> None:
    """Set the columns, beside the state, that follow from an event. Most events have none."""


@project.register
def _(event: e.BatchRefused, tx: Tx) -> None:
    tx.run(
        "UPDATE batches SET code = ?, place = ?, message = ?, next = ? WHERE id = ?",
        event.code,
        event.place,
        event.message,
        event.next,
        event.batch,
    )


@project.register
def _(event: e.BatchDuplicated, tx: Tx) -> None:
    tx.run("UPDATE batches SET original = ? WHERE id = ?", event.original, event.batch)


@project.register
def _(event: e.BatchParsed, tx: Tx) -> None:
    tx.run("UPDATE batches SET claims = ? WHERE id = ?", event.count, event.batch)
    tx.run("UPDATE claims SET judge_on = ? WHERE batch = ?", day(tx.today), event.batch)


@project.register
def _(event: e.ClaimPassed, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET payer = ?, lane = ?, code = '', place = '', next = '', judge_on = NULL, changed_at = ?"
        " WHERE id = ?",
        event.payer,
        event.lane,
        tx.at,
        event.claim,
    )


@project.register
def _(event: e.ClaimHeld, tx: Tx) -> None:
    _stopped(tx, event)
    tx.run("UPDATE claims SET judge_on = ? WHERE id = ?", day(event.until), event.claim)


@project.register
def _(event: e.ClaimRejected, tx: Tx) -> None:
    _stopped(tx, event)


def _stopped(tx: Tx, event: e.ClaimHeld | e.ClaimRejected) -> None:
    tx.run(
        "UPDATE claims SET payer = ?, lane = '', code = ?, place = ?, next = ?, judge_on = NULL, changed_at = ?"
        " WHERE id = ?",
        event.payer,
        event.code,
        event.place,
        event.next,
        tx.at,
        event.claim,
    )


@project.register
def _(event: e.ClaimDuplicated, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET payer = ?, original = ?, code = 'DUPLICATE', next = ?, judge_on = NULL, changed_at = ?"
        " WHERE id = ?",
        event.payer,
        event.original,
        f"Nothing: it is the same claim as C{event.original}, and nothing is sent twice. `gateway resubmit"
        f" C{event.original}` tells how that one is changed.",
        tx.at,
        event.claim,
    )


@project.register
def _(event: e.ClaimWithdrawn, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET code = 'WITHDRAWN', place = '', next = '', judge_on = NULL, changed_at = ? WHERE id = ?",
        tx.at,
        event.claim,
    )


@project.register
def _(event: e.ClaimRequeued, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET standing = '', code = '', place = '', next = '', submission = NULL, judge_on = ?,"
        " changed_at = ? WHERE id = ?",
        day(tx.today),
        tx.at,
        event.claim,
    )


@project.register
def _(event: e.ClaimArrived, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET standing = 'SENT', code = '', place = '', next = '', submission = ?, judge_on = NULL,"
        " changed_at = ? WHERE id = ?",
        event.submission,
        tx.at,
        event.claim,
    )
    awaiting.begin(tx, event.submission)


@project.register
def _(event: e.ClaimMarked, tx: Tx) -> None:
    tx.run("UPDATE claims SET judge_on = ? WHERE id = ? AND state <> 'ASSIGNED'", day(tx.today), event.claim)


@project.register(e.TransmitBegun)
@project.register(e.UploadConfirmed)
@project.register(e.RenameBegun)
@project.register(e.SessionClosed)
def _(event: e.TransmitBegun | e.UploadConfirmed | e.RenameBegun | e.SessionClosed, tx: Tx) -> None:
    tx.run("UPDATE submissions SET step = ? WHERE id = ?", STEPS[type(event)], event.submission)
    if isinstance(event, e.UploadConfirmed):
        _seen(tx, event.submission, Seen.WRITTEN)
        _seen(tx, event.submission, event.observed)
    if isinstance(event, e.SessionClosed):
        _seen(tx, event.submission, Seen.WRITTEN)
        later = moment(_after(tx, event.wait))
        tx.run("UPDATE submissions SET not_before = ? WHERE id = ?", later, event.submission)


@project.register
def _(event: e.SubmissionPlanned, tx: Tx) -> None:
    tx.run("UPDATE claims SET judge_on = NULL WHERE submission = ?", event.submission)


@project.register
def _(event: e.SubmissionComposed, tx: Tx) -> None:
    tx.run(
        "UPDATE submissions SET document = ?, wire = ?, size = ? WHERE id = ?",
        event.document,
        event.wire,
        event.bytes,
        event.submission,
    )


@project.register
def _(event: e.Transmitted, tx: Tx) -> None:
    _arrived(tx, event.submission, event.observed)
    _seen(tx, event.submission, Seen.WRITTEN)
    _seen(tx, event.submission, event.observed)


@project.register
def _(event: e.ArrivalProven, tx: Tx) -> None:
    _arrived(tx, event.submission, event.evidence)
    _seen(tx, event.submission, _BY_EVIDENCE.get(event.evidence, Seen.TOLD), event.evidence)


_BY_EVIDENCE = {"listing": Seen.LISTED, "receipt": Seen.RECEIPT} | dict.fromkeys(
    ("TA1", "999", "277CA", "277", "835"), Seen.ACKNOWLEDGED
)
"""Any other evidence is a person's word."""


@project.register
def _(event: e.ArrivalObserved, tx: Tx) -> None:
    _seen(tx, event.submission, event.observed, event.evidence)


def _seen(tx: Tx, submission: int, seen: str, evidence: str = "") -> None:
    """Its first moment counts."""
    tx.run(
        "INSERT OR IGNORE INTO observations (submission, seen, at, evidence) VALUES (?, ?, ?, ?)",
        submission,
        str(seen),
        tx.at,
        evidence,
    )


def _arrived(tx: Tx, submission: int, observed: str) -> None:
    tx.run("UPDATE submissions SET step = '', observed = ?, sent_at = ? WHERE id = ?", observed, tx.at, submission)
    awaiting.begin(tx, submission)
    tx.run(
        "INSERT INTO lane_days (lane, day, claims) SELECT lane, ?, claims FROM submissions WHERE id = ?"
        " ON CONFLICT (lane, day) DO UPDATE SET claims = lane_days.claims + excluded.claims",
        day(tx.today),
        submission,
    )
    tx.run(
        "UPDATE claims SET standing = 'SENT', code = '', place = '', next = '', judge_on = NULL"
        " WHERE submission = ? AND state = 'SENT' AND standing = ''",
        submission,
    )


@project.register(e.TransmitFailed)
@project.register(e.ArrivalDisproven)
def _(event: e.TransmitFailed | e.ArrivalDisproven, tx: Tx) -> None:
    later = moment(_after(tx, event.wait))
    tx.run("UPDATE submissions SET step = '', tries = tries + 1, not_before = ? WHERE id = ?", later, event.submission)


@project.register
def _(event: e.OutcomeLost, tx: Tx) -> None:
    tx.run(
        "UPDATE submissions SET step = '', not_before = '', doubted_at = ?, told_at = '' WHERE id = ?",
        tx.at,
        event.submission,
    )


@project.register
def _(event: e.DoubtLasts, tx: Tx) -> None:
    tx.run("UPDATE submissions SET told_at = ? WHERE id = ?", tx.at, event.submission)


@project.register
def _(event: e.FileRefused, tx: Tx) -> None:
    _seen(tx, event.submission, Seen.FAILED)
    _suspended(tx, event.lane, event.code, event.next)
    tx.run("UPDATE submissions SET step = '' WHERE id = ?", event.submission)
    tx.run(
        "UPDATE claims SET standing = '', submission = NULL, judge_on = ?, changed_at = ? WHERE submission = ?",
        day(tx.today),
        tx.at,
        event.submission,
    )


@project.register
def _(event: e.ProbeInconclusive, tx: Tx) -> None:
    later = moment(_after(tx, event.wait))
    tx.run("UPDATE submissions SET tries = tries + 1, not_before = ? WHERE id = ?", later, event.submission)


@project.register
def _(event: e.TransmitRefused, tx: Tx) -> None:
    tx.run("UPDATE submissions SET step = '', tries = tries + 1 WHERE id = ?", event.submission)
    _suspended(tx, event.lane, event.code, event.next)


@project.register(e.LoginRefused)
@project.register(e.HostKeyChanged)
@project.register(e.InterchangeRejected)
@project.register(e.LaneStopped)
def _(event: e.LoginRefused | e.HostKeyChanged | e.InterchangeRejected | e.LaneStopped, tx: Tx) -> None:
    _suspended(tx, event.lane, event.code, event.next)


def _suspended(tx: Tx, lane: str, code: str, step: str) -> None:
    tx.run("UPDATE lanes SET code = ?, next = ?, since = ? WHERE key = ?", code, step, tx.at, lane)


@project.register
def _(event: e.LaneResumed, tx: Tx) -> None:
    tx.run(
        "UPDATE lanes SET allowed = max(allowed, asked), waved_on = ?, asked = 0 WHERE key = ? AND asked > 0",
        day(tx.today),
        event.lane,
    )
    tx.run(
        "UPDATE lanes SET code = '', next = '', failures = 0, not_before = '', opened_at = '', outage_told = 0, since = ?"
        " WHERE key = ?",
        tx.at,
        event.lane,
    )


@project.register
def _(event: e.LaneAsks, tx: Tx) -> None:
    _suspended(tx, event.lane, event.code, event.next)
    tx.run("UPDATE lanes SET asked = ? WHERE key = ?", event.count, event.lane)


@project.register
def _(event: e.BreakerOpened, tx: Tx) -> None:
    tx.run("UPDATE lanes SET opened_at = ?, outage_told = 0 WHERE key = ?", tx.at, event.lane)


@project.register
def _(event: e.OutageLasts, tx: Tx) -> None:
    tx.run("UPDATE lanes SET outage_told = 1 WHERE key = ?", event.lane)


@project.register
def _(event: e.BreakerClosed, tx: Tx) -> None:
    tx.run("UPDATE lanes SET opened_at = '', outage_told = 0 WHERE key = ?", event.lane)


@project.register
def _(event: e.SubmissionAbandoned, tx: Tx) -> None:
    tx.run("UPDATE claims SET submission = NULL, judge_on = ? WHERE submission = ?", day(tx.today), event.submission)


@project.register
def _(event: e.SubmissionAbandonedInDoubt, tx: Tx) -> None:
    tx.run(
        "UPDATE claims SET standing = '', submission = NULL, code = 'MAY_HAVE_ARRIVED', place = '', next = ?"
        " WHERE submission = ?",
        "Ask the payer whether it has the claim; then release or withdraw it.",
        event.submission,
    )


@project.register(e.ClaimStatusTold)
@project.register(e.ClaimAwaitsUs)
@project.register(e.InquiryUnanswered)
@project.register(e.InquiryRefused)
@project.register(e.InquiryDropped)
def _(
    event: e.ClaimStatusTold | e.ClaimAwaitsUs | e.InquiryUnanswered | e.InquiryRefused | e.InquiryDropped, tx: Tx
) -> None:
    if event.inquiry is not None:
        tx.run("UPDATE inquiries SET closed_at = ? WHERE id = ? AND closed_at = ''", tx.at, event.inquiry)


@project.register
def _(event: e.ClaimRemittanceMissing, tx: Tx) -> None:
    tx.run("UPDATE claim_statuses SET missed_at = ? WHERE claim = ?", tx.at, event.claim)


def _after(tx: Tx, seconds: int) -> datetime:
    return tx.now + timedelta(seconds=seconds)
