"""Reads received 837 bytes: the payer's own few lines, which share nothing with the gateway's reader.

Text is Latin-1 so that every byte survives the way in and out. Nothing here raises on odd input: what cannot be read is
simply not there, and the edits find it missing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.testing.payer.claims import Claim, claims_in
from gateway.testing.payer.segments import Delimiters, Segment, Segments, cut, find

# The loop a segment opens, by the loop it stands in; a segment not named here stays where it is.
_NM1_OPENS = {"2000": "2010", "2300": "2310", "2320": "2330", "2400": "2420", "2430": "2420"}
_OPENS = {"HL": "2000", "CLM": "2300", "LX": "2400", "SVD": "2430"}


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """ST to SE. `ended` says whether an SE was there."""

    segments: Segments
    claims: tuple[Claim, ...]
    ended: bool

    @property
    def header(self) -> Segment:
        """ST."""
        return self.segments[0]

    @property
    def reference(self) -> str:
        """BHT03: the batch key that comes back in a 277CA."""
        return find(self.segments, "BHT")[3]


@dataclass(frozen=True, slots=True)
class Group:
    """GS to GE; `trailer` is `NONE` where no GE came."""

    header: Segment
    trailer: Segment
    sets: tuple[TransactionSet, ...]


@dataclass(frozen=True, slots=True)
class Interchange:
    """ISA to IEA; `trailer` is `NONE` where the file ends before one. `line_break` is what follows its ISA: none, lf or
    crlf."""

    delimiters: Delimiters
    header: Segment
    trailer: Segment
    groups: tuple[Group, ...]
    line_break: str = "none"

    @property
    def control(self) -> str:
        """ISA13."""
        return self.header[13]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all its sets."""
        return tuple(claim for group in self.groups for each in group.sets for claim in each.claims)


def read(data: bytes) -> tuple[Interchange, ...]:
    """Every interchange in a file; none where there is no ISA."""
    text, found, ordinals = data.decode("latin-1"), [], itertools.count(1)
    start = text.find("ISA")
    while 0 <= start <= len(text) - 106 and text[start + 3] == text[start + 103]:
        marks = Delimiters(text[start + 3], text[start + 104], text[start + 105], text[start + 82])
        segments, end = _segments(text, start, marks)
        made = _interchange(segments, marks, ordinals)
        found.append(replace(made, line_break=_break(text[start + 106 : start + 108])))
        start = text.find("ISA", end)
    return tuple(found)


def read_segments(data: bytes) -> Segments:
    """All segments of the first interchange in it."""
    text = data.decode("latin-1")
    marks = Delimiters(text[3], text[104], text[105], text[82])
    return _segments(text, 0, marks)[0]


def _segments(text: str, start: int, marks: Delimiters) -> tuple[list[Segment], int]:
    """The segments from ISA to IEA, or to before the next ISA, and where they end. An unended last one is dropped."""
    segments: list[Segment] = []
    while (end := text.find(marks.segment, start)) >= 0:
        elements = tuple(text[start:end].lstrip("\r\n ").split(marks.element))
        if segments and elements[0] == "ISA":
            return segments, start
        start = end + 1
        if elements != ("",):
            segments.append(Segment(elements))
        if elements[0] == "IEA":
            return segments, start
    return segments, len(text)


def _break(after: str) -> str:
    return "crlf" if after == "\r\n" else "lf" if after[:1] == "\n" else "none"


def _interchange(segments: list[Segment], marks: Delimiters, ordinals: Iterator[int]) -> Interchange:
    groups = []
    for piece in cut(segments, "GS")[1:]:
        sets = tuple(_set(each, marks, ordinals) for each in cut(piece, "ST")[1:])
        groups.append(Group(piece[0], find(piece, "GE"), sets))
    return Interchange(marks, segments[0], find(segments, "IEA"), tuple(groups))


def _set(segments: Segments, marks: Delimiters, ordinals: Iterator[int]) -> TransactionSet:
    end = next((n for n, s in enumerate(segments, 1) if s.id == "SE"), 0)
    stop = end or next((n for n, s in enumerate(segments) if s.id in ("GE", "IEA")), len(segments))
    placed, loop = [], ""
    for position, segment in enumerate(segments[:stop], 1):
        loop = _loop(loop, segment.id)
        placed.append(Segment(segment.elements, position, loop))
    return TransactionSet(placed, tuple(claims_in(placed, marks, ordinals)), bool(end))


def _loop(loop: str, segment_id: str) -> str:
    if segment_id == "NM1":
        return _NM1_OPENS.get(loop, loop or "1000")
    if segment_id == "SBR" and loop >= "2300":
        return "2320"
    return _OPENS.get(segment_id, loop)
