"""Checks of institutional bills: what belongs to a stay, and codes of the bill that contradict it or each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from gateway.checks.dates import CLAIM_DATE, STAYS
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_claim, of_line, pieces_from
from gateway.checks.plans import MEDICARE
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome
from gateway.x12.syntax import text_of

_HOSPITAL = "11"
_STILL_HERE = "30"
_FINAL, _INTERIM = frozenset({"1", "4"}), frozenset({"2", "3"})
_ADMITTING, _OPERATIONS = frozenset({"ABJ", "BJ"}), frozenset({b"BBR", b"BR"})
_LISTED = frozenset({b"BG", b"BH", b"BI", b"BE"})
# Bill types of outpatients whose services have procedures, and the revenue codes (three digits) of such services.
_OUTPATIENTS = frozenset({"13", "14"})
_OF_PROCEDURES = frozenset({"030", "031", "032", "035", "045", "051", "061", "063"})
# Room and board.
_ROOMS = ("0100", "0219")


def patient_status_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Who is still a patient (status 30) has no final bill; who left has no interim one, which only warns."""
    if not _is_stay(claim) or claim.frequency not in _FINAL | _INTERIM:
        return ()
    status = _element(claim, b"CL1", 3)
    if not status or (status == _STILL_HERE) == (claim.frequency in _INTERIM):
        return ()
    return [
        Finding(
            "PATIENT_STATUS_DIFFERS",
            Outcome.HOLD if status == _STILL_HERE else Outcome.WARN,
            "2300/CL103",
            "The bill is a final one of somebody who is still a patient, or an interim one of somebody who left.",
            "Correct the patient's status or the last digit of the bill type and send the claim again.",
            segment=of_claim(claim, "CL1"),
        )
    ]


def admitting_diagnosis_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A stay has the diagnosis that the patient was admitted with."""
    if not _is_stay(claim) or any(each.qualifier in _ADMITTING for each in claim.diagnoses):
        return ()
    return [
        _warned(
            "ADMITTING_DIAGNOSIS_MISSING",
            "2300/HI",
            "The claim is for a stay, and has no admitting diagnosis.",
            "Enter the diagnosis that the patient was admitted with.",
            claim.position,
        )
    ]


def on_admission_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare asks of a hospital's stay whether the principal diagnosis was present on admission. Factors of health need
    no answer."""
    if claim.place_of_service != _HOSPITAL or claim.filing_indicator not in MEDICARE or not _is_stay(claim):
        return ()
    for position, composite in _composites(claim):
        if composite[0] == b"ABK" and not b"".join(composite[8:9]) and composite[1][:1] != b"Z":
            return [
                _warned(
                    "ON_ADMISSION_MISSING",
                    "2300/HI01-9",
                    "The claim does not say whether the principal diagnosis was present on admission.",
                    "Enter the indicator (Y, N, U or W), unless Medicare exempts the hospital.",
                    position,
                )
            ]
    return ()


