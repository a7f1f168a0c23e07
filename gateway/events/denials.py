"""Denials as work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialOpened(Event):
    """A denial stands that somebody has to work on. `times` is how often the payer has said it of the claim: more than
    once, and it was open before. `owner` is whose work it is. What it denied is told by the claim's own event."""

    name: ClassVar[str] = "denial.opened"
    denial: int
    claim: int
    payer: str
    answer: int
    code: str
    place: str
    category: str
    owner: str
    times: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialClosed(Event):
    """Nobody has to work on it any more: the payer paid or took the denial back, or a person, the event's actor, said
    so."""

    name: ClassVar[str] = "denial.closed"
    denial: int
    claim: int
    payer: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialAssigned(Event):
    """Somebody took it, or was given it. Who that is stays in the database."""

    name: ClassVar[str] = "denial.assigned"
    denial: int
    claim: int
    payer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialNoted(Event):
    """Somebody wrote down what was done. The words stay in the database."""

    name: ClassVar[str] = "denial.noted"
    denial: int
    claim: int
    payer: str
