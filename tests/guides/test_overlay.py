"""The guides in our own notation, dental claims and status requests: well formed, quiet on clean sets, loud on defects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from gateway.data import OF_SITES
from gateway.errors import Malformed
from gateway.guidebook import standard_lists
from gateway.guides.dictionary import DataElement
from gateway.guides.maps import dictionary_from
from gateway.guides.overlay import whole
from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule
from gateway.guides.walk import first_segment, qualifiers
from tests.guides.judging import GUIDES, said

OURS = {"dental.toml": ("837", "005010X224"), "status_request.toml": ("276", "005010X212")}
ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*T*:~"

DENTAL = """
GS*HC*SENDER*RECEIVER*20260101*1200*1*X*005010X224A2~
ST*837*0001*005010X224A2~
BHT*0019*00*BATCH1*20260101*1200*CH~
NM1*41*2*EXAMPLE BILLING*****46*SENDER~
PER*IC*HELP DESK*TE*2025550101~
NM1*40*2*EXAMPLE PAYER*****46*RECEIVER~
HL*1**20*1~
NM1*85*2*EXAMPLE DENTAL*****XX*1234567893~
N3*1 MAIN ST~
N4*MIAMI*FL*331110001~
REF*EI*123456789~
HL*2*1*22*1~
SBR*S*18*******CI~
NM1*IL*1*DOE*JANE****MI*M0000001~
N3*2 MAIN ST~
N4*MIAMI*FL*33111~
DMG*D8*19800101*F~
NM1*PR*2*EXAMPLE PAYER*****PI*EX001~
CLM*CLAIM1*300***11:B:1*Y*A*Y*Y**AA:::FL*02~
DTP*439*D8*20260102~
DTP*452*D8*20260103~
DTP*472*D8*20260104~
DN1*24*12~
DN2*3*M****JP~
DN2*A*E****JP~
PWK*RB*EL***AC*ATTACH1~
AMT*F5*10~
REF*G3*PREDET1~
REF*D9*TRACE1~
NTE*ADD*EXAMPLE NOTE~
HI*ABK:K0262*ABF:K0500~
NM1*DN*1*ROE*RICHARD****XX*1234567893~
PRV*RF*PXC*1223G0001X~
NM1*82*1*POE*PAT****XX*1234567893~
PRV*PE*PXC*1223G0001X~
REF*0B*LIC1~
NM1*77*2*EXAMPLE SITE*****XX*1234567893~
N3*3 MAIN ST~
N4*MIAMI*FL*331110001~
NM1*DD*1*MOE*MAX****XX*1234567893~
NM1*DQ*1*LOE*LEE****XX*1234567893~
SBR*P*19*******CI~
CAS*PR*1*50*1~
AMT*D*100~
OI***Y***Y~
NM1*IL*1*DOE*JACK****MI*M0000002~
NM1*PR*2*OTHER PAYER*****PI*EX002~
DTP*573*D8*20260110~
REF*F8*CLAIMNO1~
NM1*82*1~
REF*G2*ID0000001~
LX*1~
SV3*AD:D2150*200**10*I*1*****1:2~
TOO*JP*12*M:O~
TOO*JP*13~
DTP*472*D8*20260104~
DTP*441*D8*20200101~
REF*6R*LINE1~
AMT*T*1~
NM1*82*1*POE*PAT****XX*1234567893~
PRV*PE*PXC*1223G0001X~
NM1*DD*1*MAE*MAX****XX*1234567893~
SVD*EX002*100*AD:D2150**1~
CAS*PR*1*50*1~
DTP*573*D8*20260110~
LX*2~
SV3*AD:D1110*100~
HL*3*2*23*0~
PAT*19~
NM1*QC*1*DOE*JIM~
N3*2 MAIN ST~
N4*MIAMI*FL*33111~
DMG*D8*20150101*M~
CLM*CLAIM2*750***11:B:1*Y*A*Y*I**********PB~
LX*1~
SV3*AD:D2750*750***I*1~
TOO*JP*13~
SE*77*0001~
GE*1*1~
IEA*1*000000001~
"""

REQUEST = """
GS*HR*SENDER*RECEIVER*20260101*1200*1*X*005010X212~
ST*276*0001*005010X212~
BHT*0010*13*ASK1*20260101*1200~
HL*1**20*1~
NM1*PR*2*EXAMPLE PAYER*****PI*EX001~
HL*2*1*21*1~
NM1*41*2*EXAMPLE BILLING*****46*SENDER~
HL*3*2*19*1~
NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~
HL*4*3*22*0~
DMG*D8*19800101*F~
NM1*IL*1*DOE*JANE****MI*M0000001~
TRN*1*TRACE1~
REF*1K*CLAIMNO1~
REF*EJ*CLAIM1~
REF*D9*TRACE2~
AMT*T3*150~
DTP*472*RD8*20260101-20260102~
HL*5*3*22*1~
NM1*IL*1*ROE*RICHARD****MI*M0000002~
HL*6*5*23~
DMG*D8*20150101*M~
NM1*QC*1*ROE*RITA~
TRN*1*TRACE3~
SVC*HC:99203*150*****1~
REF*FJ*LINE1~
DTP*472*D8*20260101~
SE*27*0001~
GE*1*1~
IEA*1*000000001~
"""

DENTAL_DEFECTS = [
    ("SV3*AD:D1110*100~", "", "SEGMENT_MISSING", "2400/SV3"),
    ("SV3*AD:D1110*100~", "SV1*HC:99213*100*UN*1***1~", "SEGMENT_UNKNOWN", "2400/SV1"),
    ("SV3*AD:D1110*100~", "SV3*AD:D1110~", "ELEMENT_MISSING", "2400/SV302"),
    ("SV3*AD:D1110*100~", "SV3*HC:D1110*100~", "CODE_INVALID", "2400/SV301-1"),
    ("SV3*AD:D1110*100~", "SV3*AD:D1110*10O~", "NUMBER_INVALID", "2400/SV302"),
    ("SV3*AD:D1110*100~", "SV3*AD:D1110*100*28~", "CODE_UNKNOWN", "2400/SV303"),
    ("SV3*AD:D1110*100~", "SV3*AD:D1110*100**77~", "CODE_UNKNOWN", "2400/SV304-1"),
    ("200**10*I*1", "200**10*X*1", "CODE_INVALID", "2400/SV305"),
    ("*****1:2~", "*****1:2:3:4:5~", "COMPONENTS_TOO_MANY", "2400/SV311"),
    ("TOO*JP*12*M:O~", "TOO*JP~", "ELEMENT_MISSING", "2400/TOO02"),
    ("TOO*JP*12*M:O~", "TOO*JP*12*M:X~", "CODE_INVALID", "2400/TOO03-2"),
    ("TOO*JP*12*M:O~", f"TOO*JP*{'1' * 31}~", "ELEMENT_TOO_LONG", "2400/TOO02"),
    ("TOO*JP*12*M:O~", "TOO*JO*12~", "CODE_INVALID", "2400/TOO01"),
    ("CLM*CLAIM2*750***11:B:1", "CLM*CLAIM2*750***11:A:1", "CODE_INVALID", "2300/CLM05-2"),
    ("CLM*CLAIM2*750***11:B:1", "CLM*CLAIM2*750***28:B:1", "CODE_UNKNOWN", "2300/CLM05-1"),
    ("CLM*CLAIM2*", f"CLM*{'C' * 39}*", "ELEMENT_TOO_LONG", "2300/CLM01"),
    ("**********PB~", "**********PX~", "CODE_INVALID", "2300/CLM19"),
    ("DTP*472*D8*20260104~\nDN1", "DTP*473*D8*20260104~\nDN1", "SEGMENT_UNEXPECTED", "2300/DTP"),
    ("DTP*472*D8*20260104~\nDN1", "DTP*472*D9*20260104~\nDN1", "CODE_INVALID", "2300/DTP02"),
    ("DTP*472*D8*20260104~\nDN1", "DTP*472*D8*20260230~\nDN1", "DATE_INVALID", "2300/DTP03"),
    ("DN2*3*M****JP~", "DN2*3*X****JP~", "CODE_INVALID", "2300/DN202"),
    ("DN2*3*M****JP~", "DN2*3~", "ELEMENT_MISSING", "2300/DN202"),
    ("DN2*A*E****JP~", "DN2*A*E****JP~" * 35, "SEGMENT_TOO_MANY", "2300/DN2"),
    ("PWK*RB*EL***AC*ATTACH1~", "PWK*RB*EL***AC~", "ELEMENT_CONDITION", "2300/PWK06"),
    ("REF*G3*PREDET1~", "REF*EA*RECORD1~", "SEGMENT_UNEXPECTED", "2300/REF"),
    ("REF*D9*TRACE1~", "REF*D9*TRACE1~REF*D9*TRACE2~", "SEGMENT_TOO_MANY", "2300/REF"),
    ("NTE*ADD*EXAMPLE NOTE~", "NTE*DCP*EXAMPLE NOTE~", "CODE_INVALID", "2300/NTE01"),
    ("HI*ABK:K0262*ABF:K0500~", "HI*ABF:K0262~", "CODE_INVALID", "2300/HI01-1"),
    ("HI*ABK:K0262*ABF:K0500~", "HI*ABK:K0262*ABK:K0500~", "CODE_INVALID", "2300/HI02-1"),
    ("NM1*DD*1*MAE*MAX", "NM1*QB*1*MAE*MAX", "SEGMENT_UNEXPECTED", "2420A/NM1"),
    ("PRV*RF*PXC*", "PRV*RF*ZZ*", "CODE_INVALID", "2310A/PRV02"),
    ("N3*3 MAIN ST~\n", "", "SEGMENT_MISSING", "2310C/N3"),
    ("OI***Y***Y~\n", "", "SEGMENT_MISSING", "2320/OI"),
    ("REF*G2*ID0000001~\n", "", "SEGMENT_MISSING", "2330D/REF"),
    ("SBR*S*18*******CI~", "SBR*S*18*******CI~PAT*******01*60~", "SEGMENT_UNEXPECTED", "2000B/PAT"),
    ("LX*1~\nSV3*AD:D2750*750***I*1~\nTOO*JP*13~\n", "", "LOOP_MISSING", "2400/LX"),
]
"""What to replace in the clean set, by what, and the fault that must be found."""

REQUEST_DEFECTS = [
    ("TRN*1*TRACE3~", "TRN*2*TRACE3~", "CODE_INVALID", "2200E/TRN01"),
    ("TRN*1*TRACE3~\n", "", "LOOP_MISSING", "2200E/TRN"),
    ("REF*1K*CLAIMNO1~", "REF*F8*CLAIMNO1~", "SEGMENT_UNEXPECTED", "2200D/REF"),
    ("DTP*472*RD8*20260101-20260102~", "DTP*232*RD8*20260101-20260102~", "CODE_INVALID", "2200D/DTP01"),
    ("NM1*QC*1*ROE*RITA~", "NM1*QC*1*ROE*RITA****MI*M1~", "ELEMENT_NOT_USED", "2100E/NM109"),
    ("BHT*0010*13*ASK1*20260101*1200~", "BHT*0010*08*ASK1*20260101*1200~", "CODE_INVALID", "ST/BHT02"),
    ("NM1*1P*2*EXAMPLE CLINIC*****XX*1234567893~\n", "", "LOOP_MISSING", "2100C/NM1"),
    ("DTP*472*D8*20260101~\n", "", "SEGMENT_MISSING", "2210E/DTP"),
    ("DMG*D8*20150101*M~\n", "", "SEGMENT_MISSING", "2000E/DMG"),
]


def faults(document: str) -> list[tuple[str, str]]:
    """The code and the place of every fault of a document."""
    return said((ISA + document).encode())


def dictionary() -> dict[str, DataElement]:
    return dictionary_from(files("pyx12").joinpath("map", "dataele.xml").read_bytes())


def text_of(name: str) -> dict[str, Any]:
    return tomllib.loads(files("gateway.guides").joinpath("data", name).read_text(encoding="utf-8"))


def guide(name: str) -> Guide:
    found = GUIDES(*OURS[name])
    assert found
    return found


def loops(loop: LoopRule) -> Iterator[LoopRule]:
    yield loop
    for child in loop.children:
        if isinstance(child, LoopRule):
            yield from loops(child)


def segments(name: str) -> list[SegmentRule]:
    return [child for loop in loops(guide(name).root) for child in loop.children if isinstance(child, SegmentRule)]


def ours(name: str) -> list[LoopRule]:
    written = {loop["id"] for loop in text_of(name)["loop"]}
    return [loop for loop in loops(guide(name).root) if loop.id in written]


def simple(element: Element | Composite) -> tuple[Element, ...]:
    return element.parts if isinstance(element, Composite) else (element,)


@pytest.mark.parametrize("name", OURS)
def test_every_loop_that_is_written_is_in_the_guide(name: str) -> None:
    """A loop under a mistyped parent would be lost silently."""
    assert {loop.id for loop in ours(name)} == {loop["id"] for loop in text_of(name)["loop"]}


@pytest.mark.parametrize("name", OURS)
def test_positions_never_go_back(name: str) -> None:
    """Children stand in the guide's order."""
    for loop in loops(guide(name).root):
        positions = [child.pos for child in loop.children]
        assert positions == sorted(positions), loop.id


