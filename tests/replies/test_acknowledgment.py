"""The 999 tells our submitter what the implementation guide says of each set, and lets no bad claim stop the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.guides.faults import GuideCode
from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule
from gateway.model.answers import GroupAcknowledgment, SegmentError
from gateway.model.claims import Claim, Finding, Outcome
from gateway.model.x12 import Delimiters
from gateway.replies import acknowledge, element_numbers
from gateway.replies.faults import IK_CODES, place_of
from gateway.testing.builders import ClaimSpec, batch837d, batch837i, batch837p
from gateway.x12.answers import read_answers
from tests.replies.desk import STAMP, Judge, acknowledged, batch_report, guide_fault, lines

TWO = (ClaimSpec("A1"), ClaimSpec("A2", member_id="AHP2", dependent=True))
BAD_CODE = guide_fault("CODE_INVALID", "2300/CLM05-3")


def only(number: str, *faults: Finding | object) -> Judge:
    """Faults of one claim alone."""

    def judge(claim: Claim) -> Sequence[Finding]:
        made = [fault(claim) for fault in faults if callable(fault)]
        return made if claim.control_number == number else ()

    return judge


def verdicts(reply: bytes) -> list[str]:
    return lines(reply, "IK5", "AK9")


@pytest.mark.parametrize("build", [batch837p, batch837i, batch837d])
def test_a_faultless_batch_is_accepted_in_its_own_terms(build: object) -> None:
    """Addresses change places, usage and GS08 with its addendum are kept, counts add up."""
    assert callable(build)
    data = build(TWO, sender="US", receiver="THEM", usage="T")
    version = re.search(rb"005010X22[0-9]A[0-9]", data)
    assert version
    found = lines(acknowledged(batch_report(data)))
    named = version[0].decode()
    assert found == [
        "ISA*00*          *00*          *ZZ*THEM           *ZZ*US             *261110*0905*^*00501*000000077*0*T*:",
        "GS*FA*THEM*US*20261110*0905*77*X*005010X231A1",
        "ST*999*0001*005010X231A1",
        f"AK1*HC*101*{named}",
        f"AK2*837*0001*{named}",
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
        "GE*1*77",
        "IEA*1*000000077",
    ]


def test_one_bad_claim_is_named_and_the_set_still_accepted() -> None:
    """IK3 and IK4 say where, CTX whose, IK5 is E; the value stays where it is."""
    batch = batch_report(batch837p(TWO), only("A2", BAD_CODE))
    position = [claim.position for claim in batch.interchanges[0].groups[0].sets[0].claims][1]
    found = lines(acknowledged(batch), "IK3", "CTX", "IK4", "IK5", "AK9")
    assert found == [f"IK3*CLM*{position}*2300*8", "CTX*CLM01:A2", "IK4*5:3**7", "IK5*E*5", "AK9*E*1*1*1"]


def test_our_own_reader_reads_back_what_was_said() -> None:
    """A 999 of ours is one that we would understand from a payer."""
    batch = batch_report(batch837p(TWO), only("A2", BAD_CODE))
    (answer,) = read_answers([acknowledged(batch)])
    assert isinstance(answer, GroupAcknowledgment)
    (error,) = answer.sets[0].errors
    assert error == SegmentError("CLM", error.position, "2300", "8", (("5:3", "7"),), "A2")


def test_a_set_is_refused_only_when_every_claim_of_it_is() -> None:
    """Of three sets one is clean, one has a bad claim and one nothing else: the group is accepted in part."""
    specs = [ClaimSpec(f"A{n}", member_id=f"AHP{n}") for n in range(6)]
    data = batch837p(specs, claims_per_set=2)
    bad = {"A3", "A4", "A5"}
    batch = batch_report(data, lambda claim: [BAD_CODE(claim)] if claim.control_number in bad else [])
    assert verdicts(acknowledged(batch)) == ["IK5*A", "IK5*E*5", "IK5*R*5", "AK9*P*3*3*2"]


def test_a_group_of_which_every_set_is_refused_is_refused() -> None:
    """AK901 R, and nothing is counted as accepted."""
    batch = batch_report(batch837p(TWO), lambda claim: [BAD_CODE(claim)])
    assert verdicts(acknowledged(batch)) == ["IK5*R*5", "AK9*R*1*1*0"]


def test_a_fault_that_only_warns_refuses_nothing() -> None:
    """Every claim has it, and every claim goes: the set is accepted with errors."""
    warn = guide_fault("TRAILING_SPACE", "2300/CLM01", outcome=Outcome.WARN)
    batch = batch_report(batch837p(TWO), lambda claim: [warn(claim)])
    assert verdicts(acknowledged(batch)) == ["IK5*E*5", "AK9*E*1*1*1"]


def test_business_edits_are_not_the_guides_word() -> None:
    """A claim that is held or rejected for another reason leaves the 999 as it is; so does a pass."""
    edits = [
        Finding("NPI_INVALID", Outcome.REJECT, "2010AA/NM109"),
        Finding("CODE_INVALID", Outcome.PASS, "2300/CLM05"),
    ]
    batch = batch_report(batch837p(TWO), lambda _: edits)
    assert verdicts(acknowledged(batch)) == ["IK5*A", "AK9*A*1*1*1"]


def test_a_fault_of_a_level_is_said_once_and_names_no_claim() -> None:
    """Every claim below the level carries it; the first of them is not its culprit."""
    level = guide_fault("SEGMENT_MISSING", "2010AA/N3", segment=9)
    batch = batch_report(batch837p(TWO), lambda claim: [level(claim)])
    assert lines(acknowledged(batch), "IK3", "CTX") == ["IK3*N3*9*2010*3"]


def test_a_fault_of_no_claim_leaves_the_claims_accepted() -> None:
    """Trailing segments, or a level without claims, make the set one with errors."""
    batch = batch_report(batch837p(TWO))
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    fault = Finding("SEGMENT_UNEXPECTED", Outcome.REJECT, "2400/REF", segment=99)
    spoiled = replace(group, sets=(replace(group.sets[0], findings=(fault,)),))
    reply = acknowledged(replace(batch, interchanges=(replace(interchange, groups=(spoiled,)),)))
    assert lines(reply, "IK3", "IK5") == ["IK3*REF*99*2400*2", "IK5*E*5"]


def test_faults_of_one_segment_share_its_ik3_and_stand_in_order() -> None:
    """By position whatever order they were found in, each element once."""
    late = guide_fault("ELEMENT_MISSING", "2400/SV101-2", segment=60)
    early = guide_fault("SEGMENT_TOO_MANY", "2300/REF", segment=40)
    other = guide_fault("NUMBER_INVALID", "2400/SV102", segment=60)
    batch = batch_report(batch837p(TWO), only("A1", late, early, other, late))
    assert lines(acknowledged(batch), "IK3", "IK4") == [
        "IK3*REF*40*2300*5",
        "IK3*SV1*60*2400*8",
        "IK4*1:2**1",
        "IK4*2**6",
    ]


@pytest.mark.parametrize("code", GuideCode)
def test_every_fault_of_the_guide_can_be_said(code: GuideCode) -> None:
    """Each has its codes, at an element or at a segment alone, and pyx12 takes all of them."""
    assert code in IK_CODES
    for place in ("2010AA/NM109", "2010AA/NM1", "HEADER/BHT06", "2300/HI01-2"):
        acknowledged(batch_report(batch837p(TWO), only("A1", guide_fault(code.value, place, segment=8))))


def test_the_guides_own_objections_are_told_apart_from_the_standards() -> None:
    """I5 for what only the guide forbids, 5 for what the standard does, both where both are there."""
    used, long = guide_fault("ELEMENT_NOT_USED", "2300/CLM03"), guide_fault("ELEMENT_TOO_LONG", "2300/CLM01")
    assert lines(acknowledged(batch_report(batch837p(TWO), only("A1", used))), "IK5") == ["IK5*E*I5"]
    assert lines(acknowledged(batch_report(batch837p(TWO), only("A1", used, long))), "IK5") == ["IK5*E*5*I5"]


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("2010AA/NM109", ("2010", "NM1", "9", "")),
        ("2300/CLM05-3", ("2300", "CLM", "5", "3")),
        ("2010AA/N301", ("2010", "N3", "1", "")),
        ("2400/SV1", ("2400", "SV1", "", "")),
        ("2320/K301", ("2320", "K3", "1", "")),
        ("HEADER/BHT", ("", "BHT", "", "")),
        ("2300/JOHN DOE", ("2300", "ZZZ", "", "")),
        ("", ("", "ZZZ", "", "")),
    ],
)
def test_a_place_is_cut_to_what_a_999_holds(place: str, parts: tuple[str, ...]) -> None:
    """A loop has four characters, a segment id three, and text that is no id is not repeated."""
    assert place_of(Finding("X", Outcome.REJECT, place)) == parts


def test_the_data_element_number_is_told_where_the_guide_knows_it() -> None:
    """IK402 comes from the guide's own tables."""
    npi = Element("NM109", "id", "R", "67", "AN", 2, 80)
    place = Composite("CLM05", "place", "R", "C023", (Element("CLM05-3", "frequency", "R", "1325", "ID", 1, 1),))
    inner = LoopRule("2300", "claim", "R", 1, 1, (SegmentRule("CLM", "claim", "R", 1, 1, (place,)),))
    root = LoopRule("ST_LOOP", "set", "R", 1, 1, (SegmentRule("NM1", "name", "R", 1, 1, (npi,)), inner))
    numbers = element_numbers(Guide("005010X222", "837", "professional", root))
    assert numbers == {"NM109": "67", "CLM05-3": "1325"}
    batch = batch_report(batch837p(TWO), only("A1", BAD_CODE))
    assert lines(acknowledge(batch.interchanges[0], STAMP, numbers), "IK4") == ["IK4*5:3*1325*7"]


