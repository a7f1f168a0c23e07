"""Claims are taken raw from an 837 in one pass, with the guide's faults given to what they belong to."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.guides.faults import Fault
from gateway.model.claims import Adjudication, Claim, Coverage, Diagnosis, Finding, Outcome, Patient, ServiceLine
from gateway.model.x12 import Delimiters, Level
from gateway.testing.builders import realistic_batch, realistic_claims
from gateway.x12 import extract_kinds, extract_sets
from gateway.x12.claims import FileFinding, Item, read_claims
from gateway.x12.claims_quick import quick
from gateway.x12.extract import extract
from gateway.x12.extract_pieces import pieces_of
from gateway.x12.extract_records import RawClaim, RawLevel
from gateway.x12.syntax import PADDING, Run, segments
from tests.x12.documents import DENTAL, INSTITUTIONAL, PROFESSIONAL, cut, wrapped

STAR = Delimiters(b"*", b":", b"~", b"^")


def claims_of(document: bytes) -> list[Claim]:
    return [item for item in read_claims([document]) if isinstance(item, Claim)]


def raw_of(document: bytes, size: int = 1 << 20) -> list[RawClaim]:
    return [item for item in extract(cut(document, size)) if isinstance(item, RawClaim)]


def edited(body: str, old: str, new: str) -> str:
    assert body.count(old) == 1
    return body.replace(old, new)


def test_a_raw_claim_has_every_field_that_routing_asks_for() -> None:
    """Payer, providers, numbers, amounts and the days of every line, all as bytes."""
    claim = raw_of(wrapped(PROFESSIONAL))[0]
    level = claim.level
    assert (level.payer_id, level.npi, level.tax_id, level.member_id) == (
        b" ALPHA1", b"1234567893", b"999990001", b"MEM1",
    )  # fmt: skip
    assert (claim.control_number, claim.charge, claim.place) == (b"A1", b"135.5", b"11:B:1")
    assert claim.references == {b"G1": b"AUTH1", b"F8": b"ICN1", b"D9": b"TRACE1", b"EA": b"MRN1"}
    assert [(p.role, p.npi, p.line.lx.elements[1] if p.line else None, p.position) for p in claim.providers] == [
        (b"DN", b"2000000051", None, 33),
        (b"82", b"2000000010", None, 34),
        (b"82", b"2000000036", b"2", 60),
        (b"DK", b"2000000044", b"2", 62),
    ]
    services = [line.service.elements[1:4] for line in claim.lines if line.service]
    days = [line.days.elements[3] for line in claim.lines if line.days]
    assert services == [[b"HC:99213:25:RT", b"120", b"UN"], [b"HC:36415:::::SEEN", b"15.5", b"UN"]]
    assert days == [b"20261103", b"20261104-20261106"]
    assert [line.control for line in claim.lines] == [b"A1L1", b"A1L2"]
    above, ordinals = level, []
    while above:
        ordinals.append(above.ordinal)
        above = above.above  # type: ignore[assignment]
    assert ordinals == [1, 0]


def test_the_dates_of_a_raw_claim_are_its_own() -> None:
    """Those of the statement and of the admission, not those of its lines."""
    claim = raw_of(wrapped(INSTITUTIONAL, version="005010X223A2"))[0]
    assert [found.elements[1:4] for found in claim.dates] == [
        [b"434", b"RD8", b"20261101-20261105"],
        [b"435", b"DT", b"202611010930"],
    ]


@pytest.mark.parametrize("size", [1, 64, 1 << 20])
@pytest.mark.parametrize("break_", [b"~", b"~\n", b"~\r\n", b"~ \r\n\t", b"~~\n"])
def test_places_and_pieces_are_those_of_the_document(break_: bytes, size: int) -> None:
    """Whatever pads the segments, and wherever the document is cut."""
    document = wrapped(PROFESSIONAL, PROFESSIONAL).replace(b"~", break_)
    for claim in raw_of(document, size):
        span = document[claim.start : claim.end]
        assert [text for piece in span.split(b"~") if (text := piece.strip(PADDING))] == claim.pieces
        assert span.startswith(b"CLM*")
        assert document[claim.end :].startswith((b"CLM*", b"HL*", b"SE*"))
        assert claim.content == b"~".join(claim.pieces)


def test_positions_are_kept_across_runs() -> None:
    """A claim that is cut anywhere knows the places of its segments in the set."""
    document = wrapped(PROFESSIONAL, PROFESSIONAL)
    whole = [[(line.position, line.control) for line in claim.lines] for claim in raw_of(document)]
    assert whole[0] == [(49, b"A1L1"), (54, b"A1L2")]
    assert whole == [[(line.position, line.control) for line in claim.lines] for claim in raw_of(document, 40)]


@pytest.mark.parametrize(
    ("data", "gap"), [(b"A*1~B*2~", 1), (b"A*1~\nB*2~\n", 2), (b"A*1~\r\nB*2~\r\n", 3), (b"A*1~\r\nB*2~\r\nC*3", 0)]
)
def test_a_run_is_cut_at_once_where_all_segments_are_padded_alike(data: bytes, gap: int) -> None:
    """Else one by one: a last segment without terminator, or padding of another kind."""
    found = pieces_of(Run(STAR, data, 5))
    assert found.texts[:2] == [b"A*1", b"B*2"]
    if gap:
        assert (found.starts, found.gap) == (None, gap)
    else:
        assert found.starts == [5, 11, 17]


def test_a_run_whose_segments_are_padded_here_and_there_is_cut_right() -> None:
    """A line break behind some of them."""
    found = pieces_of(Run(STAR, b"A*1~\nB*2~C*3~\nD*4~\n", 0))
    assert (found.texts, found.starts) == ([b"A*1", b"B*2", b"C*3", b"D*4"], [0, 5, 9, 14])


def test_a_segment_that_was_seen_before_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is remembered has a limit, which changes nothing in what is read."""
    document = b"".join(realistic_batch(50))
    services = [line.service for claim in raw_of(document) for line in claim.lines]
    assert len({id(service) for service in services}) < len(services) / 2
    before = claims_of(document)
    monkeypatch.setattr(extract_kinds, "_MOST_PIECES", 3)
    assert claims_of(document) == before
    known = extract_kinds.Known(STAR)
    for number in range(20):
        known.parsed(b"LX*%d" % number, extract_kinds.LINE)
        assert len(known.pieces) <= 3


