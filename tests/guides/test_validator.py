"""Guide validation: every kind of fault is found at its place, and nothing else is."""

from __future__ import annotations

import pytest

from gateway.guidebook import standard_lists
from gateway.guides import validator as engine
from gateway.guides.faults import GuideCode
from gateway.guides.validator import Validator
from gateway.model.claims import Outcome
from gateway.model.x12 import Delimiters
from gateway.testing.builders import (
    ClaimSpec,
    LineSpec,
    batch837d,
    batch837i,
    batch837p,
    realistic_batch,
    valid_npi,
)
from tests.guides.judging import GUIDES, edited, faults_of, said
from tests.oracle import pyx12_verdict

P = batch837p(
    [
        ClaimSpec("A1", facility=valid_npi(7), record_number="M1"),
        ClaimSpec("A2", dependent=True, member_id="AHP2", lines=(LineSpec(), LineSpec("99214", 80))),
        ClaimSpec("A3", member_id="AHP3", other_payer_id="OMEGA1", responsibility="S"),
    ]
)
S = batch837p([ClaimSpec("S1", other_payer_id="OMEGA1", responsibility="S")])
I837 = batch837i([ClaimSpec("I1", diagnoses=("J069", "I10"))])

FAULTS = [
    ("REF*EA*M1~", "REF*EA*M1~ZZZ*1~", "SEGMENT_UNKNOWN", "2300/ZZZ"),
    ("REF*EA*M1~", "REF*EA*M1~OI***Y***Y~", "SEGMENT_UNEXPECTED", "2300/OI"),
    ("REF*EA*M1~", "REF*QQ*M1~", "SEGMENT_UNEXPECTED", "2300/REF"),
    ("REF*EI*999990001~", "", "SEGMENT_MISSING", "2010AA/REF"),
    ("NM1*40*2*OPENGATE GATEWAY*****46*OPENGATE~", "", "LOOP_MISSING", "1000B/NM1"),
    ("PRV*BI*PXC*207Q00000X~", "PRV*BI*PXC*207Q00000X~" * 2, "SEGMENT_TOO_MANY", "2000A/PRV"),
    ("NM1*77*2", "NM1*77*2*X*****XX*2000000077~N3*1 WAY~N4*ALBANY*NY*12207~NM1*77*2", "LOOP_TOO_MANY", "2300/NM1"),
    (
        "HL*2*1*22*0~SBR*P*18*******CI~",
        "HL*2*1*22*0~SBR*P*18*******CI~NM1*PR*2*X*****PI*X1~",
        "LOOP_ORDER",
        "2000B/NM1",
    ),
    ("HI*ABK:J069~", "HI*ABK:J069~DTP*435*D8*20261103~", "SEGMENT_OUT_OF_ORDER", "2300/DTP"),
    ("DMG*D8*19800214*F~", "DMG*D8*19800214~", "ELEMENT_MISSING", "2010BA/DMG03"),
    ("REF*EI*999990001~", "REF*EI~", "ELEMENT_MISSING", "2010AA/REF02"),
    ("PER*IC*EDI DESK*TE*5555550100~", "PER*IC*EDI DESK*TE*5555550100*EX~", "ELEMENT_CONDITION", "1000A/PER06"),
    ("N3*1 SAMPLE ST~", "N3*1 SAMPLE ST*APT*X~", "ELEMENTS_TOO_MANY", "2010BA/N303"),
    (
        "HL*1**20*1~PRV*BI*PXC*207Q00000X",
        "HL*1**20*1~PRV*BI*PXC*207Q00000XYYYY" + "Y" * 40,
        "ELEMENT_TOO_LONG",
        "2000A/PRV03",
    ),
    ("BHT*0019*00*CF20261110A*20261110*0815", "BHT*0019*00*CF20261110A*20261110*081", "TIME_INVALID", "ST/BHT05"),
    ("DOE*DANA", "DOE*D\xc1NA", "CHARACTER_INVALID", "2010BA/NM104"),
    ("CLM*A1*120*", "CLM*A1*12O*", "NUMBER_INVALID", "2300/CLM02"),
    ("*Y*A*Y*Y~", "*Y*A*Q*Y~", "CODE_INVALID", "2300/CLM08"),
    ("11:B:1*Y", "98:B:1*Y", "CODE_UNKNOWN", "2300/CLM05-1"),
    ("CEDAR FALLS*IA*506130001~REF*EI", "CEDAR FALLS*QZ*506130001~REF*EI", "CODE_UNKNOWN", "2010AA/N402"),
    ("DMG*D8*19800214*F~", "DMG*D8*19800230*F~", "DATE_INVALID", "2010BA/DMG02"),
    ("DTP*472*D8*20261103~", "DTP*472*RD8*20261103~", "DATE_INVALID", "2400/DTP03"),
    (
        "N4*CEDAR FALLS*IA*506130001~REF*EI",
        "N4*CEDAR FALLS*IA*506130001****ON~REF*EI",
        "ELEMENT_EXCLUDED",
        "2010AA/N407",
    ),
    ("11:B:1*Y", "11:B:1:X*Y", "COMPONENTS_TOO_MANY", "2300/CLM05"),
    ("NM1*QC*1*DOE*ROBIN~", "NM1*QC*1*DOE*ROBIN****MI*X1~", "ELEMENT_NOT_USED", "2010CA/NM108"),
    ("REF*EA*M1~", "REF*EA*M1*~", "TRAILING_SEPARATOR", "2300/REF"),
    ("REF*EA*M1~", "REF*EA*M1 ~", "TRAILING_SPACE", "2300/REF02"),
    ("REF*EA*M1~", "REF*EA*M1~K3~", "SEGMENT_EMPTY", "2300/K3"),
    ("HL*2*1*22*0~", "HL*3*1*22*0~", "HIERARCHY_NUMBER", "2000B/HL01"),
    ("DMG*D8*19800214*F~", "DMG*D8*19800214*F**A^B~", "REPEATS_TOO_MANY", "2010BA/DMG05"),
    ("REF*EA*M1~", "REF*EA*M1~REF*G1*" + "9" * 51 + "~", "ELEMENT_TOO_LONG", "2300/REF02"),
    ("N3*1 SAMPLE ST~N4*CEDAR FALLS*IA*50613~", "N3*1 SAMPLE ST~N4*X*IA*50613~", "ELEMENT_TOO_SHORT", "2010BA/N401"),
]


