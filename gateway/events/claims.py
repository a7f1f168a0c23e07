"""Claims, until they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.events.base import Event
from gateway.model.claims import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPassed(Event):
    """Nothing stands against sending the claim. `findings` are all that was looked at, passes and warnings."""

    name: ClassVar[str] = "claim.passed"
    claim: int
    payer: str
    lane: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimHeld(Event):
    """The claim waits. `code`, `place` and `next` are of the finding that holds it; `until` is the next day on which
    time alone could change that."""

    name: ClassVar[str] = "claim.held"
    claim: int
    payer: str
    code: str
    place: str
    next: str
    until: date | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRejected(Event):
    """Our own check refused the claim: the practice corrects it and sends a new one."""

    name: ClassVar[str] = "claim.rejected"
    kind: ClassVar[str] = "rejection"
    claim: int
    payer: str
    code: str
    place: str
    next: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDuplicated(Event):
    """The same claim content was received before, as claim `original`."""

    name: ClassVar[str] = "claim.duplicate"
    claim: int
    payer: str
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWithdrawn(Event):
    """A person took the claim back before it was sent."""

    name: ClassVar[str] = "claim.withdrawn"
    claim: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMarked(Event):
    """A person asked to hold the claim (`mark` hold) or to let it pass these findings (`mark` release); it is judged
    again with that."""

    name: ClassVar[str] = "claim.marked"
    claim: int
    mark: str
    codes: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLinked(Event):
    """The claim is the next version of claim `original`; `code` is by what it was known as one (`families.How`)."""

    name: ClassVar[str] = "claim.linked"
    claim: int
    payer: str
    original: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmissionOrdered(Event):
    """A person ordered a replacement (`mark` replace) or void of the claim; it comes in as `batch` and takes the same
    road as whatever is dropped."""

    name: ClassVar[str] = "claim.resubmission_ordered"
    claim: int
    payer: str
    batch: int
    mark: str
    reason: str