@pytest.mark.parametrize("name", OURS)
def test_every_loop_begins_with_a_required_segment_that_comes_once(name: str) -> None:
    """A loop is entered by its first segment."""
    for loop in ours(name):
        assert isinstance(loop.children[0], SegmentRule)
        assert (first_segment(loop).usage, first_segment(loop).most) == ("R", 1), loop.id


@pytest.mark.parametrize("name", OURS)
def test_children_of_one_segment_id_are_told_apart_by_their_codes(name: str) -> None:
    """Otherwise the second of them could never be reached."""
    for loop in ours(name):
        seen: dict[str, set[str]] = {}
        for child in loop.children[1:]:
            first = first_segment(child)
            codes = set(qualifiers(first))
            assert not codes & seen.setdefault(first.id, set()), (loop.id, first.id, first.name)
            assert codes or not seen[first.id], (loop.id, first.id, first.name)
            seen[first.id] |= codes or {""}


@pytest.mark.parametrize("name", OURS)
def test_elements_have_the_type_and_length_of_the_dictionary(name: str) -> None:
    """Every element is in the data element dictionary, and its codes fit its length."""
    entries = dictionary()
    for element in (one for loop in ours(name) for child in loop.children if isinstance(child, SegmentRule)
                    for whole_element in child.elements for one in simple(whole_element)):  # fmt: skip
        if element.data_element.startswith("C"):
            assert element.usage == "N", element
            continue
        entry = entries[element.data_element]
        assert (element.type, element.least, element.most) == (entry.type, entry.least, entry.most), element
        assert element.name
        assert all(entry.least <= len(code) <= entry.most for code in element.codes), element


