"""The claims of one received 837 set, each with the levels above it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gateway.testing.payer.segments import NONE, Delimiters, Segment, Segments, amount, cut, find

# Where SV1, SV2 and SV3 hold procedure, charge, units and revenue code (0: not at all).
_SERVICE = {"SV1": (1, 2, 4, 0), "SV2": (2, 3, 5, 1), "SV3": (1, 2, 6, 0)}


@dataclass(frozen=True, slots=True)
class Line:
    """Loop 2400. `procedure` is the composite as sent, `first`/`last` are CCYYMMDD or empty, `control` is REF*6R or,
    without one, LX01; `rendering` is the NPI of 2420A (837I: 2420C)."""

    procedure: str
    charge: Decimal
    units: str
    revenue: str
    first: str
    last: str
    control: str
    rendering: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Loop 2300 with the names above it. `ordinal` counts the claims of one file from 1. `digest` covers the claim's
    segments without REF*D9 and its levels' without HL numbers, so equal content is equal in any wrapper."""

    ordinal: int
    clm: Segment
    segments: Segments
    billing: Segment
    tax_id: str
    subscriber: Segment
    patient: Segment
    payer: Segment
    payer_address: tuple[Segment, Segment]
    responsibility: str
    filing: str
    rendering: Segment
    lines: tuple[Line, ...]
    first: str
    last: str
    statement: tuple[str, str]
    digest: str

    @property
    def control(self) -> str:
        """CLM01."""
        return self.clm[1]

    @property
    def charge(self) -> Decimal:
        """CLM02, zero where it is not a number."""
        return amount(self.clm[2]) or Decimal(0)

    @property
    def trace(self) -> str:
        """REF*D9."""
        return find(self.segments, "REF", "D9")[2]

    def frequency(self, component: str) -> str:
        """CLM05-3; `component` separates a composite's parts."""
        return [*self.clm[5].split(component), "", "", ""][2]

    @property
    def original_number(self) -> str:
        """REF*F8: the payer's number of the claim that this one replaces or voids."""
        return find(self.segments, "REF", "F8")[2]

    @property
    def renderings(self) -> frozenset[str]:
        """Every rendering NPI; the billing provider's where none is named."""
        named = {self.rendering[9], *(line.rendering for line in self.lines)} - {""}
        return frozenset(named or {self.billing[9]})


def claims_in(segments: Segments, marks: Delimiters, ordinals: Iterator[int]) -> Iterator[Claim]:
    """The claims of a set in order, numbered from `ordinals`."""
    levels: dict[str, list[Segments]] = {}
    for block in cut(segments, "HL")[1:]:
        level, *claims = cut(block, "CLM")
        chain = [*levels.get(level[0][2], []), level]
        levels[level[0][1]] = chain
        for claim in claims:
            own = [s for s in claim if s.id != "SE"]
            yield _claim(next(ordinals), chain, own, marks)


def _claim(ordinal: int, chain: list[Segments], segments: Segments, marks: Delimiters) -> Claim:
    above = [segment for level in chain for segment in level]
    head = cut(cut(segments, "LX")[0], "SBR")[0]
    lines = tuple(_line(piece) for piece in cut(segments, "LX")[1:])
    subscriber, payer = find(above, "NM1", "IL"), find(above, "NM1", "PR")
    after_payer = above[above.index(payer) :] if payer is not NONE else []
    statement = _days(find(head, "DTP", "434"))
    days = sorted(day for line in lines for day in (line.first, line.last) if day)
    return Claim(
        ordinal=ordinal,
        clm=segments[0],
        segments=segments,
        billing=find(above, "NM1", "85"),
        tax_id=find(above, "REF", "EI", "SY")[2],
        subscriber=subscriber,
        patient=next((s for s in above if s.id == "NM1" and s[1] == "QC"), subscriber),
        payer=payer,
        payer_address=(find(after_payer, "N3"), find(after_payer, "N4")),
        responsibility=find(above, "SBR")[1],
        filing=find(above, "SBR")[9],
        rendering=find(head, "NM1", "82"),
        lines=lines,
        first=statement[0] or (days[0] if days else ""),
        last=statement[1] or (days[-1] if days else ""),
        statement=statement,
        digest=_digest(above, segments, marks),
    )


def _line(segments: Segments) -> Line:
    service = next((s for s in segments if s.id in _SERVICE), NONE)
    procedure, charge, units, revenue = _SERVICE.get(service.id, (0, 0, 0, 0))
    first, last = _days(find(segments, "DTP", "472"))
    return Line(
        procedure=service[procedure],
        charge=amount(service[charge]) or Decimal(0),
        units=service[units],
        revenue=service[revenue] if revenue else "",
        first=first,
        last=last,
        control=find(segments, "REF", "6R")[2] or segments[0][1],
        rendering=find(segments, "NM1", "82")[9],
    )


def _days(dtp: Segment) -> tuple[str, str]:
    first, _, last = dtp[3].partition("-")
    return first, last or first


def _digest(above: Segments, claim: Segments, marks: Delimiters) -> str:
    """HL01, HL02, HL04 and REF*D9 belong to the wrapper, all else to the claim."""
    kept = [("HL", s[3]) if s.id == "HL" else s.elements for s in above]
    kept += [s.elements for s in claim if not (s.id == "REF" and s[1] == "D9")]
    text = marks.segment.join(marks.element.join(elements) for elements in kept)
    return hashlib.sha256(text.encode("latin-1")).hexdigest()
