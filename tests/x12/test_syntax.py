"""Bytes become segments, however they are wrapped and cut, and their spans give the document back."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import Malformed
from gateway.model.x12 import Delimiters, Segment, Span
from gateway.x12.syntax import date_of, decimal_of, delimiters_of, period_of, segments, text_of
from tests.x12.documents import DENTAL, PROFESSIONAL, cut, wrapped

PLAIN = wrapped(DENTAL)
ISA = PLAIN[:106]
LINES = PLAIN.replace(b"~", b"~\n")
LOWER = re.sub(rb"(^|~)([A-Z]+)", lambda found: found[0].lower(), PLAIN)

WRAPPINGS = {
    "one huge line": PLAIN,
    "a line each": LINES,
    "a line each, the Windows way": PLAIN.replace(b"~", b"~\r\n"),
    "blanks and tabs after terminators": PLAIN.replace(b"~", b"~ \t "),
    "blank lines between segments": PLAIN.replace(b"~", b"~\n\n\r\n"),
    "a line feed as terminator": PLAIN.replace(b"~", b"\n"),
    "a carriage return as terminator, then line feeds": PLAIN.replace(b"~", b"\r\n"),
    "blank lines where a line feed is the terminator": PLAIN.replace(b"~", b"\n\n"),
    "empty segments": PLAIN.replace(b"~HL", b"~~ ~HL"),
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "blank lines before": b"\r\n \n" + LINES,
    "Ctrl-Z after": PLAIN + b"\r\n\x1a",
    "zeros after": PLAIN + bytes(700),
    "ids in lower case": LOWER,
    "ids in lower case and a line each": LOWER.replace(b"~", b"~\r\n"),
    "some ids in lower case": PLAIN.replace(b"~NM1", b"~nm1").replace(b"~SV3", b"~Sv3").replace(b"IEA", b"iea"),
    "no last terminator": PLAIN[:-1],
    "no last terminator and ids in lower case": LOWER[:-1],
    "no last terminator, but a line break": PLAIN[:-1] + b"\r\n",
    "no last terminator, but Ctrl-Z": PLAIN[:-1] + b"\x1a",
    "no last terminator where it is a line feed": PLAIN.replace(b"~", b"\n")[:-1],
}


def read(blocks: Iterable[bytes]) -> list[Segment]:
    return [segment for segment, _ in segments(blocks)]


def contents(document: bytes) -> list[list[bytes]]:
    return [segment.elements for segment in read([document])]


def test_the_delimiters_are_what_stands_in_the_fixed_positions() -> None:
    """Byte 3 element, 82 repetition, 104 component, 105 segment."""
    isa = wrapped("", repetition="!", component=">", terminator="'").replace(b"*", b"|")
    assert delimiters_of(isa) == Delimiters(b"|", b">", b"'", b"!")


@pytest.mark.parametrize(("stated", "version"), [(b"U", b"00401"), (b"U", b"00501"), (b"^", b"00401")])
def test_there_is_no_repetition_separator_where_isa11_cannot_be_one(stated: bytes, version: bytes) -> None:
    """Until 00401 the element meant something else, and some senders still write its U."""
    isa = ISA[:82] + stated + b"*" + version + ISA[89:]
    assert delimiters_of(isa).repetition is None


@pytest.mark.parametrize(
    "isa",
    [
        pytest.param(ISA[:105], id="too short"),
        pytest.param(b"GSA" + ISA[3:], id="another segment"),
        pytest.param(ISA.replace(b"CEDAR01  ", b"CEDAR01"), id="a field too short"),
        pytest.param(ISA.replace(b"CEDAR01  ", b"CED*R01  "), id="an element separator in a field"),
        pytest.param(ISA.replace(b"CEDAR01  ", b"CED~R01  "), id="a terminator in a field"),
        pytest.param(ISA[:105] + b"G", id="a letter as terminator"),
        pytest.param(ISA[:105] + b" ", id="a blank as terminator"),
        pytest.param(ISA[:104] + b"^~", id="component like repetition"),
        pytest.param(ISA[:104] + b"~~", id="component like terminator"),
        pytest.param(ISA[:104] + b"*~", id="component like element separator"),
    ],
)
def test_an_isa_without_fixed_positions_or_distinct_marks_is_malformed(isa: bytes) -> None:
    """Nothing behind such an ISA could be read with certainty."""
    with pytest.raises(Malformed) as caught:
        delimiters_of(isa)
    assert (caught.value.code, caught.value.place) == ("X12_ISA", "ISA")


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_every_wrapping_has_the_same_segments(wrapping: str) -> None:
    """Line breaks, blanks, marks around the interchange and a lost last terminator change nothing."""
    assert contents(WRAPPINGS[wrapping]) == contents(PLAIN)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 105, 106, 107, 1000])
def test_blocks_of_any_size_give_the_same(wrapping: str, size: int) -> None:
    """Spans included; a block may end inside an ISA, a line break or a byte order mark."""
    document = WRAPPINGS[wrapping]
    assert read(cut(document, size)) == read([document])


@given(st.data())
def test_blocks_cut_anywhere_give_the_same(data: st.DataObject) -> None:
    """Two interchanges with delimiters of their own, in blocks of every size at once, empty ones too."""
    document = b"\n" + LINES + b"\x1a\n" + wrapped(DENTAL, component=">", terminator="\r").replace(b"\r", b"\r\n")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document)))))
    blocks = [document[start:end] for start, end in zip([0, *cuts], [*cuts, len(document)], strict=True)]
    assert list(segments(blocks)) == list(segments([document]))


def test_blocks_that_are_lines_give_the_same() -> None:
    """Each block ends with its terminator, so that no segment is known to be over when its block is."""
    assert read(LINES.splitlines(keepends=True)) == read([LINES])


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_the_spans_lie_end_to_end_from_isa_to_the_end_of_iea(wrapping: str) -> None:
    """Copying them gives back the interchange; a segment begins at its id."""
    document = WRAPPINGS[wrapping]
    spans = [segment.span for segment in read([document])]
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert document[: spans[0].start].strip(b"\r\n \xef\xbb\xbf") == b""
    assert document[spans[-1].end :].strip(b"\r\n\x1a\x00") == b""
    for segment in read([document]):
        assert document.upper().startswith(segment.elements[0] + b"*", segment.span.start)


def test_a_span_ends_after_the_line_break_that_pads_its_terminator() -> None:
    """The ISA is 106 bytes and its line break, and the GS begins behind it."""
    isa, gs = read([LINES])[:2]
    assert (isa.span, gs.span) == (Span(0, 107), Span(107, LINES.index(b"ST*")))


def test_each_interchange_has_delimiters_of_its_own() -> None:
    """Even where one's terminator stands as text in the other."""
    second = wrapped(DENTAL.replace("ANNA", "AN~A"), component=">", terminator="|")
    found = list(segments([PLAIN, b"\r\n", second, PLAIN]))
    marks = [delimiters.segment for segment, delimiters in found if segment.elements[0] == b"ISA"]
    assert marks == [b"~", b"|", b"~"]
    assert [b"AN~A" in segment.elements for segment, _ in found].count(True) == 1


