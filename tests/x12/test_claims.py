"""An 837 is read claim by claim, each with what its levels give it, and with what is wrong with it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.model.claims import (
    Adjudication,
    BillingProvider,
    Claim,
    ClaimKind,
    Coverage,
    Diagnosis,
    Outcome,
    Patient,
    PostalAddress,
    Provider,
    ServiceLine,
)
from gateway.model.x12 import FunctionalGroup, Interchange, Level, Span, TransactionSet
from gateway.testing.builders import realistic_batch, realistic_claims
from gateway.x12.claims import Item, read_claims
from gateway.x12.syntax import segments
from tests.x12.documents import DENTAL, INSTITUTIONAL, PROFESSIONAL, cut, wrapped

I_VERSION, D_VERSION = "005010X223A2", "005010X224A2"
CEDAR = PostalAddress("12 EXAMPLE WAY", "", "CEDAR FALLS", "IA", "506130001")


def day(number: int) -> date:
    return date(2026, 11, number)


def claims_of(*blocks: bytes) -> list[Claim]:
    return [item for item in read_claims(blocks) if isinstance(item, Claim)]


def levels_of(document: bytes) -> list[Level]:
    return [item for item in read_claims([document]) if isinstance(item, Level)]


def fault(document: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        list(read_claims([document]))
    return caught.value


def edited(body: str, old: str, new: str) -> str:
    assert body.count(old) == 1
    return body.replace(old, new)


def test_items_come_in_document_order() -> None:
    """A level comes before the claims and levels below it."""
    kinds = [type(item) for item in read_claims([wrapped(PROFESSIONAL)])]
    assert kinds == [Interchange, FunctionalGroup, TransactionSet, Level, Level, Claim, Claim, Level, Level, Claim]


def test_a_transaction_set_is_known_with_its_beginning() -> None:
    """ST and BHT, and where they stand."""
    items = list(read_claims([wrapped(PROFESSIONAL, DENTAL.replace("CH\n", "RP\n"), version="005010X222")]))
    first, second = (item for item in items if isinstance(item, TransactionSet))
    assert first == TransactionSet(0, 0, 0, "837", "0001", "005010X222", "00", "BATCH7", "CH", "ISA 1/GS 1/ST 1")
    assert (second.ordinal, second.control, second.reference, second.mode) == (1, "0002", "BATCH9", "RP")


def test_a_set_without_a_beginning_comes_with_empty_references() -> None:
    """The guide asks for a BHT; without one the claims can still be read."""
    document = wrapped(PROFESSIONAL.split("\n", 1)[1])
    sets = [item for item in read_claims([document]) if isinstance(item, TransactionSet)]
    assert [(item.reference, item.control) for item in sets] == [("", "0001")]
    assert len(claims_of(document)) == 3


def test_ordinals_count_through_the_file() -> None:
    """Two interchanges, the second with other delimiters and two sets."""
    second = wrapped(DENTAL, DENTAL, version=D_VERSION, component=">", terminator="\n")
    items = list(read_claims([wrapped(PROFESSIONAL), b"\r\n", second]))
    assert [item.ordinal for item in items if isinstance(item, Interchange)] == [0, 1]
    groups = [item for item in items if isinstance(item, FunctionalGroup)]
    sets = [item for item in items if isinstance(item, TransactionSet)]
    levels = [item for item in items if isinstance(item, Level)]
    assert [(group.ordinal, group.interchange) for group in groups] == [(0, 0), (1, 1)]
    assert [(set_.ordinal, set_.interchange, set_.group) for set_ in sets] == [(0, 0, 0), (1, 1, 1), (2, 1, 1)]
    assert [level.ordinal for level in levels] == list(range(8))
    assert [level.transaction_set for level in levels] == [0] * 4 + [1] * 2 + [2] * 2
    assert [(claim.kind.value, claim.levels) for claim in claims_of(wrapped(PROFESSIONAL), second)][3:] == [
        ("D", (4, 5)),
        ("D", (6, 7)),
    ]


def test_a_professional_claim_is_read_whole() -> None:
    """Neither another payer's loops nor pay-to, payer or drug numbers come into it."""
    claim = claims_of(wrapped(PROFESSIONAL))[0]
    assert replace(claim, fingerprint=b"", span=Span(0, 0)) == Claim(
        kind=ClaimKind.PROFESSIONAL,
        transaction_set=0,
        levels=(0, 1),
        span=Span(0, 0),
        position=27,
        control_number="A1",
        charge=Decimal("135.5"),
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="MEM1",
        billing=BillingProvider("1234567893", "2", "999990001", "207Q00000X", "G2NUMBER", CEDAR, 8),
        providers=(
            Provider("DN", "2000000051", "1", segment=33),
            Provider("82", "2000000010", "1", "207Q00000X", segment=34),
            Provider("82", "2000000036", "1", "207X00000X", line=2, segment=60),
            Provider("DK", "2000000044", "1", line=2, segment=62),
        ),
        lines=(
            ServiceLine(
                1,
                "99213",
                ("25", "RT"),
                Decimal(120),
                Decimal(1),
                day(3),
                day(3),
                "22",
                True,
                "",
                "A1L1",
                "HC",
                "UN",
                ("1",),
                segment=49,
            ),
            ServiceLine(
                2,
                "36415",
                (),
                Decimal("15.5"),
                Decimal("2.5"),
                day(4),
                day(6),
                "",
                False,
                "",
                "A1L2",
                "HC",
                "UN",
                ("1",),
                (Adjudication("OMEGA1", Decimal(10), Decimal(0), Decimal(1), day(7), 63),),
                54,
            ),
        ),
        first_day=day(3),
        last_day=day(6),
        payer_control_number="ICN1",
        prior_authorization="AUTH1",
        trace="TRACE1",
        delay_reason="7",
        patient=Patient(False, "18", "18", "1", date(1980, 2, 14), "F", True, True, segment=19, zip="50613"),
        diagnoses=(Diagnosis("ABK", "J069"),),
        coverages=(Coverage("S", "OMEGA1", "MC", paid_on=day(5), segment=39),),
        payer_segment=24,
        assignment="A",
    )