@pytest.mark.parametrize("name", OURS)
def test_elements_are_numbered_without_a_gap(name: str) -> None:
    """An element left out would shift all that follow it."""
    for segment in segments(name):
        assert [e.ref for e in segment.elements] == [
            f"{segment.id}{n:02d}" for n in range(1, len(segment.elements) + 1)
        ]


@pytest.mark.parametrize("name", OURS)
def test_every_outer_list_that_is_referred_to_is_at_hand(name: str) -> None:
    """Remark codes are the exception: they have tables of their own."""
    named = {e.code_list for segment in segments(name) for whole in segment.elements for e in simple(whole)}
    assert named - {"", "rarc", "entity_id"} <= standard_lists().codes.keys() | OF_SITES


@pytest.mark.parametrize("name", OURS)
def test_relations_speak_of_elements_that_are_there(name: str) -> None:
    """A relation over an element beyond the segment's end could never be kept."""
    for loop in ours(name):
        for segment in (child for child in loop.children if isinstance(child, SegmentRule)):
            for relation in segment.syntax:
                numbers = [int(relation[at : at + 2]) for at in range(1, len(relation), 2)]
                assert max(numbers) <= len(segment.elements), (segment, relation)


def test_what_the_dental_guide_does_not_mention_is_the_professional_one() -> None:
    """Submitter to payer are the same loops in both, but for the segments that dental does not have."""
    base = GUIDES("837", "005010X222")
    assert base
    theirs = {loop.id: loop for loop in loops(base.root)}
    dental = {loop.id: loop for loop in loops(guide("dental.toml").root)}
    for id in ("1000A", "1000B", "2010AA", "2010AB", "2010AC", "2010BB"):
        assert dental[id] == theirs[id]
    assert not any(isinstance(child, SegmentRule) and child.id == "PAT" for child in dental["2000B"].children)