def test_ids_of_more_than_three_letters_are_no_segments_of_ours() -> None:
    """CLMX is no claim, SV1X no service, whatever the guide's check says to them."""
    body = edited(
        PROFESSIONAL, "HI*ABK:M545\n", "HIX*ABK:M546\nCLMX*A9*1\nDTPX*472*D8*1\nREFX*D9*1\nNM1X*82*1\nHI*ABK:M545\n"
    )
    claim = claims_of(wrapped(edited(body, "SV1*HC:99214", "SV1*HC:99214*180*UN*1\nSV1X*HC:1")))[2]
    assert (claim.control_number, claim.providers, claim.trace, claim.findings) == ("A3", (), "", ())
    assert (claim.diagnoses, claim.lines[0].procedure) == ((Diagnosis("ABK", "M545"),), "99214")


COORDINATED = """\
BHT*0019*00*BATCH7*20261110*0815*CH
HL*1**20*1
NM1*85*2*CEDAR FAMILY MEDICINE*****XX*1234567893
HL*2*1*22*0
SBR*S*18*GROUP1******CI
PAT*****D8*20261230
NM1*IL*1*DOE*DANA****MI*MEM1
NM1*PR*2*ALPHA HEALTH*****PI*ALPHA1
CLM*A1*100***11:B:1*Y*C*Y*Y**EM:OA
DTP*435*D8*20261101
DTP*096*D8*20261103
AMT*F5*12.5
HI*ABK:S060X0A*ABF:I10*BR:0UT90ZZ*ABF:E119
HI*ABN:V4352XA
SBR*P*18*GROUP2******MB
CAS*CO*45*10*1*253*2
CAS*PR*1*8
AMT*D*80
AMT*A8*1.5
OI***Y***Y
NM1*IL*1*DOE*DANA****MI*OTHER1
NM1*PR*2*OMEGA*****PI*OMEGA1
DTP*573*D8*20261105
SBR*T*18*******CI
AMT*D*eighty
NM1*PR*2*SIGMA*****PI*SIGMA1
LX*1
SV1*HC:99213*100*UN*1***1:2
DTP*472*D8*20261103
SVD*OMEGA1*80*HC:99213**1
CAS*CO*45*10**253*2
CAS*PR*1*8
DTP*573*D8*20261106
SVD*SIGMA1*x*HC:99213**1
CAS*CO*45*y
"""