@pytest.mark.parametrize(("old", "new", "code", "place"), FAULTS, ids=[f"{c}-{p}" for _, _, c, p in FAULTS])
def test_a_fault_is_found_at_its_place(old: str, new: str, code: str, place: str) -> None:
    """One change to a clean batch gives that fault."""
    assert (code, place) in said(edited(P, (old, new)))


ELSEWHERE = {"SEGMENT_NOT_USED", "DATE_NOT_RANGE", "CLAIM_MISSING"}


def test_every_code_of_a_fault_is_reached() -> None:
    """No code is there that nothing can lead to; a few have tests of their own."""
    assert {code for _, _, code, _ in FAULTS} == {c.value for c in GuideCode} - ELSEWHERE


@pytest.mark.parametrize("batch", [P, I837, batch837d([ClaimSpec("D1")]), b"".join(realistic_batch(60, seed=4))])
def test_a_clean_batch_has_no_fault(batch: bytes) -> None:
    """Professional, institutional, dental, and a realistic mix."""
    assert said(batch) == []


SUBMITTER, RECEIVER = "NM1*41*2*X*****46*X~PER*IC*X*TE*5555550100~", "NM1*40*2*Y*****46*Y~"
BILLING = "NM1*85*2*X*****XX*1234567893~N3*1 X~N4*AMES*IA*500100001~REF*EI*999990001~"
PAY_TO, PLAN = "NM1*87*2~N3*1 X~N4*AMES*IA*50010~", "NM1*PE*2*X*****PI*X1~N3*1 X~N4*AMES*IA*50010~REF*EI*999990002~"
OTHER_INSURED, OTHER_PAYER = "NM1*IL*1*DOE*DANA****MI*X1~", "NM1*PR*2*X*****PI*X1~"
REFERRING, RENDERING = "NM1*DN*1*A*B****XX*2000005001~", "NM1*82*1*A*B****XX*2000000010~"


@pytest.mark.parametrize(
    ("before", "place", "outcome", "order"),
    [
        ("BHT", "ST/NM1", Outcome.WARN, (RECEIVER, SUBMITTER)),
        ("HL*1", "2000A/NM1", Outcome.HOLD, (PAY_TO, BILLING)),
        ("HL*1", "", Outcome.PASS, (BILLING, PLAN, PAY_TO)),
        ("HL*2", "2000B/NM1", Outcome.HOLD, (OTHER_PAYER, OTHER_INSURED)),
        ("OI", "2320/NM1", Outcome.HOLD, (OTHER_PAYER, OTHER_INSURED)),
        ("HI", "", Outcome.PASS, (RENDERING, REFERRING)),
    ],
)
def test_a_required_loop_behind_one_that_the_guide_has_later(
    before: str, place: str, outcome: Outcome, order: tuple[str, ...]
) -> None:
    """pyx12 takes it for missing. Loops that may be left out come in any order; what no payer gets only warns."""
    parts = {"HL*1": ("PRV*BI*PXC*207Q00000X~", "HL*2"), "OI": ("OI***Y***Y~", "LX"), "HI": ("HI*ABK:J069~", "LX")}
    parts |= {"BHT": ("0815*CH~", "HL*1"), "HL*2": ("SBR*S*18*******CI~", "CLM")}
    behind, end = parts[before]
    batch = S.decode()
    at = batch.index(behind) + len(behind)
    found = faults_of(edited((batch[:at] + "".join(order) + batch[batch.index(end, at) :]).encode()))
    found = [fault for fault in found if fault.finding.code == "LOOP_ORDER"]
    assert [(f.finding.place, f.finding.outcome) for f in found] == ([(place, outcome)] if place else [])
    assert pyx12_verdict(edited((batch[:at] + "".join(order) + batch[batch.index(end, at) :]).encode()))[0] is not bool(
        place
    )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("REF*6R*S1L1~", "REF*6R*S1L1~LIN**N4*00000000000~CTP****1~", "2410/CTP05"),
        ("NM1*82*1*BIRCH*BENJAMIN****XX*", "NM1*82*1*BIRCH*BENJAMIN*****", "2310B/NM108"),
    ],
)
def test_an_element_that_is_missing_is_said_once(old: str, new: str, place: str) -> None:
    """Not a second time as one that another element asks for."""
    assert [where for _, where in said(edited(S, (old, new)))] == [place]