def test_a_dependents_claim_hangs_on_three_levels() -> None:
    """Payer and member are the subscriber's, and the provider's number with one payer is not another payer's."""
    claim = claims_of(wrapped(PROFESSIONAL))[2]
    assert (claim.control_number, claim.frequency, claim.levels) == ("A3", "7", (0, 2, 3))
    assert (claim.payer_id, claim.member_id, claim.payer_responsibility) == ("BETA1", "MEM2", "S")
    assert claim.billing == BillingProvider("1234567893", "2", "999990001", "207Q00000X", "", CEDAR, 8)
    assert claim.patient == Patient(True, "19", "", "1", date(2015, 6, 5), "M", True, True, segment=76, zip="50613")


def test_a_subscriber_and_his_dependent_may_both_have_claims() -> None:
    """Own claims stand before the dependent's level."""
    body = edited(PROFESSIONAL, "HL*4*3*23*0\n", "CLM*A9*1***11:B:1\nLX*1\nSV1*HC:1*1*UN*1\nHL*4*3*23*0\n")
    assert [(claim.control_number, claim.levels) for claim in claims_of(wrapped(body))][2:] == [
        ("A9", (0, 2)),
        ("A3", (0, 2, 3)),
    ]


def test_levels_know_kind_and_parent() -> None:
    """By HL03 and HL02."""
    levels = levels_of(wrapped(PROFESSIONAL))
    assert [(level.kind, level.parent) for level in levels] == [("20", None), ("22", 0), ("22", 0), ("23", 2)]


def test_an_institutional_claim_has_statement_days_revenue_codes_and_its_own_providers() -> None:
    """A line need not have a procedure nor a day."""
    claim = claims_of(wrapped(INSTITUTIONAL, version=I_VERSION))[0]
    assert (claim.kind, claim.place_of_service, claim.frequency) == (ClaimKind.INSTITUTIONAL, "13", "1")
    assert (claim.first_day, claim.last_day) == (day(1), day(5))
    assert claim.providers == (
        Provider("71", "2000000010", "1", "207R00000X", segment=16),
        Provider("72", "2000000044", "1", segment=18),
        Provider("ZZ", "2000000051", "1", segment=19),
        Provider("77", "2000000069", "2", segment=20),
        Provider("82", "2000000036", "1", line=2, segment=26),
    )
    assert claim.lines == (
        ServiceLine(
            1, "80050", ("59",), Decimal(500), Decimal(1), day(2), day(2), revenue_code="0300", procedure_qualifier="HC",
            unit="UN", segment=21,
        ),
        ServiceLine(2, "", (), Decimal(400), Decimal(4), None, None, revenue_code="0120", unit="DA", segment=24),
    )  # fmt: skip
    assert (claim.admitted, claim.discharged) == (day(1), None)


