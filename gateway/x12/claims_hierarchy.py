"""Which level hangs on which: HL01 to HL04 of one transaction set."""

from __future__ import annotations

from gateway.errors import Malformed
from gateway.x12.claims_levels import BILLING, PARENT_OF, SUBSCRIBER, Inherited
from gateway.x12.syntax import ABSENT, EXPORT_AGAIN


class Hierarchy:
    """The levels so far. HL01 must rise, as the guides ask, so that no number stands for two levels.

    A level may point back to any billing provider, to the last subscriber, and to an earlier subscriber whose HL04
    promised children: whoever promised none is forgotten when the next one begins, for the sake of memory.
    """

    def __init__(self) -> None:
        self.last: Inherited | None = None
        self._number = 0
        self._subscriber = 0  # the last one, while its HL04 is not 1
        self._known: dict[int, Inherited] = {}

    def enter(self, hl: list[bytes], place: str) -> tuple[bytes, Inherited | None]:
        """The level's kind, and what its parent gives. Raises Malformed X12_HIERARCHY."""
        hl = hl + ABSENT
        number, parent_number, kind = _number(hl[1]), _number(hl[2]), hl[3]
        if kind not in PARENT_OF:
            raise _fault("HL03 is none of 20, 22, 23", f"{place}/HL03")
        if number <= self._number:
            raise _fault("HL01 does not count up", f"{place}/HL01")
        parent = self._known.get(parent_number)
        if (kind == BILLING and hl[2]) or (parent.kind if parent else b"") != PARENT_OF[kind]:
            raise _fault("HL02 does not point to a level that this one can hang on", f"{place}/HL02")
        self._number = number
        if kind in {BILLING, SUBSCRIBER}:
            self._known.pop(self._subscriber, None)
            self._subscriber = number if kind == SUBSCRIBER and hl[4] != b"1" else 0
        return kind, parent

    def complete(self, inherited: Inherited) -> None:
        """The level entered last gives this."""
        self.last = inherited
        if inherited.kind in {BILLING, SUBSCRIBER}:
            self._known[self._number] = inherited

    def parent_of_claim(self, place: str) -> Inherited:
        """What the level a claim hangs on gives. Raises Malformed X12_HIERARCHY."""
        if self.last is None or self.last.kind == BILLING:
            raise _fault("a claim hangs on no subscriber and on no dependent", f"{place}/CLM")
        return self.last


def _number(element: bytes) -> int:
    """HL01 and HL02 have 12 characters or fewer; 0 is no level's number."""
    return int(element) if element.isdigit() and len(element) <= 12 else 0


def _fault(message: str, place: str) -> Malformed:
    return Malformed(message, code="X12_HIERARCHY", place=place, next_step=EXPORT_AGAIN)
