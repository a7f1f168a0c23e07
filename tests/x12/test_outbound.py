"""Claims leave in a new envelope and are otherwise the bytes that came in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.model.claims import Claim
from gateway.model.sending import OutboundClaim, OutboundEnvelope, OutboundLevel, PlacedAttempt, PlacedSpan
from gateway.model.x12 import Delimiters, Level, Span
from gateway.testing.builders import (
    DELIMITERS,
    BillingSpec,
    ClaimSpec,
    LineSpec,
    Person,
    batch837d,
    batch837i,
    batch837p,
    realistic_batch,
    valid_npi,
)
from gateway.x12.claims import read_claims
from gateway.x12.outbound import Composition
from tests.oracle import pyx12_verdict

PIPES = Delimiters(element=b"|", component=b">", segment=b"'", repetition=b"!")
LINES = Delimiters(element=b"*", component=b":", segment=b"\n", repetition=None)

ENVELOPE = OutboundEnvelope(
    delimiters=DELIMITERS,
    sender_qualifier="ZZ",
    sender="OPENGATE",
    receiver_qualifier="ZZ",
    receiver="ALPHAHP",
    group_sender="OGT77",
    group_receiver="77001",
    submitter_name="OPENGATE GATEWAY",
    contact_phone="5555550100",
    receiver_name="ALPHA HEALTH PLAN",
    moment=datetime(2026, 11, 10, 9, 2),
    control=501,
    reference="OG0000000501",
    mode="CH",
    version="005010X222A1",
    usage="P",
)


@dataclass(frozen=True)
class Block:
    """A level or a claim of a document: where it stands, and the blocks it hangs under, the nearest last."""

    name: str
    span: Span
    first: int
    last: int
    fields: list[str]
    above: tuple[Block, ...]
    text: bytes


def blocks(data: bytes) -> list[Block]:
    """A plain second reading of an interchange with one set, by splitting it at its terminator."""
    element, terminator = data[3:4].decode(), re.escape(data[105:106])
    cuts: list[tuple[int, int, list[str]]] = []
    begun = 0
    for number, match in enumerate(re.finditer(b"([^%b]+)%b[\r\n \t]*" % (terminator, terminator), data)):
        fields = match[1].decode("latin-1").split(element)
        begun = number if fields[0] == "ST" else begun
        if fields[0] in {"HL", "CLM", "SE"}:
            cuts.append((match.start(), number - begun + 1, fields))
    found: list[Block] = []
    levels: dict[str, tuple[Block, ...]] = {"": ()}
    current: tuple[Block, ...] = ()
    for (start, first, fields), (end, after, _) in pairwise(cuts):
        above = levels[fields[2]] if fields[0] == "HL" else current
        block = Block(fields[0], Span(start, end), first, after - 1, fields, above, data[start:end])
        found.append(block)
        if fields[0] == "HL":
            current = levels[fields[1]] = (*above, block)
    return found


class Stored:
    """Documents as the store knows them: rows of levels, claims that hang on them, and the bytes of a span."""

    def __init__(self, *documents: bytes) -> None:
        self.documents = documents
        self.levels: dict[int, OutboundLevel] = {}
        self.claims: dict[str, OutboundClaim] = {}
        self.blocks: dict[str, Block] = {}
        self.fingerprints: dict[str, bytes] = {}
        self.reads = 0
        for number, data in enumerate(documents):
            self._add(number, data)

    def _add(self, document: int, data: bytes) -> None:
        rows: dict[int, int] = {}
        for item in read_claims([data]):
            if isinstance(item, Level):
                row = rows[item.ordinal] = 100 + len(self.levels)
                parent = None if item.parent is None else rows[item.parent]
                self.levels[row] = OutboundLevel(row, item.kind, parent, PlacedSpan(document, item.span))
            elif isinstance(item, Claim):
                attempt = 1 + len(self.claims)
                levels, source = tuple(rows[level] for level in item.levels), PlacedSpan(document, item.span)
                self.claims[item.control_number] = OutboundClaim(attempt, f"OG26J10A{attempt:09d}", levels, source)
                self.fingerprints[item.control_number] = item.fingerprint
        self.blocks |= {block.fields[1]: block for block in blocks(data) if block.name == "CLM"}

    def read(self, placed: PlacedSpan) -> bytes:
        self.reads += 1
        return self.documents[placed.document][placed.span.start : placed.span.end]

    def composition(self, names: Iterable[str] | None = None, **changes: Any) -> Composition:
        """Of some of the claims, or all; `changes` are to the envelope, whose delimiters are the first document's."""
        isa = self.documents[0]
        delimiters = Delimiters(isa[3:4], isa[104:105], isa[105:106], None if isa[82:83] == b"U" else isa[82:83])
        envelope = replace(ENVELOPE, **{"delimiters": delimiters, **changes})
        claims = [self.claims[name] for name in (self.claims if names is None else names)]
        return Composition(envelope, self.levels, claims, self.read)

    def composed(self, names: Iterable[str] | None = None, **changes: Any) -> bytes:
        """The whole interchange."""
        return b"".join(self.composition(names, **changes).blocks())


def segments(data: bytes) -> list[str]:
    """The segments as text, without terminators and padding."""
    return [piece.strip("\r\n") for piece in data.decode().split(data[105:106].decode()) if piece.strip("\r\n")]


