"""Is a document whole, and do its envelopes hold: control numbers, counts, every segment in its place (X12.5, X12.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.errors import Malformed
from gateway.model.x12 import Address, Delimiters, FunctionalGroup, Interchange
from gateway.x12.envelope_elements import GROUP_OF, first_wrong
from gateway.x12.syntax import ABSENT, EXPORT_AGAIN, PADDING, Run, incomplete, runs, text_of

_HEADERS = {b"ISA": (0, 13), b"GS": (1, 6), b"ST": (2, 2)}
"""How many envelopes are open before a header, and which of its elements is the control number."""

_TRAILERS = {b"IEA": 1, b"GE": 2, b"SE": 3}
"""How many envelopes are open before a trailer. Its element 1 is a count, element 2 the header's control number."""

_BARE = frozenset({b"GS", b"GE", b"IEA"})
"""Segments of the envelope that no guide judges and that have no fixed width."""

_BHT = b"BHT"
MOST_REFERENCES = 100_000
"""So many BHT03 are remembered; memory stays flat beyond."""

_NAMES = {b"ISA": (6, 8), b"GS": (2, 3)}
"""Elements that name sender and receiver."""

_EXPECTED = ("ISA", "GS or IEA", "ST or GE", "SE")
_PRINTABLE = bytes({*range(32, 256), *b"\t"} - {127})


@dataclass(frozen=True, slots=True)
class EnvelopeSummary:
    """A whole document: its interchanges and groups, and how many transaction sets and segments it has in all. Of the
    segment ids `lowered` are in lower case; `rubbish` bytes stand behind IEAs and are no X12. `indented` segments have a
    blank before their id, `trailing` ones of the envelope a separator behind their last element. `rubbish_after` is the
    number of the ISA behind which the first rubbish stands, `repeated` that of the first ISA with the sender, receiver
    and control number of one before it; both count from 1, and 0 is none. `dated` is the latest day of an ISA09, GS04 or
    BHT04 as a number (20261110). `unended` is 1 where the last segment has no terminator; `renamed` sets have the BHT03 of
    one before them in their interchange."""

    interchanges: tuple[Interchange, ...]
    groups: tuple[FunctionalGroup, ...]
    sets: int
    segments: int
    lowered: int = 0
    rubbish: int = 0
    indented: int = 0
    trailing: int = 0
    rubbish_after: int = 0
    repeated: int = 0
    dated: int = 0
    unended: int = 0
    renamed: int = 0


def check_envelope(blocks: Iterable[bytes]) -> EnvelopeSummary:
    """Read a document once and judge its envelopes alone, whatever its transaction sets are.

    Raises Malformed. What the rest of a growing file may heal: X12_EMPTY, X12_INCOMPLETE (it goes before every fault
    that was met on the way). What nothing heals: X12_NOT_X12, X12_ISA, X12_SEGMENT_LENGTH, X12_CHARACTERS,
    X12_EMPTY_SEGMENT, X12_STRUCTURE (a segment outside its place, or outside any interchange), X12_CONTROL_NUMBER (a
    trailer has another one than its header), X12_CONTROL_REPEATED (a GS06 twice in an interchange, an ST02 twice in a
    group), X12_COUNTS, X12_ELEMENT (an element of the envelope is not what it must be), X12_VERSION (ST03 differs from
    GS08).
    """
    check = EnvelopeCheck()
    for run in runs(blocks):
        check.take(run, [text for piece in run.pieces() if (text := piece.lstrip(PADDING))])
    return check.close()


