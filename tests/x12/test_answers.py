"""Documents become answers by what stands in them: envelopes, kinds, faults and flags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.model.answers import (
    Answer,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    Note,
    Remittance,
    StatusReport,
)
from gateway.model.x12 import Address
from gateway.x12.answers import read_answers
from tests.answers import (
    CLAIM_REFUSED,
    CLAIM_TAKEN,
    DENIED_CLAIM,
    PAID_CLAIM,
    PROVIDER,
    SUBMITTER,
    TAKEN_AT_PROVIDER,
    TAKEN_AT_SUBMITTER,
    acknowledgment,
    blocks,
    group,
    interchange,
    one_set,
    payment_of,
    status_report,
    ta1,
)

REJECTED = (
    "AK2*837*0001*005010X222A1",
    "IK3*NM1*31*2010*8",
    "CTX*PATIENT NAME NM109:HH-SECRET-2",
    "CTX*CLM01:BL-1002",
    "IK4*9:1*67*7*HH-SECRET-3",
    "IK5*R*5*I5",
)
REPORT = (*SUBMITTER, TAKEN_AT_SUBMITTER, *PROVIDER, *TAKEN_AT_PROVIDER, *CLAIM_TAKEN, *CLAIM_REFUSED)
EVERYTHING = interchange(ta1(), acknowledgment(*REJECTED, code="R"), control=1) + interchange(
    status_report(*REPORT), payment_of(*PAID_CLAIM, *DENIED_CLAIM), control=2, separators="|>\x1e}"
)
PRIVATE = ("SAMPLE", "HH-SECRET-3", "NOTE ABOUT", "HAZEL", "ADA", "BEN")


def read(document: bytes, size: int = 1 << 16) -> list[Answer]:
    return list(read_answers(blocks(document, size)))


def kinds(document: bytes) -> list[str]:
    return [answer.kind if isinstance(answer, Note) else type(answer).__name__ for answer in read(document)]


def refused(document: bytes) -> Malformed | None:
    try:
        read(document, 999)
    except Malformed as error:
        return error
    return None


def replaced(document: bytes, old: str, new: str) -> bytes:
    assert document.count(old.encode()) == 1
    return document.replace(old.encode(), new.encode())


@pytest.mark.parametrize("size", [1, 7, 105, 4096, 1 << 16])
def test_one_document_may_hold_several_interchanges_and_kinds(size: int) -> None:
    """Each interchange has its own delimiters, each set its own reader, and blocks may be cut anywhere."""
    assert [type(answer) for answer in read(EVERYTHING, size)] == [
        InterchangeAcknowledgment,
        GroupAcknowledgment,
        StatusReport,
        Remittance,
    ]
    assert read(EVERYTHING, size) == read(EVERYTHING)


def test_an_answer_knows_its_envelope() -> None:
    """Sender, receiver, ISA13, ISA15, GS06 and ST02 say which document an answer came in."""
    answer = read(interchange(acknowledgment(*REJECTED), control=314, usage="T"))[0]
    assert isinstance(answer, GroupAcknowledgment)
    envelope = answer.envelope
    assert (envelope.sender, envelope.receiver) == (Address("ZZ", "HARBORHP"), Address("ZZ", "BIRCHLANE"))
    assert (envelope.control, envelope.usage, envelope.group_control, envelope.set_control) == (
        "000000314",
        "T",
        "9",
        "0001",
    )


def test_nobodys_name_number_or_free_text_is_kept() -> None:
    """Names, the offending values of a 999 and the free text of a status stay in the sealed document."""
    assert not [word for word in PRIVATE if word in repr(read(EVERYTHING))]
    assert all(word.encode() in EVERYTHING for word in PRIVATE)


def test_a_ta1_stands_alone_or_before_the_first_group() -> None:
    """It repeats number, date and time of what it answers, and has no group of its own."""
    alone = read(interchange(ta1(71, "R", "025")))
    assert [answer for answer in alone if isinstance(answer, InterchangeAcknowledgment)] == alone
    (answer,) = alone
    assert isinstance(answer, InterchangeAcknowledgment)
    assert (answer.control, answer.date, answer.time, answer.code, answer.note) == (
        "000000071",
        "261115",
        "0930",
        "R",
        "025",
    )
    assert answer.envelope.group_control == ""
    assert kinds(interchange(ta1(), acknowledgment("AK2*837*0001", "IK5*A"))) == [
        "InterchangeAcknowledgment",
        "GroupAcknowledgment",
    ]


def test_what_is_no_answer_comes_as_a_note() -> None:
    """Claims, status requests, applications' reports and old versions are named and left to others."""
    claims = group("HC", "005010X222A1", one_set("837", "BHT*0019*00*1*20261116*0640*CH", version="005010X222A1"))
    status = group("HR", "005010X212", one_set("276", "BHT*0010*13*1*20261116*0640", version="005010X212"))
    old = payment_of(*PAID_CLAIM, version="004010X091A1")
    assert kinds(interchange(claims, status, old)) == ["837 005010X222A1", "276 005010X212", "835 004010X091A1"]
    for version in ("004010", "006020", "008020X322"):
        assert kinds(interchange(payment_of(*PAID_CLAIM, version=version))) == [f"835 {version}"]
    assert kinds(interchange(payment_of(*PAID_CLAIM, version="005010"))) == ["Remittance"]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (b"Your file 123 was received on Monday.\r\n", "text"),
        (b"<html><body>maintenance</body></html>", "html"),
        (b"PK\x03\x04\x14\x00\x00\x00", "zip"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\xff\xfeI\x00S\x00A\x00*\x00", "text"),
        (b"\x7fELF\x02\x01\x01\x00", "binary"),
    ],
)
def test_what_is_no_x12_comes_as_a_note(document: bytes, kind: str) -> None:
    """Mailboxes hold letters too: they are kept and shown, and are no error."""
    assert read(document, 3) == [Note(kind)]


