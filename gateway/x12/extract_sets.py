"""The transaction sets of an 837 while they are read: the envelopes around them, their levels, the findings on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.errors import Malformed
from gateway.guides.faults import Fault
from gateway.guides.words import claim_missing
from gateway.model.claims import ClaimKind, Finding, Outcome
from gateway.model.x12 import Delimiters, FunctionalGroup, Interchange, TransactionSet
from gateway.x12.envelope import group_of, interchange_of, place_in
from gateway.x12.extract_findings import Faults, FileFinding
from gateway.x12.extract_hierarchy import Hierarchy
from gateway.x12.extract_records import Elements, RawClaim, RawLevel
from gateway.x12.extract_versions import kind_of
from gateway.x12.syntax import EXPORT_AGAIN, Run, incomplete, text_of

_T = TypeVar("_T")

MOST_CLAIMS = 5000
"""So many claims the guides advise in one transaction set at most."""


class Sets:
    """What is open around the levels and claims. Every position is one in the open set, ST = 1, and `position` that of
    the last boundary. `waiting` are faults of the guide, in document order, that nothing was told yet, `found` findings
    that belong to no claim; who takes those empties the list."""

    def __init__(self, faults: Faults | None) -> None:
        self.position = 0
        self.opened: TransactionSet | None = None
        self.waiting: list[Fault] = []
        self.found: list[FileFinding] = []
        self._faults = faults
        self._interchange: Interchange | None = None
        self._group: FunctionalGroup | None = None
        self._announced = False  # the open set was given out
        self._kind = ClaimKind.PROFESSIONAL
        self._hierarchy = Hierarchy()
        self._header: tuple[Finding, ...] | None = ()  # the guide's findings on it; None while it lasts
        self._interchanges = self._groups = self._sets = self._levels = self._claims = 0
        self._group_number = self._set_number = 0  # in the envelope around them

    def judge(self, run: Run, pieces: list[bytes]) -> None:
        """Have the guide's faults told of a run, given without padding."""
        if self._faults:
            self.waiting += self._faults.take(run, pieces)

    def enter(
        self, elements: Elements, delimiters: Delimiters, position: int
    ) -> Interchange | FunctionalGroup | TransactionSet | None:
        """ISA, GS, ST, BHT, GE or IEA; what is known there for the first time. Raises Malformed."""
        self.position = position
        match elements[0]:
            case b"ISA":
                self._expect("ISA", self._interchange is None)
                self._interchange = interchange_of(elements, delimiters, self._interchanges)
                self._interchanges, self._group_number = self._interchanges + 1, 0
                return self._interchange
            case b"GS":
                interchange = self._expect("GS", self._interchange if self._group is None else None)
                self._group = group_of(elements, self._groups, interchange.ordinal)
                self._groups, self._group_number, self._set_number = self._groups + 1, self._group_number + 1, 0
                return self._group
            case b"ST":
                self._enter_set(elements, self._expect("ST", self._group if self.opened is None else None))
            case b"BHT":
                return self._begin_set(elements)
            case b"GE":
                self._expect("GE", self._group if self.opened is None else None)
                self._group = None
            case b"IEA":
                self._expect("IEA", self._interchange if self._group is None else None)
                self._interchange = None
        return None

    def _enter_set(self, st: Elements, group: FunctionalGroup) -> None:
        code, control, version = map(text_of, st[1:4])
        version = version or group.version
        self._set_number += 1
        place = place_in(self._interchanges, self._group_number, self._set_number)
        self.opened = TransactionSet(self._sets, group.interchange, group.ordinal, code, control, version, place=place)
        self._sets += 1
        self._kind = kind_of(self.opened, group.version, self.place)
        self._announced, self._header, self._hierarchy, self._claims = False, None, Hierarchy(), 0

    def _begin_set(self, bht: Elements) -> TransactionSet | None:
        found = self._expect("BHT", self.opened)
        if not self._announced:
            purpose, reference, mode = map(text_of, (bht[2], bht[3], bht[6]))
            self.opened = replace(found, purpose=purpose, reference=reference, mode=mode)
        return self._announce()

    def _announce(self) -> TransactionSet | None:
        found, self._announced = None if self._announced else self.opened, True
        return found

    def expect_set(self, id: bytes) -> None:
        """HL, CLM or SE. Raises Malformed X12_STRUCTURE outside a set."""
        self._expect(id.decode("ascii"), self.opened)

    def leave_header(self, position: int) -> TransactionSet | None:
        """The header of the set has ended; the set, if no BHT told it."""
        if self._header is None:
            self._header = self.findings_before(position)
        return self._announce()

    def findings_before(self, position: int) -> tuple[Finding, ...]:
        """The guide's findings on what ends before a position, beginning where the last thing ended."""
        return self._taken((self._sets - 1, position))

    def _taken(self, end: tuple[int, int]) -> tuple[Finding, ...]:
        count = next((n for n, fault in enumerate(self.waiting) if (fault.set, fault.anchor) >= end), len(self.waiting))
        taken = tuple([fault.finding for fault in self.waiting[:count]])
        del self.waiting[:count]
        return taken

    def enter_level(self, hl: Elements) -> RawLevel:
        """The level that an HL opens. Raises Malformed X12_HIERARCHY."""
        level = self._hierarchy.enter(hl, self._levels, self._sets - 1, self)
        self._levels += 1
        if level.above is None and self._header:
            level.findings = self._header
        if self._hierarchy.findings:
            self._tell(self._hierarchy.findings)
            self._hierarchy.findings = []
        return level

    def enter_claim(self, clm: Elements, delimiters: Delimiters) -> RawClaim:
        """The claim that a CLM opens. Raises Malformed X12_HIERARCHY."""
        level = self._hierarchy.level_of_claim(self)
        self._claims += 1
        if self._claims == MOST_CLAIMS + 1:
            self._tell([replace(_TOO_LARGE, segment=self.position)])
        return RawClaim(self._kind, self._sets - 1, level, delimiters, self.position, clm)

    def lose(self, level: RawLevel, position: int) -> None:
        """A claim's segment below a level, and no CLM before it: said once for each level."""
        if not level.lost:
            level.lost = position
            self._tell([claim_missing(position)])
            self._hierarchy.lose(level)

    def leave_set(self) -> None:
        """SE: what was left of the set's findings belongs to no claim."""
        if not self._claims:
            self._tell(self._header or ())
        self._hierarchy.close()
        self._tell(self._hierarchy.findings)
        self._tell(self._taken((self._sets, 0)))
        self.opened = None

    def _tell(self, findings: Sequence[Finding]) -> None:
        place = self.opened.place if self.opened else ""
        self.found += [FileFinding(self._sets - 1, finding, place) for finding in findings]

    def close(self) -> None:
        """The document ends here. Raises Malformed X12_INCOMPLETE."""
        if self._interchange:
            raise incomplete("the document ends before its IEA", self.place)

    @property
    def place(self) -> str:
        """The last boundary, for people."""
        if self.opened:
            return f"{self.opened.place}/segment {self.position}"
        return place_in(*[self._interchanges] * bool(self._interchange), *[self._group_number] * bool(self._group))

    def _expect(self, segment_id: str, given: _T | None) -> _T:
        """What a segment needs around it. Raises Malformed X12_STRUCTURE where that is not there."""
        if not given:
            raise Malformed(
                f"{segment_id} stands outside its place",
                code="X12_STRUCTURE",
                place=self.place,
                next_step=EXPORT_AGAIN,
            )
        return given


_TOO_LARGE = Finding(
    "SET_TOO_LARGE",
    Outcome.WARN,
    "2300/CLM",
    f"There are more than {MOST_CLAIMS} claims in one transaction set.",
    "Have the billing software write no more than that into one set: one fault can cost a payer's answer to all of it.",
)