def without_trace(data: bytes, element: bytes = b"*", terminator: bytes = b"~") -> bytes:
    """Bytes of a claim with no REF*D9, and without line breaks."""
    gone = rb"(?<=%b)REF%bD9%b[^%b]*%b" % tuple(map(re.escape, (terminator, element, element, terminator, terminator)))
    return re.sub(gone, b"", re.sub(rb"[\r\n]+", b"", data) if terminator != b"\n" else data)


def hierarchy(data: bytes) -> list[str]:
    """The HL segments as text."""
    return [segment for segment in segments(data) if segment.startswith("HL")]


def header(data: bytes, name: str) -> list[str]:
    """The segment ids of a claim up to its first NM1 or LX, references with their qualifier."""
    found = segments(data)
    start = next(n for n, segment in enumerate(found) if segment.startswith(f"CLM*{name}*"))
    end = next(n for n in range(start, len(found)) if found[n][:3] in {"NM1", "LX*"})
    return [segment[:6] if segment.startswith("REF") else segment.split("*")[0] for segment in found[start:end]]


WORKED = [
    ClaimSpec(
        "CF1001",
        (LineSpec("99213", 120), LineSpec("36415", 15)),
        record_number="MRN001",
        rendering=valid_npi(1),
    ),
    ClaimSpec("CF1003", payer_id="BETA1", payer_name="BETA MUTUAL", member_id="BMU000003"),
    ClaimSpec(
        "CF1002",
        (LineSpec("99214", 180),),
        member_id="AHP000002",
        subscriber=Person("ROE", "RICHARD"),
        dependent=True,
        patient=Person("ROE", "ROBIN", date(2015, 6, 5), "M", "2 SAMPLE ST"),
        diagnoses=("M545",),
        rendering=valid_npi(2),
    ),
]

WORKED_OUT = """\
ISA*00*          *00*          *ZZ*OPENGATE       *ZZ*ALPHAHP        *261110*0902*^*00501*000000501*1*P*:~
GS*HC*OGT77*77001*20261110*0902*501*X*005010X222A1~
ST*837*0001*005010X222A1~
BHT*0019*00*OG0000000501*20261110*0902*CH~
NM1*41*2*OPENGATE GATEWAY*****46*OGT77~
PER*IC*EDI DESK*TE*5555550100~
NM1*40*2*ALPHA HEALTH PLAN*****46*77001~
HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*CEDAR FALLS FAMILY MEDICINE*****XX*1234567893~
N3*12 EXAMPLE WAY~
N4*CEDAR FALLS*IA*506130001~
REF*EI*999990001~
HL*2*1*22*0~
SBR*P*18*******CI~
NM1*IL*1*DOE*DANA****MI*AHP000001~
N3*1 SAMPLE ST~
N4*CEDAR FALLS*IA*50613~
DMG*D8*19800214*F~
NM1*PR*2*ALPHA HEALTH PLAN*****PI*ALPHA1~
CLM*CF1001*135***11:B:1*Y*A*Y*Y~
REF*D9*OG26J10A000000001~
REF*EA*MRN001~
HI*ABK:J069~
NM1*82*1*BIRCH*BENJAMIN****XX*2000000010~
PRV*PE*PXC*207Q00000X~
LX*1~
SV1*HC:99213*120*UN*1***1~
DTP*472*D8*20261103~
REF*6R*CF1001L1~
LX*2~
SV1*HC:36415*15*UN*1***1~
DTP*472*D8*20261103~
REF*6R*CF1001L2~
HL*3*1*22*1~
SBR*P********CI~
NM1*IL*1*ROE*RICHARD****MI*AHP000002~
NM1*PR*2*ALPHA HEALTH PLAN*****PI*ALPHA1~
HL*4*3*23*0~
PAT*19~
NM1*QC*1*ROE*ROBIN~
N3*2 SAMPLE ST~
N4*CEDAR FALLS*IA*50613~
DMG*D8*20150605*M~
CLM*CF1002*180***11:B:1*Y*A*Y*Y~
REF*D9*OG26J10A000000003~
HI*ABK:M545~
NM1*82*1*CYPRESS*CARLA****XX*2000000028~
PRV*PE*PXC*207Q00000X~
LX*1~
SV1*HC:99214*180*UN*1***1~
DTP*472*D8*20261103~
REF*6R*CF1002L1~
SE*52*0001~
GE*1*501~
IEA*1*000000501~
"""


def test_two_of_three_claims_leave_for_their_payer() -> None:
    """The whole interchange, byte for byte: a subscriber's claim and a dependent's, without the other payer's."""
    out = Stored(batch837p(WORKED)).composed(["CF1001", "CF1002"])
    assert out == WORKED_OUT.replace("\n", "").encode()
    assert pyx12_verdict(out)[0]


# What is copied and what is not