def test_several_groups_and_interchanges_are_answered_each_on_its_own() -> None:
    """One reply for each interchange, one 999 in it for each group, in the delimiters of that interchange."""
    marks = Delimiters(element=b"|", component=b">", segment=b"\n", repetition=b"!")
    two_groups = batch837p(TWO).replace(b"GE*1*101~IEA*1*", b"GE*1*101~%bIEA*2*")
    inner = re.search(rb"GS\*.*GE\*1\*101~", batch837p([ClaimSpec("B1")]), re.S)
    assert inner
    two_groups = two_groups.replace(b"%b", inner[0].replace(b"*101*X*", b"*102*X*").replace(b"GE*1*101", b"GE*1*102"))
    other = batch837p([ClaimSpec("C*1~")], delimiters=marks, control=9)
    batch = batch_report(two_groups + other, only("B1", BAD_CODE))
    first = lines(acknowledged(batch, 0), "AK1", "AK9", "GE", "IEA")
    assert first == [
        "AK1*HC*101*005010X222A1",
        "AK9*A*1*1*1",
        "AK1*HC*102*005010X222A1",
        "AK9*R*1*1*0",
        "GE*2*77",
        "IEA*1*000000077",
    ]
    second = acknowledged(batch, 1)
    assert (second[:7], second[82:83]) == (b"ISA|00|", b"!")
    assert b"\nAK1|HC|9|005010X222A1\n" in second


