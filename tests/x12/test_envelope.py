"""A document is accepted when it is whole and its envelopes hold; otherwise the place and the reason are told."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.model.x12 import Address
from gateway.x12.envelope import EnvelopeSummary, check_envelope
from gateway.x12.syntax import segments
from tests.x12.documents import DENTAL, INSTITUTIONAL, PROFESSIONAL, cut, wrapped

ONE = wrapped(PROFESSIONAL)
TWO = wrapped(PROFESSIONAL, DENTAL, control=2)
TA1 = b"TA1*000000101*261110*0815*A*000~"


def fault(document: bytes) -> Malformed:
    """What makes the document unacceptable."""
    with pytest.raises(Malformed) as caught:
        check_envelope([document])
    return caught.value


def test_a_whole_document_is_summed_up() -> None:
    """Two interchanges, the second with two sets and a break after each segment."""
    summary = check_envelope([ONE, b"\r\n\x1a", TWO.replace(b"~", b"~\r\n")])
    assert [interchange.control for interchange in summary.interchanges] == ["000000001", "000000002"]
    assert [group.interchange for group in summary.groups] == [0, 1]
    assert (summary.sets, summary.segments) == (3, ONE.count(b"~") + TWO.count(b"~"))


def test_an_interchange_and_a_group_are_read_from_their_headers() -> None:
    """Ids without the blanks that fill their fields."""
    summary = check_envelope([ONE])
    interchange, group = summary.interchanges[0], summary.groups[0]
    assert (interchange.sender, interchange.receiver) == (Address("ZZ", "CEDAR01"), Address("ZZ", "GATE01"))
    assert (interchange.date, interchange.time, interchange.version) == ("261110", "0815", "00501")
    assert (interchange.ack_requested, interchange.usage) == (True, "P")
    assert (group.functional_id, group.sender, group.receiver) == ("HC", "CEDAR01", "GATE01")
    assert (group.control, group.version) == ("1", "005010X222A1")


@pytest.mark.parametrize("break_", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("terminator", ["~", "\n", "\r", "|"])
def test_wrappings_do_not_matter(terminator: str, break_: bytes) -> None:
    """Nor does a lost last terminator."""
    document = wrapped(DENTAL, terminator=terminator)
    padded = document.replace(terminator.encode(), terminator.encode() + break_)
    assert check_envelope([padded]).segments == check_envelope([document]).segments
    assert check_envelope([document[:-1]]).segments == check_envelope([document]).segments


def test_control_characters_may_be_delimiters() -> None:
    """Any byte may, and some senders use the separators of ASCII."""
    document = wrapped(DENTAL, component="\x1f", repetition="\x1e", terminator="\x1c").replace(b"*", b"\x1d")
    assert check_envelope([document]).sets == 1
    assert fault(document.replace(b"ARBOR", b"AR\x01OR")).code == "X12_CHARACTERS"


def test_answers_to_interchanges_may_stand_before_the_groups() -> None:
    """A TA1 belongs to no group."""
    assert check_envelope([ONE.replace(b"GS*", TA1 + b"GS*")]).sets == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        pytest.param(b"SE*85*", b"SE*84*", "X12_COUNTS", "ISA 1/GS 1/ST 1/SE01", id="SE01"),
        pytest.param(b"SE*85*", b"SE**", "X12_COUNTS", "ISA 1/GS 1/ST 1/SE01", id="SE01 empty"),
        pytest.param(b"SE*85*", b"SE*" + b"9" * 5000 + b"*", "X12_COUNTS", "ISA 1/GS 1/ST 1/SE01", id="SE01 endless"),
        pytest.param(b"SE*20*0002", b"SE*19*0002", "X12_COUNTS", "ISA 1/GS 1/ST 2/SE01", id="SE01 of the second set"),
        pytest.param(b"GE*2*", b"GE*1*", "X12_COUNTS", "ISA 1/GS 1/GE01", id="GE01"),
        pytest.param(b"IEA*1*", b"IEA*2*", "X12_COUNTS", "ISA 1/IEA01", id="IEA01"),
        pytest.param(b"SE*85*0001", b"SE*85*0002", "X12_CONTROL_NUMBER", "ISA 1/GS 1/ST 1/SE02", id="SE02"),
        pytest.param(b"SE*85*0001", b"SE*86", "X12_CONTROL_NUMBER", "ISA 1/GS 1/ST 1/SE02", id="SE02 absent"),
        pytest.param(b"GE*2*2", b"GE*2*02", "X12_CONTROL_NUMBER", "ISA 1/GS 1/GE02", id="GE02"),
        pytest.param(b"IEA*1*000000002", b"IEA*1*2", "X12_CONTROL_NUMBER", "ISA 1/IEA02", id="IEA02"),
        pytest.param(b"ST*837*0002", b"ST*837*0001", "X12_CONTROL_REPEATED", "ISA 1/GS 1/ST02", id="ST02 twice"),
        pytest.param(b"ST*837*0001", b"N1*X~ST*837*0001", "X12_STRUCTURE", "ISA 1/GS 1", id="text before ST"),
        pytest.param(b"SE*85*0001~", b"", "X12_STRUCTURE", "ISA 1/GS 1/ST 1", id="no SE"),
        pytest.param(b"GE*2*2~", b"", "X12_STRUCTURE", "ISA 1/GS 1", id="no GE"),
        pytest.param(b"GE*2*2~", b"GE*2*2~GE*2*2~", "X12_STRUCTURE", "ISA 1", id="two GE"),
        pytest.param(b"GS*HC", b"ST*837*9~GS*HC", "X12_STRUCTURE", "ISA 1", id="no GS"),
        pytest.param(b"BHT*", TA1 + b"BHT*", "X12_STRUCTURE", "ISA 1/GS 1/ST 1", id="TA1 in a set"),
        pytest.param(
            b"IEA*1*000000002~", b"IEA*1*000000002~X~IEA~", "X12_STRUCTURE", "ISA 1/after IEA", id="a second IEA"
        ),
        pytest.param(b"~HL*1*", b"~~HL*1*", "X12_EMPTY_SEGMENT", "ISA 1/GS 1/ST 1", id="an empty segment"),
        pytest.param(b"ERIN", b"ER\x01N", "X12_CHARACTERS", "ISA 1/GS 1/ST 1", id="a control character"),
        pytest.param(b"ERIN", b"ER\nIN", "X12_CHARACTERS", "ISA 1/GS 1/ST 1", id="a line break in a segment"),
    ],
)
def test_a_fault_is_told_with_its_code_and_place(old: bytes, new: bytes, code: str, place: str) -> None:
    """One thing wrong in a whole document."""
    broken = TWO.replace(old, new, 1)
    assert broken != TWO
    error = fault(broken)
    assert (error.code, error.place) == (code, place)
    assert error.next_step


def test_a_wrong_count_is_told_with_what_was_stated_and_what_was_found() -> None:
    """Counts are no patient's data."""
    assert fault(ONE.replace(b"SE*85*", b"SE*84*")).message == "SE01 states 84, counted were 85"