class EnvelopeCheck:
    """The same, run by run, beside other readers of the document."""

    def __init__(self) -> None:
        self._walk = _Walk()
        self._fault: Malformed | None = None
        self._whole = True
        self._lowered = self._rubbish = self._indented = self._rubbish_after = self._unended = 0

    def take(self, run: Run, pieces: list[bytes]) -> None:
        """Look at a run's segments, given without padding and none of them empty. What is wrong is said by `close`."""
        self._lowered += run.lowered
        self._rubbish += run.rubbish
        if run.rubbish and not self._rubbish_after:
            self._rubbish_after = len(self._walk.interchanges)
        self._indented += indented(run)
        if pieces:
            self._whole = _closes(pieces[-1], run) or (self._whole and not pieces[0].startswith(b"ISA"))
            self._unended = int(not _is_ended(run))
        if self._fault is None:
            try:
                self._walk.take(run, pieces)
            except Malformed as error:
                self._fault = error

    def close(self) -> EnvelopeSummary:
        """The whole document. Raises Malformed as `check_envelope` does."""
        walk = self._walk
        if not self._whole:
            raise incomplete("the document ends before its IEA", walk.place)
        if self._fault:
            raise self._fault
        counts = walk.sets, walk.segments, self._lowered, self._rubbish, self._indented, walk.trailing
        numbers = self._rubbish_after, walk.repeated, walk.dated, self._unended, walk.renamed
        return EnvelopeSummary(tuple(walk.interchanges), tuple(walk.groups), *counts, *numbers)


def interchange_of(isa: Sequence[bytes], delimiters: Delimiters, ordinal: int) -> Interchange:
    """What an ISA says; elements that it lacks are empty. Element 0 is its id, as in every segment here."""
    text = [text_of(element) for element in (*isa, *ABSENT)]
    return Interchange(
        ordinal=ordinal,
        delimiters=delimiters,
        sender=Address(text[5], text[6]),
        receiver=Address(text[7], text[8]),
        date=text[9],
        time=text[10],
        version=text[12],
        control=text[13],
        ack_requested=text[14] == "1",
        usage=text[15],
    )


def group_of(gs: Sequence[bytes], ordinal: int, interchange: int) -> FunctionalGroup:
    """What a GS says; elements that it lacks are empty. `interchange` is the ordinal of its ISA."""
    text = [text_of(element) for element in (*gs, *ABSENT)]
    return FunctionalGroup(ordinal, interchange, text[1], text[2], text[3], text[6], text[8])


def place_in(*numbers: int) -> str:
    """Where something stands, for people: the numbers of its ISA, GS, ST and segment, each in the one around it, from 1."""
    return "/".join(f"{id} {number}" for id, number in zip(("ISA", "GS", "ST", "segment"), numbers, strict=False))


@dataclass(slots=True)
class _Open:
    """An envelope that waits for its trailer. `ordinal` counts from 1 in the envelope around it, `counted` is what
    its trailer must state: the groups, the sets, or (for a set) the segments before it in the document."""

    id: bytes
    control: bytes
    ordinal: int
    counted: int = 0
    controls: set[bytes] = field(default_factory=set)