def test_what_other_payers_did_is_read_with_the_claim_and_with_its_lines() -> None:
    """Each from its own loop; what is no number is not stated."""
    (claim,) = claims_of(wrapped(COORDINATED))
    assert claim.coverages == (
        Coverage("P", "OMEGA1", "MB", Decimal(80), Decimal(20), Decimal("1.5"), date(2026, 11, 5), 16),
        Coverage("T", "SIGMA1", "CI", None, None, None, None, 25),
    )
    assert claim.lines[0].adjudications == (
        Adjudication("OMEGA1", Decimal(80), Decimal(20), Decimal(1), date(2026, 11, 6), 31),
        Adjudication("SIGMA1", None, None, Decimal(1), None, 35),
    )
    assert (claim.payer_id, claim.payer_responsibility, claim.providers) == ("ALPHA1", "S", ())


def test_a_claim_has_its_patient_its_diagnoses_and_what_it_says_of_itself() -> None:
    """Codes of procedures in HI are no diagnoses; a level without birth date and address says so."""
    (claim,) = claims_of(wrapped(COORDINATED))
    assert claim.patient == Patient(
        False, "18", "18", "1", None, "", False, False, date(2026, 12, 30), "GROUP1", segment=8
    )
    assert [(found.qualifier, found.code) for found in claim.diagnoses] == [
        ("ABK", "S060X0A"), ("ABF", "I10"), ("ABF", "E119"), ("ABN", "V4352XA"),
    ]  # fmt: skip
    assert (claim.assignment, claim.patient_paid, claim.accident_related) == ("C", Decimal("12.5"), True)
    assert (claim.admitted, claim.discharged) == (date(2026, 11, 1), date(2026, 11, 3))
    assert claim.lines[0].pointers == ("1", "2")


def test_employment_alone_is_no_accident() -> None:
    """CLM11 names the causes; only two of them are accidents."""
    assert not claims_of(wrapped(edited(COORDINATED, "EM:OA", "EM")))[0].accident_related


def test_a_car_accident_abroad_is_in_none_of_our_states() -> None:
    """CLM11-5 names the country."""
    assert claims_of(wrapped(edited(COORDINATED, "EM:OA", "AA:::NY")))[0].auto_accident
    assert not claims_of(wrapped(edited(COORDINATED, "EM:OA", "AA::::GB")))[0].auto_accident


def test_a_dental_claim_may_ask_what_would_be_paid() -> None:
    """CLM19 PB, and the pointers of SV311."""
    body = edited(edited(DENTAL, "*Y*A*Y*Y", "*Y*A*Y*Y**********PB"), "*110***12*1", "*110***12*1*****1:3")
    (claim,) = claims_of(wrapped(body, version="005010X224A2"))
    assert (claim.predetermination, claim.lines[0].pointers) == (True, ("1", "3"))
    assert not claims_of(wrapped(DENTAL, version="005010X224A2"))[0].predetermination


def test_a_patient_whose_birth_date_is_invalid_has_none_but_has_demographics() -> None:
    """What stands there is a finding, and no day."""
    patient = claims_of(wrapped(edited(PROFESSIONAL, "19800214", "19800230")))[0].patient
    assert (patient.born, patient.sex, patient.demographics) == (None, "F", True)