def test_a_fault_of_the_second_interchange_is_placed_there() -> None:
    """Places count from 1 in the envelope around them."""
    assert fault(ONE + TWO.replace(b"SE*20*", b"SE*9*")).place == "ISA 2/GS 1/ST 2/SE01"


def test_two_groups_of_one_number_in_an_interchange_are_told_apart_from_two_interchanges() -> None:
    """GS06 is unique in its interchange, ST02 in its group, and nothing beyond."""
    group = ONE[ONE.index(b"GS*") : ONE.index(b"IEA*")]
    twice = ONE.replace(b"IEA*1*", group + b"IEA*2*")
    assert (fault(twice).code, fault(twice).place) == ("X12_CONTROL_REPEATED", "ISA 1/GS06")
    other = group.replace(b"*1*X*", b"*7*X*").replace(b"GE*1*1", b"GE*1*7")
    assert check_envelope([ONE.replace(b"IEA*1*", other + b"IEA*2*")]).sets == 2
    assert check_envelope([ONE + ONE]).sets == 2


@pytest.mark.parametrize("document", [ONE, TWO.replace(b"~", b"~\r\n"), wrapped(DENTAL, terminator="\n"), ONE + TWO])
def test_every_document_that_is_cut_off_is_incomplete(document: bytes) -> None:
    """Wherever the cut, except behind the whole number of an IEA."""
    ends = [at + len(b"IEA*1*000000001") for at in range(len(document)) if document.startswith(b"IEA*", at)]
    ends += [at for end in ends for at in (end + 1, end + 2, end + 3)]
    for end in range(1, len(document)):
        if end not in ends:
            assert fault(document[:end]).code == "X12_INCOMPLETE", end


