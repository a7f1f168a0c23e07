"""Lanes, and the ways to payers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gateway.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRefused(Event):
    """The partner refused our login; it is never tried again without a person."""

    name: ClassVar[str] = "lane.login_refused"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeyChanged(Event):
    """The server showed another host key than the pinned one."""

    name: ClassVar[str] = "lane.host_key_changed"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneStopped(Event):
    """No session can be had there, or what is to be sent cannot be written as the partner wants it; a person mends that."""

    name: ClassVar[str] = "lane.stopped"
    lane: str
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesUsedUp(Event):
    """All names are given that the partner's counter has in its period; what waits goes in the next one."""

    name: ClassVar[str] = "lane.names_used_up"
    lane: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeRejected(Event):
    """The partner rejected a whole interchange (TA1 R): what is wrong with one is wrong with the next."""

    name: ClassVar[str] = "lane.interchange_rejected"
    kind: ClassVar[str] = "rejection"
    lane: str
    submission: int
    code: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneUnreachable(Event):
    """The partner could not be reached; the lane is tried again after `wait` seconds."""

    name: ClassVar[str] = "lane.unreachable"
    lane: str
    code: str
    wait: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOpened(Event):
    """The lane failed `count` times in a row: from now on it is only tried, after `wait` seconds, and each further
    failure is no news."""

    name: ClassVar[str] = "lane.breaker_opened"
    lane: str
    code: str
    count: int
    wait: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageLasts(Event):
    """The breaker is open for hours: now it is an incident, told once."""

    name: ClassVar[str] = "lane.outage"
    lane: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerClosed(Event):
    """The partner answers again, after `count` failures."""

    name: ClassVar[str] = "lane.breaker_closed"
    lane: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneAsks(Event):
    """Before `count` claims go, a person is asked: the run is far larger than any before (RUN_LARGE), or too many claims
    of late were refused (REFUSED_MANY). Answers are fetched meanwhile."""

    name: ClassVar[str] = "lane.asks"
    lane: str
    code: str
    count: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerMoved(Event):
    """A person has a payer's claims go by this partner from now on; `count` claims that wait are judged again."""

    name: ClassVar[str] = "payer.moved"
    payer: str
    partner: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerMovedBack(Event):
    """A moved payer's claims go by the routes of the settings again, which is by this partner."""

    name: ClassVar[str] = "payer.moved_back"
    payer: str
    partner: str
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneResumed(Event):
    """A person resumed the lane."""

    name: ClassVar[str] = "lane.resumed"
    lane: str
    reason: str