def test_an_institutional_claim_without_statement_days_has_those_of_its_lines() -> None:
    """Better than none, while the guide's own check asks for the statement."""
    claim = claims_of(wrapped(edited(INSTITUTIONAL, "DTP*434*RD8*20261101-20261105\n", ""), version=I_VERSION))[0]
    assert (claim.first_day, claim.last_day) == (day(2), day(2))


def test_a_dental_line_without_a_day_has_the_claims() -> None:
    """2300 DTP*472 is the default, 2400 DTP*472 the exception."""
    claim = claims_of(wrapped(DENTAL, version=D_VERSION))[0]
    assert claim.billing == BillingProvider("2000000010", "1", "999990002", segment=4)
    assert claim.lines == (
        ServiceLine(1, "D2150", (), Decimal(110), Decimal(1), day(2), day(2), procedure_qualifier="AD", segment=14),
        ServiceLine(2, "D1110", (), Decimal(200), None, day(3), day(3), "22", procedure_qualifier="AD", segment=17),
    )
    assert (claim.first_day, claim.last_day) == (day(2), day(3))


def test_a_provider_without_an_npi_is_known_by_his_number_with_the_payer() -> None:
    """An atypical provider; another identifier in the NPI's place is none."""
    for named in ("NM1*85*2*TAXI CO", "NM1*85*2*TAXI CO*****24*999990001"):
        body = edited(PROFESSIONAL, "NM1*85*2*CEDAR FAMILY MEDICINE*****XX*1234567893", named)
        billing = claims_of(wrapped(body))[0].billing
        assert (billing.npi, billing.secondary_id, billing.tax_id) == ("", "G2NUMBER", "999990001")


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        ("NM1*PR*2*OMEGA*****PI*OMEGA1\n", "PER*IC*OMEGA\n"),
        ("REF*F8*OTHERICN\n", "REF*2U*OTHER\n"),
        ("NM1*82*1\nPRV*PE*PXC*999X00000X\n", "NM1*DN*1\nREF*1G*1\n"),
    ],
)
def test_loops_of_another_payer_change_nothing_of_ours_but_the_fingerprint(found: str, instead: str) -> None:
    """Its name, its claim number and its number of our provider are not ours."""
    full, less = claims_of(wrapped(PROFESSIONAL))[0], claims_of(wrapped(edited(PROFESSIONAL, found, instead)))[0]
    assert replace(full, fingerprint=b"", span=less.span, coverages=()) == replace(less, fingerprint=b"", coverages=())
    assert full.fingerprint != less.fingerprint


@pytest.mark.parametrize(
    ("body", "old", "new", "code", "place", "line", "segment"),
    [
        (PROFESSIONAL, "A1*135.5*", "A1*1O0*", "CLM02_NOT_A_NUMBER", "2300/CLM02", None, "CLM*A1"),
        (PROFESSIONAL, "A1*135.5*", "A1**", "CLM02_NOT_A_NUMBER", "2300/CLM02", None, "CLM*A1"),
        (PROFESSIONAL, "*15.5*UN", "*15,5*UN", "SV102_NOT_A_NUMBER", "2400/SV102", 2, "SV1*HC:36415"),
        (PROFESSIONAL, "*UN*2.5", "*UN*two", "SV104_NOT_A_NUMBER", "2400/SV104", 2, "SV1*HC:36415"),
        (PROFESSIONAL, "LX*2", "LX*B", "LX01_NOT_A_NUMBER", "2400/LX01", 2, "LX*B"),
        (PROFESSIONAL, "LX*2", "LX*" + "9" * 5000, "LX01_NOT_A_NUMBER", "2400/LX01", 2, "LX*9"),
        (PROFESSIONAL, "20261104-20261106", "20261104", "DTP_DATE_INVALID", "2400/DTP03", 2, "DTP*472*RD8"),
        (PROFESSIONAL, "20261104-20261106", "20261104-20261131", "DTP_DATE_INVALID", "2400/DTP03", 2, "DTP*472*RD8"),
        (PROFESSIONAL, "DMG*D8*19800214", "DMG*D8*19800230", "DMG_DATE_INVALID", "2010BA/DMG02", None, "DMG*D8*1980"),
        (INSTITUTIONAL, "RD8*20261101-", "RD8*20261100-", "DTP_DATE_INVALID", "2300/DTP03", None, "DTP*434"),
        (INSTITUTIONAL, "59*500*", "59**", "SV203_NOT_A_NUMBER", "2400/SV203", 1, "SV2*0300"),
        (DENTAL, "472*D8*20261102", "472*D8*2026112", "DTP_DATE_INVALID", "2300/DTP03", None, "DTP*472*D8*2026112"),
        (DENTAL, "*110*", "*x*", "SV302_NOT_A_NUMBER", "2400/SV302", 1, "SV3*AD:D2150"),
        (DENTAL, "*12*1\n", "*12*x\n", "SV306_NOT_A_NUMBER", "2400/SV306", 1, "SV3*AD:D2150"),
    ],
)
def test_what_is_no_number_and_no_date_is_a_finding_at_its_place(
    body: str, old: str, new: str, code: str, place: str, line: int | None, segment: str
) -> None:
    """The claim is read all the same, and its neighbours are not touched."""
    version = {PROFESSIONAL: "005010X222A1", INSTITUTIONAL: I_VERSION, DENTAL: D_VERSION}[body]
    document = wrapped(edited(body, old, new), version=version)
    claim, sound = claims_of(document)[0], claims_of(wrapped(body, version=version))[0]
    in_set = [found.elements for found, _ in segments([document])][2:]
    position = next(n for n, elements in enumerate(in_set, 1) if b"*".join(elements).startswith(segment.encode()))
    (finding,) = claim.findings
    assert (finding.code, finding.place, finding.line, finding.segment) == (code, place, line, position)
    assert finding.outcome is Outcome.REJECT
    assert finding.message
    assert finding.next_step
    assert (claim.control_number, len(claim.lines), sound.findings) == (sound.control_number, len(sound.lines), ())


