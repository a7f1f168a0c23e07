"""The envelopes of a document that was refused: read without trust, each judged by its own counts and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.model.claims import Finding
from gateway.model.reports import GroupReport, InterchangeReport, SetReport
from gateway.model.x12 import Delimiters, FunctionalGroup, Interchange, TransactionSet
from gateway.x12.envelope import group_of, interchange_of
from gateway.x12.syntax import ABSENT, text_of

# AK905 and IK502 by the name of what they mean.
GE_MISSING, GE02_DIFFERS, GE01_DIFFERS, GS06_REPEATED = "3", "4", "5", "19"
SE_MISSING, SE02_DIFFERS, SE01_DIFFERS, ST02_REPEATED = "2", "3", "4", "23"
_ACKNOWLEDGMENTS = "FA"

# TA105.
IEA02_DIFFERS, IEA01_DIFFERS, STRUCTURE, ENDS_EARLY, CONTENT = "001", "021", "022", "023", "024"


@dataclass(slots=True)
class SurveyedSet:
    """`segments` counts from ST to SE."""

    set: TransactionSet
    segments: int = 1
    closed: bool = False
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def report(self) -> SetReport:
        """Refused, whatever is noted."""
        notes = self.notes if self.closed else [*self.notes, SE_MISSING]
        return SetReport(self.set, findings=tuple(self.findings), refused=True, notes=_once(notes))


@dataclass(slots=True)
class SurveyedGroup:
    """`stated` is GE01, None where it is no number or there is no GE."""

    group: FunctionalGroup
    sets: list[SurveyedSet] = field(default_factory=list)
    stated: int | None = None
    closed: bool = False
    notes: list[str] = field(default_factory=list)
    controls: set[str] = field(default_factory=set)

    def report(self) -> GroupReport:
        """Refused, whatever is noted."""
        notes = self.notes if self.closed else [*self.notes, GE_MISSING]
        return GroupReport(self.group, tuple(each.report() for each in self.sets), self.stated, True, _once(notes))


@dataclass(slots=True)
class SurveyedInterchange:
    """`note` is empty while nothing is wrong with ISA and IEA; the first word on it stands. `answered` is whether
    it holds a TA1."""

    interchange: Interchange
    groups: list[SurveyedGroup] = field(default_factory=list)
    closed: bool = False
    note: str = ""
    controls: set[str] = field(default_factory=set)
    answered: bool = False

    @property
    def acknowledges(self) -> bool:
        """Whether it holds acknowledgments and nothing else: those are never acknowledged in turn."""
        kinds = {group.group.functional_id for group in self.groups}
        return kinds == {_ACKNOWLEDGMENTS} if kinds else self.answered

    def report(self, last: bool) -> InterchangeReport:
        """Only the last one of a document can end early."""
        note = self.note or ("" if self.closed else ENDS_EARLY if last else STRUCTURE)
        if not all(_is_named(group.group) for group in self.groups):
            note = note or CONTENT  # a 999 could not name the group
        return InterchangeReport(self.interchange, tuple(group.report() for group in self.groups), note or "000")


class Survey:
    """Takes segments in document order; what stands in no place of its own is passed over."""

    def __init__(self) -> None:
        self.interchanges: list[SurveyedInterchange] = []
        self._group: SurveyedGroup | None = None
        self._set: SurveyedSet | None = None

    def take(self, elements: list[bytes], delimiters: Delimiters) -> None:
        """One segment."""
        if self._set:
            self._set.segments += 1
        id = elements[0]
        if id == b"ISA":
            found = interchange_of(elements, delimiters, len(self.interchanges))
            self.interchanges.append(SurveyedInterchange(found))
            self._group = self._set = None
        elif self.interchanges and id in _ENVELOPE:
            _ENVELOPE[id](self, elements + ABSENT)

    def _gs(self, gs: list[bytes]) -> None:
        around = self.interchanges[-1]
        group = SurveyedGroup(group_of(gs, len(around.groups), around.interchange.ordinal))
        if group.group.control in around.controls:
            group.notes.append(GS06_REPEATED)
        around.controls.add(group.group.control)
        around.groups.append(group)
        self._group, self._set = group, None

    def _ta1(self, ta1: list[bytes]) -> None:
        self.interchanges[-1].answered = True

    def _st(self, st: list[bytes]) -> None:
        if self._group is None:
            return
        group = self._group.group
        code, control, version = map(text_of, st[1:4])
        found = TransactionSet(0, group.interchange, group.ordinal, code, control, version or group.version)
        self._set = SurveyedSet(found)
        if control in self._group.controls:
            self._set.notes.append(ST02_REPEATED)
        self._group.controls.add(control)
        self._group.sets.append(self._set)

    def _se(self, se: list[bytes]) -> None:
        if self._set is None:
            return
        self._set.closed = True
        differs = {
            SE02_DIFFERS: text_of(se[2]) != self._set.set.control,
            SE01_DIFFERS: _number(se[1]) != self._set.segments,
        }
        self._set.notes += [note for note, wrong in differs.items() if wrong]
        self._set = None

    def _ge(self, ge: list[bytes]) -> None:
        if self._group is None:
            return
        self._group.closed, self._group.stated = True, _number(ge[1])
        differs = {
            GE02_DIFFERS: text_of(ge[2]) != self._group.group.control,
            GE01_DIFFERS: self._group.stated != len(self._group.sets),
        }
        self._group.notes += [note for note, wrong in differs.items() if wrong]
        self._group = self._set = None

    def _iea(self, iea: list[bytes]) -> None:
        around = self.interchanges[-1]
        if text_of(iea[2]) != around.interchange.control:
            around.note = around.note or IEA02_DIFFERS
        elif _number(iea[1]) != len(around.groups):
            around.note = around.note or IEA01_DIFFERS
        around.closed, self._group, self._set = True, None, None


_ENVELOPE = {
    b"TA1": Survey._ta1,
    b"GS": Survey._gs,
    b"ST": Survey._st,
    b"SE": Survey._se,
    b"GE": Survey._ge,
    b"IEA": Survey._iea,
}


def _number(element: bytes) -> int | None:
    return int(element) if element.isdigit() and len(element) <= 10 else None


def _is_named(group: FunctionalGroup) -> bool:
    id, control = group.functional_id, group.control
    numbered = control.isdecimal() and len(control) <= 9
    return numbered and len(id) == 2 and id.isalpha() and id.isupper() and 0 < len(group.version) <= 12


def _once(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
