"""Checks of diagnoses: whether there are any, whether they are codes of one edition, and what lines point to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SERVICE, of_claim, of_diagnosis, of_line
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

HI = "2300/HI"
POINTERS = {
    ClaimKind.PROFESSIONAL: "2400/SV107",
    ClaimKind.DENTAL: "2400/SV311",
}
ICD10_SINCE = date(2015, 10, 1)

ICD10 = frozenset({"ABK", "ABF", "ABJ", "APR", "ABN"})
_ICD9 = frozenset({"BK", "BF", "BJ", "PR", "BN"})
PRINCIPAL = frozenset({"ABK", "BK"})
# Principal and other diagnoses: the same code may well stand among the admitting ones or the reasons for the visit.
_LISTED = frozenset({"ABK", "BK", "ABF", "BF"})
_FORM = re.compile("[A-Z][0-9][0-9A-Z]{1,5}")
_NUMBERS = tuple(str(number) for number in range(1, 13))


def diagnosis_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Every claim says why the patient was treated; a dental one need not."""
    if claim.diagnoses or claim.kind is ClaimKind.DENTAL:
        return ()
    return [
        _found(
            "DIAGNOSIS_MISSING", Outcome.REJECT, "The claim has no diagnosis.", "Enter the diagnosis", claim.position
        )
    ]


