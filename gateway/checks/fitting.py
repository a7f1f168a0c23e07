"""Checks of whether procedures and diagnoses fit the patient's age and sex, the place, and each other's modifiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations

from gateway.checks.engine import Check, CheckContext
from gateway.checks.limits import LIMITS, Limit
from gateway.checks.lines import PROCEDURE
from gateway.checks.places import SERVICE, of_diagnosis, of_line
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

_ANY = Limit()
# Chapters II and XIV of ICD-10-CM by their categories: cervix to placenta, ovaries; penis to scrotum, prostate.
_OF_WOMEN = frozenset({*(f"C{n}" for n in range(51, 59)), *(f"D{n}" for n in (25, 26, 27, 28, 39)),
                       *(f"N{n}" for n in range(70, 78)), *(f"N{n}" for n in range(80, 99))})  # fmt: skip
_OF_MEN = frozenset({*(f"C{n}" for n in range(60, 64)), "D29", "D40", *(f"N{n}" for n in range(40, 54))})
_OF_OTHERS = {"M": _OF_WOMEN, "F": _OF_MEN}
# Modifiers that say the opposite of each other: a part and the other part, notices of not being covered, bought and rented,
# both sides and one; and who gave an anesthesia.
_CONTRARY = frozenset(
    frozenset(pair)
    for pair in (
        *(
            ("26", "TC"),
            ("GA", "GZ"),
            ("GY", "GZ"),
            ("NU", "RR"),
            ("NU", "UE"),
            ("RR", "UE"),
            ("50", "LT"),
            ("50", "RT"),
        ),
        *combinations(("AA", "AD", "QK", "QX", "QY", "QZ"), 2),
    )
)


def procedure_place_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Emergency, hospital, nursing facility and home visits are made there, and no ambulance drives in an office. Other
    procedures are done in many places."""
    if claim.kind is not ClaimKind.PROFESSIONAL:
        return ()
    return [
        _differs(
            "PROCEDURE_PLACE_DIFFERS",
            claim,
            line,
            "The visit, or the transport, is of a kind that is not made in the place of service.",
            "Correct the procedure code or the place of service.",
        )
        for line in claim.lines
        if (line.place_of_service or claim.place_of_service) in LIMITS.get(line.procedure, _ANY).never_at
    ]


def procedure_age_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A preventive visit has a code for each age of life."""
    return [
        _differs(
            "PROCEDURE_AGE_DIFFERS",
            claim,
            line,
            "The preventive visit is of another age than the patient's on that day.",
            "Correct the procedure code, or the birth date.",
        )
        for line in claim.lines
        if (limit := LIMITS.get(line.procedure, _ANY).ages)
        and (age := _age(claim.patient.born, line.first_day or claim.first_day)) is not None
        and not limit[0] <= age <= limit[1]
    ]


def procedure_sex_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Some operations and tests are of organs that one sex has."""
    sex = claim.patient.sex
    if sex not in _OF_OTHERS:
        return ()
    return [
        _differs(
            "PROCEDURE_SEX_DIFFERS",
            claim,
            line,
            "The procedure is of the other sex than the patient's.",
            "Correct the sex as the payer has it on file, or the procedure; or say by KX that both are right.",
        )
        for line in claim.lines
        if LIMITS.get(line.procedure, _ANY).sex not in ("", sex) and "KX" not in line.modifiers
    ]


def diagnosis_sex_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Some illnesses are of organs that one sex has, and no man is pregnant (chapter XV), which holds."""
    sex = claim.patient.sex
    if sex not in _OF_OTHERS:
        return ()
    for each in claim.diagnoses:
        pregnant = sex == "M" and (each.code[:1] == "O" or each.code[:3] == "Z34")
        if pregnant or each.code[:3] in _OF_OTHERS[sex]:
            return [
                Finding(
                    "DIAGNOSIS_SEX_DIFFERS",
                    Outcome.HOLD if pregnant else Outcome.WARN,
                    "2300/HI",
                    "A diagnosis is of the other sex than the patient's.",
                    "Correct the sex as the payer has it on file, or the diagnosis, and send the claim again.",
                    segment=of_diagnosis(claim, each),
                )
            ]
    return ()


def modifiers_contradict(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """No two modifiers of a line say the opposite of each other."""
    return [
        _differs(
            "MODIFIERS_CONTRADICT",
            claim,
            line,
            "Two modifiers of the line say the opposite of each other.",
            "Leave one of them out.",
            "-3",
        )
        for line in claim.lines
        if len(line.modifiers) > 1 and _contradict(line.modifiers)
    ]


@lru_cache(maxsize=4096)
def _contradict(modifiers: tuple[str, ...]) -> bool:
    return any(frozenset(pair) in _CONTRARY for pair in combinations(modifiers, 2))


def _age(born: date | None, day: date | None) -> int | None:
    """Whole years."""
    if born is None or day is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _differs(code: str, claim: Claim, line: ServiceLine, message: str, step: str, part: str = "-2") -> Finding:
    place = PROCEDURE[claim.kind].replace("-2", part)
    segment = of_line(claim, line, SERVICE[claim.kind])
    return Finding(code, Outcome.WARN, place, message, step, line=line.number, segment=segment)


CHECKS = (
    Check("PROCEDURE_PLACE_DIFFERS", procedure_place_differs, worst=Outcome.WARN, once=True),
    Check("PROCEDURE_AGE_DIFFERS", procedure_age_differs, worst=Outcome.WARN, once=True),
    Check("PROCEDURE_SEX_DIFFERS", procedure_sex_differs, worst=Outcome.WARN, once=True),
    Check("DIAGNOSIS_SEX_DIFFERS", diagnosis_sex_differs, worst=Outcome.HOLD, once=True),
    Check("MODIFIERS_CONTRADICT", modifiers_contradict, worst=Outcome.WARN, once=True),
)
