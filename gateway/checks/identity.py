"""Checks of what a claim is known by: its numbers, its member and its payer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SUBSCRIBER, of_claim, of_level, of_payer
from gateway.model.claims import Claim, Finding, Outcome

CLAIM_NUMBER = "2300/CLM01"
MEMBER = "2010BA/NM109"
# SBR09 of coverage that knows an injury, not a member: automobile, liability, workers' compensation.
WITHOUT_MEMBER_ID = frozenset({"AM", "LM", "WC"})
# What people type to get past a mandatory field, beside zeros.
_PLACEHOLDERS = frozenset({"NONE", "UNKNOWN", "UNK", "NA", "N/A", "PENDING", "SELF", "TBD"})


def payer_unknown(claim: Claim, context: CheckContext) -> Sequence[Finding]:
    """Nobody has said yet which payer the payer id means."""
    if context.payer is not None:
        return ()
    return [
        Finding(
            "PAYER_UNKNOWN",
            Outcome.HOLD,
            "2010BB/NM109",
            "No payer is known by this payer id.",
            "Correct the payer id, or add it to the payer it belongs to.",
            segment=of_payer(claim),
        )
    ]


def payer_id_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The payer id is the claim's address."""
    if claim.payer_id:
        return ()
    return [
        Finding(
            "PAYER_ID_MISSING",
            Outcome.REJECT,
            "2010BB/NM109",
            "The claim does not say which payer it is for.",
            "Enter the payer id and send the claim again.",
            segment=of_payer(claim),
        )
    ]


def member_id_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Payers find the patient by the subscriber's member id."""
    if claim.member_id:
        return ()
    return [
        Finding(
            "MEMBER_ID_MISSING",
            Outcome.WARN if claim.filing_indicator in WITHOUT_MEMBER_ID else Outcome.REJECT,
            MEMBER,
            "The subscriber has no member id.",
            "Enter the member id from the insurance card and send the claim again.",
            segment=of_level(claim, SUBSCRIBER, "NM1", "IL"),
        )
    ]


def member_id_marks(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Payers print spaces and dashes on a card and leave them out of their files."""
    if claim.member_id.isalnum() or not claim.member_id:
        return ()
    return [
        Finding(
            "MEMBER_ID_MARKS",
            Outcome.WARN,
            MEMBER,
            "The member id has spaces or marks in it.",
            "Enter it without them, unless this payer's ids have them.",
            segment=of_level(claim, SUBSCRIBER, "NM1", "IL"),
        )
    ]


def member_id_doubtful(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A word or a row of zeros is nobody's number. Coverage of an injury may know none."""
    if not is_doubtful(claim.member_id) or claim.filing_indicator in WITHOUT_MEMBER_ID:
        return ()
    return [
        Finding(
            "MEMBER_ID_DOUBTFUL",
            Outcome.HOLD,
            MEMBER,
            "The member id is what stands for one in an empty field, and no number of a member.",
            "Enter the member id from the insurance card and send the claim again.",
            segment=of_level(claim, SUBSCRIBER, "NM1", "IL"),
        )
    ]


@lru_cache(maxsize=16384)
def is_doubtful(code: str) -> bool:
    """Whether it is what people type into a field that must not be empty."""
    return code.upper() in _PLACEHOLDERS or (len(code) > 3 and not code.strip("0"))


def plan_kind_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """SBR09 tells a payer which of its plans is meant."""
    if claim.filing_indicator:
        return ()
    return [
        Finding(
            "PLAN_KIND_MISSING",
            Outcome.WARN,
            "2000B/SBR09",
            "The claim does not say what kind of plan the payer's is.",
            "Enter the claim filing indicator in the payer's record.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def lines_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A claim bills at least one service."""
    if claim.lines:
        return ()
    return [
        Finding(
            "LINES_MISSING",
            Outcome.REJECT,
            "2400/LX01",
            "The claim has no service lines.",
            "Enter the services and send the claim again.",
            segment=claim.position,
        )
    ]


def claim_number_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Every answer names the claim by this number."""
    if claim.control_number:
        return ()
    return [
        Finding(
            "CLAIM_NUMBER_MISSING",
            Outcome.REJECT,
            CLAIM_NUMBER,
            "The claim has no patient control number.",
            "Have the billing software number its claims and send the claim again.",
            segment=claim.position,
        )
    ]


def claim_number_too_long(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The element ends at 38 characters."""
    if len(claim.control_number) <= 38:
        return ()
    return [
        Finding(
            "CLAIM_NUMBER_TOO_LONG",
            Outcome.REJECT,
            CLAIM_NUMBER,
            "The patient control number is longer than 38 characters.",
            "Have the billing software use a shorter number and send the claim again.",
            segment=claim.position,
        )
    ]


def claim_number_long(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Payers need to keep no more than 20 characters, so answers may come back with a cut number."""
    if not 20 < len(claim.control_number) <= 38:
        return ()
    return [
        Finding(
            "CLAIM_NUMBER_LONG",
            Outcome.WARN,
            CLAIM_NUMBER,
            "The patient control number is longer than 20 characters, and a payer may cut it in its answers.",
            "Have the billing software use numbers of 20 characters or fewer.",
            segment=claim.position,
        )
    ]


def trace_too_long(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Receivers keep 20 characters of a REF*D9. It only warns, because ours takes its place on the way out."""
    if len(claim.trace) <= 20:
        return ()
    return [
        Finding(
            "TRACE_TOO_LONG",
            Outcome.WARN,
            "2300/REF02",
            "The claim's intermediary trace number (REF*D9) is longer than 20 characters.",
            "Have whoever numbers the claims before us use 20 characters or fewer.",
            segment=of_claim(claim, "REF", "D9"),
        )
    ]


CHECKS = (
    Check("PAYER_ID_MISSING", payer_id_missing, worst=Outcome.REJECT, once=True),
    Check("PAYER_UNKNOWN", payer_unknown, worst=Outcome.HOLD),
    Check("MEMBER_ID_MISSING", member_id_missing, worst=Outcome.REJECT, once=True),
    Check("MEMBER_ID_MARKS", member_id_marks, worst=Outcome.WARN, once=True),
    Check("MEMBER_ID_DOUBTFUL", member_id_doubtful, worst=Outcome.HOLD, once=True),
    Check("LINES_MISSING", lines_missing, worst=Outcome.REJECT, once=True),
    Check("CLAIM_NUMBER_MISSING", claim_number_missing, worst=Outcome.REJECT, once=True),
    Check("CLAIM_NUMBER_TOO_LONG", claim_number_too_long, worst=Outcome.REJECT, once=True),
    Check("CLAIM_NUMBER_LONG", claim_number_long, worst=Outcome.WARN, once=True),
    Check("TRACE_TOO_LONG", trace_too_long, worst=Outcome.WARN, once=True),
    Check("PLAN_KIND_MISSING", plan_kind_missing, worst=Outcome.WARN, once=True),
)
