"""Checks of what one kind of plan asks for: Medicare, Medicaid, and coverage of an injury. No other claim is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from gateway.checks.cob import LATER
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import DEPENDENT, SUBSCRIBER, element_of, of_level, of_line, pieces_from
from gateway.checks.units import UNTIMED
from gateway.items import Item, item_of
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

MEDICARE, MEDICAID, INJURY = frozenset({"MA", "MB"}), frozenset({"MC"}), frozenset({"AM", "WC"})
"""SBR09: Part A and B; Medicaid; automobile insurance and workers' compensation."""

_PART_A, _PART_B, _FIRST = "MA", frozenset({"MB"}), "P"
# A Medicare number has eleven places without S, L, O, I, B and Z, and has been the only one since 2020.
_LETTER, _EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
_MEMBER = re.compile(f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{{2}}[0-9]{{2}}")
_MEMBER_SINCE = date(2020, 1, 1)

_ORDERED = frozenset({Item.LABORATORY, Item.IMAGING, Item.EQUIPMENT, Item.POWER_MOBILITY})
_ORDERING = frozenset({"DN", "DK"})
# Laboratory tests, by ranges; those of them that need no CLIA certificate, and skin tests among them.
_TESTS = (("80047", "80081"), ("81000", "84999"), ("85002", "85999"), ("86000", "86849"), ("87003", "87999"))
_UNCERTIFIED = frozenset({"81050", "82075", "83013", "83014", "83987", "84061", "86077", "86078", "86079"})
_SKIN = ("86485", "86580")
_MAMMOGRAPHY = frozenset({"77063", "77065", "77066", "77067"})
_CHIROPRACTIC = frozenset({"98940", "98941", "98942"})
_THERAPY = frozenset({
    *("97110", "97112", "97113", "97116", "97140", "97150", "97161", "97162", "97163", "97164", "97165", "97166"),
    *("97167", "97168", "97530", "97535"),
})  # fmt: skip
_ANESTHETISTS = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ"})
_THERAPISTS = frozenset({"GN", "GO", "GP"})
# Where an ambulance begins or ends: two letters.
_JOURNEY = re.compile("[DEGHIJNPRSX]{2}")
# Places of service with an address of their own: hospitals, ambulatory surgery, nursing facilities.
_FACILITIES = frozenset({"19", "21", "22", "23", "24", "31", "32", "51", "61"})


def medicare_dependent(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare insures each person alone: nobody is a dependent there."""
    if claim.filing_indicator not in MEDICARE or not claim.patient.dependent:
        return ()
    return [
        Finding(
            "MEDICARE_DEPENDENT",
            Outcome.WARN,
            "2000C/PAT01",
            "The claim is for a dependent, and Medicare has none: each person is the subscriber.",
            "Bill the patient as the subscriber under the patient's own number, or correct the kind of plan.",
            segment=of_level(claim, DEPENDENT, "PAT"),
        )
    ]


def medicare_number_shape(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A Medicare number has eleven digits and letters in an order of its own. One with marks is MEMBER_ID_MARKS's."""
    if claim.filing_indicator not in MEDICARE or not claim.member_id.isalnum():
        return ()
    if claim.first_day is None or claim.first_day < _MEMBER_SINCE or _MEMBER.fullmatch(claim.member_id.upper()):
        return ()
    return [
        Finding(
            "MEDICARE_NUMBER_SHAPE",
            Outcome.WARN,
            "2010BA/NM109",
            "The member id has not the form of a Medicare number.",
            "Enter the eleven places of the number on the Medicare card, or correct the kind of plan.",
            segment=of_level(claim, SUBSCRIBER, "NM1", "IL"),
        )
    ]


def medicare_part_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare's Part A pays facilities; a professional claim is Part B's."""
    if claim.filing_indicator != _PART_A or claim.kind is not ClaimKind.PROFESSIONAL:
        return ()
    return [
        Finding(
            "MEDICARE_PART_DIFFERS",
            Outcome.WARN,
            "2000B/SBR09",
            "The claim is a professional one, and is said to be for Medicare's Part A.",
            "Enter Part B (MB) as the kind of plan, unless this payer wants it otherwise.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def insurance_type_unexpected(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Why Medicare pays second (SBR05) is told only where it does."""
    if claim.filing_indicator not in MEDICARE or claim.payer_responsibility != _FIRST:
        return ()
    if not element_of(claim, SUBSCRIBER, "SBR", 5):
        return ()
    return [
        Finding(
            "INSURANCE_TYPE_UNEXPECTED",
            Outcome.WARN,
            "2000B/SBR05",
            "Medicare pays first, and the claim says why it would pay second.",
            "Leave the insurance type out, or correct the payer's rank.",
            segment=of_level(claim, SUBSCRIBER, "SBR"),
        )
    ]


def first_payment_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare pays second by what the first payer paid."""
    if claim.filing_indicator not in MEDICARE or claim.payer_responsibility not in LATER or not claim.coverages:
        return ()
    for payer in claim.coverages:
        if payer.paid is not None:
            return ()
    return [
        Finding(
            "FIRST_PAYMENT_MISSING",
            Outcome.WARN,
            "2320/AMT02",
            "Medicare is to pay later, and no payer before it is said to have paid, or to have paid nothing.",
            "Enter the first payer's payment and adjustments from its remittance.",
            segment=claim.coverages[0].segment or None,
        )
    ]


def injury_cause_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Who pays for injuries asks what caused this one (CLM11)."""
    if claim.filing_indicator not in INJURY or claim.kind is ClaimKind.INSTITUTIONAL or claim.text is None:
        return ()
    if b"".join(next(pieces_from(claim))[1][11:12]):
        return ()
    return [
        Finding(
            "INJURY_CAUSE_MISSING",
            Outcome.WARN,
            "2300/CLM11",
            "An insurer of injuries is to pay, and the claim does not say what caused this one.",
            "Mark the claim as related to employment, a car accident or another accident, with its day.",
            segment=claim.position,
        )
    ]


def clia_number_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare and Medicaid pay for a laboratory test where its CLIA number (REF*X4) is told."""
    return _lacking(
        claim,
        MEDICARE | MEDICAID,
        lambda line: _is_test(line.procedure),
        lambda: _mentions(claim, "X4"),
        "CLIA_NUMBER_MISSING",
        "2400/REF02",
        "The line is a laboratory test, and the claim has no CLIA number.",
        "Enter the number of the certificate under which the test was made.",
    )


def ordering_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare pays for tests, images, equipment and therapy where somebody is named who ordered or referred."""
    return _lacking(
        claim,
        _PART_B,
        lambda line: line.procedure in _THERAPY or item_of(claim, line) in _ORDERED,
        lambda: any(provider.role in _ORDERING for provider in claim.providers),
        "ORDERING_MISSING",
        "2310A/NM109",
        "Medicare pays for this service by order only, and the claim names nobody who ordered or referred.",
        "Enter the ordering or referring provider with the NPI.",
    )


def mammography_number_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Mammography is paid to a certified facility, whose number (REF*EW) is told."""
    return _lacking(
        claim,
        MEDICARE | MEDICAID,
        lambda line: line.procedure in _MAMMOGRAPHY,
        lambda: _mentions(claim, "EW"),
        "MAMMOGRAPHY_NUMBER_MISSING",
        "2300/REF02",
        "The line is a mammography, and the claim has no certification number of the facility.",
        "Enter the number that the Food and Drug Administration gave the facility.",
    )


def first_treatment_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare pays a chiropractor for a course of treatment, and asks when it began (DTP*454)."""
    return _lacking(
        claim,
        _PART_B,
        lambda line: line.procedure in _CHIROPRACTIC,
        lambda: any(other.qualifier == "454" for other in claim.other_dates),
        "FIRST_TREATMENT_MISSING",
        "2300/DTP03",
        "The line is a chiropractor's, and the claim does not say when the treatment began.",
        "Enter the date of the initial treatment.",
    )


def modifier_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare asks by a modifier who gave an anesthesia, what therapist's plan it was, whence and where a patient was
    taken."""
    return _lacking(
        claim,
        _PART_B,
        lambda line: not _is_modified(line.procedure, line.modifiers),
        lambda: False,
        "MODIFIER_MISSING",
        "2400/SV101-3",
        "The line lacks the modifier without which Medicare does not pay for anesthesia, therapy or an ambulance.",
        "Enter who gave the anesthesia (AA, QZ ...), whose plan of therapy it was (GN, GO, GP), or both ends of the way.",
    )


def drug_code_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicaid pays for a drug by its National Drug Code, for which it collects rebates."""
    return _lacking(
        claim,
        MEDICAID,
        lambda line: line.procedure[:1] == "J",
        lambda: any(elements[0] == b"LIN" for _, elements in pieces_from(claim)),
        "DRUG_CODE_MISSING",
        "2410/LIN03",
        "The line is a drug, and the claim names no National Drug Code.",
        "Enter the code, the quantity and the unit from the package.",
    )


def facility_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """What is done in a hospital or nursing facility has its name and address for Medicare, which pays by place."""
    if claim.filing_indicator not in _PART_B or claim.place_of_service not in _FACILITIES:
        return ()
    if claim.kind is not ClaimKind.PROFESSIONAL or any(provider.role == "77" for provider in claim.providers):
        return ()
    return [
        Finding(
            "FACILITY_MISSING",
            Outcome.WARN,
            "2310C/NM103",
            "The services were given in a facility, and the claim does not say in which.",
            "Enter the facility with its address, unless it is the billing provider's own.",
            segment=claim.position,
        )
    ]


def _lacking(
    claim: Claim,
    plans: frozenset[str],
    is_meant: Callable[[ServiceLine], bool],
    is_there: Callable[[], bool],
    code: str,
    place: str,
    message: str,
    step: str,
) -> Sequence[Finding]:
    """One finding, at the first line that is meant, where a professional claim to one of these plans lacks something."""
    if claim.filing_indicator not in plans or claim.kind is not ClaimKind.PROFESSIONAL or claim.text is None:
        return ()
    line = next(filter(is_meant, claim.lines), None)
    if line is None or is_there():
        return ()
    return [Finding(code, Outcome.WARN, place, message, step, line=line.number, segment=of_line(claim, line, "SV1"))]


def _mentions(claim: Claim, qualifier: str) -> bool:
    return any(elements[:2] == [b"REF", qualifier.encode()] for _, elements in pieces_from(claim))


@lru_cache(maxsize=4096)
def _is_test(code: str) -> bool:
    if code in _UNCERTIFIED or _SKIN[0] <= code <= _SKIN[1] or not (len(code) == 5 and code.isdecimal()):
        return False
    return any(first <= code <= last for first, last in _TESTS)


@lru_cache(maxsize=4096)
def _is_modified(code: str, modifiers: tuple[str, ...]) -> bool:
    """Whether it has the modifier that it needs, which few need."""
    if "00100" <= code <= "01999" and code not in UNTIMED:
        return not _ANESTHETISTS.isdisjoint(modifiers)
    if code in _THERAPY:
        return not _THERAPISTS.isdisjoint(modifiers)
    return not "A0425" <= code <= "A0436" or any(map(_JOURNEY.fullmatch, modifiers))


CHECKS = (
    Check("MEDICARE_DEPENDENT", medicare_dependent, worst=Outcome.WARN, once=True),
    Check("MEDICARE_NUMBER_SHAPE", medicare_number_shape, worst=Outcome.WARN, once=True),
    Check("MEDICARE_PART_DIFFERS", medicare_part_differs, worst=Outcome.WARN, once=True),
    Check("INSURANCE_TYPE_UNEXPECTED", insurance_type_unexpected, worst=Outcome.WARN, once=True),
    Check("FIRST_PAYMENT_MISSING", first_payment_missing, worst=Outcome.WARN, once=True),
    Check("INJURY_CAUSE_MISSING", injury_cause_missing, worst=Outcome.WARN, once=True),
    Check("CLIA_NUMBER_MISSING", clia_number_missing, worst=Outcome.WARN, once=True),
    Check("ORDERING_MISSING", ordering_missing, worst=Outcome.WARN, once=True),
    Check("MAMMOGRAPHY_NUMBER_MISSING", mammography_number_missing, worst=Outcome.WARN, once=True),
    Check("FIRST_TREATMENT_MISSING", first_treatment_missing, worst=Outcome.WARN, once=True),
    Check("MODIFIER_MISSING", modifier_missing, worst=Outcome.WARN, once=True),
    Check("DRUG_CODE_MISSING", drug_code_missing, worst=Outcome.WARN, once=True),
    Check("FACILITY_MISSING", facility_missing, worst=Outcome.WARN, once=True),
)