def test_line_breaks_after_copied_segments_are_copied_and_no_others_are_written() -> None:
    """The source's CRLF stays where it stood; a segment written anew is followed by the next at once."""
    out = Stored(batch837p(WORKED, line_break="\r\n")).composed(["CF1001", "CF1002"])
    assert out.replace(b"\r\n", b"") == WORKED_OUT.replace("\n", "").encode()
    assert b"*~\r\nHL*3" not in out
    assert b"REF*EA*MRN001~\r\nHI*ABK:J069~\r\n" in out
    assert b"~\r\nREF*D9*OG26J10A000000001~REF*EA" in out
    assert out.startswith(b"ISA*00")
    assert b"\r\n" not in out[: out.index(b"HL*1**20*1~")]
    assert out.endswith(b"REF*6R*CF1002L1~\r\nSE*52*0001~GE*1*501~IEA*1*000000501~")
    assert pyx12_verdict(out)[0]


@pytest.mark.parametrize("line_break", ["", "\r\n"])
@pytest.mark.parametrize("ids", [r"[A-Z]+[0-9]?", "CLM", "HL", "REF|DTP", "NM1|SV1"])
def test_ids_in_lower_case_are_sent_in_capitals(ids: str, line_break: str) -> None:
    """And nothing else is changed by that; what is stored stays as it came."""
    batch = batch837p(WORKED, line_break=line_break)
    lower = re.sub(rb"(^|~\s*)(?:%b)(?=\*)" % ids.encode(), lambda found: found[0].lower(), batch)
    assert lower != batch
    assert Stored(lower).composed() == Stored(batch).composed()
    assert Stored(lower).fingerprints == Stored(batch).fingerprints


@given(
    st.sampled_from([DELIMITERS, PIPES, LINES]),
    st.sampled_from(["", "\r\n", "\n"]),
    st.lists(st.sampled_from([b"", b"", b" ", b"\t", b"  \t"]), min_size=1, max_size=7),
    st.sampled_from([b"", b" ", b"\t "]),
)
def test_no_blank_stands_before_a_segment_that_is_sent(
    delimiters: Delimiters, line_break: str, blanks: list[bytes], end: bytes
) -> None:
    """Nor behind a terminator; every other byte is the same, and so is what is known of each claim."""
    batch = batch837p(WORKED, delimiters=delimiters, line_break=line_break if delimiters is not LINES else "")
    ends = batch.split(delimiters.segment)
    padded = [ends[0]]
    for at, piece in enumerate(ends[1:-1]):
        text = piece.lstrip(b"\r\n")
        padded.append(end + piece[: len(piece) - len(text)] + blanks[at % len(blanks)] + text)
    blank = delimiters.segment.join([*padded, ends[-1]])
    assert Stored(blank).composed() == Stored(batch).composed()
    assert Stored(blank).fingerprints == Stored(batch).fingerprints


@pytest.mark.parametrize("delimiters", [PIPES, LINES], ids=["pipes", "line feeds, no repetition"])
def test_the_delimiters_of_the_source_are_those_of_the_outbound_interchange(delimiters: Delimiters) -> None:
    """Nothing is transcoded; ISA11 is U where the source declared no repetition separator."""
    stored = Stored(batch837p(WORKED, delimiters=delimiters))
    out = stored.composed(["CF1001", "CF1002"])
    e, c, t = (byte.decode() for byte in (delimiters.element, delimiters.component, delimiters.segment))
    table = {ord("*"): e, ord(":"): c, ord("~"): t, ord("^"): (delimiters.repetition or b"U").decode()}
    assert out.decode() == WORKED_OUT.replace("\n", "").translate(table)
    assert out[105:106] == delimiters.segment


def test_bytes_that_are_no_ascii_are_copied() -> None:
    """A name in some 8-bit character set is the submitter's affair, and is not read as text on the way."""
    source = batch837p([ClaimSpec("A1", subscriber=Person("PE\xd1A"))])
    assert "NM1*IL*1*PE\xd1A*DANA".encode("latin-1") in Stored(source).composed()


def test_a_claim_with_everything_in_it_keeps_its_bytes() -> None:
    """Another coverage, line providers and notes: REF*D9 is all that is new."""
    claim = ClaimSpec(
        "A1",
        (LineSpec(rendering=valid_npi(9), modifiers=("25",)), LineSpec(last_day=date(2026, 11, 4))),
        other_payer_id="OTHER1",
        responsibility="S",
        referring=valid_npi(5),
        facility=valid_npi(6),
        prior_authorization="PA1",
        notes=(("NTE", "ADD", "SEEN"),),
    )
    stored = Stored(batch837p([claim]))
    out = stored.composed()
    assert without_trace(blocks(out)[-1].text) == stored.blocks["A1"].text
    assert pyx12_verdict(out)[0]


# The levels

FAMILY = [
    ClaimSpec("OWN1"),
    ClaimSpec("OWN2"),
    ClaimSpec("KID1", dependent=True),
    ClaimSpec("TWIN1", dependent=True, patient=Person("DOE", "ROSE", date(2015, 6, 5))),
]


def test_only_a_dependent_kept_leaves_the_subscriber_as_a_parent() -> None:
    """2000B goes along with HL04 1 and its SBR02 as sent; the other dependent's level does not."""
    out = Stored(batch837p(FAMILY)).composed(["TWIN1"])
    assert hierarchy(out) == ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0"]
    assert "SBR*P*18*******CI" in segments(out)
    assert b"ROSE" in out
    assert b"ROBIN" not in out