def test_a_preamble_before_the_interchange_hides_no_answer() -> None:
    """Some mailboxes write a line of their own in front; what follows it is read and the line is flagged."""
    document = b"MAILBOX 12 REPORT ISA\r\n" + interchange(ta1())
    assert kinds(document) == ["InterchangeAcknowledgment", "flag:BEFORE_ISA"]
    assert kinds(b"\xef\xbb\xbf\r\n" + interchange(ta1()) + b"\r\n\x1a") == ["InterchangeAcknowledgment"]


@pytest.mark.parametrize("fragment", [b"ST*835*0001~BPR*I*5~", b"GS*HP*A*B*20261116~", b""])
def test_answers_without_an_envelope_are_no_letters(fragment: bytes) -> None:
    """A fragment of X12 lost its ISA, an empty file all: somebody must ask for them again."""
    with pytest.raises(Malformed) as caught:
        read(fragment)
    assert caught.value.code in {"X12_NOT_X12", "X12_EMPTY"}
    assert "partner" in caught.value.next_step


@pytest.mark.parametrize("size", [1, 1 << 16])
def test_a_document_cut_off_anywhere_is_refused(size: int) -> None:
    """Nothing is posted from half a document, wherever the transfer stopped."""
    document = interchange(ta1(), payment_of(*PAID_CLAIM))
    for end in range(1, len(document) - len("~")):
        with pytest.raises(Malformed) as caught:
            read(document[:end], size)
        assert caught.value.code == "X12_INCOMPLETE", end


def test_a_trailing_terminator_may_be_missing() -> None:
    """Its loss loses nothing."""
    assert kinds(interchange(ta1())[:-1]) == ["InterchangeAcknowledgment"]


