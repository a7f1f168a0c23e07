"""Blocks of bytes to segments with their spans (X12.5 interchange control, X12.6 application control structure).

Nothing is decoded and nothing is dropped: the spans of an interchange's segments lie end to end, so that copying them
gives back the document. Memory stays flat whatever the size of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from gateway.errors import Malformed
from gateway.model.x12 import Delimiters, Segment, Span
from gateway.x12.capitals import in_capitals
from gateway.x12.rubbish import OVERLAP, looks_like_x12

ISA_LENGTH = 106
"""An ISA has fixed positions and ends with its terminator."""

ABSENT = [b""] * 32
"""Added to a segment's elements, it makes those empty that the segment leaves out at its end."""

PADDING = b"\r\n \t"
"""What may stand between a terminator and the next segment."""

EXPORT_AGAIN = "Create the file again in the billing software and drop it again; if that repeats, call its vendor."
"""The next step after a document that is wrong as a whole."""

_AROUND = PADDING + b"\x00\x1a\xef\xbb\xbf"  # around interchanges also NUL, Ctrl-Z, a byte order mark
_new = tuple.__new__  # what Segment() and Span() come to, in half the time
_NUMBER = re.compile(rb"-?([0-9]+\.?[0-9]*|\.[0-9]+)")
_SEPARATORS = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_ISA = re.compile(rb"[Ii][Ss][Aa](?![A-Za-z0-9])")
_BLOCK = 1 << 18
_WORTHWHILE = 1 << 14


class Run(NamedTuple):
    """Whole segments of one interchange with all their padding; `offset` is where `data` starts in the document.

    Their ids are in capitals, `lowered` of them were not. Or no segment at all: `rubbish` bytes behind an IEA.
    """

    delimiters: Delimiters
    data: bytes
    offset: int
    lowered: int = 0
    rubbish: int = 0

    def pieces(self) -> list[bytes]:
        """The segments without terminators; what pads one still stands in front of the next."""
        pieces = self.data.split(self.delimiters.segment)
        last = pieces.pop().rstrip(PADDING)
        return [*pieces, last] if last else pieces


def delimiters_of(isa: bytes) -> Delimiters:
    """The delimiters that an ISA declares by its fixed positions. Raises Malformed X12_ISA."""
    element, component, segment = isa[3:4], isa[104:105], isa[105:106]
    if len(isa) < ISA_LENGTH or not isa.startswith(b"ISA") or any(isa[i] != isa[3] for i in _SEPARATORS):
        raise _bad_isa("the ISA does not have its fixed width of 106 characters")
    if isa[:105].count(element) != len(_SEPARATORS) or segment in isa[:105]:
        raise _bad_isa("a delimiter stands inside an element of the ISA")
    repetition = isa[82:83] if isa[84:89] >= b"00402" and not isa[82:83].isalnum() else None
    used = [element, component, segment] + ([repetition] if repetition else [])
    if len(set(used)) != len(used) or any(mark.isalnum() or mark == b" " for mark in used):
        raise _bad_isa("the delimiters of the ISA are not distinct marks")
    return Delimiters(element, component, segment, repetition)


def segments(blocks: Iterable[bytes]) -> Iterator[tuple[Segment, Delimiters]]:
    """Every segment of every interchange in document order, each with the delimiters that hold for it.

    Blocks may be cut anywhere. Padding belongs to the segment before it; an empty segment is padding. Ids are given in
    capitals. What stands after an IEA, is no padding and no ISA comes as one segment without an id and without content,
    for the caller to judge. Raises Malformed X12_EMPTY, X12_NOT_X12, X12_ISA, X12_INCOMPLETE, X12_SEGMENT_LENGTH,
    X12_STRUCTURE (what stands after an IEA looks like X12).
    """
    for run in runs(blocks):
        delimiters, element = run.delimiters, run.delimiters.element
        if run.rubbish:
            yield _new(Segment, ([b""], _new(Span, (run.offset, run.offset + run.rubbish)))), delimiters
        held, held_from, position = b"", run.offset, run.offset
        for piece in run.pieces():
            position += len(piece) + 1
            if text := piece.lstrip(PADDING):
                start = position - 1 - len(text)
                if held:
                    yield _new(Segment, (held.split(element), _new(Span, (held_from, start)))), delimiters
                held, held_from = text, start
        if held:
            yield _new(Segment, (held.split(element), _new(Span, (held_from, run.offset + len(run.data))))), delimiters


def runs(blocks: Iterable[bytes]) -> Iterator[Run]:
    """The same by some 256 KiB at a time, for readers with a loop of their own.

    A run begins with a segment and ends with the last one's padding; none goes on after the IEA of an interchange. What
    stands there and is neither padding nor X12 is a run of its own, whatever its length, and is not kept.
    """
    splitter = _Splitter()
    for block in _gathered(blocks):
        for start in range(0, len(block), _BLOCK):
            yield from splitter.feed(block[start : start + _BLOCK])
    yield from splitter.close()


