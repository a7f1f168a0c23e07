"""A 999, or a 997 as far as it says the same: AK1 to AK9 (005010X231, 005010X230, 004010)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.model.answers import GroupAcknowledgment, SegmentError, SetAcknowledgment
from gateway.x12.answers.sets import HandledSet, SetHeader
from gateway.x12.syntax import text_of


@dataclass(slots=True)
class _Error:
    segment_id: str
    position: int | None
    loop: str
    code: str
    elements: list[tuple[str, str]] = field(default_factory=list)
    claim: str = ""

    def built(self) -> SegmentError:
        elements = tuple(self.elements)
        return SegmentError(self.segment_id, self.position, self.loop, self.code, elements, self.claim)


@dataclass(slots=True)
class _Set:
    control: str
    code: str = ""
    notes: tuple[str, ...] = ()
    errors: list[_Error] = field(default_factory=list)

    def built(self) -> SetAcknowledgment:
        return SetAcknowledgment(self.control, self.code, self.notes, tuple(error.built() for error in self.errors))


class AcknowledgmentReader(HandledSet):
    """One 999. An AK2 without its IK5 keeps an empty code: nobody said that the set was taken."""

    def __init__(self, header: SetHeader) -> None:
        super().__init__(header, _HANDLERS)
        self._group = ["", "", ""]
        self._code = ""
        self._sets: list[_Set] = []

    def answers(self) -> tuple[GroupAcknowledgment, ...]:
        """The one acknowledgment of the set."""
        if not self._code:
            self.flags.append("AK9")
        if any(not each.code for each in self._sets):
            self.flags.append("IK5")
        functional_id, control, version = self._group
        sets = tuple(each.built() for each in self._sets)
        return (GroupAcknowledgment(self._header.envelope, functional_id, control, version, self._code, sets),)

    def _ak1(self, ak1: list[bytes]) -> None:
        self._group = [text_of(element) for element in ak1[1:4]]

    def _ak2(self, ak2: list[bytes]) -> None:
        self._sets.append(_Set(text_of(ak2[2])))

    def _ik3(self, ik3: list[bytes]) -> None:
        position = ik3[2].strip()
        counted = int(position[:9]) if position.isdigit() else None
        self._set("IK3").errors.append(_Error(text_of(ik3[1]), counted, text_of(ik3[3]), text_of(ik3[4])))

    def _ik4(self, ik4: list[bytes]) -> None:
        """IK404 repeats the offending value, which may be a patient's: it is not kept."""
        where = ":".join(filter(None, self._read.components(ik4[1])))
        error = self._error("IK4")
        error.elements.append((where, text_of(ik4[3])))

    def _ctx(self, ctx: list[bytes]) -> None:
        """Only a claim's own number names what is ours; other contexts name people."""
        name, value = self._read.components(ctx[1])[:2]
        if name == "CLM01" and value and self._sets and self._sets[-1].errors:
            self._sets[-1].errors[-1].claim = value

    def _ik5(self, ik5: list[bytes]) -> None:
        current = self._set("IK5")
        current.code = text_of(ik5[1])
        current.notes = tuple(filter(None, map(text_of, ik5[2:7])))

    def _ak9(self, ak9: list[bytes]) -> None:
        self._code = text_of(ak9[1])

    def _set(self, place: str) -> _Set:
        if not self._sets:
            raise self._read.fault("X12_STRUCTURE", "a verdict stands before the AK2 it speaks of", place)
        return self._sets[-1]

    def _error(self, place: str) -> _Error:
        errors = self._set(place).errors
        if not errors:
            raise self._read.fault("X12_STRUCTURE", "an element's error stands before its segment's", place)
        return errors[-1]


_HANDLERS: dict[bytes, Callable[[AcknowledgmentReader, list[bytes]], None]] = {
    b"AK1": AcknowledgmentReader._ak1,
    b"AK2": AcknowledgmentReader._ak2,
    b"IK3": AcknowledgmentReader._ik3,
    b"AK3": AcknowledgmentReader._ik3,
    b"IK4": AcknowledgmentReader._ik4,
    b"AK4": AcknowledgmentReader._ik4,
    b"CTX": AcknowledgmentReader._ctx,
    b"IK5": AcknowledgmentReader._ik5,
    b"AK5": AcknowledgmentReader._ik5,
    b"AK9": AcknowledgmentReader._ak9,
}
