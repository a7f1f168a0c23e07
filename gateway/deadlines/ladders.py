"""Ladders: the steps that come as a moment nears or lies behind, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

Moment = TypeVar("Moment", date, datetime)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: `name` is what then happens, `before` how long before the due moment (negative: after). A
    `daily` one comes again every day up to the due one."""

    name: str
    before: timedelta
    daily: bool = False


class Kind(StrEnum):
    """What runs out. Stored by name. The first four are of claims that wait, the next three of denials; the last three
    of our accounts at partners; the others of what a provider holds."""

    FILING = "filing"
    HOLD = "hold"
    APPROVAL = "approval"
    DECISION = "decision"
    APPEAL = "appeal"
    CORRECTION = "correction"
    DENIAL = "denial"
    ENROLLMENT = "enrollment"
    RECREDENTIALING = "recredentialing"
    REVALIDATION = "revalidation"
    LICENCE = "licence"
    DEA = "dea"
    BOARD = "board"
    MALPRACTICE = "malpractice"
    CAQH = "caqh"
    CLIA = "clia"
    PASSWORD = "password"
    LEGACY = "legacy"
    HOST_KEY = "host_key"


LAST_DAY, PASSED, DECIDE = "last_day", "passed", "decide"


def _expiry(*days: int) -> tuple[Step, ...]:
    before = (Step(f"days_{count}", timedelta(days=count)) for count in days)
    return (*before, Step(LAST_DAY, timedelta(0)), Step(PASSED, timedelta(days=-1)))


# What happens to a claim that still waits as its filing limit comes near. What counts is the day on which the payer has
# it, so that it should leave ten days before.
FILING_LADDER = (
    Step("supervisor", timedelta(days=30)),
    Step("daily", timedelta(days=14), daily=True),
    Step("send_by", timedelta(days=10)),
    Step("must_decide", timedelta(days=5)),
    Step(LAST_DAY, timedelta(0)),
    Step(PASSED, timedelta(days=-1)),
)
HOLD_LADDER = (Step("age_7", timedelta(days=-7)), Step("age_30", timedelta(days=-30)))
"""Counted from the day since which a claim is held."""

AT_ONCE = (Step(DECIDE, timedelta.max),)
EXPIRY_LADDER = _expiry(120, 90, 60, 30, 14, 7)
CAQH_LADDER = _expiry(30, 14, 7)
DENIAL_LADDER = _expiry(30, 14, 7)
UNWORKED_LADDER = (Step("not_worked", timedelta(0)),)
"""Counted from the day on which somebody should have begun to work on it."""

ACCOUNT_LADDER = _expiry(14, 7, 3, 1)

_OWN: Mapping[Kind, tuple[Step, ...]] = {
    Kind.FILING: FILING_LADDER,
    Kind.HOLD: HOLD_LADDER,
    Kind.APPROVAL: AT_ONCE,
    Kind.DECISION: AT_ONCE,
    Kind.APPEAL: DENIAL_LADDER,
    Kind.CORRECTION: DENIAL_LADDER,
    Kind.DENIAL: UNWORKED_LADDER,
    Kind.CAQH: CAQH_LADDER,
    Kind.PASSWORD: ACCOUNT_LADDER,
    Kind.LEGACY: ACCOUNT_LADDER,
    Kind.HOST_KEY: ACCOUNT_LADDER,
}
LADDERS: Mapping[Kind, tuple[Step, ...]] = {kind: _OWN.get(kind, EXPIRY_LADDER) for kind in Kind}
FILING_REACH = FILING_LADDER[0].before
EXPIRY_REACH = EXPIRY_LADDER[0].before
"""No ladder of claims, or of what providers hold, begins earlier."""

STEP_NAMES = frozenset(step.name for ladder in LADDERS.values() for step in ladder)


def steps_due(due: Moment, now: Moment, ladder: Iterable[Step]) -> tuple[Step, ...]:
    """The steps whose moment has come, the furthest from the due moment first; equal moments keep their order."""
    reached = (step for step in ladder if due - now <= step.before)
    return tuple(sorted(reached, key=lambda step: step.before, reverse=True))
