"""An 837 to its claims: the hierarchy walked by HL02, each claim with what it inherits (005010X222, X223, X224)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from operator import itemgetter
from typing import TypeVar

from gateway.errors import Malformed
from gateway.model.claims import Claim, ClaimKind
from gateway.model.x12 import Delimiters, FunctionalGroup, Interchange, Level, Span, TransactionSet
from gateway.x12.claims_hierarchy import Hierarchy
from gateway.x12.claims_levels import LevelLoops
from gateway.x12.claims_loops import ClaimLoops
from gateway.x12.envelope import group_of, interchange_of
from gateway.x12.syntax import ABSENT, EXPORT_AGAIN, incomplete, segments, text_of

_T = TypeVar("_T")

Item = Interchange | FunctionalGroup | TransactionSet | Level | Claim

_KINDS = {
    "005010X222": ClaimKind.PROFESSIONAL,
    "005010X223": ClaimKind.INSTITUTIONAL,
    "005010X224": ClaimKind.DENTAL,
}
_VERSION = re.compile(r"(005010X[0-9]{3})(?:[A-Z][0-9])?")
_ACCEPTED = (
    "Set the billing software to 837 version 5010: 005010X222A1 (professional), 005010X223A2 (institutional) or "
    "005010X224A2 (dental), then create the file again."
)


def read_claims(blocks: Iterable[bytes]) -> Iterator[Item]:
    """Everything of an 837 file that has an identity, in document order; ordinals count from 0 in the file.

    An interchange and a group come at their headers, a transaction set at its BHT, a level before the claims and
    levels below it, a claim when all of it was read. What makes one claim wrong is a finding of that claim; what
    makes the document unreadable raises Malformed: X12_VERSION (a set that is none of the three guides, or whose ST03
    and GS08 differ), X12_HIERARCHY (HL or CLM), X12_STRUCTURE, X12_INCOMPLETE, or a code of `syntax.segments`. Counts
    and control numbers are `envelope.check_envelope`'s. Memory grows with the parents in one transaction set only.
    """
    return _Reader().read(blocks)


class _Reader:
    """Where in the document we are. `_found` are the items that became complete."""

    def __init__(self) -> None:
        self._found: list[Item] = []
        self._interchanges = self._groups = self._sets = self._levels = 0
        self._interchange: Interchange | None = None
        self._group: FunctionalGroup | None = None
        self._set: TransactionSet | None = None
        self._announced = False
        self._kind = ClaimKind.PROFESSIONAL
        self._hierarchy = Hierarchy()
        self._position = 0  # in the set, ST = 1
        self._start = 0  # of the open level or claim in the document
        self._level: LevelLoops | None = None
        self._claim: ClaimLoops | None = None
        self._take: Callable[[list[bytes], int], None] = _pass_over  # what reads the segments of it

    def read(self, blocks: Iterable[bytes]) -> Iterator[Item]:
        position = 0
        for (elements, span), delimiters in segments(blocks):
            position += 1
            boundary = _BOUNDARIES.get(elements[0])
            if boundary is None:
                self._take(elements, position)
                continue
            self._position = position = 1 if boundary is _Reader._st else position
            boundary(self, elements, span, delimiters)
            if self._found:
                yield from self._found
                self._found.clear()
        if self._interchange:
            raise incomplete("the document ends before its IEA", self._place)

    def _isa(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._expect("ISA", self._interchange is None)
        self._interchange = interchange_of(elements, delimiters, self._interchanges)
        self._interchanges += 1
        self._found.append(self._interchange)

    def _gs(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        interchange = self._expect("GS", self._interchange if self._group is None else None)
        self._group = group_of(elements, self._groups, interchange.ordinal)
        self._groups += 1
        self._found.append(self._group)

    def _st(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        group = self._expect("ST", self._group if self._set is None else None)
        code, control, version = map(text_of, (elements + ABSENT)[1:4])
        self._set = TransactionSet(
            self._sets, group.interchange, group.ordinal, code, control, version or group.version
        )
        self._sets += 1
        self._kind = _kind_of(self._set, group.version, self._place)
        self._announced, self._hierarchy = False, Hierarchy()

    def _bht(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        transaction_set = self._expect("BHT", self._set)
        if not self._announced:
            purpose, reference, mode = map(text_of, itemgetter(2, 3, 6)(elements + ABSENT))
            self._announce(replace(transaction_set, purpose=purpose, reference=reference, mode=mode))

    def _hl(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._close(self._expect("HL", self._set), span.start)
        kind, parent = self._hierarchy.enter(elements, self._place)
        self._level = LevelLoops(kind, self._levels, parent, delimiters)
        self._take = self._level.take
        self._levels += 1

    def _clm(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._close(self._expect("CLM", self._set), span.start)
        inherited = self._hierarchy.parent_of_claim(self._place)
        self._claim = ClaimLoops(self._kind, inherited, delimiters, elements, self._position)
        self._take = self._claim.take

    def _se(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._close(self._expect("SE", self._set), span.start)
        self._set = None

    def _ge(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._expect("GE", self._group if self._set is None else None)
        self._group = None

    def _iea(self, elements: list[bytes], span: Span, delimiters: Delimiters) -> None:
        self._expect("IEA", self._interchange if self._group is None else None)
        self._interchange = None

    def _close(self, transaction_set: TransactionSet, end: int) -> None:
        """The open claim or level ends where the next one, or the set's trailer, starts."""
        if not self._announced:
            self._announce(transaction_set)
        span = Span(self._start, end)
        if self._claim:
            self._found.append(self._claim.built(span, transaction_set.ordinal))
        elif self._level:
            inherited = self._level.inherited()
            *_, parent, ordinal = (None, *inherited.levels)
            kind = inherited.kind.decode("ascii")
            self._found.append(Level(ordinal, transaction_set.ordinal, kind, parent, span))
            self._hierarchy.complete(inherited)
        self._start, self._claim, self._level, self._take = end, None, None, _pass_over

    def _announce(self, transaction_set: TransactionSet) -> None:
        self._set, self._announced = transaction_set, True
        self._found.append(transaction_set)

    def _expect(self, segment_id: str, given: _T | None) -> _T:
        """What a segment needs around it. Raises Malformed X12_STRUCTURE where that is not there."""
        if not given:
            raise Malformed(
                f"{segment_id} stands outside its place",
                code="X12_STRUCTURE",
                place=self._place,
                next_step=EXPORT_AGAIN,
            )
        return given

    @property
    def _place(self) -> str:
        return f"ST {self._set.ordinal + 1}/segment {self._position}" if self._set else f"after ST {self._sets}"


