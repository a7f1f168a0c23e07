"""One engine for clocks that run out: when something is due, how long is left, which steps of a ladder have come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from gateway.model.claims import Claim, ClaimKind
from gateway.model.partners import Payer

Moment = TypeVar("Moment", date, datetime)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder: `name` is what then happens, `before` how long before the due moment (negative: after)."""

    name: str
    before: timedelta


# What happens to a claim that still waits as its filing limit comes near.
FILING_LADDER = (
    Step("supervisor", timedelta(days=30)),
    Step("daily", timedelta(days=14)),
    Step("must_decide", timedelta(days=5)),
    Step("last_day", timedelta(0)),
)


def filing_anchor(claim: Claim) -> date | None:
    """The day a filing limit runs from, as Medicare counts (42 CFR 424.44): the earliest line's first day of a
    professional or dental claim, the statement's last day of an institutional one. None where none is stated."""
    if claim.kind is ClaimKind.INSTITUTIONAL:
        return claim.last_day
    return min((line.first_day for line in claim.lines if line.first_day), default=claim.first_day)


def filing_due(claim: Claim, payer: Payer) -> date | None:
    """The last day on which the payer must have received the claim, itself included."""
    anchor = filing_anchor(claim)
    return None if anchor is None else add_days(anchor, payer.filing_limit)


def days_left(due: date, today: date) -> int:
    """Days from today to the due day: 0 on the last day, negative when it has passed."""
    return (due - today).days


def steps_due(due: Moment, now: Moment, ladder: Iterable[Step]) -> tuple[Step, ...]:
    """The steps whose moment has come, the furthest from the due moment first; equal moments keep their order."""
    reached = (step for step in ladder if due - now <= step.before)
    return tuple(sorted(reached, key=lambda step: step.before, reverse=True))


def add_days(day: date, span: timedelta) -> date:
    """Calendar arithmetic that stays within the calendar: a mistyped year must not stop anything."""
    try:
        return day + span
    except OverflowError:
        return date.max if span > timedelta(0) else date.min
