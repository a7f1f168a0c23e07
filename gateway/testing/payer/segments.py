"""Segments as the payer sees them, and ways to find and cut them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_AMOUNT = re.compile(r"-?(\d{1,12}(\.\d{0,4})?|\.\d{1,4})")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """`repetition` is ISA11 as it was sent, a separator or the letter U."""

    element: str
    component: str
    segment: str
    repetition: str


@dataclass(frozen=True, slots=True)
class Segment:
    """`elements[0]` is the segment id; `position` counts from ST = 1, `loop` is what a 999 reports in IK303."""

    elements: tuple[str, ...]
    position: int = 0
    loop: str = ""

    @property
    def id(self) -> str:
        """The segment id."""
        return self.elements[0]

    def __getitem__(self, number: int) -> str:
        """The element of that number, empty where the segment is shorter."""
        return self.elements[number] if number < len(self.elements) else ""


NONE = Segment(("",))
Segments = Sequence[Segment]


def find(segments: Segments, segment_id: str, *qualifiers: str) -> Segment:
    """The first such segment whose first element is one of the qualifiers (any, without one), else `NONE`."""
    return next((s for s in segments if s.id == segment_id and (not qualifiers or s[1] in qualifiers)), NONE)


def amount(text: str) -> Decimal | None:
    """An X12 decimal, or None where the element is not one."""
    return Decimal(text) if _AMOUNT.fullmatch(text) else None


def cut(segments: Segments, segment_id: str) -> list[Segments]:
    """Cut before each such segment: first what stands before any of them, then one piece for each."""
    starts = [0, *(n for n, s in enumerate(segments) if s.id == segment_id), len(segments)]
    return [segments[a:b] for a, b in itertools.pairwise(starts)]
