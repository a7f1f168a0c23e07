"""Checks of money: charges that are missing, negative, zero, or do not add up."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gateway.checks.engine import Check, CheckContext, read_wrong
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome

ENCOUNTER = "RP"
CLAIM_CHARGE = "2300/CLM02"
LINE_CHARGE = {
    ClaimKind.PROFESSIONAL: "2400/SV102",
    ClaimKind.INSTITUTIONAL: "2400/SV203",
    ClaimKind.DENTAL: "2400/SV302",
}


def charge_invalid(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """A charge that is not a number cannot be billed."""
    message = "The charge is missing or is not a number."
    next_step = "Correct the charge and send the claim again."
    if claim.charge is None and not read_wrong(claim, CLAIM_CHARGE):
        yield Finding("CHARGE_INVALID", Outcome.REJECT, CLAIM_CHARGE, message, next_step)
    place = LINE_CHARGE[claim.kind]
    for line in claim.lines:
        if line.charge is None and not read_wrong(claim, place, line.number):
            yield Finding("CHARGE_INVALID", Outcome.REJECT, place, message, next_step, line=line.number)


def charge_negative(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """The guide knows no negative charge: a claim is taken back by a void."""
    message = "The charge is negative."
    next_step = "Correct the charge; to take a claim back, send a void."
    if claim.charge is not None and claim.charge < 0:
        yield Finding("CHARGE_NEGATIVE", Outcome.REJECT, CLAIM_CHARGE, message, next_step)
    for line in claim.lines:
        if line.charge is not None and line.charge < 0:
            yield Finding(
                "CHARGE_NEGATIVE", Outcome.REJECT, LINE_CHARGE[claim.kind], message, next_step, line=line.number
            )


def charge_zero(claim: Claim, context: CheckContext) -> Iterator[Finding]:
    """Lines may be free of charge (quality codes), and an encounter report as a whole; a claim for payment hardly."""
    if claim.charge == 0 and context.mode != ENCOUNTER:
        yield Finding(
            "CHARGE_ZERO",
            Outcome.WARN,
            CLAIM_CHARGE,
            "The claim charges nothing, so many payers refuse it.",
            "Check that the charges were entered.",
        )


def charge_sum(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """CLM02 equals the sum of the line charges, to the cent."""
    charges = [line.charge for line in claim.lines if line.charge is not None]
    if claim.charge is None or not charges or len(charges) < len(claim.lines):
        return
    if sum(charges, Decimal(0)) != claim.charge:
        yield Finding(
            "CHARGE_SUM",
            Outcome.REJECT,
            CLAIM_CHARGE,
            "The claim's total charge is not the sum of its lines.",
            "Correct the total or the lines and send the claim again.",
        )


CHECKS = (
    Check("CHARGE_INVALID", charge_invalid),
    Check("CHARGE_NEGATIVE", charge_negative),
    Check("CHARGE_ZERO", charge_zero),
    Check("CHARGE_SUM", charge_sum),
)
