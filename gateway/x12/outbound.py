"""One outbound 837 interchange, composed byte-faithfully from spans of stored documents.

Written anew are the envelopes, BHT, 1000A and 1000B, each HL segment, each claim's REF*D9 and the trailers; and where a
payer goes by another id at the partner, 2010BB NM109, one element. Everything else is copied, the line breaks after its
segments included, but ids of segments are in capitals and no blank stands before them; what is written anew has no line
breaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.errors import Malformed
from gateway.model.sending import OutboundClaim, OutboundEnvelope, OutboundLevel, PlacedAttempt, PlacedSpan
from gateway.model.x12 import Delimiters
from gateway.x12.blanks import without_blanks
from gateway.x12.capitals import in_capitals
from gateway.x12.outbound_envelope import (
    check_element,
    check_written,
    interchange_header,
    segment,
    set_header,
    set_trailer,
    trailers,
)
from gateway.x12.syntax import PADDING, text_of

_SUBSCRIBER = "22"
_KINDS = ("20", _SUBSCRIBER, "23")
# What stands before the REFs of a 2300 in all three guides (DN1 and DN2 are dental), and what ends its own segments.
BEFORE_REFERENCES = frozenset((b"CLM", b"DTP", b"CL1", b"DN1", b"DN2", b"PWK", b"CN1", b"AMT"))
_AFTER_HEADER = frozenset((b"NM1", b"SBR", b"LX"))


class Composition:
    """One ISA and one GS around as many ST as the claims' `set_number` names, of copied levels and claims.

    `levels` are keyed by their row. `claims` may come in any order, from several documents and billing providers:
    each level that a claim needs stands once in its set, in the order of first need, followed by its own claims and
    then by its dependents. `read` gives the bytes of a span; all documents have the envelope's delimiters.

    Every element written anew, and how claims and levels hang together, is checked here, before the first byte; a
    span whose bytes are not one level or one claim is found when its turn comes. Both raise Malformed.

    `placed` (in the order of writing) and `segments` (SE01 of the set written last) are complete when `blocks()` is
    exhausted.
    """

    def __init__(
        self,
        envelope: OutboundEnvelope,
        levels: Mapping[int, OutboundLevel],
        claims: Sequence[OutboundClaim],
        read: Callable[[PlacedSpan], bytes],
    ) -> None:
        check_written(envelope)
        _check_claims(envelope.delimiters, claims)
        self._envelope = envelope
        self._sets = {
            number: _tree(levels, [claim for claim in claims if claim.set_number == number])
            for number in _numbers(claims)
        }
        self._given = read
        self._edit = Editor(envelope.delimiters)
        self._levels = 0
        self._unmet = set(envelope.payer_ids)
        self.segments = 0
        self.placed: list[PlacedAttempt] = []

    def blocks(self) -> Iterator[bytes]:
        """The interchange, a level or a claim at a time. Reading it again gives the same bytes."""
        self.placed, self._unmet = [], set(self._envelope.payer_ids)
        yield interchange_header(self._envelope)
        for number, roots in self._sets.items():
            yield from self._set(number, roots)
        if self._unmet:
            raise _fault("OUTBOUND_PAYER", "no level names a payer whose id was to be written anew", "2010BB/NM109")
        yield trailers(self._envelope, len(self._sets))

    def _set(self, number: int, roots: Mapping[int, _Node]) -> Iterator[bytes]:
        """Segments and levels are counted anew in each set."""
        self._levels, self.segments = 0, 0
        header = set_header(self._envelope, number)
        self._count(header)
        yield header
        for node in roots.values():
            yield from self._level(node, "", ())
        self.segments += 1
        yield set_trailer(self._envelope, number, self.segments)

    def _level(self, node: _Node, parent: str, above: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
        self._levels += 1
        number = str(self._levels)
        block = self._edit.renumbered(self._read(node.level.source), node.level, number, parent, bool(node.children))
        if node.level.kind == _SUBSCRIBER and self._envelope.payer_ids:
            block, met = self._edit.addressed(block, self._envelope.payer_ids)
            self._unmet.discard(met)
        ranges = (*above, self._count(block))
        yield block
        for claim in node.claims:
            block = self._claim(claim)
            first, last = self._count(block)
            self.placed.append(PlacedAttempt(claim.attempt, first, last, ranges))
            yield block
        for child in node.children.values():
            yield from self._level(child, number, ranges)

    def _claim(self, claim: OutboundClaim) -> bytes:
        return self._edit.traced(self._read(claim.source), claim)

    def _read(self, source: PlacedSpan) -> bytes:
        delimiters = self._envelope.delimiters
        return in_capitals(without_blanks(self._given(source), delimiters), delimiters)[0]

    def _count(self, block: bytes) -> tuple[int, int]:
        first = self.segments + 1
        self.segments += self._edit.count(block)
        return first, self.segments


@dataclass(slots=True)
class _Node:
    level: OutboundLevel
    claims: list[OutboundClaim] = field(default_factory=list)
    children: dict[int, _Node] = field(default_factory=dict)


def _tree(levels: Mapping[int, OutboundLevel], claims: Sequence[OutboundClaim]) -> dict[int, _Node]:
    """The needed levels in the order of their first claim, which is how a dict keeps them."""
    roots: dict[int, _Node] = {}
    for claim in claims:
        if not 2 <= len(claim.levels) <= 3:
            raise _fault("OUTBOUND_LEVELS", "a claim hangs on no subscriber or dependent", f"attempt {claim.attempt}")
        siblings, parent = roots, None
        for kind, row in zip(_KINDS, claim.levels, strict=False):
            level = levels.get(row)
            if level is None or (level.kind, level.parent) != (kind, parent):
                raise _fault("OUTBOUND_LEVELS", "a claim's levels are not in line", f"attempt {claim.attempt}")
            node = siblings.setdefault(row, _Node(level))
            siblings, parent = node.children, row
        node.claims.append(claim)
    return roots


def _numbers(claims: Sequence[OutboundClaim]) -> range:
    """The numbers of the sets, from 1 without a gap."""
    used = {claim.set_number for claim in claims}
    numbers = range(1, len(used) + 1)
    if used != set(numbers) or len(used) > 9999:
        raise _fault("OUTBOUND_SETS", "the sets of a submission are not numbered from 1", "ST")
    return numbers


def _check_claims(delimiters: Delimiters, claims: Sequence[OutboundClaim]) -> None:
    if not claims:
        raise _fault("OUTBOUND_EMPTY", "a submission has no claims", "ST")
    seen: set[object] = set()
    for claim in claims:
        check_element(delimiters, claim.trace, "2300/REF02", 1, 20)
        facts = {claim.attempt, claim.trace, claim.source}
        if seen & facts:
            raise _fault("OUTBOUND_TWICE", "an attempt, trace or claim is here twice", f"attempt {claim.attempt}")
        seen |= facts


def _fault(code: str, message: str, place: str) -> Malformed:
    return Malformed(
        message,
        code=code,
        place=place,
        next_step="Nothing of this submission was sent. Run `gateway doctor`: what the store holds is inconsistent.",
    )


class Piece(NamedTuple):
    """A segment by its id and first element; `text` has its terminator and the line break after it."""

    id: bytes
    first: bytes
    text: bytes

    def is_reference(self, qualifier: bytes) -> bool:
        """Whether it is a REF of this kind."""
        return (self.id, self.first) == (b"REF", qualifier)


class Editor:
    """The edits of copied blocks, for one set of delimiters. A block that is not what it should be is refused: its
    bytes could be another patient's."""

    def __init__(self, delimiters: Delimiters) -> None:
        self._delimiters = delimiters
        element, terminator = re.escape(delimiters.element), re.escape(delimiters.segment)
        end = b"%b[%b%b]*" % (terminator, terminator, re.escape(PADDING))
        # Group 1 is the segment without its terminator and the padding after that.
        self._segment = re.compile(b"([^%b]*)%b" % (terminator, end))
        self._payer = delimiters.element.join((b"NM1", b"PR", b""))
        self._next_block = re.compile(b"%b(?:CLM|HL|SE|ST|GE|GS|IEA|ISA)%b" % (end, element))

    def count(self, block: bytes) -> int:
        """How many segments the block has; an empty one is padding."""
        return sum(1 for piece in block.split(self._delimiters.segment) if piece.strip(PADDING))

    def renumbered(self, block: bytes, level: OutboundLevel, number: str, parent: str, has_children: bool) -> bytes:
        """A level with its HL01, HL02 and HL04 as they are in the outbound set."""
        place = f"level {level.id}"
        self.check(block, b"HL", place)
        hl, rest = block.split(self._delimiters.segment, 1)
        if hl.split(self._delimiters.element)[3:4] != [level.kind.encode("ascii")]:
            raise _fault("OUTBOUND_SPAN", "a stored level is of another kind", place)
        return segment(self._delimiters, "HL", number, parent, level.kind, "1" if has_children else "0") + rest

    def addressed(self, block: bytes, payer_ids: Mapping[str, str]) -> tuple[bytes, str]:
        """A subscriber's level with another id of its payer, where one is given for the id that it has; and that id, if
        so. Not another byte is touched. Of several payers the last counts, as in reading."""
        payers = [each for each in self._segment.finditer(block) if each[1].startswith(self._payer)]
        elements = payers[-1][1].split(self._delimiters.element) if payers else []
        had = text_of(elements[9]) if len(elements) > 9 else ""
        if had not in payer_ids:
            return block, ""
        elements[9] = payer_ids[had].encode("ascii")
        return block[: payers[-1].start()] + self._delimiters.element.join(elements) + block[payers[-1].end(1) :], had

    def traced(self, block: bytes, claim: OutboundClaim) -> bytes:
        """A claim with its REF*D9, first of its REFs, in the place of any that it came with."""
        self.check(block, b"CLM", f"attempt {claim.attempt}")
        head, rest = self.head(block)
        kept = [piece for piece in head if not piece.is_reference(b"D9")]
        first = next((at for at, piece in enumerate(kept) if piece.id not in BEFORE_REFERENCES), len(kept))
        trace = segment(self._delimiters, "REF", "D9", claim.trace)
        return b"".join((*(p.text for p in kept[:first]), trace, *(p.text for p in kept[first:]), rest))

    def head(self, block: bytes) -> tuple[list[Piece], bytes]:
        """A claim's own segments, before its names, other payers and lines; and all that follows."""
        pieces: list[Piece] = []
        end = 0
        for found in self._segment.finditer(block):
            elements = found[1].split(self._delimiters.element, 2)
            if elements[0] in _AFTER_HEADER:
                break
            end = found.end()
            pieces.append(Piece(elements[0], elements[1] if len(elements) > 1 else b"", found[0]))
        return pieces, block[end:]

    def check(self, block: bytes, first: bytes, place: str) -> None:
        """Raise Malformed unless the bytes are one block that begins with this segment."""
        begins = block.startswith(first + self._delimiters.element)
        ends = not block.rpartition(self._delimiters.segment)[2].strip(PADDING)
        if not (begins and ends) or self._next_block.search(block):
            raise _fault("OUTBOUND_SPAN", "stored bytes are not one level or one claim", place)
