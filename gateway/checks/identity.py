"""Checks of what a claim is known by: its numbers, its frequency, its member and its payer."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.checks.engine import Check, CheckContext
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome

CLAIM_NUMBER = "2300/CLM01"
FREQUENCY = "2300/CLM05"
# SBR09 of coverage that knows an injury, not a member: automobile, liability, workers' compensation.
WITHOUT_MEMBER_ID = frozenset({"AM", "LM", "WC"})


def payer_unknown(_: Claim, context: CheckContext) -> Iterator[Finding]:
    """Nobody has said yet which payer the payer id means."""
    if context.payer is None:
        yield Finding(
            "PAYER_UNKNOWN",
            Outcome.HOLD,
            "2010BB/NM109",
            "No payer is known by this payer id.",
            "Correct the payer id, or add it to the payer it belongs to.",
        )


def payer_id_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """The payer id is the claim's address."""
    if not claim.payer_id:
        yield Finding(
            "PAYER_ID_MISSING",
            Outcome.REJECT,
            "2010BB/NM109",
            "The claim does not say which payer it is for.",
            "Enter the payer id and send the claim again.",
        )


def member_id_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Payers find the patient by the subscriber's member id."""
    if not claim.member_id:
        injury = claim.filing_indicator in WITHOUT_MEMBER_ID
        yield Finding(
            "MEMBER_ID_MISSING",
            Outcome.WARN if injury else Outcome.REJECT,
            "2010BA/NM109",
            "The subscriber has no member id.",
            "Enter the member id from the insurance card and send the claim again.",
        )


def lines_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """A claim bills at least one service."""
    if not claim.lines:
        yield Finding(
            "LINES_MISSING",
            Outcome.REJECT,
            "2400/LX01",
            "The claim has no service lines.",
            "Enter the services and send the claim again.",
        )


def claim_number_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Every answer names the claim by this number."""
    if not claim.control_number:
        yield Finding(
            "CLAIM_NUMBER_MISSING",
            Outcome.REJECT,
            CLAIM_NUMBER,
            "The claim has no patient control number.",
            "Have the billing software number its claims and send the claim again.",
        )


def claim_number_too_long(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """The element ends at 38 characters."""
    if len(claim.control_number) > 38:
        yield Finding(
            "CLAIM_NUMBER_TOO_LONG",
            Outcome.REJECT,
            CLAIM_NUMBER,
            "The patient control number is longer than 38 characters.",
            "Have the billing software use a shorter number and send the claim again.",
        )


def claim_number_long(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Payers need to keep no more than 20 characters, so answers may come back with a cut number."""
    if 20 < len(claim.control_number) <= 38:
        yield Finding(
            "CLAIM_NUMBER_LONG",
            Outcome.WARN,
            CLAIM_NUMBER,
            "The patient control number is longer than 20 characters, and a payer may cut it in its answers.",
            "Have the billing software use numbers of 20 characters or fewer.",
        )


def payer_number_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """A replacement or void names the payer's own number of the claim it changes."""
    if claim.frequency in ("7", "8") and not claim.payer_control_number:
        yield Finding(
            "PAYER_NUMBER_MISSING",
            Outcome.REJECT,
            "2300/REF02",
            "A replacement or void must name the payer's claim number of the original (REF*F8).",
            "Enter the number from the remittance; if the payer never took the original, send the claim as an original.",
        )


def frequency_unknown(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Professional and dental claims are originals, replacements or voids; the last place of a bill type is wider."""
    code = claim.frequency
    if claim.kind is ClaimKind.INSTITUTIONAL:
        known = len(code) == 1 and code.isascii() and (code.isupper() or (code.isdecimal() and code != "6"))
    else:
        known = code in ("1", "7", "8")
    if not known:
        yield Finding(
            "FREQUENCY_UNKNOWN",
            Outcome.WARN,
            FREQUENCY,
            "The claim frequency code is not one that payers know for this kind of claim.",
            "Check that the claim should be an original, a replacement or a void.",
        )


def trace_too_long(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Receivers keep 20 characters of a REF*D9. It only warns, because ours takes its place on the way out."""
    if len(claim.trace) > 20:
        yield Finding(
            "TRACE_TOO_LONG",
            Outcome.WARN,
            "2300/REF02",
            "The claim's intermediary trace number (REF*D9) is longer than 20 characters.",
            "Have whoever numbers the claims before us use 20 characters or fewer.",
        )


CHECKS = (
    Check("PAYER_ID_MISSING", payer_id_missing),
    Check("PAYER_UNKNOWN", payer_unknown),
    Check("MEMBER_ID_MISSING", member_id_missing),
    Check("LINES_MISSING", lines_missing),
    Check("CLAIM_NUMBER_MISSING", claim_number_missing),
    Check("CLAIM_NUMBER_TOO_LONG", claim_number_too_long),
    Check("CLAIM_NUMBER_LONG", claim_number_long),
    Check("PAYER_NUMBER_MISSING", payer_number_missing),
    Check("FREQUENCY_UNKNOWN", frequency_unknown),
    Check("TRACE_TOO_LONG", trace_too_long),
)
