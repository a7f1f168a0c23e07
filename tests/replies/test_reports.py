"""The text and the CSV report say the same to billing software that cannot read X12, and name no patient."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from gateway.errors import Malformed
from gateway.model.claims import Finding, Outcome
from gateway.model.reports import BatchReport, Party
from gateway.model.x12 import Delimiters
from gateway.replies import csv_report, names_of, refused_batch, submitter_of, text_report
from gateway.replies.sheet import COLUMNS
from gateway.testing.builders import BillingSpec, ClaimSpec, batch837p
from tests.replies.desk import RECEIVED, batch_report

NPI = Finding("NPI_INVALID", Outcome.REJECT, "2310B/NM109", 'The "NPI", it is mistyped.', "Correct it.", line=2)
HOLD = Finding("ENROLLMENT_UNKNOWN", Outcome.HOLD, "2310B/NM109", "No record.", "Record it.", segment=31)
SOON = Finding("FILING_SOON", Outcome.WARN, "2400/DTP03", "The limit is near.", "See to it.")
PASS = Finding("ENROLLMENT_OK", Outcome.PASS, "2010AA/NM109", "All is well.")
SPECS = [ClaimSpec(f"A{n}", member_id=f"AHP{n}") for n in range(1, 5)]
FINDINGS = {"A2": (PASS, SOON, HOLD), "A3": (NPI,)}


@pytest.fixture
def batch() -> BatchReport:
    """One accepted, one held, one rejected, one duplicate."""
    return batch_report(batch837p(SPECS), lambda claim: FINDINGS.get(claim.control_number, (PASS,)), duplicates=["A4"])


def rows(batch: BatchReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report(batch), newline="")))


def test_the_text_says_of_every_claim_what_is_wrong_and_what_to_do(batch: BatchReport) -> None:
    """Verdict, each problem with its place, the worst first, then the totals. Passes are not told."""
    assert text_report(batch).splitlines() == [
        "Report on batch 12, received 2026-11-10",
        "",
        "Interchange 000000101, group 101, transaction set 0001",
        "Claim A1 (C19), payer ALPHA1: accepted",
        "Claim A2 (C34), payer ALPHA1: held here, not rejected",
        "  hold ENROLLMENT_UNKNOWN (loop 2310B, segment 31, element NM109)",
        "    What is wrong: No record.",
        "    What to do: Record it.",
        "  warning FILING_SOON (loop 2400, element DTP03)",
        "    What is wrong: The limit is near.",
        "    What to do: See to it.",
        "Claim A3 (C49), payer ALPHA1: REJECTED",
        "  reject NPI_INVALID (loop 2310B, element NM109, line 2)",
        '    What is wrong: The "NPI", it is mistyped.',
        "    What to do: Correct it.",
        "Claim A4 (C64), payer ALPHA1: not taken, the same claim is here already",
        "",
        "Total: 4 claims",
        "  accepted         1   charges 120.00",
        "  held             1   charges 120.00",
        "  rejected         1   charges 120.00",
        "  duplicate        1   charges 120.00",
    ]


def test_problems_of_the_file_come_first() -> None:
    """In both reports, without a claim; the sets of the file are named as refused."""
    error = Malformed("SE01 states 99", code="X12_COUNTS", place="ISA 1/GS 1/ST 1/SE01", next_step="Create it again.")
    refused = refused_batch([batch837p(SPECS)], error, "claims.837", RECEIVED)
    text = text_report(refused).splitlines()
    assert text[2:6] == [
        "Problems of the file itself:",
        "  reject X12_COUNTS (loop ISA 1/GS 1/ST 1, element SE01)",
        "    What is wrong: SE01 states 99",
        "    What to do: Create it again.",
    ]
    assert text[7] == (
        "Interchange 000000101, group 101, transaction set 0001: refused as a whole, no claim of it was taken"
    )
    assert text[9] == "Total: 0 claims"
    (row,) = rows(refused)
    assert (row["claim"], row["code"], row["loop"], row["element"]) == ("", "X12_COUNTS", "ISA 1/GS 1/ST 1", "SE01")


def test_the_csv_has_a_row_for_every_claim_and_finding(batch: BatchReport) -> None:
    """A claim without findings has one all the same."""
    found = rows(batch)
    told = [(r["claim"], r["verdict"], r["code"], r["severity"], r["segment"], r["line"]) for r in found]
    assert told == [
        ("A1", "accepted", "", "", "", ""),
        ("A2", "held", "ENROLLMENT_UNKNOWN", "hold", "31", ""),
        ("A2", "held", "FILING_SOON", "warning", "", ""),
        ("A3", "rejected", "NPI_INVALID", "reject", "", "2"),
        ("A4", "duplicate", "", "", "", ""),
    ]
    assert (found[3]["loop"], found[3]["element"], found[3]["problem"]) == ("2310B", "NM109", NPI.message)
    assert {(r["interchange"], r["group"], r["set"], r["payer"]) for r in found} == {
        ("000000101", "101", "0001", "ALPHA1")
    }


def test_the_csv_is_rfc_4180(batch: BatchReport) -> None:
    """A header, CRLF after every row, quotes doubled, as many cells in each."""
    text = csv_report(batch)
    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.endswith("\r\n")
    assert '"The ""NPI"", it is mistyped."' in text
    assert {len(row) for row in csv.reader(io.StringIO(text, newline=""))} == {len(COLUMNS)}


@pytest.mark.parametrize("number", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x","y")', "\r=1", " =1"])
def test_no_cell_is_calculated(number: str) -> None:
    """What begins like a formula gets an apostrophe, wherever it comes from."""
    batch = batch_report(batch837p([ClaimSpec("A1")]))
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    finding = replace(NPI, message=number)
    claims = tuple(replace(one, control_number=number, findings=(finding,)) for one in group.sets[0].claims)
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], claims=claims),)),))
    (row,) = rows(replace(batch, interchanges=(changed,)))
    for cell in (row["claim"], row["problem"]):
        assert cell.startswith("'") or not cell.lstrip().startswith(("=", "+", "-", "@"))


def test_a_line_break_in_a_number_makes_no_new_line() -> None:
    """A report is read line by line: nobody writes a line into it."""
    batch = batch_report(batch837p([ClaimSpec("A1")]))
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    claims = tuple(replace(one, control_number="A\nClaim B: accepted") for one in group.sets[0].claims)
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], claims=claims),)),))
    wicked = replace(batch, interchanges=(changed,))
    assert "\nClaim B" not in text_report(wicked)
    assert csv_report(wicked).count("\n") == 2


def test_faults_of_no_claim_stand_before_the_claims_of_their_set(batch: BatchReport) -> None:
    """In the text under the set, in the CSV with the set's numbers and no claim."""
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    fault = Finding("LEVEL_EMPTY", Outcome.WARN, "2000B/HL", "No claim below.", "Look.", segment=9)
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], findings=(fault,)),)),))
    marked = replace(batch, interchanges=(changed,))
    assert text_report(marked).splitlines()[3] == "  warning LEVEL_EMPTY (loop 2000B, segment 9, element HL)"
    assert (rows(marked)[0]["set"], rows(marked)[0]["claim"], rows(marked)[0]["code"]) == ("0001", "", "LEVEL_EMPTY")


