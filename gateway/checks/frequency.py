"""Checks of what a claim is: an original, or a replacement or void of the one that it names."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.checks.engine import Check, CheckContext
from gateway.checks.identity import is_doubtful
from gateway.checks.places import of_claim
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome

FREQUENCY = "2300/CLM05-3"
ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"
_FREQUENCIES = frozenset({ORIGINAL, REPLACEMENT, VOID})
# Adjustment of a prior claim: gone from the code list, and still taken by a few payers.
_OLD_FREQUENCY = "6"


def payer_number_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A replacement or void names the payer's own number of the claim it changes. A word or zeros are none."""
    number = claim.payer_control_number
    if claim.frequency not in (REPLACEMENT, VOID) or (number and not is_doubtful(number) and number.strip("0")):
        return ()
    return [
        Finding(
            "PAYER_NUMBER_MISSING",
            Outcome.REJECT,
            "2300/REF02",
            "A replacement or void must name the payer's claim number of the original (REF*F8).",
            "Enter the number from the remittance; if the payer never took the original, send the claim as an original.",
            segment=claim.position,
        )
    ]


def payer_number_same(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The payer's own number of a claim is not the practice's."""
    if claim.frequency not in (REPLACEMENT, VOID) or claim.payer_control_number != claim.control_number:
        return ()
    return [
        Finding(
            "PAYER_NUMBER_SAME",
            Outcome.WARN,
            "2300/REF02",
            "The claim that is replaced or voided (REF*F8) is named by the practice's number of this one (CLM01).",
            "Enter the payer's number from the remittance; by our own the payer does not find it.",
            segment=of_claim(claim, "REF", "F8"),
        )
    ]


def payer_number_unexpected(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An original changes no other claim."""
    if not claim.payer_control_number or claim.frequency != ORIGINAL:
        return ()
    return [
        Finding(
            "PAYER_NUMBER_UNEXPECTED",
            Outcome.WARN,
            "2300/REF02",
            "The claim names a payer's claim number (REF*F8) and is an original all the same.",
            "Send it as a replacement (7) or void (8) if it changes that claim; else leave the number out.",
            segment=of_claim(claim, "REF", "F8"),
        )
    ]


def frequency_unknown(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Professional and dental claims are originals, replacements or voids; the last place of a bill type is wider."""
    code = claim.frequency
    if code in _FREQUENCIES or (claim.kind is ClaimKind.INSTITUTIONAL and _is_bill_type(code)):
        return ()
    return [
        Finding(
            "FREQUENCY_UNKNOWN",
            Outcome.HOLD if code == _OLD_FREQUENCY else Outcome.REJECT,
            FREQUENCY,
            "The claim frequency code is not one that payers know for this kind of claim.",
            "Say whether the claim is an original, a replacement or a void and send it again.",
            segment=claim.position,
        )
    ]


def replacement_not_taken(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare Part B takes originals alone; who asks it for a change does so by a reopening or a redetermination. A void
    only warns, as nothing holds a void."""
    if claim.frequency not in (REPLACEMENT, VOID) or claim.filing_indicator != "MB":
        return ()
    if claim.kind is not ClaimKind.PROFESSIONAL:
        return ()
    return [
        Finding(
            "REPLACEMENT_NOT_TAKEN",
            Outcome.HOLD if claim.frequency == REPLACEMENT else Outcome.WARN,
            FREQUENCY,
            "The claim is a replacement or void, and Medicare Part B takes neither.",
            "Ask for a clerical error reopening, or send an unprocessable claim as a new original.",
            segment=claim.position,
        )
    ]


def _is_bill_type(code: str) -> bool:
    """One digit or capital letter."""
    return len(code) == 1 and code.isascii() and code.isalnum() and not code.islower() and code != _OLD_FREQUENCY


CHECKS = (
    Check("PAYER_NUMBER_MISSING", payer_number_missing, worst=Outcome.REJECT, once=True),
    Check("PAYER_NUMBER_SAME", payer_number_same, worst=Outcome.WARN, once=True),
    Check("PAYER_NUMBER_UNEXPECTED", payer_number_unexpected, worst=Outcome.WARN, once=True),
    Check("FREQUENCY_UNKNOWN", frequency_unknown, worst=Outcome.REJECT, once=True),
    Check("REPLACEMENT_NOT_TAKEN", replacement_not_taken, worst=Outcome.HOLD, once=True),
)
