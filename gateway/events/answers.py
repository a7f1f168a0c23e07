"""Answers, and where they leave a sent claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFetched(Event):
    """A file from the partner is sealed in the vault; it has not been read yet."""

    name: ClassVar[str] = "answer.fetched"
    lane: str
    document: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReceived(Event):
    """One acknowledgment or remittance was read. `form` is TA1, 999, 277CA, 835; `count` what it speaks of."""

    name: ClassVar[str] = "answer.received"
    lane: str
    document: int
    answer: int
    form: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnreadable(Event):
    """A fetched file could not be read as X12; it is kept aside and shown."""

    name: ClassVar[str] = "answer.unreadable"
    lane: str
    document: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnsupported(Event):
    """A transaction set that nobody here reads, such as an 824: kept, and shown as mail. `form` is its ST01."""

    name: ClassVar[str] = "answer.unsupported"
    lane: str
    document: int
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveUnpacked(Event):
    """An archive from the partner was unpacked: `count` files, each a document of its own."""

    name: ClassVar[str] = "archive.unpacked"
    lane: str
    document: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUnmatched(Event):
    """An answer speaks of work that is not ours, or of several candidates: kept and shown, no claim is moved."""

    name: ClassVar[str] = "answer.unmatched"
    answer: int
    form: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAcknowledged(Event):
    """A 999 or TA1 took the claim's set: syntax only, no word of the payer yet."""

    name: ClassVar[str] = "claim.acknowledged"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReturned(Event):
    """A TA1 or 999 rejected the set the claim travelled in."""

    name: ClassVar[str] = "claim.returned"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequeued(Event):
    """A returned claim goes out again in a new attempt: the rejection did not name it, the lane was mended, or a
    person asked for it."""

    name: ClassVar[str] = "claim.requeued"
    claim: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimArrived(Event):
    """A claim that was to go again lies at the payer after all: an answer speaks of an attempt of `submission`."""

    name: ClassVar[str] = "claim.arrived"
    claim: int
    submission: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAccepted(Event):
    """A 277CA took the claim into adjudication."""

    name: ClassVar[str] = "claim.accepted"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDeclined(Event):
    """A 277CA rejected the claim: it was never filed, and a corrected original must be sent."""

    name: ClassVar[str] = "claim.declined"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPaid(Event):
    """The ledger of adjudications pays the claim."""

    name: ClassVar[str] = "claim.paid"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPartlyPaid(Event):
    """The claim is paid but a denied line stands."""

    name: ClassVar[str] = "claim.partly_paid"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDenied(Event):
    """The payer adjudicated the claim and pays nothing."""

    name: ClassVar[str] = "claim.denied"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReversed(Event):
    """The payer took an earlier adjudication back and none stands now."""

    name: ClassVar[str] = "claim.reversed"
    claim: int
    payer: str
    answer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimContradicted(Event):
    """The world says something of this claim that our records exclude: an alarm for a person."""

    name: ClassVar[str] = "claim.contradicted"
    claim: int
    payer: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceRestated(Event):
    """An 835 of a payment that was posted before says something else of it: nothing of it is posted."""

    name: ClassVar[str] = "remittance.restated"
    answer: int
    lane: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceChosen(Event):
    """A person said which statement of a payment holds: `count` postings take the others back, or post it."""

    name: ClassVar[str] = "remittance.chosen"
    remittance: int
    lane: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRestated(Event):
    """A person chose another statement of a payment, which says something else of this claim."""

    name: ClassVar[str] = "claim.restated"
    claim: int
    payer: str
    remittance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceUnbalanced(Event):
    """An 835 whose amounts do not add up: nothing of it is posted."""

    name: ClassVar[str] = "remittance.unbalanced"
    answer: int
    lane: str
    next: str
