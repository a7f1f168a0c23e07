"""Silence: answers that do not come; and proof of what did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOverdue(Event):
    """An answer of this `form` is overdue for `count` claims of a submission, those of one payer where it is named.
    `step` is the step of the ladder that has come, each told once."""

    name: ClassVar[str] = "answer.overdue"
    submission: int
    lane: str
    payer: str
    form: str
    step: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNeverSeen(Event):
    """An answer is due that no file of this lane ever got: told once for the lane, until one comes."""

    name: ClassVar[str] = "answer.never_seen"
    lane: str
    form: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerArrivedLate(Event):
    """What was told to be overdue is not awaited any more: it came, or something that says more."""

    name: ClassVar[str] = "answer.arrived_late"
    submission: int
    lane: str
    payer: str
    form: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofGiven(Event):
    """Somebody was given the proof of one claim's filing; `sha256` is of its packet.json. It holds patient data."""

    name: ClassVar[str] = "proof.given"
    claim: int
    given_to: str
    sha256: str
