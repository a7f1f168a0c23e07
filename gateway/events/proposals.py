"""Proposals: a payer's answers contradict our records of a provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOpened(Event):
    """`count` words of an answer contradict our records of one provider, and nobody has decided on that yet. The claims
    of that provider at that payer that wait are judged again, and held where the `cause` asks for it."""

    name: ClassVar[str] = "proposal.opened"
    proposal: int
    payer: str
    answer: int
    cause: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalExtended(Event):
    """`count` more words say the same: it is one root cause."""

    name: ClassVar[str] = "proposal.extended"
    proposal: int
    payer: str
    answer: int
    cause: str
    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAccepted(Event):
    """A person found that the payer is right. What that changes in the records is a RosterChanged of its own."""

    name: ClassVar[str] = "proposal.accepted"
    proposal: int
    payer: str
    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDismissed(Event):
    """A person found that our records are right; the same answers do not open it again."""

    name: ClassVar[str] = "proposal.dismissed"
    proposal: int
    payer: str
    cause: str
    reason: str