def test_a_number_that_is_none_is_absent_from_the_claim() -> None:
    """None, never zero; the line's other elements stay."""
    body = edited(PROFESSIONAL, "*15.5*UN*2.5*", "*15,5*UN*two*")
    claim = claims_of(wrapped(edited(body, "20261104-20261106", "20261106-")))[0]
    line = claim.lines[1]
    assert (line.charge, line.units, line.first_day, line.last_day) == (None, None, None, None)
    assert (line.procedure, line.control) == ("36415", "A1L2")
    assert (claim.first_day, claim.last_day) == (day(3), day(3))


def test_a_dental_line_whose_own_day_is_invalid_does_not_take_the_claims() -> None:
    """What it says is wrong, which is not the same as silence."""
    claim = claims_of(wrapped(edited(DENTAL, "D8*20261103", "D8*20261131"), version=D_VERSION))[0]
    assert (claim.lines[0].first_day, claim.lines[1].first_day) == (day(2), None)


def test_a_line_is_known_by_its_lx_number() -> None:
    """And so are its providers and findings."""
    claim = claims_of(wrapped(edited(PROFESSIONAL, "LX*2", "LX*7").replace("*15.5*UN", "*x*UN")))[0]
    assert [line.number for line in claim.lines] == [1, 7]
    assert [provider.line for provider in claim.providers] == [None, None, 7, 7]
    assert [finding.line for finding in claim.findings] == [7]


def test_a_birth_date_that_is_absent_is_no_finding_here() -> None:
    """The guide's own check asks for it."""
    assert claims_of(wrapped(edited(PROFESSIONAL, "DMG*D8*19800214*F", "DMG***F")))[0].findings == ()


def test_segments_outside_their_loop_are_passed_over() -> None:
    """A service before any LX, a provider's taxonomy before any provider, a number of the wrong party."""
    body = edited(PROFESSIONAL, "HI*ABK:M545\n", "PRV*PE*PXC*1\nSV1*HC:1*1*UN*1\nDTP*472*D8*1\nREF*6R*1\n")
    claim = claims_of(wrapped(edited(body, "MI*MEM2\n", "MI*MEM2\nREF*G2*X\nREF*EI*X\n")))[2]
    assert (len(claim.lines), claim.providers, claim.findings) == (1, (), ())
    assert (claim.billing.secondary_id, claim.billing.tax_id) == ("", "999990001")


def test_reversed_days_are_read_as_they_stand() -> None:
    """The check that judges them must see them."""
    claim = claims_of(wrapped(edited(PROFESSIONAL, "20261104-20261106", "20261109-20261105")))[0]
    assert (claim.lines[1].first_day, claim.lines[1].last_day) == (day(9), day(5))


