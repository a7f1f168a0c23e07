"""Checks of dates of service: missing, reversed, in the future, outside the statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.checks.engine import Check, CheckContext, read_wrong
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome

CLAIM_DATE = "2300/DTP03"
LINE_DATE = "2400/DTP03"


def date_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Each professional line has its date of service; a dental line may take the claim's, and a dental
    predetermination has none at all, so that one waits for a person."""
    if claim.kind is ClaimKind.INSTITUTIONAL or (claim.kind is ClaimKind.DENTAL and claim.first_day):
        return
    for line in claim.lines:
        if line.first_day is None and not read_wrong(claim, LINE_DATE, line.number):
            yield Finding(
                "DATE_MISSING",
                Outcome.HOLD if claim.kind is ClaimKind.DENTAL else Outcome.REJECT,
                LINE_DATE,
                "The line has no valid date of service.",
                "Correct the date of service and send the claim again.",
                line=line.number,
            )


def statement_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """An institutional claim states the days it bills for."""
    stated = claim.first_day is not None and claim.last_day is not None
    if claim.kind is ClaimKind.INSTITUTIONAL and not stated and not read_wrong(claim, CLAIM_DATE):
        yield Finding(
            "STATEMENT_MISSING",
            Outcome.REJECT,
            CLAIM_DATE,
            "The claim has no valid statement dates.",
            "Enter the first and last day of the statement and send the claim again.",
        )


def date_reversed(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """A range of days ends on or after the day it starts."""
    for line, place, first, last in _ranges(claim):
        if first and last and last < first:
            yield Finding(
                "DATE_REVERSED",
                Outcome.REJECT,
                place,
                "The range of dates ends before it starts.",
                "Correct the dates and send the claim again.",
                line=line,
            )


def date_future(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """A service starts, and a statement ends, today at the latest. The calendar alone may cure that, so it holds.
    A professional range may end later: supplies are billed on delivery for the days they last."""
    institutional = claim.kind is ClaimKind.INSTITUTIONAL
    for line, place, first, last in _ranges(claim):
        begun, ended = (first or last), (last or first)
        if not begun or not ended or max(begun, ended) <= context.today:
            continue
        binding = ended if institutional and line is None else begun
        yield Finding(
            "DATE_FUTURE",
            Outcome.HOLD if binding > context.today else Outcome.WARN,
            place,
            "A date of service lies in the future.",
            "Correct the date, or let the claim wait until the day has come.",
            line=line,
        )


def line_outside_statement(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """The lines of an institutional claim lie within its statement dates."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or claim.first_day is None or claim.last_day is None:
        return
    for line in claim.lines:
        days = [day for day in (line.first_day, line.last_day) if day]
        if days and not claim.first_day <= min(days) <= max(days) <= claim.last_day:
            yield Finding(
                "LINE_OUTSIDE_STATEMENT",
                Outcome.HOLD,
                LINE_DATE,
                "The line's date of service lies outside the statement dates.",
                "Correct the line or the statement dates and send the claim again.",
                line=line.number,
            )


def _ranges(claim: Claim) -> Iterator[tuple[int | None, str, date | None, date | None]]:
    """Every range of days the claim states: those of its lines, and the statement's where there is one."""
    if claim.kind is ClaimKind.INSTITUTIONAL or not any(line.first_day for line in claim.lines):
        yield None, CLAIM_DATE, claim.first_day, claim.last_day
    for line in claim.lines:
        yield line.number, LINE_DATE, line.first_day, line.last_day


CHECKS = (
    Check("DATE_MISSING", date_missing),
    Check("STATEMENT_MISSING", statement_missing),
    Check("DATE_REVERSED", date_reversed),
    Check("DATE_FUTURE", date_future),
    Check("LINE_OUTSIDE_STATEMENT", line_outside_statement),
)