@pytest.mark.parametrize("number", ["A" * 36, "A>1", ""])
def test_a_claim_number_that_a_context_cannot_hold_is_not_cut_short(number: str) -> None:
    """A cut number could name another claim: without CTX the position still names the segment."""
    marks = Delimiters(element=b"|", component=b":", segment=b"~", repetition=b"^")
    data = batch837p([ClaimSpec("A1"), ClaimSpec("A2")], delimiters=marks)
    batch = batch_report(data, only("A2", BAD_CODE))
    interchange = batch.interchanges[0]
    group = interchange.groups[0]
    claims = tuple(replace(claim, control_number=number) for claim in group.sets[0].claims)
    changed = replace(interchange, groups=(replace(group, sets=(replace(group.sets[0], claims=claims),)),))
    reply = acknowledged(replace(batch, interchanges=(changed,)))
    assert lines(reply, "CTX") == ([f"CTX*CLM01:{number}"] if number == "A>1" else [])


def test_no_value_of_a_claim_is_repeated() -> None:
    """Beside CLM01 nothing of the claims stands in a 999: no name, no member id, no offending value."""
    batch = batch_report(
        batch837p(TWO), lambda claim: [BAD_CODE(claim), guide_fault("DATE_INVALID", "2010BA/DMG02")(claim)]
    )
    reply = acknowledged(batch)
    assert not any(value in reply for value in (b"DOE", b"AHP", b"19800214", b"120"))
    assert all(len(line.split("*")) <= 4 for line in lines(reply, "IK4"))