def test_a_bad_birth_date_is_found_on_every_claim_under_its_level() -> None:
    """The subscriber's on his own claims and his dependents', the dependent's on his alone."""
    subscriber = edited(PROFESSIONAL, "19800214", "19801314")
    assert [[f.place for f in claim.findings] for claim in claims_of(wrapped(subscriber))] == [
        ["2010BA/DMG02"],
        ["2010BA/DMG02"],
        [],
    ]
    both = edited(PROFESSIONAL, "MI*MEM2\n", "MI*MEM2\nDMG*D8*1\n").replace("20150605", "20150631")
    assert [[f.place for f in claim.findings] for claim in claims_of(wrapped(both))] == [
        [],
        [],
        ["2010BA/DMG02", "2010CA/DMG02"],
    ]


def test_positions_count_from_the_set_header() -> None:
    """As a 999 counts them, ST = 1, in every set anew."""
    document = wrapped(PROFESSIONAL, PROFESSIONAL)
    ids = [segment.elements[0] for segment, _ in segments([document])]
    expected = [n + 3 for n, line in enumerate(PROFESSIONAL.splitlines(), -1) if line.startswith("CLM")]
    assert [claim.position for claim in claims_of(document)] == expected * 2
    assert all(ids[1 + position] == b"CLM" for position in expected)


@pytest.mark.parametrize("break_", [b"", b"\r\n"])
def test_spans_of_levels_and_claims_leave_out_nothing_but_the_envelope(break_: bytes) -> None:
    """From the first HL to the SE they lie end to end, line breaks included."""
    document = wrapped(PROFESSIONAL, PROFESSIONAL).replace(b"~", b"~" + break_)
    spans = [item.span for item in read_claims([document]) if isinstance(item, Level | Claim)]
    sets = document.split(b"ST*837*")[1:]
    bodies = [text[text.index(b"HL*1*") : text.index(b"SE*")] for text in sets]
    assert b"".join(document[start:end] for start, end in spans) == b"".join(bodies)
    assert all(document[start:end].startswith((b"HL*", b"CLM*")) for start, end in spans)


@given(st.integers(1, 400), st.sampled_from(["~", "\n"]))
def test_blocks_of_any_size_give_the_same_items(size: int, terminator: str) -> None:
    """Down to one byte at a time."""
    document = wrapped(PROFESSIONAL, terminator=terminator) + wrapped(DENTAL, version=D_VERSION)
    assert list(read_claims(cut(document, size))) == list(read_claims([document]))


def prints(document: bytes) -> list[bytes]:
    return [claim.fingerprint for claim in claims_of(document)]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(wrapped(PROFESSIONAL, component=">", terminator="'", repetition="!", control=77), id="delimiters"),
        pytest.param(wrapped(PROFESSIONAL).replace(b"*", b"|"), id="element separator"),
        pytest.param(wrapped(PROFESSIONAL).replace(b"~", b"~\r\n"), id="line breaks"),
        pytest.param(wrapped(PROFESSIONAL.replace("REF*D9*TRACE1\n", "")), id="no D9"),
        pytest.param(wrapped(PROFESSIONAL.replace("TRACE1", "TRACE2")), id="another D9"),
        pytest.param(
            wrapped(
                PROFESSIONAL.replace("HL*4*3*23*0", "HL*14*13*23*1")
                .replace("HL*3*1*22", "HL*13*11*22")
                .replace("HL*2*1*22*0", "HL*12*11*22*1")
                .replace("HL*1**", "HL*11**")
            ),
            id="HL numbers",
        ),
        pytest.param(
            wrapped(PROFESSIONAL.replace("BATCH7", "BATCH8").replace("CEDAR01", "OTHER01")), id="BHT and 1000A"
        ),
    ],
)
def test_equal_content_gives_equal_fingerprints_in_any_wrapper(document: bytes) -> None:
    """So that the same claims are recognised in another file."""
    assert prints(document) == prints(wrapped(PROFESSIONAL))


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("A2*80*", "A2*81*", [1]),
        ("HC:99213:25:RT", "HC:99213:25", [0]),
        ("MI*MEM1\n", "MI*MEM3\n", [0, 1]),
        ("ROBIN", "ROBERTA", [2]),
        ("REF*EI*99-9990001", "REF*EI*99-9990002", [0, 1, 2]),
        ("REF*EA*MRN1", "REF*EA*MRN2", [0]),
        ("MI*MEM2\n", "MI*MEM2\nN3*1 OTHER ST\n", [2]),
    ],
)
def test_other_content_of_claim_or_level_gives_another_fingerprint(old: str, new: str, changed: list[int]) -> None:
    """For exactly the claims that it belongs to."""
    before, after = prints(wrapped(PROFESSIONAL)), prints(wrapped(edited(PROFESSIONAL, old, new)))
    assert [n for n in range(3) if before[n] != after[n]] == changed
    assert len(set(before)) == 3
    assert {len(print_) for print_ in before} == {16}