def test_an_interchange_that_begins_inside_another_means_the_first_is_cut_off() -> None:
    """Two documents were joined after the first had lost its end."""
    first = interchange(ta1())
    with pytest.raises(Malformed, match="before the IEA") as caught:
        read(first[: first.rindex(b"IEA")] + interchange(ta1()))
    assert caught.value.code == "X12_INCOMPLETE"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("SE*16*0001~", "", "ISA 1/GS 1/ST 1/segment 16"),
        ("GE*1*9~", "", "ISA 1/GS 1"),
        ("ST*835*0001~", "", "ISA 1/GS 1"),
        ("LX*1~", "ST*835*0002~", "ISA 1/GS 1/ST 1/segment 11"),
        ("LX*1~", "TA1*1*261115*0930*A*000~", "ISA 1/GS 1/ST 1/segment 11"),
        ("ST*835*0001~", "GS*HP*A*B*20261116*0640*9*X*005010X221A1~", "ISA 1/GS 1"),
    ],
)
def test_a_lost_or_misplaced_header_or_trailer_is_no_small_fault(old: str, new: str, place: str) -> None:
    """Where one of them is gone, other segments may be gone with it."""
    refusal = refused(replaced(interchange(payment_of(*PAID_CLAIM[:4])), old, new))
    assert refusal is not None
    assert (refusal.code, refusal.place) == ("X12_STRUCTURE", place)


@pytest.mark.parametrize(
    ("old", "new", "flag"),
    [
        ("SE*16*0001~", "SE*17*0001~", "flag:SE01"),
        ("SE*16*0001~", "SE*X*0001~", "flag:SE01"),
        ("SE*16*0001~", "SE*16*0002~", "flag:SE02"),
        ("GE*1*9~", "GE*2*9~", "flag:GE01"),
        ("GE*1*9~", "GE*1*8~", "flag:GE02"),
        ("IEA*1*", "IEA*3*", "flag:IEA01"),
        ("IEA*1*000000900~", "IEA*1*000000901~", "flag:IEA02"),
        ("DTM*232*20261109~", "DTM*232*20261309~", "flag:DTM02"),
        ("IEA*1*000000900~", "IEA*1*000000900~JUNK*1~", "flag:AFTER_IEA"),
        ("IEA*1*000000900~", "IEA*1*000000900~JUNK*1~JUNK*2~JUNK*3~", "flag:AFTER_IEA"),
        ("GE*1*9~", "GE*1*9~JUNK*1~JUNK*2~JUNK*3~", "flag:BETWEEN_SETS"),
    ],
)
def test_small_faults_are_flagged_behind_the_answer(old: str, new: str, flag: str) -> None:
    """A wrong count or day refuses no payment, and does not go unseen."""
    document = replaced(interchange(payment_of(*PAID_CLAIM[:4])), old, new)
    assert kinds(document) == ["Remittance", flag]


def test_an_interchange_with_nothing_in_it_is_flagged() -> None:
    """A document never comes to nothing in silence."""
    assert kinds(interchange()) == ["flag:GS"]


def test_a_missing_st03_is_flagged_and_gs08_decides() -> None:
    """Old senders leave it out; the group's version says as much."""
    document = replaced(interchange(status_report(*REPORT)), "ST*277*0001*005010X214~", "ST*277*0001~")
    assert kinds(document) == ["StatusReport", "flag:ST03"]


def test_without_a_version_the_bht_tells_a_277ca() -> None:
    """277CA and 277 status share ST01 and GS01; BHT01 and BHT06 differ."""
    report = interchange(status_report(*REPORT, version="005010"))
    assert kinds(report) == ["StatusReport"]
    for old, new in (("BHT*0085", "BHT*0010"), ("0640*TH", "0640*DG")):
        assert kinds(replaced(report, old, new)) == ["277 005010"]


@given(st.data())
def test_bad_input_is_malformed_and_nothing_else(data: st.DataObject) -> None:
    """Whatever is cut, changed or put in, a document is read or refused; no other error ever leaves the reader."""
    document = bytearray(EVERYTHING)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(document) - 1))
        length = data.draw(st.integers(0, 40))
        put_in = data.draw(st.sampled_from([b"", b"~", b"*", b"x", b"-", b"\x1e|", b"ST*835*1~", b"\x00", b"SVC*"]))
        document[at : at + length] = put_in
    refusal = refused(bytes(document))
    if refusal:
        said = f"{refusal} {refusal.place} {refusal.next_step}"
        assert refusal.code.startswith("X12_")
        assert not [word for word in PRIVATE if word in said]