def test_only_own_claims_kept_leave_the_subscriber_without_children() -> None:
    """HL04 of the 2000B becomes 0, and no dependent's level goes along."""
    out = Stored(batch837p(FAMILY)).composed(["OWN2"])
    assert hierarchy(out) == ["HL*1**20*1", "HL*2*1*22*0"]
    assert b"ROBIN" not in out
    assert b"OWN1" not in out
    assert pyx12_verdict(out)[0]


def test_claims_in_any_order_are_grouped_under_their_levels() -> None:
    """A subscriber's own claims come before his dependents', each in the order given."""
    out = Stored(batch837p(FAMILY)).composed(["TWIN1", "OWN2", "KID1", "OWN1"])
    assert [block.fields[1] for block in blocks(out) if block.name == "CLM"] == ["OWN2", "OWN1", "TWIN1", "KID1"]
    assert hierarchy(out) == ["HL*1**20*1", "HL*2*1*22*1", "HL*3*2*23*0", "HL*4*2*23*0"]
    assert pyx12_verdict(out)[0]


def test_claims_of_several_documents_and_billing_providers_share_a_set() -> None:
    """Every source 2000A stands once, in the order of its first claim, and parents are numbered anew."""
    other = BillingSpec(valid_npi(901), "RIVER BEND PEDIATRICS", tax_id="999990002")
    monday = batch837p([ClaimSpec("M1"), ClaimSpec("M2", billing=other, member_id="AHP2")])
    tuesday = batch837p([ClaimSpec("T1", dependent=True)], control=102)
    out = Stored(monday, tuesday).composed(["M2", "T1", "M1"])
    assert hierarchy(out) == [
        *("HL*1**20*1", "HL*2*1*22*0"),
        *("HL*3**20*1", "HL*4*3*22*1", "HL*5*4*23*0"),
        *("HL*6**20*1", "HL*7*6*22*0"),
    ]
    assert [block.fields[1] for block in blocks(out) if block.name == "CLM"] == ["M2", "T1", "M1"]
    assert pyx12_verdict(out)[0]


# REF*D9

PWK = ("PWK", "OZ", "BM", "", "", "AC", "REPORT1")
NTE = ("NTE", "ADD", "SEEN")


def test_the_trace_of_a_professional_claim_stands_before_its_references() -> None:
    """After CLM, DTP, PWK and AMT, before REF, NTE and HI."""
    claim = ClaimSpec(
        "A1",
        supplements=(("DTP", "435", "D8", "20261101"), PWK, ("AMT", "F5", "10")),
        record_number="MRN1",
        notes=(NTE,),
    )
    out = Stored(batch837p([claim])).composed()
    assert header(out, "A1") == ["CLM", "DTP", "PWK", "AMT", "REF*D9", "REF*EA", "NTE", "HI"]
    assert pyx12_verdict(out)[0]


def test_the_trace_of_an_institutional_claim_stands_after_its_codes() -> None:
    """After DTP and CL1, before REF and HI."""
    out = Stored(batch837i([ClaimSpec("A1", record_number="MRN1", supplements=(PWK,))])).composed(
        version="005010X223A2"
    )
    assert header(out, "A1") == ["CLM", "DTP", "CL1", "PWK", "REF*D9", "REF*EA", "HI"]
    assert pyx12_verdict(out)[0]


def test_the_trace_of_a_dental_claim_stands_after_its_teeth() -> None:
    """DN1 and DN2 come before PWK in the dental guide, and the references after them."""
    teeth = (("DN1", "36"), ("DN2", "12", "E", "", "", "", "JP"), ("DN2", "13", "E", "", "", "", "JP"), PWK)
    claim = ClaimSpec("A1", (LineSpec("D2150", tooth="3"),), supplements=teeth, record_number="MRN1")
    out = Stored(batch837d([claim])).composed(version="005010X224A2")
    assert header(out, "A1") == ["CLM", "DTP", "DN1", "DN2", "DN2", "PWK", "REF*D9", "REF*EA", "HI"]


def test_a_claim_of_bare_necessities_gets_its_trace_too() -> None:
    """Nothing between CLM and the first provider."""
    out = Stored(batch837p([ClaimSpec("A1", diagnoses=())])).composed()
    assert header(out, "A1") == ["CLM", "REF*D9"]


@pytest.mark.parametrize("line_break", ["", "\r\n"])
def test_a_trace_that_came_with_the_claim_is_replaced(line_break: str) -> None:
    """Ours is the only one, wherever theirs stood and however many there were."""
    claim = ClaimSpec("A1", trace="THEIRS1", prior_authorization="PA1", record_number="MRN1", notes=(NTE,))
    data = batch837p([claim], line_break=line_break)
    data = data.replace(b"HI*ABK", f"REF*D9*THEIRS2~{line_break}REF*D9~{line_break}HI*ABK".encode())
    out = Stored(data).composed()
    assert b"THEIRS" not in out
    assert header(out, "A1") == ["CLM", "REF*D9", "REF*G1", "REF*EA", "NTE", "HI"]
    assert without_trace(out).count(b"REF*D9") == 0
    assert pyx12_verdict(out)[0]


