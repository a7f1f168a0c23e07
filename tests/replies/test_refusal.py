"""A file that is refused as a whole is answered at the envelope that is at fault, and no claim of it is called accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from gateway.errors import Malformed
from gateway.model.reports import BatchReport
from gateway.replies import (
    DUPLICATE_FILE,
    acknowledge,
    claim_acknowledgment,
    csv_report,
    interchange_acknowledgment,
    refused_batch,
    text_report,
)
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.x12.answers import read_answers
from gateway.x12.claims import Item, read_claims
from gateway.x12.envelope import check_envelope
from tests.replies.desk import RECEIVED, STAMP, US, batch_report, lines, valid

SPECS = [ClaimSpec(f"A{n}", member_id=f"AHP{n}") for n in range(4)]
TWO_SETS = batch837p(SPECS, claims_per_set=2)


def refused(data: bytes) -> BatchReport:
    """The report on a file that reading really refuses."""
    with pytest.raises(Malformed) as caught:
        list(checked(data))
    return refused_batch([data], caught.value, "file", RECEIVED)


def checked(data: bytes) -> Iterator[Item]:
    """Everything of a file, once its envelope holds."""
    check_envelope([data])
    yield from read_claims([data])


def changed(pattern: bytes, replacement: bytes, data: bytes = TWO_SETS) -> bytes:
    found, count = re.subn(pattern, replacement, data, count=1, flags=re.S)
    assert count
    return found


@pytest.mark.parametrize(
    ("pattern", "replacement", "verdicts"),
    [
        (rb"SE\*[0-9]+\*0001", b"SE*99*0001", ["IK5*R*4", "IK5*R", "AK9*R*2*2*0"]),
        (rb"(SE\*[0-9]+)\*0002", rb"\1*0003", ["IK5*R", "IK5*R*3", "AK9*R*2*2*0"]),
        (rb"SE\*[0-9]+\*0001~", b"", ["IK5*R*2", "IK5*R", "AK9*R*2*2*0"]),
        (rb"GE\*2\*", b"GE*3*", ["IK5*R", "IK5*R", "AK9*R*3*2*0*5"]),
        (rb"GE\*2\*101", b"GE*2*102", ["IK5*R", "IK5*R", "AK9*R*2*2*0*4"]),
        (rb"GE\*2\*101~", b"", ["IK5*R", "IK5*R", "AK9*R*2*2*0*3"]),
        (rb"ST\*837\*0002(.*)SE(\*[0-9]+)\*0002", rb"ST*837*0001\1SE\2*0001", ["IK5*R", "IK5*R*23", "AK9*R*2*2*0"]),
        (rb"ST\*837\*0001\*005010X222A1", b"ST*837*0001*005010X223A2", ["IK5*R*19", "IK5*R", "AK9*R*2*2*0"]),
        (rb"ST\*837\*0002", b"ST*83X*0002", ["IK5*R", "AK9*R*2*2*0*5"]),
        (rb"ST\*837\*0002", b"ST*835*0002", ["IK5*R", "IK5*R*1", "AK9*R*2*2*0"]),
        (rb"ST\*837\*0001", b"ST*83*0001", ["IK5*R", "AK9*R*2*2*0*5"]),
        (rb"ST\*837\*0001", b"ST*837*A", ["IK5*R", "AK9*R*2*2*0*5"]),
        (rb"HL\*1\*\*20", b"HL*1**21", ["IK5*R*5", "IK5*R", "AK9*R*2*2*0"]),
    ],
)
def test_the_999_says_what_is_wrong_where_it_is_wrong(pattern: bytes, replacement: bytes, verdicts: list[str]) -> None:
    """The set or group at fault has its code, the innocent ones are refused without one: nothing was taken. A set whose
    name no AK2 can hold is only counted."""
    batch = refused(changed(pattern, replacement))
    (interchange,) = batch.interchanges
    reply = acknowledge(interchange, STAMP)
    assert lines(reply, "IK5", "AK9") == verdicts
    assert claim_acknowledgment(interchange, STAMP, US, RECEIVED) == b""
    assert list(read_answers([valid(reply)]))


def test_both_faults_of_a_file_are_named() -> None:
    """Reading stops at the first; whoever corrects it wants to know of the other."""
    batch = refused(changed(rb"SE\*[0-9]+\*0002", b"SE*98*0002", changed(rb"GE\*2", b"GE*7")))
    assert lines(valid(acknowledge(batch.interchanges[0], STAMP)), "IK5", "AK9") == [
        "IK5*R",
        "IK5*R*4",
        "AK9*R*7*2*0*5",
    ]


def test_a_group_of_another_kind_is_not_supported() -> None:
    """AK905 1, wherever that was noticed."""
    error = Malformed("GS01 is not HC", code="X12_ELEMENT", place="ISA 1/GS 1/GS01")
    batch = refused_batch([TWO_SETS.replace(b"GS*HC", b"GS*HP")], error, "file", RECEIVED)
    assert lines(valid(acknowledge(batch.interchanges[0], STAMP)), "AK1", "AK9") == [
        "AK1*HP*101*005010X222A1",
        "AK9*R*2*2*0*1",
    ]


def test_an_unknown_guide_is_refused_for_group_and_set() -> None:
    """AK905 2 and IK502 I6, the version echoed."""
    batch = refused(TWO_SETS.replace(b"005010X222A1", b"005010X999"))
    found = lines(valid(acknowledge(batch.interchanges[0], STAMP)), "AK1", "AK2", "IK5", "AK9")
    assert found[:3] == ["AK1*HC*101*005010X999", "AK2*837*0001*005010X999", "IK5*R*I6"]
    assert found[-1] == "AK9*R*2*2*0*2"


def test_a_fault_of_the_hierarchy_is_named_by_its_segment() -> None:
    """IK3 and IK4 say which HL, not only that the set is refused."""
    batch = refused(changed(rb"HL\*2\*1\*22", b"HL*2*9*22"))
    found = lines(valid(acknowledge(batch.interchanges[0], STAMP)), "IK3", "IK4")
    position = re.search(rb"ST\*837.*?HL\*2", TWO_SETS, re.S)
    assert position
    assert found == [f"IK3*HL*{position[0].count(b'~') + 1}*2000*8", "IK4*2**7"]
    assert text_report(batch).count("What is wrong") == 1


def test_a_repeated_group_number_is_named_at_the_second_group() -> None:
    """AK905 19."""
    body = re.search(rb"GS\*.*GE\*2\*101~", TWO_SETS, re.S)
    assert body
    batch = refused(TWO_SETS.replace(b"IEA*1*", body[0] + b"IEA*2*"))
    found = lines(valid(acknowledge(batch.interchanges[0], STAMP)), "AK9")
    assert found == ["AK9*R*2*2*0", "AK9*R*2*2*0*19"]


@pytest.mark.parametrize(
    ("pattern", "replacement", "note"),
    [
        (rb"IEA\*1\*000000101", b"IEA*1*000000102", "001"),
        (rb"IEA\*1", b"IEA*2", "021"),
        (rb"\*261110\*", b"*261399*", "014"),
        (rb"\*0815\*\^", b"*9915*^", "015"),
        (rb"000000101\*1\*P", b"00000010A*1*P", "018"),
        (rb"000000101\*1\*P", b"000000101*7*P", "019"),
        (rb"\*1\*P\*:", b"*1*X*:", "020"),
        (rb"\*ZZ\*CFFM01", b"*XX*CFFM01", "005"),
        (rb"\*00501\*", b"*0050A*", "017"),
        (rb"IEA\*1\*000000101~", b"", "023"),
        (rb"GE\*2\*101~IEA\*1\*000000101~", b"", "023"),
        (rb"GS\*HC\*CFFM01", b"GS*HC*C", "024"),
        (rb"\*101\*X", b"*10X*X", "024"),
        (rb"GS\*HC", b"GS*hc", "024"),
        (rb"GS\*HC", b"REF*D9*1~GS*HC", "022"),
    ],
)
def test_the_ta1_names_what_is_wrong_with_isa_and_iea(pattern: bytes, replacement: bytes, note: str) -> None:
    """It alone answers: of the groups inside nothing is said."""
    batch = refused(changed(pattern, replacement))
    (interchange,) = batch.interchanges
    reply = interchange_acknowledgment(interchange, STAMP)
    (ta1,) = lines(reply, "TA1")
    assert ta1.endswith(f"*R*{note}")
    assert lines(reply, "IEA") == ["IEA*0*000000077"]
    assert reply[100:103] == b"0*P"
    assert acknowledge(interchange, STAMP) == b""


def test_a_ta1_repeats_number_day_and_time_and_turns_addresses_round() -> None:
    """TA101 to TA103 name the interchange it answers."""
    batch = refused(changed(rb"IEA\*1", b"IEA*2"))
    assert lines(interchange_acknowledgment(batch.interchanges[0], STAMP)) == [
        "ISA*00*          *00*          *ZZ*OPENGATE       *ZZ*CFFM01         *261110*0905*^*00501*000000077*0*P*:",
        "TA1*000000101*261110*0815*R*021",
        "IEA*0*000000077",
    ]


@pytest.mark.parametrize("asked", [True, False])
def test_a_sound_interchange_gets_a_ta1_only_where_it_asks_for_one(asked: bool) -> None:
    """ISA14 decides."""
    data = TWO_SETS if asked else TWO_SETS.replace(b"000000101*1*P", b"000000101*0*P")
    (interchange,) = batch_report(data).interchanges
    reply = interchange_acknowledgment(interchange, STAMP)
    assert lines(reply, "TA1") == ["TA1*000000101*261110*0815*A*000"] if asked else reply == b""


def test_a_file_that_was_taken_before_is_refused_by_its_number() -> None:
    """TA1 025, and nothing that could be read as a verdict on its claims."""
    error = Malformed("these bytes were taken before", code=DUPLICATE_FILE)
    (interchange,) = refused_batch([TWO_SETS], error, "file", RECEIVED).interchanges
    assert lines(interchange_acknowledgment(interchange, STAMP), "TA1") == ["TA1*000000101*261110*0815*R*025"]
    assert acknowledge(interchange, STAMP) == b""


def test_an_innocent_interchange_beside_a_bad_one_is_refused_without_a_fault_of_its_own() -> None:
    """Its envelope is sound, its sets were not taken: A 000 and AK9 R, never an A for what was refused."""
    batch = refused(TWO_SETS + changed(rb"IEA\*1", b"IEA*2", batch837p(SPECS, control=102)))
    innocent, guilty = batch.interchanges
    assert lines(interchange_acknowledgment(innocent, STAMP), "TA1")[0].endswith("A*000")
    assert lines(valid(acknowledge(innocent, STAMP)), "AK9") == ["AK9*R*2*2*0"]
    assert lines(interchange_acknowledgment(guilty, STAMP), "TA1")[0].endswith("R*021")


@pytest.mark.parametrize("data", [b"", b"hello", b"ISA*00*", TWO_SETS[:200].replace(b"ISA*", b"ISA|")])
def test_what_is_no_x12_is_answered_in_words_alone(data: bytes) -> None:
    """There is nobody to address: no interchange in the report, but the reason in text and CSV."""
    batch = refused(data)
    assert batch.interchanges == ()
    (finding,) = batch.findings
    assert finding.code in text_report(batch)
    assert finding.code in csv_report(batch)


@pytest.mark.parametrize("ask", [acknowledge, interchange_acknowledgment])
def test_an_acknowledgment_is_never_acknowledged(ask: Callable[..., bytes]) -> None:
    """A 999 or a TA1 that is dropped among the claims is refused in words alone: two programs could go on for ever."""
    (sound,) = batch_report(TWO_SETS).interchanges
    batch = refused(ask(sound, STAMP))
    assert batch.interchanges == ()
    assert batch.findings


def test_a_group_of_acknowledgments_beside_claims_is_passed_over() -> None:
    """The claims are answered, the acknowledgments are not."""
    (sound,) = batch_report(TWO_SETS).interchanges
    group = re.search(rb"GS\*FA.*GE\*1\*77~", acknowledge(sound, STAMP), re.S)
    assert group
    batch = refused(TWO_SETS.replace(b"IEA*1*", group[0] + b"IEA*2*"))
    reply = valid(acknowledge(batch.interchanges[0], STAMP))
    assert lines(reply, "AK1") == ["AK1*HC*101*005010X222A1"]


def test_every_cut_and_every_lost_segment_is_refused_somewhere() -> None:
    """Whatever is missing, no reply calls a set accepted, and none breaks."""
    pieces = TWO_SETS.split(b"~")
    for at in range(len(pieces) - 1):
        for data in (b"~".join([*pieces[:at], *pieces[at + 1 :]]), b"~".join(pieces[: at + 1]), TWO_SETS[: at * 40]):
            batch = refused_batch([data], Malformed("wrong", code="X12_STRUCTURE", place="ISA 1"), "file", RECEIVED)
            for interchange in batch.interchanges:
                assert lines(interchange_acknowledgment(interchange, STAMP), "TA1")
                assert not re.search(rb"(IK5|AK9)\*[AEP]", acknowledge(interchange, STAMP))
                assert claim_acknowledgment(interchange, STAMP, US, RECEIVED) == b""