def test_that_a_document_is_incomplete_goes_before_every_fault_in_it() -> None:
    """A file that is still being written is waited for, and refused when it is whole."""
    broken = ONE.replace(b"SE*85*", b"SE*84*")
    assert fault(broken[: broken.index(b"IEA*")]).code == "X12_INCOMPLETE"
    assert fault(broken[:-3]).code == "X12_INCOMPLETE"
    assert fault(broken).code == "X12_COUNTS"
    assert fault(broken + TWO[:500]).code == "X12_INCOMPLETE"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "X12_EMPTY"),
        (b"Dear Sir or Madam,", "X12_NOT_X12"),
        (bytes(range(1, 256)) * 20, "X12_NOT_X12"),
        (ONE[:106] + bytes(range(32, 126)) * 20, "X12_INCOMPLETE"),
        (ONE.replace(b"CEDAR01  ", b"CEDAR01", 1), "X12_ISA"),
    ],
)
def test_what_cannot_be_read_at_all_keeps_the_code_of_its_reason(document: bytes, code: str) -> None:
    """Empty, another format, rubbish, an ISA out of shape."""
    assert fault(document).code == code


def test_no_message_repeats_what_a_document_says() -> None:
    """Text outside its place may be a name."""
    error = fault(ONE.replace(b"ST*837", b"SECRET*NAME~ST*837"))
    assert "SECRET" not in f"{error.message}{error.place}{error.next_step}"


def verdict(document: bytes, size: int) -> EnvelopeSummary | tuple[str, str]:
    try:
        return check_envelope(cut(document, size))
    except Malformed as error:
        return error.code, error.place


@given(
    st.sampled_from([ONE, TWO.replace(b"~", b"~\n"), wrapped(INSTITUTIONAL, terminator="\n") + ONE]),
    st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=3), st.integers(0, 40)), max_size=3),
    st.integers(1, 300),
)
def test_whatever_the_bytes_and_blocks_the_verdict_is_a_summary_or_malformed(
    document: bytes, edits: list[tuple[int, bytes, int]], size: int
) -> None:
    """Bytes lost and put in anywhere; the size of the blocks changes nothing."""
    for at, put, lost in edits:
        document = document[:at] + put + document[at + lost :]
    assert verdict(document, size) == verdict(document, len(document) + 1)


def test_a_control_number_that_comes_again_is_counted_for_one_sender_and_receiver() -> None:
    """Another sender may well count alike."""
    other = ONE.replace(ONE[35:50], b"OTHER          ", 1)
    assert other != ONE
    documents = {b"".join(parts): repeated for parts, repeated in (((ONE, TWO, ONE, TWO), 3), ((ONE, other, TWO), 0))}
    assert [check_envelope([document]).repeated for document in documents] == list(documents.values())


@pytest.mark.parametrize(
    "rubbish", [b"HELLO~", b"HELLO", b"\r\n*** END OF JOB 4711 ***\r\n", b"</body></html>\n\x1a", b"\xc3\xa9"]
)
def test_rubbish_behind_an_iea_is_counted_and_passed_over(rubbish: bytes) -> None:
    """At the end, and between two interchanges; what is no rubbish is all there."""
    size = len(rubbish.lstrip(b"\r\n"))
    for document, sets in ((TWO + rubbish, 2), (ONE + rubbish + TWO, 3), (TWO + rubbish + b"\n" + ONE + b"\r\n", 3)):
        summary = check_envelope([document])
        counted = size + (1 if document.startswith(TWO) and sets == 3 else 0)
        assert (summary.sets, summary.rubbish, summary.segments) == (sets, counted, summary.segments)
        assert summary.rubbish_after == 1
        assert summary.segments == sum(part.count(b"~") for part in ((TWO, ONE) if sets == 3 else (TWO,)))