@pytest.mark.parametrize("follows", ["NM1*82*", "SBR*S*", "LX*1~"])
def test_a_reference_after_the_claims_own_segments_is_no_trace(follows: str) -> None:
    """Providers, other coverages and lines have references of their own, which are copied even where they are odd."""
    rendering = valid_npi(1) if follows.startswith("NM1") else ""
    claim = ClaimSpec("A1", rendering=rendering, other_payer_id="OTHER1" if follows.startswith("SBR") else "")
    data = batch837p([claim])
    at = data.index(b"~", data.index(follows.encode(), data.index(b"CLM*"))) + 1
    out = Stored(data[:at] + b"REF*D9*ELSEWHERE~" + data[at:]).composed()
    assert b"REF*D9*OG26J10A000000001~" in out
    assert b"REF*D9*ELSEWHERE~" in out


def test_a_reference_that_only_resembles_a_trace_stays() -> None:
    """The qualifier is the whole element."""
    data = batch837p([ClaimSpec("A1", prior_authorization="D9")]).replace(b"HI*", b"REF*D9X*OTHER~HI*")
    out = Stored(data).composed()
    assert b"REF*G1*D9~REF*D9X*OTHER~" in out


def test_a_claim_whose_segments_are_out_of_order_keeps_its_order() -> None:
    """We repair nothing: the trace stands before the first reference, and the AMT behind it stays behind it."""
    claim = ClaimSpec("A1", supplements=(PWK, ("REF", "EA", "MRN1"), ("AMT", "F5", "10")))
    out = Stored(batch837p([claim])).composed()
    assert header(out, "A1") == ["CLM", "PWK", "REF*D9", "REF*EA", "AMT", "HI"]


def test_empty_segments_are_padding() -> None:
    """They are copied, not counted, and no REF*D9 is put between them."""
    data = batch837p([ClaimSpec("A1", supplements=(PWK,))]).replace(b"~PWK", b"~~PWK")
    composition = Stored(data).composition()
    out = b"".join(composition.blocks())
    assert b"~~PWK*OZ*BM***AC*REPORT1~REF*D9*" in out
    assert composition.segments == len(segments(out)) - 4


# Where claims and levels stand


def test_the_placement_names_the_segments_a_999_would_name() -> None:
    """ST is 1; a claim's range runs from its CLM to its last segment, a level's from its HL to before a claim."""
    composition = Stored(batch837p(WORKED)).composition(["CF1001", "CF1002"])
    found = segments(b"".join(composition.blocks()))[2:]
    assert composition.placed == [
        PlacedAttempt(1, 19, 32, ((6, 11), (12, 18))),
        PlacedAttempt(3, 43, 51, ((6, 11), (33, 36), (37, 42))),
    ]
    assert found[18].startswith("CLM*CF1001")
    assert found[31] == "REF*6R*CF1001L2"
    assert found[42].startswith("CLM*CF1002")
    assert found[50] == "REF*6R*CF1002L1"
    assert composition.segments == 52
    assert found[51] == "SE*52*0001"


def test_reading_the_blocks_again_gives_the_same_bytes_and_places() -> None:
    """A resend is the same bytes."""
    composition = Stored(batch837p(WORKED)).composition()
    first, placed = b"".join(composition.blocks()), composition.placed
    assert b"".join(composition.blocks()) == first
    assert composition.placed == placed


def test_a_big_interchange_is_composed_a_claim_at_a_time() -> None:
    """No block is larger than a level or a claim, and each is read when its turn comes."""
    stored = Stored(b"".join(realistic_batch(200)))
    sizes = []
    for number, block in enumerate(stored.composition().blocks()):
        assert stored.reads == max(0, min(number - 1, len(stored.levels) + 200))
        sizes.append(len(block))
    assert max(sizes) < 2000


# The envelope


def test_the_envelope_says_test_or_production_and_whether_a_ta1_is_wanted() -> None:
    """ISA14 and ISA15 are the envelope's; the ISA is 106 bytes whatever the ids' lengths."""
    out = Stored(batch837p(WORKED)).composed(usage="T", ack_requested=False, sender="X" * 15)
    isa = out[:106].decode().split("*")
    assert (isa[6], isa[14], isa[15], isa[16]) == ("X" * 15, "0", "T", ":~")
    assert pyx12_verdict(out)[0]


def test_the_mode_and_the_version_are_those_of_the_source() -> None:
    """Encounters stay encounters, and an addendum is echoed."""
    out = Stored(batch837p(WORKED)).composed(mode="RP", version="005010X222")
    found = segments(out)
    assert found[1].endswith("*005010X222")
    assert found[2] == "ST*837*0001*005010X222"
    assert found[3].endswith("*RP")


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        ("ISA06", "sender", "S" * 16),
        ("ISA06", "sender", ""),
        ("ISA07", "receiver_qualifier", "Z"),
        ("ISA08", "receiver", "R" * 16),
        ("ISA13", "control", 1_000_000_000),
        ("ISA13", "control", 0),
        ("GS02", "group_sender", "G" * 16),
        ("GS03", "group_receiver", "77:01"),
        ("BHT03", "reference", "R" * 26),
        ("1000A/NM103", "submitter_name", "N" * 61),
        ("1000A/NM103", "submitter_name", "GATE~WAY"),
        ("1000A/NM103", "submitter_name", "GATE\nWAY"),
        ("1000A/PER04", "contact_phone", ""),
        ("1000B/NM103", "receiver_name", "ALPHA*PLAN"),
        ("1000B/NM103", "receiver_name", "ALPHA^PLAN"),
        ("1000B/NM103", "receiver_name", "\xc5LPHA"),
        ("ISA", "delimiters", replace(DELIMITERS, component=b"*")),
        ("ISA", "delimiters", replace(DELIMITERS, component=b"E")),
    ],
)
def test_an_element_that_would_break_the_interchange_is_refused(place: str, name: str, value: Any) -> None:
    """Before the first byte, with its place, and without the value."""
    stored = Stored(batch837p(WORKED))
    with pytest.raises(Malformed) as caught:
        stored.composition(None, **{name: value})
    assert (caught.value.code, caught.value.place) == ("OUTBOUND_ELEMENT", place)
    assert stored.reads == 0