def diagnosis_not_principal(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The first diagnosis is the principal one. An institutional claim may name the admitting one before it."""
    diagnoses = claim.diagnoses
    if not diagnoses or diagnoses[0].qualifier in PRINCIPAL or claim.kind is ClaimKind.DENTAL:
        return ()
    if claim.kind is ClaimKind.INSTITUTIONAL and any(each.qualifier in PRINCIPAL for each in diagnoses):
        return ()
    return [
        _found(
            "DIAGNOSIS_NOT_PRINCIPAL",
            Outcome.REJECT,
            "No diagnosis of the claim is marked as the principal one in the first place.",
            "Put the principal diagnosis first",
            of_claim(claim, "HI"),
        )
    ]


def diagnosis_dot(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Codes are sent without their point."""
    found = []
    for number, each in enumerate(claim.diagnoses, 1):
        if "." in each.code:
            message, step = "A diagnosis code has a decimal point.", "Have the billing software leave the point out"
            found.append(
                _found("DIAGNOSIS_DOT", Outcome.REJECT, message, step, of_diagnosis(claim, each), _code(claim, number))
            )
    return found


def diagnosis_shape(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An ICD-10-CM code is a letter, a digit, and one to five digits or letters. A point is DIAGNOSIS_DOT's."""
    found = []
    for number, each in enumerate(claim.diagnoses, 1):
        if each.qualifier in ICD10 and not is_icd10(each.code):
            message, step = "A diagnosis code has not the form of an ICD-10 code.", "Look the code up and correct it"
            found.append(
                _found("DIAGNOSIS_SHAPE", Outcome.WARN, message, step, of_diagnosis(claim, each), _code(claim, number))
            )
    return found


def _code(claim: Claim, number: int) -> str:
    """The element of a code; just the segment where an institutional claim spreads them over several."""
    for gap in claim.diagnosis_gaps:
        number += gap <= number
    return HI if claim.kind is ClaimKind.INSTITUTIONAL or number > 12 else f"{HI}{number:02}-2"


@lru_cache(maxsize=16384)
def is_icd10(code: str) -> bool:
    """Whether it has the form of an ICD-10-CM code; one with a point is no matter of form."""
    return _FORM.fullmatch(code) is not None or "." in code


def diagnosis_mixed(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """All diagnoses of a claim are of one edition."""
    nine = ten = False
    for each in claim.diagnoses:
        if each.qualifier in ICD10:
            ten = True
        elif each.qualifier in _ICD9:
            nine = True
    if not (nine and ten):
        return ()
    return [
        _found(
            "DIAGNOSIS_MIXED",
            Outcome.REJECT,
            "The claim has diagnoses of ICD-9 and of ICD-10.",
            "Code all diagnoses in one edition",
            of_diagnosis(claim, next(each for each in claim.diagnoses if each.qualifier in _ICD9)),
        )
    ]


def diagnosis_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A diagnosis is listed once."""
    if len(claim.diagnoses) < 2:
        return ()
    seen: set[str] = set()
    for each in claim.diagnoses:
        if each.qualifier in _LISTED:
            if each.code in seen:
                return [
                    _found(
                        "DIAGNOSIS_REPEATED",
                        Outcome.WARN,
                        "The claim lists a diagnosis twice.",
                        "Remove one of the two",
                        of_diagnosis(claim, each),
                    )
                ]
            seen.add(each.code)
    return ()


def diagnosis_gap(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Diagnoses have no empty place between them: some readers close a gap, and then pointers mean other diagnoses."""
    if not claim.diagnosis_gaps:
        return ()
    message, step = (
        "There is an empty place between the diagnoses.",
        "Have the billing software list them without a gap",
    )
    return [_found("DIAGNOSIS_GAP", Outcome.WARN, message, step, of_claim(claim, "HI"))]


def icd9_after_2015(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """ICD-9 ended on 30 September 2015. A few payers outside HIPAA still take it, so a person decides."""
    if claim.first_day is None or claim.first_day < ICD10_SINCE:
        return ()
    for each in claim.diagnoses:
        if each.qualifier in _ICD9:
            return [
                _found(
                    "ICD9_AFTER_2015",
                    Outcome.HOLD,
                    "The claim has ICD-9 diagnoses for a service after their end on 30 September 2015.",
                    "Code the diagnoses in ICD-10",
                    of_diagnosis(claim, each),
                )
            ]
    return ()


def icd10_before_2015(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """ICD-10 began on 1 October 2015; a stay is coded by the day it ends. With both editions it is DIAGNOSIS_MIXED."""
    if claim.last_day is None or claim.last_day >= ICD10_SINCE:
        return ()
    if any(each.qualifier in _ICD9 for each in claim.diagnoses):
        return ()
    for each in claim.diagnoses:
        if each.qualifier in ICD10:
            return [
                _found(
                    "ICD10_BEFORE_2015",
                    Outcome.HOLD,
                    "The claim has ICD-10 diagnoses for a service before their beginning on 1 October 2015.",
                    "Check the date of service, or code the diagnoses in ICD-9",
                    of_diagnosis(claim, each),
                )
            ]
    return ()


def pointer_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Each professional line says which diagnosis it is for."""
    if claim.kind is not ClaimKind.PROFESSIONAL:
        return ()
    found = []
    for line in claim.lines:
        if not line.pointers:
            message, step = "The line points to no diagnosis.", "Point the line to the diagnosis it is for"
            found.append(_pointer("POINTER_MISSING", Outcome.REJECT, claim, line, message, step))
    return found


def pointer_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A pointer is the place of a diagnosis of this claim. Without any, DIAGNOSIS_MISSING says it; an institutional
    line has no pointers."""
    gaps, count = claim.diagnosis_gaps, len(claim.diagnoses) + len(claim.diagnosis_gaps)
    if claim.kind is ClaimKind.INSTITUTIONAL or (not count and claim.kind is ClaimKind.PROFESSIONAL):
        return ()
    found = []
    for line in claim.lines:
        if line.pointers and not all_point(line.pointers, count, gaps):
            message, step = "The line points to a diagnosis that the claim has not.", "Correct the line's pointers"
            found.append(_pointer("POINTER_INVALID", Outcome.REJECT, claim, line, message, step))
    return found


@lru_cache(maxsize=4096)
def all_point(pointers: tuple[str, ...], count: int, gaps: tuple[int, ...]) -> bool:
    """Twelve diagnoses are the most that can be pointed to."""
    return all(pointer in _NUMBERS[:count] and int(pointer) not in gaps for pointer in pointers)


def pointer_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A line points to each diagnosis once."""
    if claim.kind is ClaimKind.INSTITUTIONAL:
        return ()
    found = []
    for line in claim.lines:
        if len(line.pointers) > 1 and len(set(line.pointers)) < len(line.pointers):
            message, step = "The line points to one diagnosis twice.", "Remove the repeated pointer"
            found.append(_pointer("POINTER_REPEATED", Outcome.WARN, claim, line, message, step))
    return found


def _found(code: str, outcome: Outcome, message: str, step: str, segment: int, place: str = HI) -> Finding:
    return Finding(code, outcome, place, message, f"{step} and send the claim again.", segment=segment)


def _pointer(code: str, outcome: Outcome, claim: Claim, line: ServiceLine, message: str, step: str) -> Finding:
    segment = of_line(claim, line, SERVICE[claim.kind])
    next_step = f"{step} and send the claim again."
    return Finding(code, outcome, POINTERS[claim.kind], message, next_step, line=line.number, segment=segment)


CHECKS = (
    Check("DIAGNOSIS_MISSING", diagnosis_missing, worst=Outcome.REJECT, once=True),
    Check("DIAGNOSIS_NOT_PRINCIPAL", diagnosis_not_principal, worst=Outcome.REJECT, once=True),
    Check("DIAGNOSIS_DOT", diagnosis_dot, worst=Outcome.REJECT, once=True),
    Check("DIAGNOSIS_SHAPE", diagnosis_shape, worst=Outcome.WARN, once=True),
    Check("DIAGNOSIS_MIXED", diagnosis_mixed, worst=Outcome.REJECT, once=True),
    Check("DIAGNOSIS_REPEATED", diagnosis_repeated, worst=Outcome.WARN, once=True),
    Check("DIAGNOSIS_GAP", diagnosis_gap, worst=Outcome.WARN, once=True),
    Check("ICD9_AFTER_2015", icd9_after_2015, worst=Outcome.HOLD, once=True),
    Check("ICD10_BEFORE_2015", icd10_before_2015, worst=Outcome.HOLD, once=True),
    Check("POINTER_MISSING", pointer_missing, worst=Outcome.REJECT, once=True),
    Check("POINTER_INVALID", pointer_invalid, worst=Outcome.REJECT, once=True),
    Check("POINTER_REPEATED", pointer_repeated, worst=Outcome.WARN, once=True),
)