@pytest.mark.parametrize(
    ("document", "recorded"),
    [
        (b"".join(realistic_batch(300, seed=7)), "59405123a1361cd72ad91fdbc86904228380c9475c7732b28e2cb50fd93a2e09"),
        (wrapped(PROFESSIONAL, PROFESSIONAL), "530e2dbe0d2098765a6993e20c3ebdc7f3496ad10d06c7e153b0126998104b25"),
        (
            wrapped(INSTITUTIONAL, version=I_VERSION),
            "4433f46acf6b5759048cef618df20b2ac7b147352c320a434137fc5830539d6b",
        ),
        (wrapped(DENTAL, version=D_VERSION), "5376d57c13990ae89bd7da6fea2ba95e53b19f3ba2496fe8d3912a0539b535ed"),
        (
            wrapped(PROFESSIONAL, component="\x1d", terminator="\x1c", repetition="\x1e"),
            "663921d75a7b8e5cee67a030ce77ef75b706d3a537a93478f61aba75706e3478",
        ),
        (
            wrapped(PROFESSIONAL.replace("HI*ABK:J069\nNM1", "HI*ABK:J069\nBHT*X\nNM1")).replace(b"~", b"~\r\n \t~\n"),
            "da5064da57f7fad8aa07cbd66674f3b2821a5b34fe199730cef6bcd16da15b50",
        ),
    ],
)
def test_a_fingerprint_is_the_same_for_ever(document: bytes, recorded: str) -> None:
    """Stores hold fingerprints: these were taken from an earlier version of the reader."""
    assert sha256(b"".join(prints(document))).hexdigest() == recorded


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("005010X222", ClaimKind.PROFESSIONAL),
        ("005010X222A2", ClaimKind.PROFESSIONAL),
        ("005010X223A1", ClaimKind.INSTITUTIONAL),
        ("005010X223A3", ClaimKind.INSTITUTIONAL),
        ("005010X224A3", ClaimKind.DENTAL),
    ],
)
def test_any_addendum_of_the_three_guides_is_read(version: str, kind: ClaimKind) -> None:
    """And kept as it was written."""
    items = list(read_claims([wrapped(DENTAL, version=version)]))
    assert [item.kind for item in items if isinstance(item, Claim)] == [kind]
    assert [item.version for item in items if isinstance(item, TransactionSet)] == [version]


def test_without_st03_the_group_tells_the_version() -> None:
    """TransactionSet.version is GS08 then."""
    items = list(read_claims([wrapped(PROFESSIONAL).replace(b"ST*837*0001*005010X222A1", b"ST*837*0001")]))
    assert [item.version for item in items if isinstance(item, TransactionSet)] == ["005010X222A1"]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (wrapped(PROFESSIONAL, version="004010X098A1"), "ISA 1/GS 1/ST 1/segment 1/ST03"),
        (wrapped(PROFESSIONAL, version="005010X298"), "ISA 1/GS 1/ST 1/segment 1/ST03"),
        (wrapped(PROFESSIONAL, version="005010X2221"), "ISA 1/GS 1/ST 1/segment 1/ST03"),
        (wrapped(PROFESSIONAL, version=""), "ISA 1/GS 1/ST 1/segment 1/ST03"),
        (wrapped(PROFESSIONAL).replace(b"0001*005010X222", b"0001*005010X223"), "ISA 1/GS 1/ST 1/segment 1/ST03"),
        (wrapped(PROFESSIONAL, PROFESSIONAL).replace(b"ST*837*0002", b"ST*834*0002"), "ISA 1/GS 1/ST 2/segment 1/ST01"),
    ],
)
def test_another_guide_is_refused_with_those_that_are_accepted(document: bytes, place: str) -> None:
    """An unknown version is never read by guessing."""
    error = fault(document)
    assert (error.code, error.place) == ("X12_VERSION", place)
    assert "005010X222A1" in error.next_step