# What the store must not get wrong


@pytest.mark.parametrize("trace", ["", "T" * 21, "OG*1", "OG~1"])
def test_a_trace_that_a_payer_could_not_echo_is_refused(trace: str) -> None:
    """REF*D9 has 1 to 20 characters and no delimiter."""
    stored = Stored(batch837p(WORKED))
    stored.claims["CF1001"] = replace(stored.claims["CF1001"], trace=trace)
    with pytest.raises(Malformed) as caught:
        stored.composition()
    assert caught.value.place == "2300/REF02"


def test_no_attempt_trace_or_claim_goes_out_twice_in_a_set() -> None:
    """Each of the three alone is enough to refuse the whole."""
    stored = Stored(batch837p(WORKED))
    one, two = stored.claims["CF1001"], stored.claims["CF1002"]
    for twin in (
        replace(two, attempt=one.attempt),
        replace(two, trace=one.trace),
        replace(two, source=one.source),
    ):
        with pytest.raises(Malformed) as caught:
            Composition(ENVELOPE, stored.levels, [one, twin], stored.read)
        assert (caught.value.code, caught.value.place) == ("OUTBOUND_TWICE", f"attempt {twin.attempt}")


def test_a_set_without_claims_is_none() -> None:
    """There is nothing to send."""
    with pytest.raises(Malformed) as caught:
        Stored(batch837p(WORKED)).composition([])
    assert caught.value.code == "OUTBOUND_EMPTY"


@pytest.mark.parametrize(
    "levels", [(), (100,), (101, 100), (100, 102), (100, 999), (100, 101, 105), (100, 103, 104, 104)]
)
def test_levels_that_do_not_belong_together_are_refused(levels: tuple[int, ...]) -> None:
    """Rows 100 to 104 are a 2000A, its 2000Bs 101 to 103 (102 gone astray), and the 2000C 104 under 103; 105 is a
    second 2000B that pretends to stand under the first."""
    stored = Stored(batch837p(WORKED))
    assert [level.kind for level in stored.levels.values()] == ["20", "22", "22", "22", "23"]
    stored.levels[102] = replace(stored.levels[102], parent=7)
    stored.levels[105] = replace(stored.levels[101], id=105, parent=101)
    stored.claims["CF1001"] = replace(stored.claims["CF1001"], levels=levels)
    with pytest.raises(Malformed) as caught:
        stored.composition(["CF1001"])
    assert (caught.value.code, caught.value.place) == ("OUTBOUND_LEVELS", "attempt 1")


@pytest.mark.parametrize(("before", "after"), [(0, 1), (0, -1), (1, 0), (-1, 0), (0, 300)])
@pytest.mark.parametrize("victim", ["claim", "level"])
def test_a_span_that_is_not_one_claim_or_one_level_is_refused(victim: str, before: int, after: int) -> None:
    """Even one byte off: what lies beside it may be another patient's, or half a segment."""
    stored = Stored(batch837p(FAMILY))
    claim = stored.claims["OWN1"]
    if victim == "claim":
        start, end = claim.source.span
        stored.claims["OWN1"] = replace(claim, source=PlacedSpan(0, Span(start + before, end + after)))
    else:
        level = stored.levels[claim.levels[1]]
        start, end = level.source.span
        stored.levels[level.id] = replace(level, source=PlacedSpan(0, Span(start + before, end + after)))
    with pytest.raises(Malformed) as caught:
        stored.composed(["OWN1"])
    assert caught.value.code == "OUTBOUND_SPAN"
    assert "DOE" not in f"{caught.value.message} {caught.value.place}"


@pytest.mark.parametrize("names", [("OWN1", "OWN2"), ("OWN2", "KID1")])
def test_a_span_that_takes_in_the_next_claim_is_refused(names: tuple[str, str]) -> None:
    """Whole segments, but of two claims, or of a claim and a dependent's level."""
    stored = Stored(batch837p(FAMILY))
    claim, end = stored.claims[names[0]], stored.claims[names[1]].source.span.end
    stored.claims[names[0]] = replace(claim, source=PlacedSpan(0, Span(claim.source.span.start, end)))
    with pytest.raises(Malformed) as caught:
        stored.composed([names[0]])
    assert (caught.value.code, caught.value.place) == ("OUTBOUND_SPAN", f"attempt {claim.attempt}")


