"""Submissions: one interchange to one lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPlanned(Event):
    """Control numbers are taken and every claim of it is assigned to it."""

    name: ClassVar[str] = "submission.planned"
    submission: int
    lane: str
    isa13: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerIdReplaced(Event):
    """Claims of it that name their payer by `instead_of` go with `payer_id` in 2010BB NM109, as the route says."""

    name: ClassVar[str] = "submission.payer_id_replaced"
    submission: int
    payer: str
    payer_id: str
    instead_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionComposed(Event):
    """Its interchange lies sealed in the vault, and as `wire` what goes on the wire: the same, unless the partner wants
    it wrapped. Every transmission sends exactly these `bytes`."""

    name: ClassVar[str] = "submission.composed"
    submission: int
    document: int
    wire: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitBegun(Event):
    """The intent to write the file at the partner; from here a crash leaves doubt."""

    name: ClassVar[str] = "submission.transmitting"
    submission: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadConfirmed(Event):
    """All bytes lie at the partner under the temporary name: its `size` was seen there, or it does not tell one and they
    are `unverified`."""

    name: ClassVar[str] = "submission.uploaded"
    submission: int
    bytes: int
    observed: str = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameBegun(Event):
    """The intent to give the file its final name."""

    name: ClassVar[str] = "submission.renaming"
    submission: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(Event):
    """All is written and we logged out, for this partner takes files only then; we look in a new session after `wait`
    seconds."""

    name: ClassVar[str] = "submission.logged_out"
    submission: int
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmitted(Event):
    """The partner took the file. `observed` says what we saw beside its word on the writing (see model.sending.Seen)."""

    name: ClassVar[str] = "submission.sent"
    submission: int
    observed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitFailed(Event):
    """Nothing can have been taken; it is tried again after `wait` seconds."""

    name: ClassVar[str] = "submission.failed"
    submission: int
    code: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmitRefused(Event):
    """The partner said no and nothing was taken; the lane waits for a person."""

    name: ClassVar[str] = "submission.refused"
    submission: int
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLost(Event):
    """The file may or may not have arrived."""

    name: ClassVar[str] = "submission.in_doubt"
    submission: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalProven(Event):
    """Evidence says the partner has the file: listing, receipt, TA1, 999, 277CA, 835 or a person's word."""

    name: ClassVar[str] = "submission.proven"
    submission: int
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDisproven(Event):
    """Evidence says the partner does not have the file: the same bytes are sent again after `wait` seconds."""

    name: ClassVar[str] = "submission.disproven"
    submission: int
    evidence: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeInconclusive(Event):
    """We looked and still do not know; we look again after `wait` seconds."""

    name: ClassVar[str] = "submission.still_in_doubt"
    submission: int
    next: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalObserved(Event):
    """One more thing was seen of a submission at its partner (see model.sending.Seen), by `evidence`."""

    name: ClassVar[str] = "submission.observed"
    submission: int
    observed: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtLasts(Event):
    """The partner's acknowledgment is overdue and the submission with its `count` claims still in doubt: a person has to
    ask the partner."""

    name: ClassVar[str] = "submission.doubt_lasts"
    submission: int
    lane: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused(Event):
    """The partner marked the file as failed, and nobody there spoke well of it: its claims wait here, and the lane for a
    person."""

    name: ClassVar[str] = "submission.file_refused"
    kind: ClassVar[str] = "rejection"
    submission: int
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAbandoned(Event):
    """It was never on the wire and will not be: its claims are judged anew."""

    name: ClassVar[str] = "submission.abandoned"
    submission: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAbandonedInDoubt(Event):
    """A person gave it up on the payer's word, or it is not to be sent any more while the partner may still do a rename
    that was asked for: its claims are held, for they may have arrived."""

    name: ClassVar[str] = "submission.abandoned_in_doubt"
    submission: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateReported(Event):
    """The partner says it has seen this ISA13 before (TA1 025): an alarm, and nothing is un-accepted."""

    name: ClassVar[str] = "submission.duplicate_reported"
    submission: int
    next: str