def test_what_is_missing_belongs_to_the_block_before_the_gap() -> None:
    """A claim without its diagnosis: the finding is the claim's, though the next segment showed it."""
    [fault] = faults_of(edited(P, ("HI*ABK:J069~", "")))
    assert fault.finding.code == "SEGMENT_MISSING"
    assert fault.anchor == (fault.finding.segment or 0) - 1


def test_one_fault_is_said_once() -> None:
    """A required segment that never comes is missed once, however many segments follow."""
    assert said(edited(P, ("REF*EI*999990001~", ""))) == [("SEGMENT_MISSING", "2010AA/REF")]


def test_a_statement_of_one_day_in_the_form_of_a_range_warns() -> None:
    """Published examples have it."""
    [fault] = faults_of(edited(I837, ("DTP*434*RD8*20261103-20261103", "DTP*434*RD8*20261103")))
    assert (fault.finding.code, fault.finding.outcome) == ("DATE_NOT_RANGE", Outcome.WARN)


def test_any_addendum_of_a_guide_is_the_same_guide_and_an_unknown_one_is_passed_over() -> None:
    """What is not validated is counted, and has no fault."""
    for version in ("005010X222", "005010X222A1", "005010X222A2"):
        assert said(batch837p([ClaimSpec("A1")], version=version)) == []
    validator = Validator(GUIDES, standard_lists())
    assert faults_of(batch837p([ClaimSpec("A1")], version="005010X999"), validator) == []
    assert validator.unvalidated == 1


@pytest.mark.parametrize(
    "delimiters",
    [
        Delimiters(b"|", b">", b"\n", b"^"),
        Delimiters(b"\x1d", b"\x1f", b"\x1c", b"\x1e"),
        Delimiters(b"+", b"*", b"'", b"!"),
    ],
)
def test_any_delimiters(delimiters: Delimiters) -> None:
    """Patterns are made for the delimiters of each interchange."""
    batch = batch837p([ClaimSpec("A1"), ClaimSpec("A2", dependent=True)], delimiters=delimiters)
    assert said(batch) == []
    mark = delimiters.element
    wrong = batch.replace(mark.join([b"DMG", b"D8", b"19800214"]), mark.join([b"DMG", b"D8", b"19800230"]))
    assert ("DATE_INVALID", "2010BA/DMG02") in said(wrong)


def test_a_dependent_after_the_subscribers_own_claim_is_clean_in_every_guide() -> None:
    """A family may have both; the institutional map that we start from has it otherwise."""
    own, theirs = ClaimSpec("I1"), ClaimSpec("I2", dependent=True)
    document = batch837i([own, theirs]).decode()
    joined = document.replace(
        "HL*3*1*22*1~SBR*P********CI~NM1*IL*1*DOE*DANA****MI*AHP000001~NM1*PR*2*ALPHA HEALTH PLAN*****PI*ALPHA1~HL*4*3*23",
        "HL*3*2*23",
    )
    joined = joined.replace("HL*2*1*22*0", "HL*2*1*22*1")
    assert joined != document
    assert said(edited(joined.encode())) == []


def test_many_faults_end_the_judging_of_their_set_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is wrong throughout fills no memory."""
    monkeypatch.setattr(engine, "MOST_FAULTS", 5)
    bad = edited(P, ("REF*6R", "REF*QQ"), count=99)
    assert len(faults_of(bad * 2)) == 10 or len(faults_of(bad)) <= 5


def test_states_are_forgotten_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdicts stay the same when the memory is small."""
    monkeypatch.setattr(engine, "MOST_STATES", 40)
    validator = Validator(GUIDES, standard_lists())
    assert faults_of(b"".join(realistic_batch(120, seed=9)), validator) == []
    [tables] = validator._tables.values()
    assert len(tables._states) <= 41