def _pass_over(elements: list[bytes], position: int) -> None:
    """Segments before the first level say nothing of a claim."""


def _kind_of(transaction_set: TransactionSet, group_version: str, place: str) -> ClaimKind:
    """Which of the three guides a set follows; GS08 and ST03 may differ in nothing but the addendum."""
    if transaction_set.code != "837":
        raise _unread("ST01 is not 837", f"{place}/ST01")
    guides = {_VERSION.fullmatch(version) for version in (transaction_set.version, group_version)}
    names = {guide[1] if guide else "" for guide in guides}
    if len(names) != 1:
        raise _unread("GS08 and ST03 name different implementation guides", f"{place}/ST03")
    kind = _KINDS.get(names.pop())
    if kind is None:
        raise _unread("GS08 and ST03 name an implementation guide that is not read here", f"{place}/ST03")
    return kind


def _unread(message: str, place: str) -> Malformed:
    return Malformed(message, code="X12_VERSION", place=place, next_step=_ACCEPTED)


_BOUNDARIES: dict[bytes, Callable[[_Reader, list[bytes], Span, Delimiters], None]] = {
    b"ISA": _Reader._isa,
    b"GS": _Reader._gs,
    b"ST": _Reader._st,
    b"BHT": _Reader._bht,
    b"HL": _Reader._hl,
    b"CLM": _Reader._clm,
    b"SE": _Reader._se,
    b"GE": _Reader._ge,
    b"IEA": _Reader._iea,
}
