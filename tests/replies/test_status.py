"""The 277CA tells our submitter what became of every claim of the sets that were taken."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import gateway
from gateway.checks.edits import BUILT_IN, CONTENT
from gateway.data import STATUS_CODES
from gateway.enrollment import Code
from gateway.enrollment.words import WORDS
from gateway.guides.faults import GuideCode
from gateway.matching.statuses import StatusClass, claim_class
from gateway.model.answers import Status, StatusReport
from gateway.model.claims import ClaimKind, Finding, Outcome
from gateway.model.reports import BatchReport, ClaimReport, Party, Verdict
from gateway.model.x12 import Delimiters
from gateway.replies import claim_acknowledgment
from gateway.replies.statuses import DEFAULTED, GUIDE, OTHER, ROWS, row_of, statuses_of
from gateway.testing.builders import (
    BillingSpec,
    ClaimSpec,
    LineSpec,
    Person,
    batch837d,
    batch837i,
    batch837p,
    valid_npi,
)
from gateway.x12.answers import read_answers
from tests.replies.desk import (
    RECEIVED,
    STAMP,
    US,
    Judge,
    batch_report,
    claims_acknowledged,
    guide_fault,
    lines,
    nothing,
)

NPI = Finding("NPI_INVALID", Outcome.REJECT, "2310B/NM109", "The NPI is mistyped.", "Correct the NPI.")
HOLD = Finding("ENROLLMENT_UNKNOWN", Outcome.HOLD, "2310B/NM109", "Not known.", "Record it.")
MIXED = (
    ClaimSpec("A1", (LineSpec(charge="100.50"),), trace="OLD1"),
    ClaimSpec("A2", (LineSpec(charge=20),), member_id="AHP2", dependent=True),
    ClaimSpec("A3", (LineSpec(charge=7),), member_id="AHP3"),
    ClaimSpec("A4", (LineSpec(charge=5),), member_id="AHP4"),
)


def by_number(findings: dict[str, Sequence[Finding]]) -> Judge:
    return lambda claim: findings.get(claim.control_number, ())


def mixed() -> BatchReport:
    """One accepted, one held, one rejected, one duplicate."""
    return batch_report(batch837p(MIXED), by_number({"A2": [HOLD], "A3": [NPI]}), duplicates=["A4"])


def test_every_claim_is_told_what_became_of_it() -> None:
    """A held claim is received like an accepted one; what is refused has a reason; totals add up at each level."""
    found = lines(claims_acknowledged(mixed()))
    assert found[2:] == [
        "ST*277*0001*005010X214",
        "BHT*0085*08*CA0000000770001*20261110*0905*TH",
        "HL*1**20*1",
        "NM1*AY*2*OPENGATE GATEWAY*****46*OGT77",
        "TRN*1*CA0000000770001",
        "DTP*050*D8*20261110",
        "DTP*009*D8*20261110",
        "HL*2*1*21*1",
        "NM1*41*2*CEDAR FALLS FAMILY MEDICINE*****46*CFFM01",
        "TRN*2*CF20261110A",
        "STC*A1:19:40*20261110*WQ*132.5",
        "QTY*90*2",
        "QTY*AA*2",
        "AMT*YU*120.5",
        "AMT*YY*12",
        "HL*3*2*19*1",
        "NM1*85*2*CEDAR FALLS FAMILY MEDICINE*****XX*1234567893",
        "TRN*1*0",
        "STC*A1:19:40**WQ*132.5",
        "QTY*QA*2",
        "QTY*QC*2",
        "AMT*YU*120.5",
        "AMT*YY*12",
        "HL*4*3*PT",
        "NM1*QC*1*DOE*DANA****MI*AHP000001",
        "TRN*2*A1",
        "STC*A1:19:40*20261110*WQ*100.5",
        "REF*D9*OLD1",
        "DTP*472*D8*20261103",
        "HL*5*3*PT",
        "NM1*QC*1*DOE*ROBIN****MI*AHP2",
        "TRN*2*A2",
        "STC*A1:19:40*20261110*WQ*20",
        "DTP*472*D8*20261103",
        "HL*6*3*PT",
        "NM1*QC*1*DOE*DANA****MI*AHP3",
        "TRN*2*A3",
        "STC*A7:562:82*20261110*U*7",
        "DTP*472*D8*20261103",
        "HL*7*3*PT",
        "NM1*QC*1*DOE*DANA****MI*AHP4",
        "TRN*2*A4",
        "STC*A3:54*20261110*U*5",
        "DTP*472*D8*20261103",
        "SE*45*0001",
        "GE*1*77",
        "IEA*1*000000077",
    ]


def test_our_own_reader_understands_it() -> None:
    """Read as a payer's 277CA it names our submitter's batch, his claims, and their class."""
    report = next(iter(read_answers([claims_acknowledged(mixed())])))
    assert isinstance(report, StatusReport)
    assert (report.issuer, report.reference) == ("AY", "CF20261110A")
    classes = {each.claim: claim_class(each.statuses) for each in report.statuses if each.level == "2200D"}
    taken, refused = StatusClass.RECEIVED, StatusClass.REJECTED
    assert classes == {"A1": taken, "A2": taken, "A3": refused, "A4": refused}
    assert [each.trace for each in report.statuses if each.claim == "A1"] == ["OLD1"]


@pytest.mark.parametrize("build", [batch837p, batch837i, batch837d])
@pytest.mark.parametrize("findings", [(), (NPI,)])
def test_all_or_nothing_is_valid_too(build: object, findings: tuple[Finding, ...]) -> None:
    """A count of none is left out, whichever it is."""
    assert callable(build)
    found = lines(claims_acknowledged(batch_report(build(MIXED), lambda _: findings)), "QTY", "AMT")
    assert found == (
        ["QTY*AA*4", "AMT*YY*132.5", "QTY*QC*4", "AMT*YY*132.5"]
        if findings
        else ["QTY*90*4", "AMT*YU*132.5", "QTY*QA*4", "AMT*YU*132.5"]
    )


def test_each_billing_provider_is_one_level_with_its_own_totals() -> None:
    """Wherever its claims stand in the set; one without NPI is named by what it has."""
    solo = BillingSpec(valid_npi(7), "WILLOW", "WANDA", "1")
    specs = [ClaimSpec("A1"), ClaimSpec("A2", member_id="AHP2", billing=solo), ClaimSpec("A3", member_id="AHP3")]
    found = lines(claims_acknowledged(batch_report(batch837p(specs))), "NM1", "QTY", "TRN")
    assert found[4:] == [
        "QTY*90*3",
        "NM1*85*2*CEDAR FALLS FAMILY MEDICINE*****XX*1234567893",
        "TRN*1*0",
        "QTY*QA*2",
        "NM1*QC*1*DOE*DANA****MI*AHP000001",
        "TRN*2*A1",
        "NM1*QC*1*DOE*DANA****MI*AHP3",
        "TRN*2*A3",
        f"NM1*85*1*WILLOW*WANDA****XX*{valid_npi(7)}",
        "TRN*1*0",
        "QTY*QA*1",
        "NM1*QC*1*DOE*DANA****MI*AHP2",
        "TRN*2*A2",
    ]


def test_a_set_refused_by_its_999_has_no_277ca() -> None:
    """Of two sets one is refused whole: the other is reported alone, and a batch of nothing else not at all."""
    bad = guide_fault("CODE_INVALID", "2300/CLM05-1")
    data = batch837p(MIXED, claims_per_set=2)
    batch = batch_report(data, lambda claim: [bad(claim)] if claim.control_number in {"A1", "A2"} else [])
    assert lines(claims_acknowledged(batch), "ST", "TRN")[1:] == [
        "TRN*1*CA0000000770001",
        "TRN*2*CF20261110A2",
        "TRN*1*0",
        "TRN*2*A3",
        "TRN*2*A4",
    ]
    none = batch_report(data, lambda claim: [bad(claim)])
    assert claim_acknowledgment(none.interchanges[0], STAMP, US, RECEIVED) == b""


def test_a_claim_with_guide_faults_in_a_set_that_was_accepted_points_to_the_999() -> None:
    """684 says that the 999 told what is wrong."""
    bad = guide_fault("CODE_INVALID", "2300/CLM05-1")
    batch = batch_report(batch837p(MIXED), lambda claim: [bad(claim)] if claim.control_number == "A2" else [])
    assert "STC*A3:684*20261110*U*20" in lines(claims_acknowledged(batch), "STC")


def test_several_reasons_stand_beside_each_other_the_deciding_one_first() -> None:
    """Three to a segment, each once; a finding that does not reject is no reason."""
    codes = ("CHARGE_SUM", "MEMBER_ID_MISSING", "DATE_MISSING", "DATE_MISSING", "LINES_MISSING")
    findings = [HOLD, *(Finding(code, Outcome.REJECT) for code in codes), NPI]
    batch = batch_report(batch837p([ClaimSpec("A1")]), lambda _: findings)
    interchange = batch.interchanges[0]
    (claim,) = interchange.groups[0].sets[0].claims
    assert claim.code == "CHARGE_SUM"
    assert lines(claims_acknowledged(batch), "STC")[2:] == [
        "STC*A8:400*20261110*U*120******A6:164:IL*A6:187",
        "STC*A6:247*20261110*U*120******A7:562:82",
    ]
    decided = replace(claim, code="NPI_INVALID")
    assert statuses_of(decided)[0] == Status("A7", "562", "82", "U")


def test_a_charge_that_no_amount_can_hold_is_left_out() -> None:
    """Whoever typed nineteen digits gets a reply that can be read."""
    spec = ClaimSpec("A1", (LineSpec(charge="1" * 19),))
    told = lines(claims_acknowledged(batch_report(batch837p([spec]), lambda _: [NPI])), "STC", "AMT")
    assert told == ["STC*A1:19:40*20261110*WQ*0", "AMT*YY*0", "STC*A1:19:40**WQ*0", "AMT*YY*0", told[-1]]
    assert told[-1].endswith("*U*0")


def test_what_would_break_the_reply_is_replaced() -> None:
    """Delimiters in what we write anew, accents and control characters cannot stand in an element."""
    marks = Delimiters(element=b"*", component=b":", segment=b"~", repetition=b"^")
    batch = batch_report(batch837p([ClaimSpec("A1", subscriber=Person("DÖE", "DANA"))], delimiters=marks))
    us = Party(name="OPEN*GATE~ Ltd: \n", id="OG^T")
    found = lines(claim_acknowledgment(batch.interchanges[0], STAMP, us, RECEIVED), "NM1")
    assert found[0] == "NM1*AY*2*OPEN GATE  Ltd*****46*OG T"
    assert found[-1] == "NM1*QC*1*DOE*DANA****MI*AHP000001"


def test_what_a_claim_lacks_does_not_spoil_the_reply() -> None:
    """No number, charge, day, name, member id, submitter or batch reference: pyx12 finds the reply faultless still."""
    batch = batch_report(batch837p([ClaimSpec("A1")]), lambda _: [NPI])
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    (claim,) = group.sets[0].claims
    bare = replace(
        claim, control_number="", charge=None, first_day=None, last_day=None, patient=Party(""), billing=Party("")
    )
    poor = replace(group.sets[0], claims=(bare,), submitter=None, set=replace(group.sets[0].set, reference=""))
    changed = replace(interchange, groups=(replace(group, sets=(poor,)),))
    found = lines(claims_acknowledged(replace(batch, interchanges=(changed,))), "NM1", "TRN", "STC", "DTP", "AMT")
    assert found[4:] == [
        "NM1*41*2*UNKNOWN*****46*UNKNOWN",
        "TRN*2*0",
        "STC*A1:19:40*20261110*WQ*0",
        "AMT*YY*0",
        "NM1*85*2*UNKNOWN*****XX*UNKNOWN",
        "TRN*1*0",
        "STC*A1:19:40**WQ*0",
        "AMT*YY*0",
        "NM1*QC*1*UNKNOWN*****MI*UNKNOWN",
        "TRN*2*0",
        "STC*A7:562:82*20261110*U*0",
        "DTP*472*D8*20261110",
    ]


def test_long_names_are_cut_to_what_the_element_holds() -> None:
    """A name of 80 letters is no reason to lose the whole reply."""
    batch = batch_report(batch837p([ClaimSpec("A1", subscriber=Person("D" * 80, "E" * 40))]))
    assert f"NM1*QC*1*{'D' * 60}*{'E' * 35}****MI*AHP000001" in lines(claims_acknowledged(batch), "NM1")


def test_what_no_element_of_the_reply_holds_is_cut_or_replaced() -> None:
    """A number of 90 letters, and a qualifier that is none, are faults of the claim and no reason to lose the reply."""
    batch = batch_report(batch837p([ClaimSpec("C" * 90, trace="T" * 90)], reference="B" * 60), lambda _: [NPI])
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    (claim,) = group.sets[0].claims
    odd = replace(claim, patient=replace(claim.patient, qualifier="ZZZ", entity_type="2"))
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], claims=(odd,)),)),))
    found = lines(claims_acknowledged(replace(batch, interchanges=(changed,))), "TRN", "REF", "NM1")
    assert found[3] == f"TRN*2*{'B' * 50}"
    assert found[6:] == ["NM1*QC*1*DOE*DANA****MI*AHP000001", f"TRN*2*{'C' * 50}", f"REF*D9*{'T' * 50}"]


def test_the_days_and_the_bill_type_of_a_claim_are_repeated() -> None:
    """A range of days as RD8."""
    spec = ClaimSpec("A1", (LineSpec(last_day=date(2026, 11, 5)),))
    batch = batch_report(batch837i([spec]))
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    claims = tuple(replace(claim, bill_type="131") for claim in group.sets[0].claims)
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], claims=claims),)),))
    found = lines(claims_acknowledged(replace(batch, interchanges=(changed,))), "REF", "DTP")
    assert found[2:] == ["REF*BLT*131", "DTP*472*RD8*20261103-20261105"]


@pytest.mark.parametrize(
    ("kind", "place", "entity"),
    [
        (ClaimKind.PROFESSIONAL, "2010AA/NM109", "85"),
        (ClaimKind.PROFESSIONAL, "2310B/NM109", "82"),
        (ClaimKind.PROFESSIONAL, "2420A/NM109", "82"),
        (ClaimKind.PROFESSIONAL, "2310D/NM109", "DQ"),
        (ClaimKind.PROFESSIONAL, "2310A/NM109", "DN"),
        (ClaimKind.INSTITUTIONAL, "2310A/NM109", "71"),
        (ClaimKind.INSTITUTIONAL, "2310B/NM109", "72"),
        (ClaimKind.DENTAL, "2310D/NM109", ""),
        (ClaimKind.PROFESSIONAL, "", ""),
    ],
)
def test_the_party_at_fault_is_the_one_its_loop_names(kind: ClaimKind, place: str, entity: str) -> None:
    """By the kind of the claim; a role that the guide of the 277CA does not know stays unnamed."""
    finding = Finding("NPI_INVALID", Outcome.REJECT, place)
    claim = ClaimReport("C1", kind, "A1", Decimal(1), None, None, 9, "", Verdict.REJECTED, findings=(finding,))
    assert statuses_of(claim) == (Status("A7", "562", entity, "U"),)


# The table.


def codes_in(*folders: str) -> set[str]:
    """Every finding's code that these modules spell out: the first argument of Finding and Check."""
    found = set()
    for folder in folders:
        root = Path(gateway.__file__).parent / folder
        assert root.exists()
        for path in [root] if root.is_file() else root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in {"Finding", "Check"}
                ):
                    first = node.args[0] if node.args else None
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        found.add(first.value)
    return found