def test_no_patient_is_named(batch: BatchReport) -> None:
    """Neither name nor member id: CLM01 is all a biller needs."""
    for text in (text_report(batch), csv_report(batch)):
        assert not any(value in text for value in ("DOE", "DANA", "ROBIN", "AHP"))


# The names that X12 replies need.

MARKS = Delimiters(element=b"*", component=b":", segment=b"~", repetition=b"^")


def blocks(spec: ClaimSpec, line_break: str = "") -> list[bytes]:
    """What stands before the first level, then the levels of the one claim."""
    data = batch837p([spec], line_break=line_break)
    head, *levels = data.split(b"HL*")
    return [head, *(b"HL*" + level.split(b"CLM*")[0] for level in levels)]


@pytest.mark.parametrize("line_break", ["", "\n", "\r\n"])
def test_names_are_read_from_the_levels(line_break: str) -> None:
    """A subscriber who is the patient has both name and number in one segment."""
    head, *levels = blocks(ClaimSpec("A1", billing=BillingSpec("2000000010", "WILLOW", "WANDA", "1")), line_break)
    names = names_of(levels, MARKS)
    assert names.billing == Party("1", "WILLOW", "WANDA", "", "", "XX", "2000000010")
    assert names.patient == Party("1", "DOE", "DANA", "", "", "MI", "AHP000001")
    assert submitter_of(head, MARKS) == Party("2", "CEDAR FALLS FAMILY MEDICINE", "", "", "", "46", "CFFM01")


def test_a_dependent_is_known_by_the_subscribers_number() -> None:
    """2010CA has a name and no id of its own."""
    _, *levels = blocks(ClaimSpec("A1", dependent=True))
    assert names_of(levels, MARKS).patient == Party("1", "DOE", "ROBIN", "", "", "MI", "AHP000001")


def test_a_billing_provider_without_npi_is_known_by_its_tax_id() -> None:
    """REF*EI stands in its own level; a subscriber's REF*SY is nobody's tax id."""
    spec = ClaimSpec("A1", billing=BillingSpec("", "WILLOW", secondary_id="G2X", tax_id="99-9990002"))
    _, *levels = blocks(spec)
    assert names_of(levels, MARKS).billing == Party("2", "WILLOW", "", "", "", "FI", "999990002")
    without = [levels[0].split(b"REF*EI")[0], b"REF*SY*999990003~"]
    assert names_of(without, MARKS).billing.id == ""


def test_what_is_not_there_is_empty() -> None:
    """Levels without names, or no levels at all, raise nothing."""
    assert names_of([b"HL*1**20*1~"], MARKS).billing == Party(qualifier="FI")
    assert names_of([], MARKS).patient == Party("1")
    assert submitter_of(b"ST*837*0001~", MARKS) is None