def findings_in(items: Sequence[Item]) -> list[tuple[int, str, str, int | None]]:
    return [
        (item.transaction_set, item.finding.code, item.finding.place, item.finding.segment)
        for item in items
        if isinstance(item, FileFinding)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("HL*2*1*22*0", "HL*2*1*22*1", [("HIERARCHY_CHILD_CODE", "2000B/HL04", 17)]),
        ("HL*3*1*22*1", "HL*3*1*22*0", [("HIERARCHY_CHILD_CODE", "2000B/HL04", 70)]),
        ("HL*1**20*1", "HL*1**20*0", [("HIERARCHY_CHILD_CODE", "2000A/HL04", 6)]),
        ("HL*4*3*23*0", "HL*4*3*23*1", [("HIERARCHY_CHILD_CODE", "2000C/HL04", 74)]),
        ("HL*3*1*22*1", "HL*3*1*22*0\nHL*9*1*22*0", None),
        ("BHT", "BHT", []),
    ],
)
def test_a_level_that_says_of_the_levels_below_it_what_is_not_so_is_a_finding_of_the_file(
    old: str, new: str, expected: list[tuple[str, str, int]] | None
) -> None:
    """HL04 either way, and a subscriber without a claim; the claims are read all the same."""
    body = PROFESSIONAL.replace(old, new, 1)
    if expected is None:
        body, expected = body.replace("HL*4*3*23", "HL*14*9*23"), [("LEVEL_EMPTY", "2000B/HL", 70)]
        expected.append(("HIERARCHY_CHILD_CODE", "2000B/HL04", 71))
    items = list(read_claims([wrapped(body)]))
    assert findings_in(items) == [(0, *each) for each in expected]
    for item in items:
        if isinstance(item, FileFinding):
            assert item.finding.outcome is Outcome.WARN
            assert item.finding.message
            assert item.finding.next_step
    assert {claim.findings for claim in items if isinstance(claim, Claim)} == {()}


@pytest.mark.parametrize("also", ["", "HI*", "LX*"])
def test_a_claim_without_its_clm_is_said_to_be_lost(also: str) -> None:
    """It rejects; no level above it is called empty, and the claims beside it are read as ever."""
    head, _, rest = PROFESSIONAL.partition("CLM*A3")
    segments = rest.split("\n")[1:]
    body = head + "\n".join(one for one in segments if not (also and one.startswith(also)))
    items = list(read_claims([wrapped(body)]))
    said = [item.finding for item in items if isinstance(item, FileFinding)]
    assert [(f.code, f.outcome) for f in said] == [("CLAIM_MISSING", Outcome.REJECT)]
    assert len([item for item in items if isinstance(item, Claim)]) == len(claims_of(wrapped(PROFESSIONAL))) - 1


def test_a_billing_provider_without_a_claim_is_a_finding_of_the_file() -> None:
    """Known only when the set ends: any later level could point back to it."""
    extra = "HL*5**20*0\nNM1*85*2*OTHER*****XX*2000000010\n"
    items = list(read_claims([wrapped(PROFESSIONAL, PROFESSIONAL + extra)]))
    assert findings_in(items) == [(1, "LEVEL_EMPTY", "2000A/HL", 85)]


