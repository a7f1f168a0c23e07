"""Which level hangs on which: HL01 to HL04 of one transaction set, and what they state that is not so."""

from __future__ import annotations

from typing import Protocol

from gateway.errors import Malformed
from gateway.model.claims import Finding, Outcome
from gateway.x12.extract_records import BILLING, DEPENDENT, SUBSCRIBER, Elements, RawLevel
from gateway.x12.syntax import EXPORT_AGAIN

_DIGITS = 12
"""HL01 and HL02 have no more; 0 is no level's number."""

PARENT_OF = {BILLING: b"", SUBSCRIBER: BILLING, DEPENDENT: SUBSCRIBER}
"""On which level each level hangs."""


class Placed(Protocol):
    """Where the reading is: `position` in the set, `place` for people."""

    position: int

    @property
    def place(self) -> str:
        """Set and segment."""


_LOOPS = {BILLING: "2000A", SUBSCRIBER: "2000B", DEPENDENT: "2000C"}
_NAMES = {BILLING: "billing provider", SUBSCRIBER: "subscriber"}


class Hierarchy:
    """The levels so far. HL01 must rise, as the guides ask, so that no number stands for two levels.

    A level may point back to any billing provider, to the last subscriber, and to an earlier subscriber whose HL04
    promised children: whoever promised none is forgotten when the next one begins, for the sake of memory. `findings`
    are those on levels that nothing more can hang on, until they are taken from there.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._last: RawLevel | None = None
        self._number = 0
        self._subscriber = 0  # the last one, while its HL04 is not 1
        self._known: dict[int, RawLevel] = {}

    def enter(self, hl: Elements, ordinal: int, transaction_set: int, at: Placed) -> RawLevel:
        """The level that an HL opens. Raises Malformed X12_HIERARCHY."""
        own, above, kind, promise = hl[1:5]
        number = int(own) if own.isdigit() and len(own) <= _DIGITS else 0
        parent = self._known.get(int(above)) if above.isdigit() and len(above) <= _DIGITS else None
        if kind not in PARENT_OF:
            raise _fault("HL03 is none of 20, 22, 23", f"{at.place}/HL03")
        if number <= self._number:
            raise _fault("HL01 does not count up", f"{at.place}/HL01")
        if (kind == BILLING and above) or (parent.kind if parent else b"") != PARENT_OF[kind]:
            raise _fault("HL02 does not point to a level that this one can hang on", f"{at.place}/HL02")
        if parent:
            parent.children = True
        if self._last and self._last.kind == DEPENDENT:
            self._leave(self._last)
        level = RawLevel(kind, promise, parent, ordinal, transaction_set, at.position)
        if kind != DEPENDENT:
            if self._subscriber:
                self._leave(self._known.pop(self._subscriber))
            self._subscriber = number if kind == SUBSCRIBER and promise != b"1" else 0
            self._known[number] = level
        self._number, self._last = number, level
        return level

    def level_of_claim(self, at: Placed) -> RawLevel:
        """The level a claim hangs on. Raises Malformed X12_HIERARCHY."""
        last = self._last
        if last is None or last.kind == BILLING:
            raise _fault("a claim hangs on no subscriber and on no dependent", f"{at.place}/CLM")
        last.own_claims = True
        above: RawLevel | None = last
        while above and not above.claims:
            above.claims = True
            above = above.above
        return last

    def lose(self, level: RawLevel) -> None:
        """Below this level stands a claim without CLM: neither it nor those above it are empty."""
        around: RawLevel | None = level
        while around and not around.robbed:
            around.robbed = True
            around = around.above

    def close(self) -> None:
        """The set ends: nothing more can hang on any level."""
        if self._last and self._last.kind == DEPENDENT:
            self._leave(self._last)
        for level in self._known.values():
            self._leave(level)

    def _leave(self, level: RawLevel) -> None:
        """What a level says of the levels and claims below it that is not so. A level without claims has its guide
        faults here too: no claim tells them."""
        if level.claims and level.children == (level.promise == b"1"):
            return
        if not level.claims:
            self.findings += level.findings[len(level.findings) - level.own :]
            if level.kind != DEPENDENT and not level.robbed:
                self._warn("LEVEL_EMPTY", "HL", f"There is no claim under this {_NAMES[level.kind]}.", _OMIT, level)
        if level.children and level.promise == b"0":
            self._warn("HIERARCHY_CHILD_CODE", "HL04", _CHILD, _ASK_VENDOR, level)
        elif level.promise == b"1" and not level.children:
            self._warn("HIERARCHY_CHILD_CODE", "HL04", _NO_CHILD, _ASK_VENDOR, level)

    def _warn(self, code: str, element: str, message: str, next_step: str, level: RawLevel) -> None:
        place = f"{_LOOPS[level.kind]}/{element}"
        self.findings.append(Finding(code, Outcome.WARN, place, message, next_step, segment=level.position))


_OMIT = "If a claim is missing, create the file again; if not, nothing is needed: the level is not sent on."
_NO_CHILD = "The level says that others hang on it, and none does."
_CHILD = "The level says that none hangs on it, and one does."
_ASK_VENDOR = "The claims are read by what stands there. Ask the vendor of the billing software to state HL04 rightly."


def _fault(message: str, place: str) -> Malformed:
    return Malformed(message, code="X12_HIERARCHY", place=place, next_step=EXPORT_AGAIN)