def admission_incomplete(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A hospital's stay has the priority of the admission, where the patient came from, and the hours of admission and, in
    a final bill, of discharge."""
    if claim.place_of_service != _HOSPITAL or not _is_stay(claim):
        return ()
    dates = {text_of(elements[1]): elements for _, elements in _head(claim) if elements[0] == b"DTP"}
    admitted = dates.get("435")
    lacks = [
        (not _element(claim, b"CL1", 1), "2300/CL101", "The priority of the admission is missing."),
        (not _element(claim, b"CL1", 2), "2300/CL102", "The point of origin of the patient is missing."),
        (admitted is not None and admitted[2] != b"DT", CLAIM_DATE, "The hour of the admission is missing."),
        (claim.frequency in _FINAL and "096" not in dates, CLAIM_DATE, "The hour of the discharge is missing."),
    ]
    step = "Enter it from the patient's record; many payers refuse the claim without it."
    return [_warned("ADMISSION_INCOMPLETE", place, said, step, claim.position) for wrong, place, said in lacks if wrong]


def operating_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Who operated is named where there was an operation."""
    if claim.text is None or any(provider.role == "72" for provider in claim.providers):
        return ()
    for position, composite in _composites(claim):
        if composite[0] in _OPERATIONS:
            return [
                _warned(
                    "OPERATING_MISSING",
                    "2310B/NM109",
                    "The claim has a principal procedure, and no operating physician.",
                    "Enter the physician who did it.",
                    position,
                )
            ]
    return ()


def stay_days_differ(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A stay bills as many days of room and board as it has nights, and the last day too of who is still a patient."""
    if not _is_stay(claim) or claim.first_day is None or claim.last_day is None:
        return ()
    rooms = [line for line in claim.lines if _ROOMS[0] <= line.revenue_code <= _ROOMS[1]]
    nights = (claim.last_day - claim.first_day).days + (_element(claim, b"CL1", 3) == _STILL_HERE)
    if not rooms or sum((line.units or Decimal(0) for line in rooms), Decimal(0)) == max(nights, 1):
        return ()
    return [
        _warned(
            "STAY_DAYS_DIFFER",
            "2400/SV205",
            "The days of room and board are not those of the statement.",
            "Compare the days of the rooms with the statement dates; a leave of absence is billed too.",
            of_line(claim, rooms[0], "SV2"),
        )
    ]


def bill_code_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A condition, an occurrence on its day and a value stand once on a bill."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or claim.text is None:
        return ()
    listed = [(position, composite) for position, composite in _composites(claim) if composite[0] in _LISTED]
    times = Counter(tuple(composite[:4]) for _, composite in listed)
    again = next((position for position, composite in reversed(listed) if times[tuple(composite[:4])] > 1), None)
    if again is None:
        return ()
    message = "A condition, occurrence or value stands twice on the bill."
    return [_warned("BILL_CODE_REPEATED", "2300/HI", message, "Remove one of the two.", again)]


def procedure_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Tests, images, emergency and clinic visits and drugs of an outpatient have a procedure code beside the revenue
    code."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or claim.place_of_service not in _OUTPATIENTS:
        return ()
    return [
        Finding(
            "PROCEDURE_MISSING",
            Outcome.WARN,
            "2400/SV202",
            "The line of an outpatient has a revenue code that payers want a procedure for, and none.",
            "Enter the procedure code of the service.",
            line=line.number,
            segment=of_line(claim, line, "SV2"),
        )
        for line in claim.lines
        if line.revenue_code[:3] in _OF_PROCEDURES and not line.procedure
    ]


def _is_stay(claim: Claim) -> bool:
    return claim.kind is ClaimKind.INSTITUTIONAL and claim.place_of_service in STAYS and claim.text is not None


def _head(claim: Claim) -> Iterator[tuple[int, list[bytes]]]:
    """Up to the claim's first provider, payer or line; each as long as its fourth element."""
    for position, elements in pieces_from(claim):
        if elements[0] in (b"NM1", b"SBR", b"LX"):
            return
        yield position, [*elements, b"", b"", b""]


def _composites(claim: Claim) -> Iterator[tuple[int, list[bytes]]]:
    """All that HI lists, with the position of its segment and at least two components."""
    mark = claim.text.delimiters.component if claim.text else b":"
    for position, elements in _head(claim):
        for composite in elements[1:] if elements[0] == b"HI" else ():
            if composite:
                yield position, [*composite.split(mark), b""]


def _element(claim: Claim, id: bytes, number: int) -> str:
    return next((text_of(elements[number]) for _, elements in _head(claim) if elements[0] == id), "")


def _warned(code: str, place: str, message: str, step: str, segment: int | None) -> Finding:
    return Finding(code, Outcome.WARN, place, message, step, segment=segment)


CHECKS = (
    Check("PATIENT_STATUS_DIFFERS", patient_status_differs, worst=Outcome.HOLD, once=True),
    Check("ADMITTING_DIAGNOSIS_MISSING", admitting_diagnosis_missing, worst=Outcome.WARN, once=True),
    Check("ON_ADMISSION_MISSING", on_admission_missing, worst=Outcome.WARN, once=True),
    Check("ADMISSION_INCOMPLETE", admission_incomplete, worst=Outcome.WARN, once=True),
    Check("OPERATING_MISSING", operating_missing, worst=Outcome.WARN, once=True),
    Check("STAY_DAYS_DIFFER", stay_days_differ, worst=Outcome.WARN, once=True),
    Check("BILL_CODE_REPEATED", bill_code_repeated, worst=Outcome.WARN, once=True),
    Check("PROCEDURE_MISSING", procedure_missing, worst=Outcome.WARN, once=True),
)
