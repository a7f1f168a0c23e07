"""The law: what may happen next, and where a sent claim stands. All of it is in this file.

What we do is a table: machine, state, event, next state. A missing row is an alarm and changes nothing. What the
world answers arrives late, twice and out of order, so from SENT on a claim's standing is a pure function of the set
of all its facts; every order and repetition of the same facts gives the same standing.

An event reaches a machine when the table has a row for it and the event names the machine's subject. A submission's
event that also stands in the claim table, and names no claim, reaches every claim of that submission; one that stands in
the inquiry table reaches every question that it carries and that is still in a state with a row for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from gateway import events as e
from gateway.errors import Unlawful

Row = Mapping[type[e.Event], str]
Table = Mapping[str, Row]

BATCH: Table = {
    "SPOOLED": {e.BatchParsed: "OPEN", e.BatchRefused: "REFUSED", e.BatchDuplicated: "DUPLICATE"},
    "OPEN": {e.BatchSettled: "CLOSED"},
    "CLOSED": {e.BatchReopened: "OPEN"},
    "REFUSED": {},
    "DUPLICATE": {},
}

_SUSPEND: Row = {
    e.LoginRefused: "SUSPENDED",
    e.HostKeyChanged: "SUSPENDED",
    e.TransmitRefused: "SUSPENDED",
    e.InterchangeRejected: "SUSPENDED",
    e.LaneStopped: "SUSPENDED",
    e.FileRefused: "SUSPENDED",
}

LANE: Table = {
    "ACTIVE": {**_SUSPEND, e.LaneAsks: "ASKING"},
    "ASKING": {**_SUSPEND, e.LaneResumed: "ACTIVE"},
    "SUSPENDED": {**_SUSPEND, e.LaneResumed: "ACTIVE"},
}

SUBMISSION: Table = {
    "PLANNED": {
        e.SubmissionComposed: "PLANNED",
        e.TransmitBegun: "TRANSMITTING",
        e.ArrivalProven: "SENT",
        e.SubmissionAbandoned: "ABANDONED",
        e.SubmissionAbandonedInDoubt: "ABANDONED",  # a rename that it asked for may still come
    },
    "TRANSMITTING": {
        e.UploadConfirmed: "TRANSMITTING",
        e.RenameBegun: "TRANSMITTING",
        e.SessionClosed: "TRANSMITTING",
        e.Transmitted: "SENT",
        e.TransmitFailed: "PLANNED",
        e.TransmitRefused: "PLANNED",
        e.OutcomeLost: "IN_DOUBT",
        e.ArrivalProven: "SENT",
        e.FileRefused: "ABANDONED",
    },
    "IN_DOUBT": {
        e.ArrivalProven: "SENT",
        e.ArrivalDisproven: "PLANNED",
        e.ProbeInconclusive: "IN_DOUBT",
        e.DoubtLasts: "IN_DOUBT",
        e.SubmissionAbandonedInDoubt: "ABANDONED",
        e.FileRefused: "ABANDONED",
    },
    # Given up where the partner had seen its number before, and a person heard that it does not have these claims.
    "SENT": {e.DuplicateReported: "SENT", e.FileRefused: "ABANDONED", e.SubmissionAbandonedInDoubt: "ABANDONED"},
    "ABANDONED": {e.ArrivalProven: "SENT"},
}

_JUDGED: Row = {
    e.ClaimPassed: "READY",
    e.ClaimHeld: "HELD",
    e.ClaimRejected: "REJECTED",
}

CLAIM: Table = {
    "RECEIVED": {
        **_JUDGED,
        e.ClaimDuplicated: "DUPLICATE",
        e.ClaimWithdrawn: "WITHDRAWN",
        e.ArrivalProven: "SENT",
        e.ClaimArrived: "SENT",
    },
    "HELD": {**_JUDGED, e.ClaimWithdrawn: "WITHDRAWN", e.ArrivalProven: "SENT", e.ClaimArrived: "SENT"},
    "READY": {
        e.ClaimPassed: "READY",  # by another lane
        e.ClaimHeld: "HELD",
        e.ClaimRejected: "REJECTED",
        e.ClaimWithdrawn: "WITHDRAWN",
        e.SubmissionPlanned: "ASSIGNED",
        e.ArrivalProven: "SENT",
        e.ClaimArrived: "SENT",
    },
    "ASSIGNED": {
        e.Transmitted: "SENT",
        e.ArrivalProven: "SENT",
        e.SubmissionAbandoned: "RECEIVED",
        e.SubmissionAbandonedInDoubt: "HELD",
        e.FileRefused: "RECEIVED",
    },
    # Only where it stands RETURNED, and only where nobody at the partner spoke well of it.
    "SENT": {e.ClaimRequeued: "RECEIVED", e.FileRefused: "RECEIVED", e.SubmissionAbandonedInDoubt: "HELD"},
    "REJECTED": {},
    "WITHDRAWN": {},
    "DUPLICATE": {},
}

_TOLD: Row = {e.ClaimStatusTold: "ANSWERED", e.ClaimAwaitsUs: "ANSWERED"}

# A question for a claim's status. What is closed is answered all the same, whenever its 277 comes.
INQUIRY: Table = {
    "WAITING": {**_TOLD, e.StatusRequestPlanned: "PLANNED", e.InquiryDropped: "DROPPED"},
    "PLANNED": {
        **_TOLD,
        e.Transmitted: "ASKED",
        e.ArrivalProven: "ASKED",
        e.SubmissionAbandoned: "WAITING",
        e.SubmissionAbandonedInDoubt: "WAITING",
        e.FileRefused: "WAITING",
    },
    "ASKED": {
        **_TOLD,
        e.InquiryUnanswered: "UNANSWERED",
        e.InquiryRefused: "REFUSED",
        e.InquiryDropped: "DROPPED",
        e.FileRefused: "WAITING",
    },
    "ANSWERED": _TOLD,
    "UNANSWERED": _TOLD,
    "REFUSED": _TOLD,
    "DROPPED": _TOLD,
}

MACHINES: Mapping[str, Table] = {
    "batch": BATCH,
    "lane": LANE,
    "submission": SUBMISSION,
    "claim": CLAIM,
    "inquiry": INQUIRY,
}
BIRTH: Mapping[str, str] = {
    "batch": "SPOOLED",
    "lane": "ACTIVE",
    "submission": "PLANNED",
    "claim": "RECEIVED",
    "inquiry": "WAITING",
}

# Which step of a transmission an event commits; any other event of a submission ends the transmission.
STEPS: Mapping[type[e.Event], str] = {
    e.TransmitBegun: "uploading",
    e.UploadConfirmed: "uploaded",
    e.RenameBegun: "renaming",
    e.SessionClosed: "settling",
}

_HEARD: Mapping[str, frozenset[type[e.Event]]] = {
    machine: frozenset(kind for row in table.values() for kind in row) for machine, table in MACHINES.items()
}


def hears(machine: str, event: type[e.Event]) -> bool:
    """Whether any state of `machine` has a row for this class of event."""
    return event in _HEARD[machine]


def advance(machine: str, state: str, event: type[e.Event]) -> str:
    """The state that `event` leads to. Raises Unlawful where the table has no row."""
    row = MACHINES[machine].get(state)
    if row is None or event not in row:
        raise Unlawful(machine, state, event.__name__)
    return row[event]


class Standing(StrEnum):
    """Where a sent claim stands. Stored by name; `NONE` before it is sent."""

    NONE = ""
    SENT = "SENT"
    RETURNED = "RETURNED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DECLINED = "DECLINED"
    ACCEPTED = "ACCEPTED"
    REVERSED = "REVERSED"
    DENIED = "DENIED"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one acknowledgment says of one attempt.

    `form` is TA1, 999 or 277CA; `accepted` its word; `stage` 0 for a clearinghouse, 1 for the payer; `dated` the day
    the issuer processed it (277CA DTP*009), `sequence` its own order key within that day (BHT04/05, or ISA13).
    """

    attempt: int
    form: str
    accepted: bool
    stage: int = 1
    dated: date | None = None
    sequence: str = ""


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """One claim payment of an 835, as the ledger keeps it.

    `outcome` is PAID, PARTLY_PAID, DENIED or REVERSED; `reference` the payer's claim number (CLP07). `produced` and
    `sequence` order the ledger (DTM*405, where it is missing BPR16, then the place among those of one day, by trace and
    not by arrival). A reversal takes back the adjudications of the same reference, or of its `original` (REF*F8); where the
    payer gave it a number of its own, the last one of the same `charge` and `paid`, which a reversal states negated.
    `remittance` tells those of one 835 from those of another.
    """

    outcome: Standing
    reference: str
    produced: date | None = None
    sequence: tuple[int, int] = (0, 0)
    original: str = ""
    charge: Decimal | None = None
    paid: Decimal | None = None
    remittance: int = 0


