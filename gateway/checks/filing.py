"""Checks of timely filing: the payer's limit is near, or has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from gateway.checks.dates import CLAIM_DATE, LINE_DATE
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_claim, of_line
from gateway.deadlines import FilingLimit, days_left, filing_anchor, filing_limit, limit_text
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome
from gateway.model.partners import Anchor

DUE_SOON = timedelta(days=14)


def limit_of(claim: Claim, context: CheckContext) -> FilingLimit | None:
    """The filing limit that is about the claim; None where there is none or the payer is not known."""
    if context.payer is None:
        return None
    return filing_limit(claim, context.payer, context.closed, context.adjudicated_on)


def filing_soon(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """Fourteen days or fewer are left, the last day included."""
    limit = limit_of(claim, context)
    if limit and 0 <= days_left(limit.due, context.today) <= DUE_SOON.days:
        yield Finding(
            "FILING_SOON",
            Outcome.WARN,
            _place(claim, limit),
            "The payer's filing limit is near.",
            "See that the claim leaves in time: the day the payer receives it counts.",
            limit_text(limit.rule),
            segment=_segment(claim, limit),
        )


def filing_past(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """The limit has passed. Where it may run from another day than the one we know, or the claim itself says why it is
    late, it only warns."""
    limit = limit_of(claim, context)
    if limit and limit.due < context.today:
        yield Finding(
            "FILING_PAST",
            Outcome.HOLD if limit.firm and not claim.delay_reason else Outcome.WARN,
            _place(claim, limit),
            "Expected to be denied because the payer's filing limit has passed.",
            "State a delay reason (CLM20) and keep its proof, or release the claim as it is, or withdraw it.",
            limit_text(limit.rule),
            segment=_segment(claim, limit),
        )


def _place(claim: Claim, limit: FilingLimit) -> str:
    """Where the day stands that the limit runs from."""
    if limit.rule.anchor is Anchor.PRIMARY_REMIT:
        return "2330B/DTP03" if any(payer.paid_on for payer in claim.coverages) else "2430/DTP03"
    if limit.rule.anchor is Anchor.DENIAL:
        return ""
    return CLAIM_DATE if claim.kind is ClaimKind.INSTITUTIONAL else LINE_DATE


def _segment(claim: Claim, limit: FilingLimit) -> int | None:
    """The segment of that day, or what opens its loop."""
    if limit.rule.anchor is Anchor.PRIMARY_REMIT:
        paid = [payer.segment for payer in claim.coverages if payer.paid_on]
        return next(iter(paid), None) or next(
            (paid.segment for line in claim.lines for paid in line.adjudications if paid.paid_on), None
        )
    if limit.rule.anchor is Anchor.DENIAL:
        return None
    anchor = filing_anchor(claim)
    line = next((line for line in claim.lines if line.first_day == anchor), None)
    if claim.kind is ClaimKind.INSTITUTIONAL or line is None:
        return of_claim(claim, "DTP", "434", "472")
    return of_line(claim, line, "DTP", "472")


CHECKS = (Check("FILING_SOON", filing_soon, worst=Outcome.WARN), Check("FILING_PAST", filing_past, worst=Outcome.HOLD))
