"""What Medicare, Medicaid and insurers of injuries ask for, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.model.claims import Claim
from gateway.testing.builders import ClaimSpec, LineSpec, valid_npi
from tests.checks.claims import WARN, Hit, content
from tests.checks.reading import institutional, professional
from tests.defects.editing import after, before, drop, put

_MEDICARE = ClaimSpec("M1", filing_indicator="MB", member_id="1EG4TE5MK73")
_OTHER = ("SBR*P*18*******CI", "OI***Y***Y", "NM1*IL*1*DOE*DANA****MI*1", "NM1*PR*2*OMEGA*****PI*OMEGA1")
_LATER = replace(_MEDICARE, responsibility="S")
_SECOND = (put("SBR", "05", "12"), before("LX", *_OTHER))
_CAUSE = (put("CLM", "11", "EM"), after("CLM", "DTP*439*D8*20261101"))
_CLIA, _ORDERED = after("CLM", "REF*X4*16D0000001"), before("LX", "NM1*DN*1*ARBOR*ANNA****XX*2000005001")


def billed(procedure: str, *modifiers: str, plan: str = "MB", **more: str) -> ClaimSpec:
    """One line to a plan."""
    return replace(_MEDICARE, lines=(LineSpec(procedure, modifiers=modifiers),), filing_indicator=plan, **more)


def asked(code: str, place: str, line: int | None = 1) -> list[Hit]:
    return [(code, WARN, place, line)]


CLIA = asked("CLIA_NUMBER_MISSING", "2400/REF02")
ORDERED = asked("ORDERING_MISSING", "2310A/NM109")
MODIFIER = asked("MODIFIER_MISSING", "2400/SV101-3")
SHAPE = asked("MEDICARE_NUMBER_SHAPE", "2010BA/NM109", None)
CASES: list[tuple[Claim, list[Hit]]] = [
    (professional(_MEDICARE), []),
    (professional(replace(_MEDICARE, dependent=True)), asked("MEDICARE_DEPENDENT", "2000C/PAT01", None)),
    (professional(replace(_MEDICARE, dependent=True, filing_indicator="CI")), []),
    (professional(replace(_MEDICARE, member_id="123456789A")), SHAPE),
    (professional(replace(_MEDICARE, member_id="1EG4TE5MKO3")), SHAPE),
    (professional(replace(_MEDICARE, member_id="123456789A", lines=(LineSpec(first_day=date(2019, 12, 31)),))), []),
    (professional(replace(_MEDICARE, member_id="123456789A", filing_indicator="CI")), []),
    (professional(replace(_MEDICARE, filing_indicator="MA")), asked("MEDICARE_PART_DIFFERS", "2000B/SBR09", None)),
    (institutional(replace(_MEDICARE, filing_indicator="MA")), []),
    (professional(_MEDICARE, put("SBR", "05", "12")), asked("INSURANCE_TYPE_UNEXPECTED", "2000B/SBR05", None)),
    (professional(_LATER, *_SECOND), asked("FIRST_PAYMENT_MISSING", "2320/AMT02", None)),
    (professional(_LATER, *_SECOND, after("SBR*P", "AMT*D*120"), after("NM1*PR*2*OMEGA", "DTP*573*D8*20261108")), []),
    (professional(ClaimSpec("W1", filing_indicator="WC")), asked("INJURY_CAUSE_MISSING", "2300/CLM11", None)),
    (professional(ClaimSpec("W1", filing_indicator="WC"), *_CAUSE), []),
    (professional(billed("80053"), _ORDERED), CLIA),
    (professional(billed("80053", plan="MC")), CLIA),
    (professional(billed("80053"), _ORDERED, _CLIA), []),
    (professional(billed("80053", plan="CI")), []),
    (professional(billed("86580", plan="MC")), []),
    (professional(billed("82075", plan="MC")), []),
    (professional(billed("80053"), _CLIA), ORDERED),
    (professional(billed("71046")), ORDERED),
    (professional(billed("71046", "26")), []),
    (professional(billed("E0601")), ORDERED),
    (professional(billed("71046"), _ORDERED), []),
    (professional(billed("77067"), _ORDERED), asked("MAMMOGRAPHY_NUMBER_MISSING", "2300/REF02")),
    (professional(billed("77067"), _ORDERED, after("CLM", "REF*EW*123456")), []),
    (professional(billed("98941", "AT")), asked("FIRST_TREATMENT_MISSING", "2300/DTP03")),
    (professional(billed("98941", "AT"), after("CLM", "DTP*454*D8*20261001")), []),
    (professional(billed("00840", "P3"), put("SV1", "03", "MJ")), MODIFIER),
    (professional(billed("00840", "QZ"), put("SV1", "03", "MJ")), []),
    (professional(billed("01996")), []),
    (professional(billed("97110"), _ORDERED), MODIFIER),
    (professional(billed("97110", "GP"), _ORDERED), []),
    (professional(billed("97110", plan="CI")), []),
    (professional(billed("J1885", plan="MC")), asked("DRUG_CODE_MISSING", "2410/LIN03")),
    (professional(billed("J1885", plan="MC"), after("REF*6R", "LIN**N4*00001000102", "CTP****1*UN")), []),
    (professional(billed("J1885")), []),
    (professional(replace(_MEDICARE, place_of_service="22")), asked("FACILITY_MISSING", "2310C/NM103", None)),
    (professional(replace(_MEDICARE, place_of_service="22", facility=valid_npi(600))), []),
    (professional(replace(_MEDICARE, place_of_service="12")), []),
    (professional(replace(_MEDICARE, rendering=""), drop("PRV*BI")), []),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_what_a_plan_asks_for(one: Claim, expected: list[Hit]) -> None:
    """Each claim of the table finds what stands beside it and nothing more."""
    assert content(one) == expected


@pytest.mark.parametrize(("modifier", "found"), [("HH", []), ("RH", []), ("QL", MODIFIER), ("GY", MODIFIER)])
def test_an_ambulance_says_whence_and_where(modifier: str, found: list[Hit]) -> None:
    """By two letters, of which there are ten."""
    hits = content(professional(billed("A0429", modifier)))
    assert [hit for hit in hits if hit[0] == "MODIFIER_MISSING"] == found
