"""Every envelope of a document walked once, each transaction set handed to the reader of its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from gateway.errors import Malformed
from gateway.model.answers import Answer, AnswerEnvelope, InterchangeAcknowledgment, Note
from gateway.model.x12 import Delimiters, FunctionalGroup, Interchange
from gateway.x12.answers.acknowledgment import AcknowledgmentReader
from gateway.x12.answers.kinds import HEAD, begins_at, kind_of
from gateway.x12.answers.remittance import RemittanceReader
from gateway.x12.answers.response import ResponseReader
from gateway.x12.answers.sets import SetHeader, SetReader, flag
from gateway.x12.answers.status import StatusReader
from gateway.x12.envelope import group_of, interchange_of, place_in
from gateway.x12.syntax import ABSENT, incomplete, segments, text_of

_NEXT_STEP = "The document is kept. Ask the partner to send it again, and meanwhile treat it as not received."
_EDITION = "005010"
_X_NUMBER = re.compile(r"X[0-9]{3}")


def read_answers(blocks: Iterable[bytes]) -> Iterator[Answer]:
    """Everything a payer's document answers, in document order, known by its ISA, GS, ST and BHT.

    A transaction set of another kind comes as Note(`837 005010X222A1`), a document that is no X12 as Note(`text`),
    `html`, `zip`, `gzip`, `pdf`, `pgp` or `binary`. What is missing or does not hold without making the answer
    unreadable (counts, control numbers, ST03, loop 2200C, a date) comes as Note(`flag:SE01`) behind the answer it speaks
    of, named by its place in the standard. Raises Malformed X12_INCOMPLETE (the interchange is cut off), X12_STRUCTURE,
    X12_AMOUNT (a sum of money is no number), or a code of `syntax.segments`: then nothing of the document counts, also
    not the answers before that point.
    """
    head, rest = _peeked(blocks)
    kind = kind_of(head)
    if kind:
        yield Note(kind)
        return
    start = begins_at(head)
    try:
        yield from _Walk().answers(chain([head[start:]], rest))
    except Malformed as error:
        raise Malformed(error.message, code=error.code, place=error.place, next_step=_NEXT_STEP) from None
    if start:
        yield flag("BEFORE_ISA")


def _peeked(blocks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    rest, head = iter(blocks), b""
    for block in rest:
        head += block
        if len(head) >= HEAD:
            break
    return head, rest


class _Walk:
    """Where in the document we are. `_found` are the answers that became complete."""

    def __init__(self) -> None:
        self._found: list[Answer] = []
        self._interchange: Interchange | None = None
        self._group: FunctionalGroup | None = None
        self._header: SetHeader | None = None
        self._reader: SetReader | None = None
        self._interchanges = self._groups = self._sets = 0
        self._empty = True  # the interchange says nothing so far
        self._strayed = False  # it was flagged that segments stand outside every set
        self._position = 0  # in the set, ST = 1
        self._cut = False  # the envelope's segment has no terminator, so the document ends with it

    def answers(self, blocks: Iterable[bytes]) -> Iterator[Answer]:
        for (elements, span), delimiters in segments(blocks):
            self._position += 1
            boundary = _BOUNDARIES.get(elements[0])
            if boundary:
                self._cut = span.end - span.start == len(delimiters.element.join(elements))
                boundary(self, elements + ABSENT, delimiters)
            elif self._header is None:
                self._stray()
            elif self._reader:
                self._reader.take(elements + ABSENT, self._position)
            if self._found:
                yield from self._found
                self._found.clear()
        if self._interchange:
            raise incomplete("the document ends before its IEA", self._place)

    def _isa(self, isa: list[bytes], delimiters: Delimiters) -> None:
        self._expect("ISA", self._interchange is None)
        self._interchange = interchange_of(isa[:17], delimiters, self._interchanges)
        self._interchanges += 1
        self._groups, self._empty, self._strayed = 0, True, False

    def _ta1(self, ta1: list[bytes], delimiters: Delimiters) -> None:
        self._expect("TA1", self._interchange is not None and self._header is None)
        control, day, time, code, note = map(text_of, ta1[1:6])
        self._found.append(InterchangeAcknowledgment(self._envelope(""), control, day, time, code, note))
        self._empty = False

    def _gs(self, gs: list[bytes], delimiters: Delimiters) -> None:
        self._expect("GS", self._interchange is not None and self._group is None)
        self._groups += 1
        self._group = group_of(gs[:9], self._groups - 1, self._interchanges - 1)
        self._sets, self._empty = 0, False

    def _st(self, st: list[bytes], delimiters: Delimiters) -> None:
        self._expect("ST", self._group is not None and self._header is None)
        assert self._group
        self._sets += 1
        self._position = 1
        code, control, version = map(text_of, st[1:4])
        envelope = self._envelope(control)
        place = place_in(self._interchanges, self._groups, self._sets)
        self._header = SetHeader(envelope, delimiters, code, version or self._group.version, place)
        self._reader = _reader_of(self._header)
        if not version and code in {"999", "277"} and self._reader:
            self._reader.flags.append("ST03")

    def _se(self, se: list[bytes], delimiters: Delimiters) -> None:
        self._expect("SE", self._header is not None)
        header, reader = self._header, self._reader
        assert header
        self._found.extend(reader.answers() if reader else [header.note()])
        for name in dict.fromkeys(reader.flags if reader else ()):
            self._flag(name)
        self._check("SE", se, self._position, header.envelope.set_control)
        self._header = self._reader = None

    def _ge(self, ge: list[bytes], delimiters: Delimiters) -> None:
        self._expect("GE", self._group is not None and self._header is None)
        assert self._group
        self._check("GE", ge, self._sets, self._group.control)
        self._group = None

    def _iea(self, iea: list[bytes], delimiters: Delimiters) -> None:
        self._expect("IEA", self._interchange is not None and self._group is None)
        assert self._interchange
        if self._cut and text_of(iea[2]) != self._interchange.control:
            raise incomplete("the document ends within its IEA", self._place)
        self._check("IEA", iea, self._groups, self._interchange.control)
        if self._empty:
            self._flag("GS")
        self._interchange, self._strayed = None, False

    def _stray(self) -> None:
        if not self._strayed:
            self._flag("AFTER_IEA" if self._interchange is None else "BETWEEN_SETS")
        self._strayed = True

    def _check(self, trailer: str, elements: list[bytes], counted: int, control: str) -> None:
        stated, repeated = elements[1].strip(), text_of(elements[2])
        if not stated.isdigit() or int(stated[:12]) != counted:
            self._flag(f"{trailer}01")
        if repeated != control:
            self._flag(f"{trailer}02")

    def _envelope(self, set_control: str) -> AnswerEnvelope:
        interchange = self._interchange
        assert interchange
        return AnswerEnvelope(
            sender=interchange.sender,
            receiver=interchange.receiver,
            control=interchange.control,
            usage=interchange.usage,
            group_control=self._group.control if self._group else "",
            set_control=set_control,
        )

    def _flag(self, name: str) -> None:
        self._found.append(flag(name))

    def _expect(self, segment_id: str, fits: bool) -> None:
        if fits:
            return
        if segment_id == "ISA":
            raise incomplete("an interchange begins before the IEA of the one before it", self._place)
        raise Malformed(f"{segment_id} stands outside its place", code="X12_STRUCTURE", place=self._place)

    @property
    def _place(self) -> str:
        if self._header:
            return f"{self._header.place}/segment {self._position}"
        return place_in(*[self._interchanges] * bool(self._interchange), *[self._groups] * bool(self._group))


def _reader_of(header: SetHeader) -> SetReader | None:
    """Who reads this set; None where it is none of the answers, or one of another edition than 005010, whose segments
    say other things. A version without an X-number leaves it to ST01."""
    found = _X_NUMBER.search(header.version)
    number = found[0] if found else ""
    ours = header.version[:6] in {"", _EDITION}
    if header.code in {"999", "997"}:
        return AcknowledgmentReader(header)
    if header.code == "835" and ours and number in {"X221", ""}:
        return RemittanceReader(header)
    if header.code == "277" and ours and number == "X212":
        return ResponseReader(header)
    if header.code == "277" and ours and number in {"X214", ""}:
        return StatusReader(header, certain=number == "X214")
    return None


_BOUNDARIES: dict[bytes, Callable[[_Walk, list[bytes], Delimiters], None]] = {
    b"ISA": _Walk._isa,
    b"TA1": _Walk._ta1,
    b"GS": _Walk._gs,
    b"ST": _Walk._st,
    b"SE": _Walk._se,
    b"GE": _Walk._ge,
    b"IEA": _Walk._iea,
}