class _Walk:
    """Follows the envelopes through a document."""

    def __init__(self) -> None:
        self.interchanges: list[Interchange] = []
        self.groups: list[FunctionalGroup] = []
        self.sets = 0
        self.segments = self.trailing = self.repeated = self.dated = self.renamed = 0
        self._references: set[bytes] = set()  # BHT03
        self._known: set[tuple[Address, Address, str]] = set()
        self._acknowledged = False  # a TA1 was there
        self._open: list[_Open] = []

    @property
    def place(self) -> str:
        """The open envelopes, each numbered in the one around it."""
        return place_in(*(envelope.ordinal for envelope in self._open))

    def take(self, run: Run, texts: list[bytes]) -> None:
        """Count and judge the segments of a run."""
        if run.data.count(run.delimiters.segment) > len(texts):
            texts = [piece.lstrip(PADDING) for piece in run.pieces()]  # with the empty ones, which are to be found
        element = run.delimiters.element
        envelopes = {(id + element)[:3]: id for id in (*_HEADERS, *_TRAILERS, b"TA1", _BHT)}
        suspect = run.data.translate(None, _PRINTABLE + run.delimiters.segment)
        if suspect or not all(texts):
            self._careful(run, texts, envelopes)
            return
        passed = 0
        for at in [at for at, text in enumerate(texts) if text[:3] in envelopes]:
            if texts[at][:3] == _BHT:  # one of a set's own segments
                self._header(texts[at].split(element) + ABSENT)
                continue
            self._body(at - passed)
            passed = at + 1
            self.segments += 1
            self._envelope(envelopes[texts[at][:3]], texts[at].split(element) + ABSENT, run.delimiters)
        self._body(len(texts) - passed)

    def _body(self, count: int) -> None:
        """So many segments that belong to a transaction set."""
        if count and len(self._open) != 3:
            self.segments += 1
            raise self._misplaced("a segment")
        self.segments += count

    def _careful(self, run: Run, texts: list[bytes], envelopes: dict[bytes, bytes]) -> None:
        """One by one: an empty segment or a strange character is found at its place."""
        for text in texts:
            if not text:
                self._empty(run.delimiters)
                continue
            if text.translate(None, _PRINTABLE + _marks(run.delimiters)):
                self.segments += 1
                raise self._fault("X12_CHARACTERS", f"a control character, or a lost terminator, {self._after()}")
            id = envelopes.get(text[:3])
            if id is None or id == _BHT:
                self._body(1)
            else:
                self.segments += 1
                self._envelope(id, text.split(run.delimiters.element) + ABSENT, run.delimiters)

    def _envelope(self, id: bytes, elements: list[bytes], delimiters: Delimiters) -> None:
        depth, control_at = _HEADERS.get(id) or (_TRAILERS.get(id, 1), 2)
        if len(self._open) != depth:
            raise self._misplaced(id.decode())
        self.trailing += id in _BARE and (
            not elements[-len(ABSENT) - 1] or b" " in (elements[2][-1:], elements[3][-1:])
        )
        self._acknowledged |= id == b"TA1"
        if id in _HEADERS:
            self._enter(id, f"{id.decode()}{control_at:02}", elements[control_at])
        if id != b"TA1" and (wrong := first_wrong(id, elements) or _separated(id, elements, delimiters)):
            raise self._fault("X12_ELEMENT", f"{wrong[0]} is not what it must be: {wrong[1]}", wrong[0])
        if id in _TRAILERS:
            self._leave(id.decode(), elements[1], elements[2])
        if id == b"ISA":
            self._begin(interchange_of(elements, delimiters, len(self.interchanges)))
            self._dates(elements, 9)
        elif id == b"GS":
            self._dates(elements, 4)
            self.groups.append(group_of(elements, len(self.groups), len(self.interchanges) - 1))
        elif id == b"ST":
            self._of_group(elements)

    def _header(self, bht: list[bytes]) -> None:
        """What answers name a set by should be its own (X12 request for interpretation 2145)."""
        self._dates(bht, 4)
        self.renamed += bht[3] in self._references
        if len(self._references) < MOST_REFERENCES:
            self._references.add(bht[3])

    def _begin(self, interchange: Interchange) -> None:
        known = interchange.sender, interchange.receiver, interchange.control
        if known in self._known and not self.repeated:
            self.repeated = len(self.interchanges) + 1
        self._known.add(known)
        self._references.clear()
        self.interchanges.append(interchange)

    def _dates(self, elements: list[bytes], number: int) -> None:
        """Which day a header says it was made on; six digits are of this century."""
        stated = elements[number]
        if stated.isdigit() and len(stated) in (6, 8):
            self.dated = max(self.dated, int(stated) + (20_000_000 if len(stated) == 6 else 0))

    def _of_group(self, st: list[bytes]) -> None:
        """A set is of the kind and the version that its group states."""
        group = self.groups[-1]
        if GROUP_OF.get(text_of(st[1]), group.functional_id) != group.functional_id:
            raise self._fault("X12_ELEMENT", "GS01 is not that of the transaction sets in its group", "GS01")
        if st[1] != b"837":
            return  # who reads claims refuses it, and says that it is none
        if not st[3]:
            raise self._fault("X12_VERSION", "ST03 is missing: it repeats GS08 of its group", "ST03")
        if st[3].decode("latin-1").rstrip(" ") != group.version:
            raise self._fault("X12_VERSION", "ST03 is not the same as GS08 of its group", "ST03")

    def _enter(self, id: bytes, name: str, control: bytes) -> None:
        around = self._open[-1] if self._open else _Open(b"", b"", 0, len(self.interchanges))
        if control in around.controls:
            raise self._fault("X12_CONTROL_REPEATED", f"{name} is the same in two {id.decode()}", name)
        around.controls.add(control)
        around.counted += 1
        self.sets += id == b"ST"
        self._open.append(_Open(id, control, around.counted, self.segments - 1 if id == b"ST" else 0))

    def _leave(self, name: str, stated: bytes, control: bytes) -> None:
        envelope = self._open[-1]
        if control != envelope.control:
            header = envelope.id.decode()
            raise self._fault("X12_CONTROL_NUMBER", f"{name}02 does not repeat the number of its {header}", f"{name}02")
        counted = self.segments - envelope.counted if name == "SE" else envelope.counted
        count = int(stated) if stated.isdigit() and len(stated) <= 10 else None
        if not counted and name == "IEA" and self._acknowledged:
            raise _no_claims(self.place)
        if not counted:
            raise self._fault("X12_STRUCTURE", f"nothing stands between {envelope.id.decode()} and {name}", f"{name}01")
        if count != counted:
            states = "no number" if count is None else count
            raise self._fault("X12_COUNTS", f"{name}01 states {states}, counted were {counted}", f"{name}01")
        self._open.pop()

    def _empty(self, delimiters: Delimiters) -> None:
        if delimiters.segment not in {b"\n", b"\r"}:  # where the terminator is a line break, it is a blank line
            raise self._fault("X12_EMPTY_SEGMENT", f"nothing stands between two terminators, {self._after()}")

    def _misplaced(self, what: str) -> Malformed:
        expected = _EXPECTED[len(self._open)]
        return self._fault("X12_STRUCTURE", f"{what} stands where {expected} is expected, {self._after()}")

    def _after(self) -> str:
        return f"at segment {self.segments} of the document"

    def _fault(self, code: str, message: str, element: str = "") -> Malformed:
        return _fault(code, message, "/".join(filter(None, (self.place, element))))


