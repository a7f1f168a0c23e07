"""Where a finding stands: every check names the segment in the set, counted from ST = 1."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gateway.checks import CheckContext, run_checks
from gateway.checks.edits import BUILT_IN, check_content
from gateway.codec import as_claim, claim_bytes
from gateway.model.claims import Claim, Coverage, Finding, OtherDate, Outcome
from gateway.model.partners import Payer
from gateway.x12.claims import read_claims
from tests.checks.claims import DAY, DOS, UNDATED, billing, claim, line, stay
from tests.checks.test_content import TABLES
from tests.checks.written import segments_of, written

ROWS = [(one, expected) for table in TABLES for one, expected in table.CASES if expected and one.text is None]
OPENERS = {"2300": "CLM", "2400": "LX", "2010BA": "NM1", "2010CA": "NM1", "2320": "CLM", "2310A": "CLM"}
LOOP_MISSING = {"LINES_MISSING": "CLM", "COB_PAID_MISSING": "SBR", "COB_DATE_MISSING": "SBR"}
# What asks for segments that the tables of others do not write; their own tables do.
OF_SEGMENTS = {
    *("TOOTH_MISSING", "ADMITTING_DIAGNOSIS_MISSING", "ADMISSION_INCOMPLETE", "ACCIDENT_CAUSE_MISSING"),
    *("INJURY_CAUSE_MISSING", "PROVIDER_NUMBER_MISSING", "AMBULANCE_INCOMPLETE"),
}
# Beginnings of the segments meant, where several in the loop have the id.
MEANT = {
    "TRACE_TOO_LONG": "REF*D9",
    "PAYER_NUMBER_UNEXPECTED": "REF*F8",
    "PAYER_NUMBER_SAME": "REF*F8",
    "COB_PAYER_REPEATED": "NM1*PR",
    "LINE_CONTROL_REPEATED": "REF*6R",
    "TAX_ID_INVALID": "REF*EI",
    "TAX_ID_DOUBTFUL": "REF*EI",
    "PATIENT_PAID_MORE": "AMT*F5",
    "PATIENT_PAID_NEGATIVE": "AMT*F5",
    "COB_CLAIM_UNBALANCED": "AMT*D",
    "COB_PAID_DIFFERS": "AMT*D",
    "MEMBER_ID_MISSING": "NM1*IL",
    "MEMBER_ID_MARKS": "NM1*IL",
    "PAYER_ID_MISSING": "NM1*PR",
    "NPI_MISSING": "NM1*85",
    "DISCHARGE_BEFORE_ADMISSION": "DTP*096",
    "SERVICE_BEFORE_ADMISSION": "DTP*434",
    "LINE_OUTSIDE_STATEMENT": "DTP*472",
    "DATE_SPANS_YEARS": "DTP*472",
    "PAID_BEFORE_SERVICE": "DTP*573",
}


def read(one: Claim) -> tuple[Claim, list[str]]:
    """A claim of a table as it is read from a file, and the segments of its set."""
    document = written(one)
    return [item for item in read_claims([document]) if isinstance(item, Claim)][-1], segments_of(document)


def found_in(one: Claim) -> list[Finding]:
    """What reading and the checks object to."""
    said = (*one.findings, *check_content(one, UNDATED))
    return [found for found in said if found.outcome is not Outcome.PASS and found.code not in OF_SEGMENTS]


def line_at(segments: list[str], position: int) -> str:
    """The LX that a segment stands below."""
    return next(segment for segment in reversed(segments[:position]) if segment.startswith("LX*"))


@pytest.mark.parametrize(("one", "expected"), ROWS)
def test_every_finding_of_every_check_names_the_segment(
    one: Claim, expected: list[tuple[str, Outcome, str, int]]
) -> None:
    """The one that its place names; where that is missing, the one that opens the loop. Lines keep to their LX."""
    again, segments = read(one)
    found = found_in(again)
    assert {(each.place, each.line) for each in found} == {(place, number) for _, _, place, number in expected}
    for each in found:
        assert each.segment, each.code
        text, (loop, element) = segments[each.segment - 1], each.place.split("/")
        id = re.sub("[0-9]{2}(-[0-9]+)?$", "", element)
        wanted = LOOP_MISSING.get(each.code, OPENERS.get(loop, "")) if each.code.endswith("_MISSING") else id
        assert text.split("*")[0] in (id, wanted), each.code
        assert text.startswith(MEANT.get(each.code, ""))
        if each.line is not None:
            assert line_at(segments, each.segment) == f"LX*{each.line}"


def test_of_two_segments_with_one_id_the_one_that_is_meant_is_named() -> None:
    """Qualifiers tell them apart, and a repeated diagnosis is where it comes again."""
    both = claim(payer_control_number="ICN1", trace="T" * 21)
    again, segments = read(both)
    assert [segments[each.segment - 1][:6] for each in found_in(again) if each.segment] == ["REF*D9", "REF*F8"]
    ill = stay(diagnoses=(*(claim().diagnoses * 2), *claim().diagnoses))
    again, segments = read(ill)
    assert [each.segment for each in found_in(again)] == [len(segments) - 1 - segments[::-1].index("HI*ABK:E119") + 1]


PAYER = Payer(key="alpha", name="Alpha Health Plan")
TOLD = (OtherDate("431", DOS + DAY, DOS + DAY), OtherDate("304", DOS + DAY, DOS + DAY, 2))
PLANS = tuple(OtherDate(each, DOS, DOS + DAY) for each in ("296", "314", "360", "361", "091", "463", "607", "452"))
SECOND = Coverage("P", "FIRST", "CI", paid_on=DOS + DAY)
GATE: list[tuple[Claim, list[tuple[str, str, str]]]] = [
    (claim(line(1), line(2, DOS + DAY)), [("DATE_FUTURE", "DTP*472", "LX*2")]),
    (claim(line(1, DOS - 400 * DAY)), [("FILING_PAST", "DTP*472", "LX*1")]),
    (stay(first_day=DOS - 400 * DAY, last_day=DOS - 400 * DAY), [("FILING_PAST", "DTP*434", "CLM*")]),
    (stay(last_day=DOS + DAY), [("DATE_FUTURE", "DTP*434", "CLM*")]),
    (
        claim(line(1), line(2), other_dates=TOLD),
        [("DATE_NOT_YET", "DTP*431", "DTP*431"), ("DATE_NOT_YET", "DTP*304", "DTP*304")],
    ),
    (claim(line(1), line(2), other_dates=PLANS), []),
    (claim(coverages=(SECOND,), payer_responsibility="S"), [("DATE_NOT_YET", "DTP*573", "SBR*P")]),
    (stay(admitted=DOS + DAY, last_day=DOS), [("DATE_NOT_YET", "DTP*435", "DTP*435")]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), GATE)
def test_the_gate_names_the_segment_of_a_claim_just_read_and_what_opens_its_loop_of_a_stored_one(
    one: Claim, expected: list[tuple[str, str, str]]
) -> None:
    """What the calendar says is found again from the store, where a claim has no text."""
    again, segments = read(one)
    context = CheckContext(PAYER, DOS)
    for read_so, at in ((again, 1), (as_claim(claim_bytes(again)), 2)):
        found = [each for each in run_checks(replace(read_so, findings=()), context, BUILT_IN) if each.outcome]
        assert [each.code for each in found] == [row[0] for row in expected]
        for each, row in zip(found, expected, strict=True):
            assert each.segment
            assert segments[each.segment - 1].startswith(row[at])


def test_an_unknown_payer_is_found_at_its_name() -> None:
    """From the file and from the store."""
    again, segments = read(claim())
    for one in (again, as_claim(claim_bytes(again))):
        unknown, _ = run_checks(one, CheckContext(None, DOS), BUILT_IN)
        assert unknown.segment
        assert segments[unknown.segment - 1].startswith("NM1*PR")


@pytest.mark.parametrize("size", [1, 7, 300])
def test_the_number_does_not_depend_on_how_a_file_is_cut(size: int) -> None:
    """A claim may come in many pieces, and its levels long before it."""
    document = written(claim(line(1), line(2, units=None), billing=billing(npi="")))
    blocks = [document[start : start + size] for start in range(0, len(document), size)]
    (whole,) = (item for item in read_claims([document]) if isinstance(item, Claim))
    (pieces,) = (item for item in read_claims(blocks) if isinstance(item, Claim))
    assert found_in(pieces) == found_in(whole)
    assert len(found_in(whole)) == 2
