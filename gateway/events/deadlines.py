"""Clocks that run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineNear(Event):
    """A filing limit comes close for a claim that has not been accepted, or by `code` the last day for what a denial asks
    for (APPEAL, CORRECTION), or nobody works on one (DENIAL). `days` are left; `step` is the step of the ladder that has
    come, each told once."""

    name: ClassVar[str] = "deadline.near"
    claim: int
    payer: str
    days: int
    next: str
    code: str = "FILING"
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed(Event):
    """A filing limit passed for a claim that has not been accepted, or the last day for what a denial asks for, `days`
    below zero."""

    name: ClassVar[str] = "deadline.passed"
    claim: int
    payer: str
    days: int
    next: str
    code: str = "FILING"
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionNeeded(Event):
    """Waiting will not free this held claim: the approval is expected after the filing limit (`code` APPROVAL), or no
    approval can reach its dates of service (DECISION). A person decides, and need not wait for the limit."""

    name: ClassVar[str] = "deadline.decide"
    claim: int
    payer: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAged(Event):
    """A claim is held for `days` days; `code` is of what holds it."""

    name: ClassVar[str] = "deadline.hold_aged"
    claim: int
    payer: str
    code: str
    step: str
    days: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryNear(Event):
    """Something that a provider holds, or that our account at a partner needs, runs out on the day `due`, `days` from
    now: `subject` is what says so (`enrollment 4`, `statement 7`, `lane alpha_edi/test`), `code` what it is. By the last
    weeks `count` claims with `dollars` a week stop at this payer, or at all of them where none is named."""

    name: ClassVar[str] = "deadline.expiry_near"
    subject: str
    payer: str
    code: str
    step: str
    days: int
    due: date | None
    count: int
    dollars: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryPassed(Event):
    """It ran out, `days` below zero, and nobody recorded a renewal."""

    name: ClassVar[str] = "deadline.expiry_passed"
    subject: str
    payer: str
    code: str
    step: str
    days: int
    due: date | None
    count: int
    dollars: int
    next: str