def standing(attempts: Iterable[int], verdicts: Iterable[Verdict], ledger: Iterable[Adjudicated]) -> Standing:
    """Where a claim stands: its adjudications first, else its 277CAs, else 999 and TA1, else SENT.

    With several attempts it stands as its accepted one, else as its latest (attempt ids grow with time).
    """
    adjudicated = summed(ledger)
    if adjudicated is not Standing.NONE:
        return adjudicated
    spoken = set(verdicts)
    of_attempts = [_of_attempt({v for v in spoken if v.attempt == attempt}) for attempt in sorted(set(attempts))]
    if Standing.ACCEPTED in of_attempts:
        return Standing.ACCEPTED
    return of_attempts[-1] if of_attempts else Standing.NONE


def taken_twice(attempts: Iterable[int], verdicts: Iterable[Verdict]) -> bool:
    """Whether more than one of these attempts, which all arrived, was not refused in the end: what was refused and went
    again had been taken after all, or what was given up had arrived."""
    spoken = set(verdicts)
    refused = (Standing.RETURNED, Standing.DECLINED)
    return sum(_of_attempt({v for v in spoken if v.attempt == each}) not in refused for each in set(attempts)) > 1


def goes_again(attempts: int, *, named: bool, culprit_known: bool, taken_before: bool) -> bool:
    """Whether a returned claim is sent again by itself: the rejection did not name it, somebody else is known to be
    the culprit, it is the first time, and nobody ever took it; a TA1 takes an envelope, no claim. Any other waits for a
    person."""
    return culprit_known and not named and attempts == 1 and not taken_before