def test_a_level_of_another_kind_than_its_row_says_is_refused() -> None:
    """The row says 2000B, the bytes are a 2000C."""
    stored = Stored(batch837p(FAMILY))
    _, subscriber, dependent = stored.claims["KID1"].levels
    stored.levels[subscriber] = replace(stored.levels[subscriber], source=stored.levels[dependent].source)
    with pytest.raises(Malformed) as caught:
        stored.composed(["OWN1"])
    assert (caught.value.code, caught.value.place) == ("OUTBOUND_SPAN", f"level {subscriber}")


def test_documents_with_other_delimiters_cannot_be_mixed_in() -> None:
    """They are refused, never transcoded."""
    stored = Stored(batch837p([ClaimSpec("A1")]), batch837p([ClaimSpec("B1")], delimiters=PIPES))
    with pytest.raises(Malformed) as caught:
        stored.composed(["A1", "B1"])
    assert caught.value.code == "OUTBOUND_SPAN"


# Several sets


def spread(stored: Stored, numbers: Sequence[int]) -> Composition:
    """All claims, each in the set of its number."""
    claims = [replace(claim, set_number=n) for claim, n in zip(stored.claims.values(), numbers, strict=True)]
    return Composition(ENVELOPE, stored.levels, claims, stored.read)


def test_every_set_has_its_own_levels_counts_and_reference() -> None:
    """Levels that claims of two sets share stand in both, and everything counts from one again."""
    stored = Stored(batch837p(FAMILY))
    composition = spread(stored, [1, 2, 1, 2])
    out = b"".join(composition.blocks())
    found = segments(out)
    assert [s for s in found if s.startswith(("ST*", "BHT*", "HL*", "SE*", "GE*", "CLM*"))] == [
        *("ST*837*0001*005010X222A1", "BHT*0019*00*OG0000000501*20261110*0902*CH"),
        *("HL*1**20*1", "HL*2*1*22*1", "CLM*OWN1*120***11:B:1*Y*A*Y*Y", "HL*3*2*23*0", "CLM*KID1*120***11:B:1*Y*A*Y*Y"),
        f"SE*{found.index(next(s for s in found if s.startswith('SE*'))) - 1}*0001",
        *("ST*837*0002*005010X222A1", "BHT*0019*00*OG0000000501S2*20261110*0902*CH"),
        *(
            "HL*1**20*1",
            "HL*2*1*22*1",
            "CLM*OWN2*120***11:B:1*Y*A*Y*Y",
            "HL*3*2*23*0",
            "CLM*TWIN1*120***11:B:1*Y*A*Y*Y",
        ),
        f"SE*{composition.segments}*0002",
        "GE*2*501",
    ]
    first, second = composition.placed[0], composition.placed[2]
    assert (first.first, first.levels) == (second.first, second.levels)
    assert pyx12_verdict(out)[0]


@pytest.mark.parametrize("numbers", [[2, 2, 2, 2], [1, 3, 1, 3], [0, 1, 1, 1]])
def test_sets_are_numbered_from_one_without_a_gap(numbers: list[int]) -> None:
    """ST02 is what a 999 names, and the number of a set is kept with each attempt."""
    with pytest.raises(Malformed) as caught:
        spread(Stored(batch837p(FAMILY)), numbers)
    assert caught.value.code == "OUTBOUND_SETS"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=6, max_size=6).filter(lambda n: set(n) == set(range(1, len(set(n)) + 1))))
def test_however_claims_are_spread_each_is_whole_in_its_set(numbers: list[int]) -> None:
    """Each set read by itself is what a file of that set alone would be, but for its number and reference."""
    claims = [ClaimSpec(f"C{n}", dependent=n % 2 == 0, member_id=f"AHP{n % 3}") for n in range(6)]
    stored = Stored(batch837p(claims))
    out = b"".join(spread(stored, numbers).blocks())
    assert pyx12_verdict(out)[0]
    sets = re.findall(rb"ST\*.*?SE\*[0-9]+\*[0-9]+~", out, re.DOTALL)
    for number, one in enumerate(sets, 1):
        names = [name for name, n in zip(stored.claims, numbers, strict=True) if n == number]
        [alone] = re.findall(rb"ST\*.*?SE\*[0-9]+\*[0-9]+~", stored.composed(names), re.DOTALL)
        own = one.replace(f"*{number:04d}".encode(), b"*0001").replace(f"501S{number}*".encode(), b"501*")
        assert own == alone


# Any batch, any split

PARTNERS = 3
BILLING = (BillingSpec(), BillingSpec(valid_npi(901), "RIVER BEND PEDIATRICS", tax_id="999990002"))


@st.composite
def claim_specs(draw: st.DrawFn, document: int) -> list[ClaimSpec]:
    """Claims that share members, payers and billing providers often enough to share levels."""
    return [
        ClaimSpec(
            f"D{document}C{number}",
            tuple(LineSpec(charge=charge) for charge in draw(st.lists(st.integers(1, 999), min_size=1, max_size=3))),
            payer_id=draw(st.sampled_from(["ALPHA1", "BETA1"])),
            member_id=draw(st.sampled_from(["AHP1", "AHP2"])),
            dependent=draw(st.booleans()),
            trace=draw(st.sampled_from(["", "THEIRS"])),
            record_number=draw(st.sampled_from(["", "MRN1"])),
            supplements=draw(st.sampled_from([(), (PWK,)])),
            billing=draw(st.sampled_from(BILLING)),
        )
        for number in range(draw(st.integers(1, 8)))
    ]


