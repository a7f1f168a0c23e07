"""Claim status: what we asked a payer of a claim (276), and what it said (277)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryOpened(Event):
    """The payer is to be asked for the status of a claim. `code` is the answer whose silence is the reason, or PERSON."""

    name: ClassVar[str] = "inquiry.opened"
    inquiry: int
    claim: int
    payer: str
    lane: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequestPlanned(Event):
    """Control numbers are taken for a 276, and `count` questions are put into it."""

    name: ClassVar[str] = "inquiry.planned"
    submission: int
    lane: str
    isa13: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryUnanswered(Event):
    """No 277 came in time: the question is open no more. A late one is read all the same."""

    name: ClassVar[str] = "inquiry.unanswered"
    inquiry: int
    claim: int
    payer: str
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRefused(Event):
    """The partner's 999 or TA1 refused the file with the question: it is not asked again by itself."""

    name: ClassVar[str] = "inquiry.refused"
    inquiry: int
    claim: int
    payer: str
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryDropped(Event):
    """The claim's answer came before the question was put or answered, or the lane takes no questions any more: nothing is
    to be asked."""

    name: ClassVar[str] = "inquiry.dropped"
    inquiry: int
    claim: int
    payer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStatusTold(Event):
    """A 277 says where a claim is, and nobody here has to act. `state` is its meaning (model.inquiries.Word), `code` the
    statuses as written; `inquiry` None where nobody had asked. It moves no claim: only a 277CA or an 835 does."""

    name: ClassVar[str] = "claim.status_told"
    inquiry: int | None
    claim: int
    payer: str
    answer: int
    state: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAwaitsUs(Event):
    """A 277 asks for somebody's work on a claim: the payer waits for us, or did not find or take it, or nobody knows what
    it says. Fields as of ClaimStatusTold."""

    name: ClassVar[str] = "claim.awaits_us"
    inquiry: int | None
    claim: int
    payer: str
    answer: int
    state: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRemittanceMissing(Event):
    """A 277 said that the claim is finalized, and no 835 of it came in time."""

    name: ClassVar[str] = "claim.remittance_missing"
    claim: int
    payer: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWorkDone(Event):
    """A person is done with what a payer's status asked for."""

    name: ClassVar[str] = "claim.status_worked"
    claim: int
    reason: str