def counting(ledger: Iterable[Adjudicated]) -> tuple[Adjudicated, ...]:
    """What counts of a ledger, oldest first: the latest adjudication that no reversal took back. Where that is a denial,
    the latest payment counts too: only a reversal takes money back, and what is denied behind a payment is most often a
    copy. Empty where all was taken back, or nothing was adjudicated."""
    left = _left(ledger)
    paid = [entry for entry in left[:-1] if entry.outcome in (Standing.PAID, Standing.PARTLY_PAID)]
    denied_behind = paid and left[-1].outcome is Standing.DENIED
    return (paid[-1], left[-1]) if denied_behind else tuple(left[-1:])


def deciding(ledger: Iterable[Adjudicated]) -> Adjudicated | None:
    """The one whose number and money count: a payment before a denial behind it; None where nothing counts."""
    return next(iter(counting(ledger)), None)


def summed(ledger: Iterable[Adjudicated]) -> Standing:
    """Where a ledger leaves a claim: NONE where it is empty."""
    entries = set(ledger)
    counted = counting(entries)
    if not counted:
        return Standing.REVERSED if entries else Standing.NONE
    return Standing.PARTLY_PAID if len(counted) > 1 else counted[0].outcome


def _left(ledger: Iterable[Adjudicated]) -> list[Adjudicated]:
    """What no reversal took back, oldest first."""
    left: list[Adjudicated] = []
    for entry in sorted(
        set(ledger), key=lambda a: (a.produced or date.min, a.outcome is Standing.REVERSED, a.sequence)
    ):
        if entry.outcome is Standing.REVERSED:
            taken = _taken_by(entry, left)
            left = [kept for kept in left if kept not in taken]
        else:
            left.append(entry)
    return left


def _taken_by(reversal: Adjudicated, left: Iterable[Adjudicated]) -> Sequence[Adjudicated]:
    """What a reversal takes back of what stands on its day. A payer that keeps its number may state the correction of that
    very day first. Behind the reversal it means only what it negates, and in another remittance: of two payments of one day
    nobody says which came first."""
    reached = [kept for kept in left if not _behind(kept, reversal) or kept.remittance != reversal.remittance]
    names = {reversal.reference, reversal.original} - {""}
    named = [kept for kept in reached if kept.reference in names or not (kept.reference or reversal.reference)]
    negated = [kept for kept in named or reached if _negates(reversal, kept)]
    if not named:
        return [kept for kept in negated if not _behind(kept, reversal)][-1:] or negated[-1:]
    if negated:
        return [kept for kept in named if kept is negated[0] or kept.produced != reversal.produced]
    return [kept for kept in named if not _behind(kept, reversal)]


def _behind(kept: Adjudicated, reversal: Adjudicated) -> bool:
    return kept.produced == reversal.produced and kept.sequence > reversal.sequence


def _negates(reversal: Adjudicated, kept: Adjudicated) -> bool:
    if reversal.charge is None or reversal.paid is None:
        return False
    return (kept.charge, kept.paid) == (-reversal.charge, -reversal.paid)


def _of_attempt(spoken: set[Verdict]) -> Standing:
    """277CA beats 999 and TA1; within a form the later stage, then the later day, then a rejection decides."""
    for form, yes, no in (
        (("277CA",), Standing.ACCEPTED, Standing.DECLINED),
        (("999", "TA1"), Standing.ACKNOWLEDGED, Standing.RETURNED),
    ):
        said = [v for v in spoken if v.form in form]
        if said:
            last = max(said, key=lambda v: (v.stage, v.dated or date.min, v.sequence, not v.accepted))
            return yes if last.accepted else no
    return Standing.SENT