def test_claims_hang_under_the_subscriber_and_under_the_patient() -> None:
    """The same claim loop at both places."""
    claims = [loop for loop in loops(guide("dental.toml").root) if loop.id == "2300"]
    assert len(claims) == 2
    assert claims[0].children == claims[1].children


@pytest.mark.parametrize("version", ["005010X224", "005010X224A1", "005010X224A2", "005010X224A3"])
def test_every_addendum_of_the_dental_guide_is_known(version: str) -> None:
    """The guide is chosen by its number alone."""
    assert GUIDES("837", version) == guide("dental.toml")


@pytest.mark.parametrize("document", [DENTAL, REQUEST], ids=["837D", "276"])
def test_a_clean_set_has_no_fault(document: str) -> None:
    """With nearly every segment that the guide has."""
    assert faults(document) == []


@pytest.mark.parametrize(
    ("here", "instead"),
    [
        ("REF*G3*PREDET1~\nREF*D9*TRACE1~", "REF*D9*TRACE1~\nREF*G3*PREDET1~"),
        ("DTP*452*D8*20260103~\nDTP*472*D8*20260104~", "DTP*472*D8*20260104~\nDTP*452*D8*20260103~"),
        ("NM1*DD*1*MOE*MAX****XX*1234567893~\nNM1*DQ*1*LOE*LEE****XX*1234567893~",
         "NM1*DQ*1*LOE*LEE****XX*1234567893~\nNM1*DD*1*MOE*MAX****XX*1234567893~"),
    ],
)  # fmt: skip
def test_segments_of_one_id_come_in_any_order(here: str, instead: str) -> None:
    """Numbers, dates and providers of a claim have no order among themselves."""
    assert here in DENTAL
    assert faults(DENTAL.replace(here, instead, 1)) == []