def _gathered(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Small blocks put together: what is held, is looked at again with each block that comes."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= _WORTHWHILE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def text_of(element: bytes) -> str:
    """An element for people and the database: Latin-1 maps every byte, so nothing can fail and nothing is lost."""
    return element.decode("latin-1").strip(" ")


code_of = lru_cache(maxsize=4096)(text_of)
"""The same for codes and ids of which few differ, in a third of the time."""


@lru_cache(maxsize=4096)
def decimal_of(element: bytes) -> Decimal | None:
    """A number of X12 type R: 18 digits or fewer with at most one point and a leading minus; None for anything else. The
    plus makes -0 a 0, which nobody reads as a debt."""
    return +Decimal(element.decode("ascii")) if len(element) <= 20 and _NUMBER.fullmatch(element) else None


@lru_cache(maxsize=4096)
def date_of(element: bytes) -> date | None:
    """A day as CCYYMMDD; None for anything else, a day that is in no calendar included."""
    if len(element) != 8 or not element.isdigit():
        return None
    try:
        return date(int(element[:4]), int(element[4:6]), int(element[6:]))
    except ValueError:
        return None


def period_of(qualifier: bytes, element: bytes) -> tuple[date, date] | None:
    """First and last day of a DTP: D8 CCYYMMDD, RD8 CCYYMMDD-CCYYMMDD, DT CCYYMMDDHHMM. The days may be reversed."""
    first, _, last = element.partition(b"-")
    if qualifier == b"RD8":
        days = date_of(first), date_of(last)
    else:
        day = date_of(element[:8] if qualifier == b"DT" else element) if qualifier in {b"D8", b"DT"} else None
        days = day, day
    return (days[0], days[1]) if days[0] and days[1] else None


class _Splitter:
    """Cuts what comes in into runs. A segment is held until something follows it: its padding may still grow."""

    def __init__(self) -> None:
        self._buffer = b""
        self._offset = 0  # where the buffer starts in the document
        self._at = 0  # where in the buffer the next run starts
        self._delimiters: Delimiters | None = None
        self._between = True  # no interchange is open
        self._interchanges = 0
        self._rubbish: int | None = None  # where in the document it began, while it lasts

    def feed(self, block: bytes) -> Iterator[Run]:
        self._buffer = self._buffer[self._at :] + block
        self._offset += self._at
        self._at = 0
        while run := self._next(final=False):
            yield run
        if not self._between and len(self._buffer) - self._at > _BLOCK:
            if not (run := self._closed()):
                raise self._too_long()
            yield run

    def close(self) -> Iterator[Run]:
        while run := self._next(final=True):
            yield run
        if self._at < len(self._buffer):
            raise incomplete("the document ends within a segment", f"byte {self._offset + self._at}")
        if self._delimiters is None:
            raise _fault("X12_EMPTY", "the document is empty")

    def _next(self, final: bool) -> Run | None:
        if self._rubbish is not None:
            return self._passed(self._rubbish, final)
        if self._between and not self._enter():
            return None if self._rubbish is None else self._next(final)
        assert self._delimiters is not None
        return self._cut(self._delimiters, self._end_of_whole(self._delimiters, final))

    def _cut(self, delimiters: Delimiters, end: int) -> Run | None:
        """The segments up to `end`, or to the end of the first IEA among them."""
        start, (stop, self._between) = self._at, self._end_of_interchange(delimiters, end)
        data, lowered = in_capitals(self._buffer[start:stop], delimiters)
        if lowered:
            self._buffer = b"".join((self._buffer[:start], data, self._buffer[stop:]))
            stop, self._between = self._end_of_interchange(delimiters, end)
            data = self._buffer[start:stop]
        self._at = stop
        return Run(delimiters, data, self._offset + start, lowered) if data else None

    def _closed(self) -> Run | None:
        """An IEA that is held for its padding alone, which nobody needs to the last blank."""
        assert self._delimiters is not None
        start = self._at
        run = self._cut(self._delimiters, self._end_of_whole(self._delimiters, final=True))
        if run and self._between:
            return run
        self._at = start
        return None

    def _enter(self) -> bool:
        """Pass over what stands around interchanges; True if a segment begins there."""
        self._at = self._past(_run_of(_AROUND), self._at)
        isa = self._buffer[self._at : self._at + ISA_LENGTH]
        if len(isa) < ISA_LENGTH and b"ISA".startswith(isa[:3].upper()):
            return False
        if isa[:3].upper() == b"ISA":
            if b"\x00" in isa:
                raise _zeros(f"byte {self._offset + self._at}")
            self._delimiters = delimiters_of(b"ISA" + isa[3:])
            self._interchanges += 1
            return True
        if self._delimiters is None:
            raise _fault("X12_NOT_X12", "the document does not begin with an ISA", f"byte {self._offset + self._at}")
        self._rubbish = self._offset + self._at
        return False

    def _passed(self, began: int, final: bool) -> Run | None:
        """Look through rubbish; once all of it went by, that it was there. Raises Malformed where it looks like X12."""
        assert self._delimiters is not None
        found = _ISA.search(self._buffer, self._at)
        end = found.start() if found else len(self._buffer)
        if looks_like_x12(self._buffer[self._at : end], self._delimiters.element):
            raise self._claims_outside()
        if not found and not final:
            self._at = max(self._at, end - OVERLAP)
            return None
        self._at = end
        if found and not self._begins(final):
            return None
        self._rubbish = None
        return Run(self._delimiters, b"", began, rubbish=self._offset + end - began)

    def _begins(self, final: bool) -> bool:
        """Whether the ISA that comes here is whole. Raises Malformed where it never becomes one."""
        isa = self._buffer[self._at : self._at + ISA_LENGTH]
        filled = isa.partition(b"\x00")[0]
        if any(filled[at : at + 1] not in (b"", filled[3:4]) for at in _SEPARATORS):
            raise self._claims_outside()
        if filled != isa:
            raise _zeros(f"byte {self._offset + self._at}")
        if len(isa) < ISA_LENGTH:
            if final:
                raise incomplete("the document ends within an ISA", self._place())
            return False
        try:
            delimiters_of(b"ISA" + isa[3:])
        except Malformed:
            raise self._claims_outside() from None
        return True

    def _place(self) -> str:
        return f"ISA {self._interchanges}/after IEA"

    def _claims_outside(self) -> Malformed:
        return _fault("X12_STRUCTURE", "behind an IEA stands what looks like claims outside any ISA", self._place())

    def _end_of_whole(self, delimiters: Delimiters, final: bool) -> int:
        """Where the segments end that are whole, padding and all."""
        padding = PADDING + delimiters.segment
        limit = len(self._buffer)
        while not final and limit > self._at and self._buffer[limit - 1] in padding:
            limit -= 1
        last = self._buffer.rfind(delimiters.segment, self._at, limit)
        end = self._at if last < 0 else self._past(_run_of(padding), last + 1)
        if final and self._buffer[end : end + 4].upper() == b"IEA" + delimiters.element:
            return len(self._buffer.rstrip(_AROUND))  # a document's last terminator is often lost
        return end

    def _end_of_interchange(self, delimiters: Delimiters, end: int) -> tuple[int, bool]:
        """Where the first IEA before `end` ends with its padding; `end` and False if there is none."""
        trailer = self._first(b"IEA" + delimiters.element, delimiters, end)
        closed = self._buffer.find(delimiters.segment, trailer, end)
        return (end if closed < 0 else self._past(_run_of(PADDING + delimiters.segment), closed)), trailer < end

    def _first(self, mark: bytes, delimiters: Delimiters, end: int) -> int:
        """Where the first segment before `end` begins that has `mark` at its start; `end` if there is none."""
        padding = _run_of(PADDING + delimiters.segment)
        hit = self._buffer.find(mark, self._at, end)
        while hit >= 0:
            begins = max(self._buffer.rfind(delimiters.segment, self._at, hit) + 1, self._at)
            if self._past(padding, begins) == hit:
                return hit
            ends = self._buffer.find(delimiters.segment, hit, end)  # no other segment begins before
            hit = self._buffer.find(mark, ends, end) if ends >= 0 else -1
        return end

    def _past(self, passable: re.Pattern[bytes], at: int) -> int:
        found = passable.match(self._buffer, at)
        return found.end() if found else at

    def _too_long(self) -> Malformed:
        place = f"byte {self._offset + self._at}"
        if b"\x00" in self._buffer[self._at :]:
            return _zeros(place)
        return _fault("X12_SEGMENT_LENGTH", f"no segment terminator within {_BLOCK} bytes", place)


@lru_cache(maxsize=256)
def _run_of(marks: bytes) -> re.Pattern[bytes]:
    return re.compile(b"[%b]*" % re.escape(marks))


def incomplete(message: str, place: str) -> Malformed:
    """The document ends too early, which more of it may heal."""
    return Malformed(
        message,
        code="X12_INCOMPLETE",
        place=place,
        next_step="If the file is still being written, nothing is needed. If not, create it again and drop it again.",
    )


def _zeros(place: str) -> Malformed:
    """Copying programs may reserve the space of a file before they fill it."""
    return incomplete("zero bytes stand where the document should go on", place)


def _bad_isa(message: str) -> Malformed:
    return _fault("X12_ISA", message, "ISA")


def _fault(code: str, message: str, place: str = "") -> Malformed:
    return Malformed(message, code=code, place=place, next_step=EXPORT_AGAIN)