@pytest.mark.parametrize(
    "claims",
    [
        b"ISA", b"isa*00", b"\nISA*01*", b"ST*837*0002~", b"st*837*0002~", b"GS*HC*A~", b"gs|hc|a", b"CLM*A9*100~",
        b"HELLO clm+A9", b"HL*1**20*1~", b"NM1*85*2", b"IEA*1*000000001~", b"SV1*HC:99213",
        b"SE*60*0001~", b"REF*G1*A1~", PROFESSIONAL.encode(),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [b"", b"PAGE 1 OF 2\r\n" * 50])
def test_what_may_be_claims_is_no_rubbish(claims: bytes, before: bytes) -> None:
    """In capitals or not, at once or behind other text, at the end or before another interchange."""
    for document in (ONE + before + claims + b" and so on" * 20, ONE + before + claims + b" " * 90 + TWO):
        error = fault(document)
        assert (error.code in ("X12_STRUCTURE", "X12_ISA"), bool(error.next_step)) == (True, True)


def test_an_isa_that_is_not_whole_yet_is_waited_for_behind_rubbish_too() -> None:
    """Another interchange may be on its way."""
    for end in range(3, 106):
        assert fault(ONE + b"TRAILER\r\n" + TWO[:end]).code == "X12_INCOMPLETE", end
    assert fault(ONE + b"TRAILER\r\n" + TWO[:60] + bytes(600)).code == "X12_INCOMPLETE"


@pytest.mark.parametrize("rubbish", [b" ", b"\x00", b"\n", b"Q", b"The end. "])
def test_rubbish_may_be_of_any_length(rubbish: bytes) -> None:
    """Memory stays flat; blanks and zeros are no more than padding."""

    def blocks() -> Iterator[bytes]:
        yield ONE
        yield from repeat(rubbish * ((1 << 16) // len(rubbish)), 300)

    tracemalloc.start()
    try:
        summary = check_envelope(blocks())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert summary.rubbish == (0 if not rubbish.strip(b" \x00\n") else 300 * ((1 << 16) // len(rubbish)) * len(rubbish))
    assert peak < 4 * (1 << 20)


def lowered(document: bytes, ids: bytes = rb"[A-Z]+[0-9]?") -> bytes:
    """The ids of segments in lower case."""
    return re.sub(rb"(?:^|(?<=~))(?:%b)(?=\*)" % ids, lambda found: found[0].lower(), document)


@pytest.mark.parametrize("ids", [rb"[A-Z]+[0-9]?", rb"ISA", rb"IEA", rb"GS|GE", rb"ST", rb"CLM", rb"NM1"])
def test_ids_in_lower_case_are_counted_and_read(ids: bytes) -> None:
    """All of them or some, in one interchange and not in the other."""
    for document in (lowered(TWO, ids), ONE + lowered(TWO, ids), lowered(TWO, ids) + ONE):
        summary = check_envelope([document])
        upper = check_envelope([document.upper()])
        assert summary.lowered > 0
        assert summary == replace(upper, lowered=summary.lowered)


def test_a_wrapping_all_in_lower_case_is_that_in_capitals() -> None:
    """The codes of ISA, GS and ST too; who sends and receives is named as it stands."""
    body = ONE[ONE.index(b"BHT") : ONE.index(b"SE*")]
    summary = check_envelope([ONE.lower().replace(body.lower(), body)])
    assert summary.interchanges[0].usage == "P"
    assert summary.interchanges[0].sender == Address("ZZ", "cedar01")
    assert (summary.groups[0].functional_id, summary.groups[0].version) == ("HC", "005010X222A1")
    assert check_envelope([ONE.lower()]).lowered == ONE.count(b"~")


def test_each_interchange_puts_its_own_ids_into_capitals() -> None:
    """What is a terminator in one is text in the other."""
    other = wrapped(DENTAL.replace("ANNA", "A~hc*A~A"), terminator="|", component=">")
    assert check_envelope([lowered(ONE) + other]).lowered == ONE.count(b"~")
    assert b"A~hc" in [e for s, _ in segments([lowered(ONE) + other]) for e in s.elements]