@st.composite
def splits(draw: st.DrawFn) -> tuple[Stored, str, list[list[str]]]:
    """Documents, and for each partner the claims it gets, in any order; what nobody gets is held."""
    kind, version = draw(st.sampled_from([(batch837p, "005010X222A1"), (batch837i, "005010X223A2")]))
    delimiters = draw(st.sampled_from([DELIMITERS, PIPES]))
    line_break = draw(st.sampled_from(["", "\n", "\r\n"]))
    documents = [draw(claim_specs(number)) for number in range(draw(st.integers(1, 2)))]
    stored = Stored(*(kind(claims, delimiters=delimiters, line_break=line_break) for claims in documents))
    shares: list[list[str]] = [[] for _ in range(PARTNERS + 1)]
    for name in draw(st.permutations(list(stored.claims))):
        shares[draw(st.integers(0, PARTNERS))].append(name)
    return stored, version, [share for share in shares[1:] if share]


@settings(max_examples=150, deadline=None)
@given(splits())
def test_however_a_batch_is_split_every_partner_gets_its_claims_whole(
    split: tuple[Stored, str, list[list[str]]],
) -> None:
    """Bytes, levels, counts, charges and places, for each partner; and nobody gets a claim of another."""
    stored, version, shares = split
    sent: list[str] = []
    for share in shares:
        composition = stored.composition(share, version=version)
        out = b"".join(composition.blocks())
        read_back = blocks(out)
        claims = [block for block in read_back if block.name == "CLM"]
        sent += [claim.fields[1] for claim in claims]
        assert sorted(claim.fields[1] for claim in claims) == sorted(share)
        for claim in claims:
            assert_faithful(stored, claim)
        assert_hierarchy([block for block in read_back if block.name == "HL"])
        assert_counted(out, composition.segments)
        assert_placed(stored, composition.placed, claims)
        assert_read_back(stored, composition.placed, out)
        assert total(claims) == total(stored.blocks[name] for name in share)
        valid, answer = pyx12_verdict(out)
        assert valid, answer
    assert len(sent) == len(set(sent))


def assert_faithful(stored: Stored, claim: Block) -> None:
    """A claim and the levels above it are those it came with, but for its one REF*D9 and the HLs."""
    e, t = stored.documents[0][3:4], stored.documents[0][105:106]
    name = claim.fields[1]
    source = stored.blocks[name]
    assert without_trace(claim.text, e, t) == without_trace(source.text, e, t)
    assert e.join((b"REF", b"D9", stored.claims[name].trace.encode())) + t in claim.text
    assert claim.text.count(e.join((b"REF", b"D9", b""))) == 1
    assert [level.text.split(t, 1)[1] for level in claim.above] == [level.text.split(t, 1)[1] for level in source.above]
    assert [level.fields[3] for level in claim.above] == [level.fields[3] for level in source.above]


def assert_hierarchy(levels: Sequence[Block]) -> None:
    """HL01 counts from 1, HL02 was seen before, HL04 says whether a level follows, and no level is empty-handed."""
    parents = [level.fields[2] for level in levels]
    for number, level in enumerate(levels, start=1):
        assert level.fields[1] == str(number)
        assert level.fields[4] == ("1" if str(number) in parents else "0")
        assert not level.fields[2] or int(level.fields[2]) < number
        assert [above.fields[3] for above in level.above] == ["20", "22", "23"][: len(level.above)]


def assert_counted(out: bytes, count: int) -> None:
    """SE01, GE01 and IEA01 by an independent count."""
    found = segments(out)
    assert len(found) - 4 == count
    assert [segment[2:].strip("E*|A")[:1] for segment in found[-2:]] == ["1", "1"]
    assert found[-3].replace("|", "*") == f"SE*{count}*0001"


def assert_placed(stored: Stored, placed: Sequence[PlacedAttempt], claims: Sequence[Block]) -> None:
    """Each attempt's numbers are those of its CLM, its last segment and its levels."""
    expected = [
        PlacedAttempt(
            stored.claims[claim.fields[1]].attempt,
            claim.first,
            claim.last,
            tuple((level.first, level.last) for level in claim.above),
        )
        for claim in claims
    ]
    assert list(placed) == expected


def assert_read_back(stored: Stored, placed: Sequence[PlacedAttempt], out: bytes) -> None:
    """Our own reader finds the same content in the new wrapper, with our trace, at the places we wrote down."""
    found = [item for item in read_claims([out]) if isinstance(item, Claim)]
    assert [claim.position for claim in found] == [attempt.first for attempt in placed]
    for claim, attempt in zip(found, placed, strict=True):
        sent = stored.claims[claim.control_number]
        assert (sent.attempt, sent.trace) == (attempt.attempt, claim.trace)
        assert claim.fingerprint == stored.fingerprints[claim.control_number]


def total(claims: Iterable[Block] | Iterator[Block]) -> Decimal:
    """The charges of claims."""
    return sum((Decimal(claim.fields[2]) for claim in claims), Decimal())