@pytest.mark.parametrize("note", ["NTE*ADD*IEA*1", "NTE*ADD*SEE IEA*7", "NTE*IEA*X"])
def test_the_letters_of_a_trailer_inside_a_segment_end_nothing(note: str) -> None:
    """An IEA is one only where a segment begins: a document cut off behind the note is incomplete."""
    document = wrapped(DENTAL + note + "\nK3*MORE\n")
    assert note.encode().split(b"*") in contents(document)
    with pytest.raises(Malformed) as caught:
        read([document[: document.index(b"MORE")]])
    assert caught.value.code == "X12_INCOMPLETE"


@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_text_after_an_interchange_comes_as_one_segment_without_id_or_content(size: int) -> None:
    """Its span tells where it stands, and the interchange behind it has delimiters of its own."""
    second = wrapped(DENTAL, component=">")
    rubbish = b"NOT ANY~HELLO*1~\n"
    found = list(segments(cut(PLAIN + b"\n" + rubbish + second + rubbish, size)))
    begins = len(PLAIN) + 1
    assert [delimiters.component for _, delimiters in found] == [b":"] * (PLAIN.count(b"~") + 1) + [b">"] * (
        second.count(b"~") + 1
    )
    assert [segment.elements for segment, _ in found] == [*contents(PLAIN), [b""], *contents(second), [b""]]
    assert found[PLAIN.count(b"~")][0].span == Span(begins, begins + len(rubbish))
    assert found[-1][0].span.end == begins + 2 * len(rubbish) + len(second)