def test_a_set_of_more_claims_than_the_guide_advises_is_a_finding_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, at the first that is too many."""
    monkeypatch.setattr(extract_sets, "MOST_CLAIMS", 1)
    items = list(read_claims([wrapped(PROFESSIONAL, COORDINATED)]))
    assert findings_in(items) == [(0, "SET_TOO_LARGE", "2300/CLM", 65)]


def test_the_largest_set_that_the_guide_advises_is_no_finding() -> None:
    """Five thousand, and one more."""
    head = PROFESSIONAL[: PROFESSIONAL.index("CLM*A1")]
    one = "CLM*A2*80***11:B:1*Y*A*Y*Y\nLX*1\nSV1*HC:99212*80*UN*1***1\nDTP*472*D8*20261101\n"
    assert findings_in(list(read_claims([wrapped(head + one * 5000)]))) == []
    assert [found[1] for found in findings_in(list(read_claims([wrapped(head + one * 5001)])))] == ["SET_TOO_LARGE"]


class Planted:
    """Faults planted at places of a document, told as a guide tells them: with the segment after their anchor where
    `late` (something is missing there), else with the anchor itself."""

    def __init__(self, places: Sequence[tuple[int, int]], late: bool) -> None:
        self._places, self._late = places, late
        self._set, self._position = -1, 0
        self.runs = 0

    def take(self, run: Run, pieces: list[bytes]) -> Sequence[Fault]:
        self.runs += 1
        found: list[Fault] = []
        for piece in pieces:
            assert piece == piece.strip(PADDING)
            assert piece
            if piece.startswith(b"ST*"):
                self._set, self._position = self._set + 1, 0
            self._position += 1
            place = (self._set, self._position - self._late)
            found += [Fault(*place, fault_at(*place))] * (place in self._places)
        return found


def fault_at(set_: int, position: int) -> Finding:
    return Finding(f"F{set_}_{position}", Outcome.REJECT, "2300/CLM01", segment=position)


def told(document: bytes, places: Sequence[tuple[int, int]], size: int, late: bool) -> tuple[dict[str, str], list[str]]:
    """The codes on each claim, and those on the file."""
    planted = Planted(places, late)
    items = list(read_claims(cut(document, size), planted))
    assert planted.runs > 0
    on_claims = {
        f"{claim.transaction_set}{claim.control_number}": " ".join(finding.code for finding in claim.findings)
        for claim in items
        if isinstance(claim, Claim)
    }
    file = [item.finding.code for item in items if isinstance(item, FileFinding) and item.finding.code.startswith("F")]
    return on_claims, file


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("size", [1, 64, 1 << 20])
@pytest.mark.parametrize("padding", [b"", b"\r\n"])
@pytest.mark.parametrize(
    ("position", "claims"),
    [
        (1, "A1 A2 A3"),  # the set's header
        (5, "A1 A2 A3"),
        (6, "A1 A2 A3"),  # 2000A
        (16, "A1 A2 A3"),
        (17, "A1 A2"),  # a subscriber
        (26, "A1 A2"),
        (27, "A1"),  # a claim
        (64, "A1"),
        (65, "A2"),
        (69, "A2"),
        (70, "A3"),  # a subscriber with a dependent
        (73, "A3"),
        (74, "A3"),
        (79, "A3"),
        (84, "A3"),  # the last segment of the last claim
    ],
)
def test_a_fault_belongs_to_the_block_that_holds_its_anchor(
    position: int, claims: str, padding: bytes, size: int, late: bool
) -> None:
    """However the document is cut into runs, and whether it is known with its segment or with the next."""
    document = wrapped(PROFESSIONAL, PROFESSIONAL).replace(b"~", b"~" + padding)
    on_claims, file = told(document, [(1, position)], size, late)
    assert {key for key, codes in on_claims.items() if codes} == {f"1{claim}" for claim in claims.split()}
    assert set(on_claims.values()) <= {"", f"F1_{position}"}
    assert file == []


@pytest.mark.parametrize("size", [64, 1 << 20])
def test_faults_of_one_claim_come_in_order_after_those_of_its_set_and_levels(size: int) -> None:
    """Each once, however many segments have some."""
    places = [(0, 3), (0, 8), (0, 18), (0, 27), (0, 40), (0, 64), (0, 66), (0, 72), (0, 76), (0, 81), (0, 85)]
    on_claims, file = told(wrapped(PROFESSIONAL), places, size, late=False)
    assert on_claims == {
        "0A1": "F0_3 F0_8 F0_18 F0_27 F0_40 F0_64",
        "0A2": "F0_3 F0_8 F0_18 F0_66",
        "0A3": "F0_3 F0_8 F0_72 F0_76 F0_81",
    }
    assert file == ["F0_85"]  # the SE


@pytest.mark.parametrize("size", [64, 1 << 20])
@pytest.mark.parametrize("late", [False, True])
def test_faults_that_belong_to_no_claim_are_findings_of_the_file(size: int, late: bool) -> None:
    """Those of a level without claims, where nothing more can hang on it, and of a set without claims."""
    body = edited(PROFESSIONAL, "HL*3*1*22*1", "HL*3*1*22*0\nSBR*P*18\nHL*4*1*22*1").replace("HL*4*3*23", "HL*5*4*23")
    document = wrapped(body, "BHT*0019*00*EMPTY\nNM1*41*2*X\n", body)
    on_claims, file = told(document, [(0, 71), (1, 2), (1, 3), (2, 69)], size, late)
    assert on_claims == {"0A1": "", "0A2": "", "0A3": "", "2A1": "", "2A2": "F2_69", "2A3": ""}
    assert file == ["F0_71", "F1_2", "F1_3"]


def test_a_fault_of_a_level_that_promised_children_waits_for_them() -> None:
    """Its dependents may come after another billing provider; the fault is theirs, and not the file's."""
    late = "HL*5**20*1\nNM1*85*1*OTHER*ONE*****XX*2000000010\nHL*6*3*23*0\nCLM*A5*1***11:B:1\nLX*1\n"
    on_claims, file = told(wrapped(PROFESSIONAL + late), [(0, 71), (0, 85)], 64, late=False)
    assert [key for key, codes in on_claims.items() if codes == "F0_71"] == ["0A3", "0A5"]
    assert file == ["F0_85"]  # a billing provider on whom nobody hangs


