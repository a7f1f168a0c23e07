"""Checks of timely filing: the payer's limit is near, or has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from gateway.checks.dates import CLAIM_DATE, LINE_DATE
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_claim, of_line
from gateway.deadlines import days_left, filing_anchor, filing_due
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome
from gateway.model.partners import Payer

DUE_SOON = timedelta(days=14)
REPLACEMENT, VOID = "7", "8"
# SBR01 of a destination payer who pays first, or of whom the rank is unknown.
FIRST_PAYER = frozenset({"", "P", "U"})


def filing_soon(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """Fourteen days or fewer are left, the last day included."""
    left = _left(claim, context)
    if left is not None and 0 <= left <= DUE_SOON.days:
        yield Finding(
            "FILING_SOON",
            Outcome.WARN,
            _place(claim),
            "The payer's filing limit is near.",
            "See that the claim leaves in time: the day the payer receives it counts.",
            _limit(context.payer),
            segment=_segment(claim),
        )


def filing_past(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """The limit has passed. Where it may not run from the date of service, or the claim itself says why it is late,
    it only warns."""
    left = _left(claim, context)
    if left is not None and left < 0:
        yield Finding(
            "FILING_PAST",
            Outcome.WARN if _has_other_clock(claim) else Outcome.HOLD,
            _place(claim),
            "Expected to be denied because the payer's filing limit has passed.",
            "State a delay reason (CLM20) and keep its proof, or release the claim as it is, or withdraw it.",
            _limit(context.payer),
            segment=_segment(claim),
        )


def _left(claim: Claim, context: CheckContext) -> int | None:
    """A void takes a claim back, which is never too late."""
    if context.payer is None or claim.frequency == VOID:
        return None
    due = filing_due(claim, context.payer)
    return None if due is None else days_left(due, context.today)


def _has_other_clock(claim: Claim) -> bool:
    """Replacements often run from the remittance, secondary claims from the first payer's."""
    return claim.frequency == REPLACEMENT or claim.payer_responsibility not in FIRST_PAYER or bool(claim.delay_reason)


def _place(claim: Claim) -> str:
    """Where the day stands that the limit runs from."""
    return CLAIM_DATE if claim.kind is ClaimKind.INSTITUTIONAL else LINE_DATE


def _segment(claim: Claim) -> int | None:
    """The segment of that day."""
    anchor = filing_anchor(claim)
    line = next((line for line in claim.lines if line.first_day == anchor), None)
    if claim.kind is ClaimKind.INSTITUTIONAL or line is None:
        return of_claim(claim, "DTP", "434", "472")
    return of_line(claim, line, "DTP", "472")


def _limit(payer: Payer | None) -> str:
    return f"filing limit of {payer.filing_limit.days} days" if payer else ""


CHECKS = (Check("FILING_SOON", filing_soon), Check("FILING_PAST", filing_past))
