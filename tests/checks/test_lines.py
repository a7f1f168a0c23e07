"""Service lines, diagnoses and pointers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.model.claims import Claim, Diagnosis, ServiceLine
from tests.checks.claims import DAY, DOS, HOLD, REJECT, WARN, Hit, claim, content, dental, line, stay

LAST_OF_ICD9 = date(2015, 9, 30)


def many(count: int) -> list[ServiceLine]:
    return [line(number, procedure="99213", charge=Decimal(number)) for number in range(1, count + 1)]


def ill(*codes: tuple[str, str], day: date = DOS) -> Claim:
    return claim(line(1, day), diagnoses=tuple(Diagnosis(*code) for code in codes))


def pointing(*pointers: str, diagnoses: int = 2) -> Claim:
    codes = [("ABK", "E119"), *(("ABF", f"I1{number}") for number in range(diagnoses - 1))]
    return claim(line(pointers=pointers), diagnoses=tuple(Diagnosis(*code) for code in codes))


LINES: list[tuple[Claim, list[Hit]]] = [
    (claim(*many(50)), []),
    (claim(*many(51)), [("LINES_TOO_MANY", REJECT, "2300/LX", None)]),
    (stay(*many(51)), []),
    (stay(*many(1000)), [("LINES_TOO_MANY", REJECT, "2300/LX", None)]),
    (claim(line(1), line(3)), [("LINE_NUMBER_ORDER", REJECT, "2400/LX01", 3)]),
    (claim(line(2), line(1)), [("LINE_NUMBER_ORDER", REJECT, "2400/LX01", 2)]),
    (claim(line(1), line(2, control="L1")), [("LINE_CONTROL_REPEATED", WARN, "2400/REF02", 2)]),
    (claim(line(1, control=""), line(2, control="")), []),
    (claim(line(1), line(2, procedure="99211")), [("LINE_REPEATED", WARN, "2400/SV101-2", 2)]),
    (claim(line(1), line(2, procedure="99211", modifiers=("76",))), []),
    (claim(line(1), line(2, DOS + DAY, procedure="99211")), []),
    (dental(line(1), line(2)), []),
    (claim(line(procedure="9921")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    (claim(line(procedure="j3301")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    (claim(line(procedure="J3301")), []),
    (claim(line(procedure="ABCDE")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    (claim(line(procedure="9921X")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    (claim(line(procedure="W1234")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    *((claim(line(procedure=code)), []) for code in ("0001A", "3044F", "0011M", "0075T", "0001U", "V2020")),
    (claim(line(procedure="D215", procedure_qualifier="AD")), [("PROCEDURE_INVALID", WARN, "2400/SV101-2", 1)]),
    (claim(line(procedure="D2150", procedure_qualifier="AD")), []),
    (claim(line(procedure="X", procedure_qualifier="WK")), []),
    (stay(line(procedure="", procedure_qualifier="", revenue_code="0250")), []),
    (claim(line(modifiers=("25", "LT"))), []),
    (claim(line(modifiers=("25", "L"))), [("MODIFIER_INVALID", WARN, "2400/SV101-3", 1)]),
    (stay(line(modifiers=("lt",))), [("MODIFIER_INVALID", WARN, "2400/SV202-3", 1)]),
    (claim(line(modifiers=("", "LT"))), [("MODIFIER_INVALID", WARN, "2400/SV101-3", 1)]),
    (claim(line(modifiers=("LT", "", "25"))), [("MODIFIER_INVALID", WARN, "2400/SV101-3", 1)]),
    (claim(line(modifiers=("25", "LT", "25"))), [("MODIFIER_REPEATED", WARN, "2400/SV101-3", 1)]),
    *((stay(line(revenue_code=code)), []) for code in ("0010", "0120", "0999", "1001", "2101", "3109")),
    *(
        (stay(line(revenue_code=code)), [("REVENUE_CODE_UNKNOWN", HOLD, "2400/SV201", 1)])
        for code in ("0001", "0000", "1010", "4500", "9999")
    ),
    *((stay(place_of_service=code), []) for code in ("12", "13", "22", "34", "66", "75", "83", "89")),
    *(
        (stay(place_of_service=code), [("BILL_TYPE_UNKNOWN", HOLD, "2300/CLM05-1", None)])
        for code in ("01", "10", "51", "91", "1A", "1")
    ),
    (claim(line(procedure="00142", unit="MJ")), []),
    (claim(line(procedure="01996")), []),
    (claim(line(procedure="00142")), [("UNIT_DIFFERS", WARN, "2400/SV103", 1)]),
    (claim(line(procedure="99213", unit="MJ")), [("UNIT_DIFFERS", WARN, "2400/SV103", 1)]),
    (claim(line(procedure="0075T")), []),
    (stay(line(revenue_code="450")), [("REVENUE_CODE_INVALID", REJECT, "2400/SV201", 1)]),
    (claim(place_of_service=""), [("PLACE_OF_SERVICE_MISSING", REJECT, "2300/CLM05", None)]),
]

DIAGNOSES: list[tuple[Claim, list[Hit]]] = [
    (claim(diagnoses=()), [("DIAGNOSIS_MISSING", REJECT, "2300/HI", None)]),
    (stay(diagnoses=()), [("DIAGNOSIS_MISSING", REJECT, "2300/HI", None)]),
    (dental(diagnoses=()), []),
    (ill(("ABF", "E119")), [("DIAGNOSIS_NOT_PRINCIPAL", REJECT, "2300/HI", None)]),
    (stay(diagnoses=(Diagnosis("ABJ", "E119"), Diagnosis("ABK", "E119"))), []),
    (stay(diagnoses=(Diagnosis("ABJ", "E119"),)), [("DIAGNOSIS_NOT_PRINCIPAL", REJECT, "2300/HI", None)]),
    (ill(("ABK", "E11.9")), [("DIAGNOSIS_DOT", REJECT, "2300/HI01-2", None)]),
    (ill(("ABK", "E119"), ("ABF", "I1.0")), [("DIAGNOSIS_DOT", REJECT, "2300/HI02-2", None)]),
    (stay(diagnoses=(Diagnosis("ABK", "E11.9"),)), [("DIAGNOSIS_DOT", REJECT, "2300/HI", None)]),
    (ill(("ABK", "4019")), [("DIAGNOSIS_SHAPE", WARN, "2300/HI01-2", None)]),
    (ill(("ABK", "e119")), [("DIAGNOSIS_SHAPE", WARN, "2300/HI01-2", None)]),
    (ill(("ABK", "S72001AX")), [("DIAGNOSIS_SHAPE", WARN, "2300/HI01-2", None)]),
    (ill(("ABK", "C4A0"), ("ABF", "S72001A")), []),
    (
        ill(("ABK", "E119"), ("BF", "4019"), day=LAST_OF_ICD9),
        [("DIAGNOSIS_MIXED", REJECT, "2300/HI", None)],
    ),
    (ill(("ABK", "E119"), ("ABF", "I10"), ("ABF", "E119")), [("DIAGNOSIS_REPEATED", WARN, "2300/HI", None)]),
    (stay(diagnoses=(Diagnosis("ABK", "E119"), Diagnosis("APR", "E119"))), []),
    (ill(("BK", "4019"), day=LAST_OF_ICD9), []),
    (ill(("BK", "4019"), day=LAST_OF_ICD9 + DAY), [("ICD9_AFTER_2015", HOLD, "2300/HI", None)]),
    (ill(("ABK", "E119"), day=LAST_OF_ICD9), [("ICD10_BEFORE_2015", HOLD, "2300/HI", None)]),
    (ill(("ABK", "E119"), day=LAST_OF_ICD9 + DAY), []),
    (stay(line(1, LAST_OF_ICD9), first_day=LAST_OF_ICD9, last_day=LAST_OF_ICD9 + DAY), []),
    (pointing(), [("POINTER_MISSING", REJECT, "2400/SV107", 1)]),
    (pointing("1", "2"), []),
    (pointing("1", "3"), [("POINTER_INVALID", REJECT, "2400/SV107", 1)]),
    (pointing("0"), [("POINTER_INVALID", REJECT, "2400/SV107", 1)]),
    (pointing("A"), [("POINTER_INVALID", REJECT, "2400/SV107", 1)]),
    (pointing("12", diagnoses=13), []),
    (pointing("13", diagnoses=13), [("POINTER_INVALID", REJECT, "2400/SV107", 1)]),
    (
        replace(pointing("2"), diagnosis_gaps=(2,)),
        [("DIAGNOSIS_GAP", WARN, "2300/HI", None), ("POINTER_INVALID", REJECT, "2400/SV107", 1)],
    ),
    (replace(pointing("1", "3"), diagnosis_gaps=(2,)), [("DIAGNOSIS_GAP", WARN, "2300/HI", None)]),
    (
        replace(ill(("ABK", "E119"), ("ABF", "I1.0")), diagnosis_gaps=(2,)),
        [("DIAGNOSIS_DOT", REJECT, "2300/HI03-2", None), ("DIAGNOSIS_GAP", WARN, "2300/HI", None)],
    ),
    (pointing("2", "1", "2"), [("POINTER_REPEATED", WARN, "2400/SV107", 1)]),
]

CASES = LINES + DIAGNOSES


@pytest.mark.parametrize(("one", "expected"), LINES)
def test_lines(one: Claim, expected: list[Hit]) -> None:
    """Lines count up, differ from each other and bill codes that have the form of one."""
    assert content(one) == expected


@pytest.mark.parametrize(("one", "expected"), DIAGNOSES)
def test_diagnoses(one: Claim, expected: list[Hit]) -> None:
    """Codes of one edition without points, the principal one first, and every pointer at one of them."""
    assert content(one) == expected


def test_a_dental_line_that_points_needs_a_diagnosis() -> None:
    """A dental claim may have none, but then no line may point to one."""
    pointing_nowhere = claim(*dental().lines, line(2, pointers=("1",)), kind=dental().kind, diagnoses=())
    assert content(pointing_nowhere) == [("POINTER_INVALID", REJECT, "2400/SV311", 2)]