def test_segments_of_different_ids_keep_their_order() -> None:
    """The months of treatment come before the attachments."""
    late = DENTAL.replace("DN1*24*12~\n", "", 1).replace("AMT*F5*10~", "DN1*24*12~\nAMT*F5*10~", 1)
    assert faults(late) == [("SEGMENT_OUT_OF_ORDER", "2300/DN1")]


@pytest.mark.parametrize(("here", "instead", "code", "place"), DENTAL_DEFECTS)
def test_a_defect_in_a_dental_claim_is_found_at_its_place(here: str, instead: str, code: str, place: str) -> None:
    """One defect, found where it is."""
    assert here in DENTAL
    assert (code, place) in faults(DENTAL.replace(here, instead, 1))


@pytest.mark.parametrize(("here", "instead", "code", "place"), REQUEST_DEFECTS)
def test_a_defect_in_a_status_request_is_found_at_its_place(here: str, instead: str, code: str, place: str) -> None:
    """One defect, found where it is."""
    assert here in REQUEST
    assert (code, place) in faults(REQUEST.replace(here, instead, 1))


BAD = [
    "REF S",
    "REF X 1 Number",
    "REF S 1 Number",
    "REF S 1 Number\n01 R 128 Kind\n03 R 127 Number",
    "REF S 1 Number\n01 R 99999 Kind",
    "REF S 1 Number\n01 Q 128 Kind",
    "REF S 1 Number (09=G1)\n01 R 128 Kind",
    "REF S 1 Number as OTHER",
    "REF S 1 Number (01)\n01 R 128 Kind",
    "01 R 128 Kind",
    "REF S 1 Number\n01-1 R 128 Kind",
    "REF S 1 Number\n01 R 128 Kind\n01-1 R 128 Kind",
]


@pytest.mark.parametrize("lines", BAD)
def test_a_line_that_cannot_be_read_is_named(lines: str) -> None:
    """A mistake in a table is told as such, never as a crash."""
    text = {"version": "1", "code": "1", "name": "", "loop": [{"id": "ST", "name": "Set", "segments": lines}]}
    with pytest.raises(Malformed) as refused:
        whole(text, dictionary())
    assert refused.value.code == "GUIDE_TABLE"
