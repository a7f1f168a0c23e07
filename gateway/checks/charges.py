"""Checks of money: charges that are missing, negative, zero, or do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SERVICE, of_claim, of_line
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

ENCOUNTER = "RP"
NO_PAYMENT = "0"
"""CLM05-3 of a bill for which no payment is asked."""

CLAIM_CHARGE = "2300/CLM02"
LINE_CHARGE = {
    ClaimKind.PROFESSIONAL: "2400/SV102",
    ClaimKind.INSTITUTIONAL: "2400/SV203",
    ClaimKind.DENTAL: "2400/SV302",
}
_ZERO, _CENT = Decimal(0), Decimal("0.01")
# Revenue codes whose lines carry a rate code of a stay and never a charge of their own.
_RATE_ONLY = frozenset({"0022", "0023", "0024"})


def charge_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A charge that is not a number cannot be billed."""
    found = []
    if claim.charge is None:
        found.append(_invalid(claim))
    for line in claim.lines:
        if line.charge is None:
            found.append(_invalid(claim, line))
    return found


def _invalid(claim: Claim, line: ServiceLine | None = None) -> Finding:
    return _of(
        "CHARGE_INVALID",
        Outcome.REJECT,
        claim,
        line,
        "The charge is missing or is not a number.",
        "Correct the charge and send the claim again.",
    )


def charge_negative(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The guide knows no negative charge: a claim is taken back by a void."""
    found = []
    if claim.charge is not None and claim.charge < _ZERO:
        found.append(_negative(claim))
    for line in claim.lines:
        if line.charge is not None and line.charge < _ZERO:
            found.append(_negative(claim, line))
    return found


def _negative(claim: Claim, line: ServiceLine | None = None) -> Finding:
    return _of(
        "CHARGE_NEGATIVE",
        Outcome.REJECT,
        claim,
        line,
        "The charge is negative.",
        "Correct the charge; to take a claim back, send a void.",
    )


def charge_cents(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Money has two decimal places at most."""
    found = []
    if claim.charge is not None and claim.charge % _CENT:
        found.append(_fraction(claim))
    for line in claim.lines:
        if line.charge is not None and line.charge % _CENT:
            found.append(_fraction(claim, line))
    return found


def _fraction(claim: Claim, line: ServiceLine | None = None) -> Finding:
    return _of(
        "CHARGE_CENTS",
        Outcome.REJECT,
        claim,
        line,
        "The charge has fractions of a cent.",
        "Round the charge to two decimal places and send the claim again.",
    )


def charge_zero(claim: Claim, context: CheckContext) -> Sequence[Finding]:
    """An encounter report, or a bill for which no payment is asked, may charge nothing as a whole; others hardly."""
    asks = context.mode != ENCOUNTER and not claim.predetermination and claim.frequency != NO_PAYMENT
    if claim.charge is None or claim.charge or not asks:
        return ()
    return [
        _of(
            "CHARGE_ZERO",
            Outcome.WARN,
            claim,
            None,
            "The claim charges nothing, so many payers refuse it.",
            "Check that the charges were entered.",
        )
    ]


def line_charge_zero(claim: Claim, context: CheckContext) -> Sequence[Finding]:
    """A free line beside others. Quality codes (category II, ending in F) and rate codes of a stay are free by nature;
    where all the claim is free, CHARGE_ZERO says it."""
    found = []
    for line in claim.lines:
        if line.charge is not None and not line.charge and _is_odd(claim, line, context):
            found.append(
                _of(
                    "LINE_CHARGE_ZERO",
                    Outcome.WARN,
                    claim,
                    line,
                    "The line charges nothing.",
                    "Check that the charge was entered; leave the line as it is where the service is free.",
                )
            )
    return found


def _is_odd(claim: Claim, line: ServiceLine, context: CheckContext) -> bool:
    free = line.procedure.endswith("F") or line.revenue_code in _RATE_ONLY
    return bool(claim.charge) and not free and context.mode != ENCOUNTER and not claim.predetermination


def charge_sum(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """CLM02 equals the sum of the line charges, to the cent."""
    if claim.charge is None or not claim.lines:
        return ()
    total = _ZERO
    for line in claim.lines:
        if line.charge is None:
            return ()
        total += line.charge
    if total == claim.charge:
        return ()
    return [
        _of(
            "CHARGE_SUM",
            Outcome.REJECT,
            claim,
            None,
            "The claim's total charge is not the sum of its lines.",
            "Correct the total or the lines and send the claim again.",
        )
    ]


def patient_paid_more(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """What the patient paid (AMT*F5) is part of the charge."""
    if claim.patient_paid is None or claim.charge is None or claim.patient_paid <= claim.charge:
        return ()
    return [
        Finding(
            "PATIENT_PAID_MORE",
            Outcome.WARN,
            "2300/AMT02",
            "The patient has paid more than the claim charges.",
            "Check the amount that the patient paid; the payer may take the rest off its payment.",
            segment=of_claim(claim, "AMT", "F5"),
        )
    ]


def patient_paid_negative(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Money given back to the patient is no payment of his."""
    if claim.patient_paid is None or claim.patient_paid >= _ZERO:
        return ()
    return [
        Finding(
            "PATIENT_PAID_NEGATIVE",
            Outcome.HOLD,
            "2300/AMT02",
            "What the patient paid is negative.",
            "Enter the amount that the patient has paid in all, or leave it out, and send the claim again.",
            segment=of_claim(claim, "AMT", "F5"),
        )
    ]


def _of(code: str, outcome: Outcome, claim: Claim, line: ServiceLine | None, message: str, next_step: str) -> Finding:
    """About the charge of the line, or of the claim where there is none."""
    if line is None:
        return Finding(code, outcome, CLAIM_CHARGE, message, next_step, segment=claim.position)
    segment = of_line(claim, line, SERVICE[claim.kind])
    return Finding(code, outcome, LINE_CHARGE[claim.kind], message, next_step, line=line.number, segment=segment)


CHECKS = (
    Check("CHARGE_INVALID", charge_invalid, worst=Outcome.REJECT, once=True),
    Check("CHARGE_NEGATIVE", charge_negative, worst=Outcome.REJECT, once=True),
    Check("CHARGE_CENTS", charge_cents, worst=Outcome.REJECT, once=True),
    Check("CHARGE_ZERO", charge_zero, worst=Outcome.WARN, once=True),
    Check("LINE_CHARGE_ZERO", line_charge_zero, worst=Outcome.WARN, once=True),
    Check("CHARGE_SUM", charge_sum, worst=Outcome.REJECT, once=True),
    Check("PATIENT_PAID_MORE", patient_paid_more, worst=Outcome.WARN, once=True),
    Check("PATIENT_PAID_NEGATIVE", patient_paid_negative, worst=Outcome.HOLD, once=True),
)