def _separated(id: bytes, elements: list[bytes], delimiters: Delimiters) -> tuple[str, str] | None:
    """The element of a GS or ISA that is two, by the separators of components or repetitions."""
    for number in _NAMES.get(id, ()):
        if any(mark and mark in elements[number] for mark in (delimiters.component, delimiters.repetition)):
            return f"{id.decode()}{number:02}", "one name, without the separators that stand in the ISA"
    return None


def _no_claims(place: str) -> Malformed:
    return Malformed(
        "there is a TA1, an answer of a payer or of who passes files on, and there are no claims",
        code="X12_STRUCTURE",
        place=place,
        next_step="Nothing is to be sent; the gateway picks up such answers by itself.",
    )


def indented(run: Run) -> int:
    """How many segments of a run have a blank or a tab right before their id; one line break more is padding."""
    if not any(mark + blank in run.data for mark in (run.delimiters.segment, b"\n", b"\r") for blank in (b" ", b"\t")):
        return 0
    cut = [(piece, piece.lstrip(PADDING)) for piece in run.pieces()]
    return sum(bool(text) and piece[: -len(text)].endswith((b" ", b"\t")) for piece, text in cut)


def _closes(last: bytes, run: Run) -> bool:
    """Whether a run's last segment is a whole IEA; without its terminator it is, if IEA02 has its nine digits."""
    id, *elements = last.split(run.delimiters.element)
    return id == b"IEA" and bool(elements) and (_is_ended(run) or len(elements[-1]) == 9)


def _is_ended(run: Run) -> bool:
    return run.data.rfind(run.delimiters.segment) > run.data.rfind(b"IEA")


def _marks(delimiters: Delimiters) -> bytes:
    """What may stand inside a segment beside printable characters, since any byte may be a delimiter."""
    return delimiters.element + delimiters.component + (delimiters.repetition or b"")


def _fault(code: str, message: str, place: str) -> Malformed:
    return Malformed(message, code=code, place=place, next_step=EXPORT_AGAIN)