@pytest.mark.parametrize("code", [b"277", b"835", b"997", b"999"])
def test_an_answer_of_a_payer_is_called_one(code: bytes) -> None:
    """Who drops one where claims go is not sent to the vendor of the billing software."""
    error = fault(wrapped(PROFESSIONAL).replace(b"ST*837*", b"ST*%b*" % code))
    assert (error.code, error.place) == ("X12_VERSION", "ISA 1/GS 1/ST 1/segment 1/ST01")
    assert code.decode() in str(error)
    assert "picks up payers' answers" in error.next_step


def test_a_level_may_point_back_past_another() -> None:
    """HL02 decides, not what stands just before."""
    more = PROFESSIONAL + (
        "HL*5**20*1\nNM1*85*1*OTHER*ONE*****XX*2000000010\nREF*EI*999990009\n"
        "HL*6*1*22*0\nSBR*P*18\nNM1*PR*2*GAMMA*****PI*GAMMA1\nCLM*A4*1***11:B:1\n"
        "HL*7*3*23*0\nNM1*QC*1*ROE*RUTH\nCLM*A5*1***11:B:1\n"
    )
    claims = claims_of(wrapped(more))[3:]
    assert [(claim.control_number, claim.levels, claim.payer_id) for claim in claims] == [
        ("A4", (0, 5), "GAMMA1"),
        ("A5", (0, 2, 6), "BETA1"),
    ]
    assert {claim.billing.npi for claim in claims} == {"1234567893"}


def test_a_dependent_may_hang_on_the_last_subscriber_whatever_its_hl04_says() -> None:
    """HL04 is often wrong, and twice as well as once."""
    body = edited(PROFESSIONAL, "HL*3*1*22*1", "HL*3*1*22*0") + "HL*5*3*23*0\nPAT*19\nCLM*A4*1***11:B:1\n"
    assert [claim.levels for claim in claims_of(wrapped(body))][2:] == [(0, 2, 3), (0, 2, 4)]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("HL*2*1*22", "HL*2*7*22", "ISA 1/GS 1/ST 1/segment 17/HL02"),
        ("HL*2*1*22", "HL*2**22", "ISA 1/GS 1/ST 1/segment 17/HL02"),
        ("HL*2*1*22", "HL*2*2*22", "ISA 1/GS 1/ST 1/segment 17/HL02"),
        ("HL*2*1*22", "HL*2*1*24", "ISA 1/GS 1/ST 1/segment 17/HL03"),
        ("HL*2*1*22", "HL*1*1*22", "ISA 1/GS 1/ST 1/segment 17/HL01"),
        ("HL*2*1*22", "HL*" + "9" * 5000 + "*1*22", "ISA 1/GS 1/ST 1/segment 17/HL01"),
        ("HL*2*1*22", "HL*x*1*22", "ISA 1/GS 1/ST 1/segment 17/HL01"),
        ("HL*4*3*23", "HL*4*1*23", "ISA 1/GS 1/ST 1/segment 74/HL02"),
        ("HL*4*3*23", "HL*4*3*22", "ISA 1/GS 1/ST 1/segment 74/HL02"),
        ("HL*4*3*23", "HL*4*2*23", "ISA 1/GS 1/ST 1/segment 74/HL02"),
        ("HL*1**20", "HL*1*1*20", "ISA 1/GS 1/ST 1/segment 6/HL02"),
        ("HL*3*1*22*1", "HL*3**20*1", "ISA 1/GS 1/ST 1/segment 74/HL02"),
        ("HL*1**20*1", "CLM*A0", "ISA 1/GS 1/ST 1/segment 6/CLM"),
        ("PRV*BI*PXC*207Q00000X", "CLM*A0", "ISA 1/GS 1/ST 1/segment 7/CLM"),
    ],
)
def test_a_hierarchy_that_does_not_hang_together_is_malformed(old: str, new: str, place: str) -> None:
    """A level that points nowhere, or a claim without a subscriber, would go to a payer by guessing."""
    error = fault(wrapped(edited(PROFESSIONAL, old, new)))
    assert (error.code, error.place) == ("X12_HIERARCHY", place)


