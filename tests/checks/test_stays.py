"""Institutional bills: a hospital's stay with all that belongs to it, and what is not there or contradicts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.checks import CheckContext
from gateway.checks.history import date_not_yet
from gateway.codec import as_claim, claim_bytes
from gateway.model.claims import Claim
from gateway.testing.builders import ClaimSpec, LineSpec, valid_npi
from tests.checks.claims import HOLD, REJECT, WARN, Hit, content
from tests.checks.reading import institutional
from tests.defects.editing import Edit, after, drop, instead, put

_ROOM = LineSpec("", 900, 2, revenue_code="0120", last_day=date(2026, 11, 5))
_STAY = ClaimSpec("I1", (_ROOM,), facility_type="11", filing_indicator="MA", member_id="1EG4TE5MK73")
_WHOLE = (
    after("DTP*434", "DTP*096*TM*1130", "DTP*435*DT*202611030915"),
    put("HI*ABK", "01", "ABK:J069:::::::Y"),
    after("HI*ABK", "HI*ABJ:R079", "HI*BI:71:RD8:20261001-20261005", "HI*BH:11:D8:20261102", "HI*BG:C1*BG:09"),
)
_OPERATION = after("HI*ABJ", "HI*BBR:0DTJ4ZZ:D8:20261103")


def stay(*edits: Edit, **changes: object) -> Claim:
    """A clean stay of two nights, edited."""
    return institutional(replace(_STAY, **changes), *_WHOLE, *edits)  # type: ignore[arg-type]


def visit(revenue_code: str, procedure: str = "") -> Claim:
    return institutional(ClaimSpec("I1", (LineSpec(procedure, 90, revenue_code=revenue_code),)))


def warned(code: str, place: str, line: int | None = None) -> list[Hit]:
    return [(code, WARN, place, line)]


STATUS: list[Hit] = [("PATIENT_STATUS_DIFFERS", HOLD, "2300/CL103", None)]
DAYS = warned("STAY_DAYS_DIFFER", "2400/SV205")
AGAIN = warned("BILL_CODE_REPEATED", "2300/HI")
CASES: list[tuple[Claim, list[Hit]]] = [
    (stay(), []),
    (stay(put("CL1", "03", "30")), [*STATUS, *DAYS]),
    (stay(put("CLM", "05-3", "2")), warned("PATIENT_STATUS_DIFFERS", "2300/CL103")),
    (stay(put("CLM", "05-3", "2"), put("CL1", "03", "30"), put("SV2", "05", "3"), drop("DTP*096")), []),
    (stay(put("CLM", "05-3", "7"), put("CL1", "03", "30"), after("CL1", "REF*F8*1"), put("SV2", "05", "3")), []),
    (stay(drop("HI*ABJ")), warned("ADMITTING_DIAGNOSIS_MISSING", "2300/HI")),
    (stay(put("HI*ABK", "01", "ABK:J069")), warned("ON_ADMISSION_MISSING", "2300/HI01-9")),
    (stay(put("HI*ABK", "01", "ABK:Z3800")), []),
    (stay(put("HI*ABK", "01", "ABK:J069"), filing_indicator="CI"), []),
    (stay(put("CL1", "01", "")), warned("ADMISSION_INCOMPLETE", "2300/CL101")),
    (stay(put("CL1", "02", "")), warned("ADMISSION_INCOMPLETE", "2300/CL102")),
    (stay(instead("DTP*435", "DTP*435*D8*20261103")), warned("ADMISSION_INCOMPLETE", "2300/DTP03")),
    (stay(drop("DTP*096")), warned("ADMISSION_INCOMPLETE", "2300/DTP03")),
    (stay(drop("DTP*096"), facility_type="21"), []),
    (stay(_OPERATION), warned("OPERATING_MISSING", "2310B/NM109")),
    (stay(_OPERATION, operating=valid_npi(8)), []),
    (stay(put("SV2", "05", "3")), DAYS),
    (stay(put("DTP*434", "03", "20261103-20261106")), DAYS),
    (stay(put("HI*BG", "02", "BG:C1")), AGAIN),
    (stay(put("HI*BH", "02", "BH:11:D8:20261102")), AGAIN),
    (stay(put("HI*BH", "02", "BH:11:D8:20261101")), []),
    (stay(put("HI*BI", "01-4", "20261005-20261001")), [("DATE_REVERSED", REJECT, "2300/HI", None)]),
    (visit("0450"), warned("PROCEDURE_MISSING", "2400/SV202", 1)),
    (visit("0450", "99283"), []),
    (visit("0250"), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_stays(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (put("HI*BH", "01-4", "20261111"), ["DATE_NOT_YET"]),
        (put("HI*BH", "01-4", "20261110"), []),
        (put("HI*BH", "01", "BH:40:D8:20261111"), []),
        (put("HI*BI", "01-4", "20261111-20261112"), ["DATE_NOT_YET"]),
        (put("HI*BI", "01-4", "20261110-20261112"), []),
    ],
)
def test_an_occurrence_has_happened_and_a_span_has_begun(edit: Edit, found: list[str]) -> None:
    """But for what is planned, such as an admission; also where the claim comes from the store."""
    today = CheckContext(None, date(2026, 11, 10))
    one = stay(edit)
    for read in (one, as_claim(claim_bytes(one))):
        assert [each.code for each in date_not_yet(read, today)] == found