def test_each_run_is_shown_once_before_it_is_read() -> None:
    """A claim is given out only after the run that holds the boundary behind it was judged."""
    document, seen = b"".join(realistic_batch(2000)), 0

    class Counting:
        def take(self, run: Run, pieces: list[bytes]) -> Sequence[Fault]:
            nonlocal seen
            assert run.offset == seen
            seen += len(run.data)
            return ()

    for item in read_claims([document], Counting()):
        if isinstance(item, Claim):
            assert item.span.end < seen
    assert seen == len(document)


@pytest.mark.parametrize("noun", [Claim, ServiceLine, Patient])
def test_a_noun_that_is_made_quickly_is_the_noun(noun: type) -> None:
    """Equal to one that is made by itself, of the same type, and as unchangeable."""
    values = [f"value {number}" for number, _ in enumerate(fields(noun))]
    made, itself = quick(noun)(*values), noun(*values)
    assert type(made) is noun
    assert (made, hash(made)) == (itself, hash(itself))
    with pytest.raises(FrozenInstanceError):
        setattr(made, fields(noun)[0].name, 1)
    assert replace(made, **{fields(noun)[0].name: 1}) != made


def test_what_is_extracted_is_what_was_specified() -> None:
    """Three hundred claims of several providers, payers and dependents."""
    specs, raws = list(realistic_claims(300)), raw_of(b"".join(realistic_batch(300)), 5000)
    assert [raw.control_number.decode() for raw in raws] == [spec.control_number for spec in specs]
    assert [raw.level.payer_id.decode() for raw in raws] == [spec.payer_id for spec in specs]
    assert [raw.level.member_id.decode() for raw in raws] == [spec.member_id for spec in specs]
    for raw, spec in zip(raws, specs, strict=True):
        assert [line.service.elements[2].decode() for line in raw.lines if line.service] == [
            str(line.charge) for line in spec.lines
        ]
        assert sum(Decimal(line.service.elements[2].decode()) for line in raw.lines if line.service) == Decimal(
            raw.charge.decode()
        )


def test_memory_does_not_grow_with_the_number_of_claims_extracted() -> None:
    """Whatever their levels; only a set's parents are kept, and those of all its dependents."""

    def peak(claims: int) -> int:
        blocks = list(cut(b"".join(realistic_batch(claims, claims_per_set=500)), 1 << 16))
        tracemalloc.start()
        try:
            for item in read_claims(blocks):
                assert not isinstance(item, RawLevel | RawClaim)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(2000), peak(8000)
    assert large < small * 1.2


def test_levels_keep_nothing_of_their_bytes() -> None:
    """Else the parents of a large set would fill the memory."""
    levels = [item for item in extract([wrapped(PROFESSIONAL)]) if isinstance(item, RawLevel)]
    assert len(levels) == 4
    assert all(level.pieces == [] and level.content == b"" for level in levels)
    assert len([item for item in read_claims([wrapped(PROFESSIONAL)]) if isinstance(item, Level)]) == 4


def test_the_segments_of_a_claim_are_those_of_the_document() -> None:
    """Piece n of a claim stands at its position plus n."""
    document = wrapped(PROFESSIONAL)
    in_set = [b"*".join(found.elements) for found, _ in segments([document])][2:]
    for claim in raw_of(document, 100):
        assert claim.pieces == in_set[claim.position - 1 : claim.position - 1 + len(claim.pieces)]