def test_every_finding_of_ours_has_its_status_or_takes_the_default_knowingly() -> None:
    """A new check names its status here, or is entered among those that need none."""
    declared = {check.code for check in (*BUILT_IN, *CONTENT)}
    ours = codes_in("checks", "sending.py", "marks.py", "screening.py") | declared | {code.value for code in Code}
    assert "NPI_INVALID" in ours
    passes = {code.value for code, words in WORDS.items() if words.outcome is Outcome.PASS}
    assert sorted(ours - set(ROWS) - DEFAULTED - passes) == []
    assert not set(ROWS) & DEFAULTED


def test_every_status_is_one_that_we_know_and_refuses() -> None:
    """Values come from the table of code source 508, never from memory."""
    for row in (*ROWS.values(), GUIDE, OTHER):
        assert STATUS_CODES.classes[row.category] == "rejected"
        assert row.code in STATUS_CODES.meanings


@pytest.mark.parametrize("code", [*ROWS, *sorted(DEFAULTED), *GuideCode, "A_PLUGINS_OWN"])
def test_every_status_makes_a_valid_277ca(code: str) -> None:
    """Whatever rejected the claim, at whatever loop, pyx12 knows the codes."""
    finding = Finding(code, Outcome.REJECT, "2310B/NM109")
    edit = replace(finding, place="2010BB/NM109")
    set_of_two = batch_report(batch837p(MIXED), by_number({"A1": [finding], "A2": [edit]}))
    statuses = lines(claims_acknowledged(set_of_two), "STC")
    row = row_of(finding)
    assert statuses[2].startswith(f"STC*{row.category}:{row.code}")


def test_nothing_was_dropped_is_nothing_to_say() -> None:
    """A set without claims has no 277CA."""
    batch = batch_report(batch837p([ClaimSpec("A1")]), nothing)
    interchange = batch.interchanges[0]
    empty = replace(interchange.groups[0], sets=(replace(interchange.groups[0].sets[0], claims=()),))
    assert claim_acknowledgment(replace(interchange, groups=(empty,)), STAMP, US, RECEIVED) == b""