@pytest.mark.parametrize("document", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", bytes(9), b"\x1a"])
def test_a_document_of_nothing_is_empty(document: bytes) -> None:
    """Nothing, blank lines, or a mark alone."""
    with pytest.raises(Malformed) as caught:
        read([document])
    assert caught.value.code == "X12_EMPTY"


@pytest.mark.parametrize(
    "document", [b"G", b"%PDF-1.7 ISA*", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", PLAIN[106:], b"x" + PLAIN]
)
def test_a_document_that_does_not_begin_with_an_isa_is_no_x12(document: bytes) -> None:
    """Said at the first byte, without reading on."""
    with pytest.raises(Malformed) as caught:
        read([document])
    assert caught.value.code == "X12_NOT_X12"


@pytest.mark.parametrize("document", [LINES, b"\xef\xbb\xbf" + PLAIN + LINES])
def test_a_document_cut_off_within_a_segment_is_incomplete(document: bytes) -> None:
    """Whatever the cut; a cut between segments is no matter of syntax."""
    whole = {segment.span.end for segment in read([document])}
    codes = set()
    for end in range(1, len(document)):
        try:
            assert read([document[:end]])
        except Malformed as error:
            codes.add(error.code)
            assert not {end, end + 1} <= whole
    assert codes == {"X12_INCOMPLETE"} if document is LINES else {"X12_INCOMPLETE", "X12_EMPTY"}


@pytest.mark.parametrize("at", [4, 50, 106, 300])
@pytest.mark.parametrize("more", [1, 600_000])
def test_space_that_was_reserved_and_not_yet_filled_is_incomplete(at: int, more: int) -> None:
    """A copying program may give a file its length before its content."""
    with pytest.raises(Malformed) as caught:
        read([PLAIN[:at] + bytes(len(PLAIN) - at + more)])
    assert caught.value.code == "X12_INCOMPLETE"


def test_a_segment_that_does_not_end_is_given_up() -> None:
    """Memory would grow with it."""

    def endless() -> Iterator[bytes]:
        yield PLAIN[:300]
        while True:
            yield b"X" * 10_000

    with pytest.raises(Malformed) as caught:
        read(endless())
    assert caught.value.code == "X12_SEGMENT_LENGTH"


@pytest.mark.parametrize("size", [4096, 1 << 22])
def test_memory_does_not_grow_with_the_document(size: int) -> None:
    """Small blocks and huge ones, in one long interchange."""
    document = wrapped(PROFESSIONAL * 800)
    blocks = list(cut(document, size))
    tracemalloc.start()
    try:
        count = sum(1 for _ in segments(blocks))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == document.count(b"~")
    assert peak < 4 * (1 << 20)


@pytest.mark.parametrize(
    ("element", "number"),
    [
        (b"135", "135"), (b"135.50", "135.50"), (b"-.5", "-0.5"), (b"7.", "7"), (b"0", "0"), (b"", None), (b"-", None),
        (b".", None), (b"1,5", None), (b"1e3", None), (b"+1", None), (b" 1", None), (b"NaN", None), (b"1_0", None),
        (b"1\n", None), (b"9" * 30, None), ("\u0663".encode(), None),
    ],
)  # fmt: skip
def test_a_number_is_digits_with_a_point_and_a_minus_at_most(element: bytes, number: str | None) -> None:
    """What X12 type R allows, and nothing that Decimal or a person would also take."""
    assert decimal_of(element) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("element", "day"),
    [
        (b"20261103", date(2026, 11, 3)), (b"20240229", date(2024, 2, 29)), (b"20260230", None), (b"00000000", None),
        (b"261103", None), (b"2026-1-3", None), (b"20261103 ", None), (b"", None),
    ],
)  # fmt: skip
def test_a_day_is_eight_digits_that_are_in_the_calendar(element: bytes, day: date | None) -> None:
    """30 February is no day."""
    assert date_of(element) == day


@pytest.mark.parametrize(
    ("qualifier", "element", "days"),
    [
        (b"D8", b"20261103", (3, 3)), (b"RD8", b"20261103-20261105", (3, 5)), (b"RD8", b"20261105-20261103", (5, 3)),
        (b"DT", b"202611030930", (3, 3)), (b"RD8", b"20261103", None), (b"D8", b"20261103-20261105", None),
        (b"RD8", b"20261103-20261131", None), (b"TM", b"0930", None), (b"", b"20261103", None),
    ],
)  # fmt: skip
def test_a_period_is_read_by_its_qualifier(qualifier: bytes, element: bytes, days: tuple[int, int] | None) -> None:
    """Reversed days are days: whoever judges them must see them."""
    expected = days and (date(2026, 11, days[0]), date(2026, 11, days[1]))
    assert period_of(qualifier, element) == expected


def test_text_keeps_every_byte_but_the_blanks_around_it() -> None:
    """Latin-1 gives each byte a character."""
    assert text_of(b"  CAF\xc9 \xff ") == "CAF\u00c9 \u00ff"