def test_the_numbers_of_levels_are_their_sets_own() -> None:
    """A level does not point into another set."""
    assert fault(wrapped(PROFESSIONAL, edited(DENTAL, "HL*1**20*1\n", ""))).place == "ISA 1/GS 1/ST 2/segment 5/HL02"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"ST*837*0001*005010X222A1~", b"", "X12_STRUCTURE"),
        (b"GS*HC", b"XX*HC", "X12_STRUCTURE"),
        (b"SE*85*0001~", b"", "X12_STRUCTURE"),
        (b"GE*1*1~", b"", "X12_STRUCTURE"),
        (b"GE*1*1~", b"GE*1*1~GE*1*1~", "X12_STRUCTURE"),
        (b"SE*85*0001~", b"SE*85*0001~CLM*A9~", "X12_STRUCTURE"),
        (b"CLM*A2*", b"ST*837*0002~CLM*A2*", "X12_STRUCTURE"),
        (b"IEA*1*000000001~", b"", "X12_INCOMPLETE"),
        (b"IEA*1*000000001~", b"IEA*1*000000001~IEA*1*000000001~", "X12_STRUCTURE"),
    ],
)
def test_envelopes_out_of_order_are_malformed_and_never_misread(old: bytes, new: bytes, code: str) -> None:
    """Even where nobody checked the envelopes before."""
    document = wrapped(PROFESSIONAL)
    assert document.count(old) == 1
    assert fault(document.replace(old, new)).code == code


def test_text_after_an_interchange_is_no_interchange() -> None:
    """Whatever it looks like: an ISA counts with its fixed positions only."""
    assert fault(wrapped(PROFESSIONAL) + b"X~ISA*00~").code == "X12_STRUCTURE"
    assert fault(wrapped(PROFESSIONAL) + b"X~ISA*00*").code == "X12_INCOMPLETE"


def outcome(blocks: Iterable[bytes]) -> tuple[list[Item], str]:
    """What came before the end, and the code of what ended it."""
    found: list[Item] = []
    try:
        found.extend(read_claims(blocks))
    except Malformed as error:
        return found, error.code
    return found, ""


@given(
    st.sampled_from(
        [wrapped(PROFESSIONAL), wrapped(INSTITUTIONAL, version=I_VERSION), wrapped(DENTAL, version=D_VERSION)]
    ),
    st.lists(
        st.tuples(
            st.integers(0, 2500),
            st.one_of(
                st.binary(max_size=2), st.sampled_from([b"~", b"*", b":", b"~NM1~", b"~LX~", b"~CLM~", b"~SV1*~"])
            ),
            st.integers(0, 30),
        ),
        max_size=6,
    ),
)
def test_whatever_the_bytes_reading_ends_or_is_malformed(document: bytes, edits: list[tuple[int, bytes, int]]) -> None:
    """Segments without elements, elements in the wrong place, bytes lost: nothing else is ever raised."""
    for at, put, lost in edits:
        document = document[:at] + put + document[at + lost :]
    assert outcome([document]) == outcome(cut(document, 50))


def test_a_realistic_batch_is_read_as_it_was_specified() -> None:
    """Two hundred claims of several providers, payers and dependents, told apart and in order."""
    specs, claims = list(realistic_claims(200)), claims_of(b"".join(realistic_batch(200)))
    assert [claim.control_number for claim in claims] == [spec.control_number for spec in specs]
    assert [claim.payer_id for claim in claims] == [spec.payer_id for spec in specs]
    assert [claim.member_id for claim in claims] == [spec.member_id for spec in specs]
    assert [len(claim.levels) == 3 for claim in claims] == [spec.dependent for spec in specs]
    assert [claim.billing.npi for claim in claims] == [spec.billing.npi if spec.billing else "" for spec in specs]
    for claim, spec in zip(claims, specs, strict=True):
        assert [line.procedure for line in claim.lines] == [line.procedure for line in spec.lines]
        assert [line.charge for line in claim.lines] == [Decimal(line.charge) for line in spec.lines]
        assert [line.first_day for line in claim.lines] == [line.first_day for line in spec.lines]
        assert claim.charge == sum(line.charge or 0 for line in claim.lines)
        assert claim.findings == ()


def test_memory_does_not_grow_with_the_number_of_claims() -> None:
    """Four thousand claims in one transaction set, none of which is kept."""
    body = PROFESSIONAL[PROFESSIONAL.index("CLM*A2") : PROFESSIONAL.index("HL*3")]
    head = PROFESSIONAL[: PROFESSIONAL.index("CLM*A1")]
    document = wrapped(head + body * 4000)
    blocks = list(cut(document, 1 << 16))
    tracemalloc.start()
    try:
        count = sum(isinstance(item, Claim) for item in read_claims(blocks))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 4000
    assert peak < 1 << 20
