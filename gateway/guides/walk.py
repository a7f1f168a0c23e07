"""Where in a guide a segment belongs, given all before it: loops entered and left, what is missing, what is too many.

A standing is the chain of open loops, each with the position reached in it and how often each of its children came,
counted no further than the guide can tell apart. Equal standings allow the same, so they can be interned.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gateway.guides.faults import GuideCode
from gateway.guides.tables import Composite, Element, LoopRule, SegmentRule

Counts = tuple[tuple[int, int], ...]
"""How often a child came, by its index among the loop's children; children that never came are left out."""


class Open(NamedTuple):
    """One open loop: which one, the position reached among its children, how often they came."""

    loop: int
    pos: int
    counts: Counts


Standing = tuple[Open, ...]
"""The open loops, the set first."""


class Structural(NamedTuple):
    """A fault of structure. `loop` and `id` name the segment that is missing, or that stands where it should not;
    `here` is whether it belongs to the segment just read, else to the one before."""

    code: GuideCode
    loop: str
    id: str
    name: str
    here: bool


class Placed(NamedTuple):
    """Where a segment belongs: the standing after it, its rule, its loop's id; None where it belongs nowhere."""

    standing: Standing
    rule: SegmentRule | None
    loop: str
    faults: tuple[Structural, ...]


class Child:
    """A child of a loop, with what identifies it: its segment id and, where the guide tells several apart by a code,
    that element's codes. A loop is identified by its first segment."""

    __slots__ = ("id", "loop", "most", "name", "pos", "required", "rule", "used", "values")

    def __init__(self, rule: SegmentRule | LoopRule, loop: int | None) -> None:
        first = first_segment(rule)
        self.rule = first
        self.loop = loop
        self.id = first.id
        self.values = qualifiers(first)
        self.pos = rule.pos
        self.most = rule.most
        self.name = rule.name
        self.required = rule.usage == "R"
        self.used = rule.usage != "N"

    def takes(self, id: str, value: str) -> bool:
        """Whether the segment is this one, its qualifier included."""
        return self.id == id and (not self.values or value in self.values)


class Loop:
    """A loop with its children, numbered for standings."""

    __slots__ = ("children", "id", "name", "number")

    def __init__(self, number: int, rule: LoopRule) -> None:
        self.number = number
        self.id = rule.id
        self.name = rule.name
        self.children: list[Child] = []


class Walk:
    """The steps that one guide allows. Pure: a step depends on the standing and the segment alone."""

    def __init__(self, root: LoopRule) -> None:
        self.loops: list[Loop] = []
        self._number(root)
        self.ids = frozenset(child.id for loop in self.loops for child in loop.children)

    def _number(self, rule: LoopRule) -> int:
        loop = Loop(len(self.loops), rule)
        self.loops.append(loop)
        for child in rule.children:
            inner = self._number(child) if isinstance(child, LoopRule) else None
            loop.children.append(Child(child, inner))
        return loop.number

    def begin(self) -> Standing:
        """Before the ST."""
        return (Open(0, 0, ()),)

    def step(self, standing: Standing, id: str, value: str) -> Placed:
        """Place one segment; `value` is that of its qualifying element. A segment that belongs nowhere changes nothing."""
        found = self._find(standing, id, value, exact=True)
        if found is None:
            near = list(self._near(standing, id))
            if len(near) != 1:
                return Placed(standing, None, self._loop_id(standing), (self._lost(standing, id, bool(near)),))
            found = near[0]
        depth, index = found
        missing = list(self._missing(standing, depth, index))
        return self._entered(standing, depth, index, missing)

    def _find(self, standing: Standing, id: str, value: str, exact: bool) -> tuple[int, int] | None:
        for depth in range(len(standing) - 1, -1, -1):
            for index in self._open_to(standing, depth):
                child = self.loops[standing[depth].loop].children[index]
                if child.takes(id, value):
                    return depth, index
        return None

    def _near(self, standing: Standing, id: str) -> Iterator[tuple[int, int]]:
        """The children of the innermost loop that could be meant by a segment whose qualifier fits none."""
        for depth in range(len(standing) - 1, -1, -1):
            children = self.loops[standing[depth].loop].children
            fitting = [index for index in self._open_to(standing, depth) if children[index].id == id]
            if fitting:
                yield from ((depth, index) for index in fitting)
                return

    def _open_to(self, standing: Standing, depth: int) -> Iterator[int]:
        """The children of an open loop that may still come. Its first segment opened it, and opens it anew from above."""
        opened = standing[depth]
        children = self.loops[opened.loop].children
        for index in range(1 if depth else 0, len(children)):
            if children[index].pos >= opened.pos:
                yield index

    def _lost(self, standing: Standing, id: str, near: bool) -> Structural:
        loop = self._loop_id(standing)
        if id not in self.ids:
            return Structural(GuideCode.SEGMENT_UNKNOWN, loop, id, "", True)
        if near:
            return Structural(GuideCode.SEGMENT_UNEXPECTED, loop, id, "qualifier", True)
        passed = any(child.id == id for opened in standing for child in self.loops[opened.loop].children)
        code = GuideCode.SEGMENT_OUT_OF_ORDER if passed else GuideCode.SEGMENT_UNEXPECTED
        return Structural(code, loop, id, "", True)

    def _loop_id(self, standing: Standing) -> str:
        return self.loops[standing[-1].loop].id

    def _missing(self, standing: Standing, depth: int, index: int) -> Iterator[tuple[int, int, Structural]]:
        """Required children that can come no more: of every loop that is left, and before the place of the segment."""
        for at in range(len(standing) - 1, depth - 1, -1):
            opened = standing[at]
            loop = self.loops[opened.loop]
            limit = loop.children[index].pos if at == depth else None
            came = dict(opened.counts)
            for number, child in enumerate(loop.children):
                over = limit is None or child.pos < limit
                if child.required and over and not came.get(number) and (number or not at):
                    yield at, number, self._absent(loop, child)

    def _absent(self, loop: Loop, child: Child) -> Structural:
        if child.loop is None:
            return Structural(GuideCode.SEGMENT_MISSING, loop.id, child.id, child.name, False)
        return Structural(GuideCode.LOOP_MISSING, self.loops[child.loop].id, child.id, child.name, False)

    def _entered(
        self, standing: Standing, depth: int, index: int, missing: list[tuple[int, int, Structural]]
    ) -> Placed:
        opened = standing[depth]
        loop = self.loops[opened.loop]
        child = loop.children[index]
        counts = dict(opened.counts)
        for at, number, _ in missing:
            if at == depth:
                counts[number] = 1  # said once
        count = counts.get(index, 0) + 1
        faults = [fault for _, _, fault in missing]
        if not child.used:
            faults.append(Structural(GuideCode.SEGMENT_NOT_USED, loop.id, child.id, child.name, True))
        elif child.most and count > child.most:
            code = GuideCode.SEGMENT_TOO_MANY if child.loop is None else GuideCode.LOOP_TOO_MANY
            faults.append(Structural(code, loop.id, child.id, child.name, True))
        if count == 1 and self._is_late(loop, index, counts):
            faults.append(Structural(GuideCode.LOOP_ORDER, loop.id, child.id, child.name, True))
        counts[index] = min(count, child.most + 1) if child.most else 1
        here = (*standing[:depth], Open(opened.loop, child.pos, tuple(sorted(counts.items()))))
        if child.loop is None:
            return Placed(here, child.rule, loop.id, tuple(faults))
        inner = self.loops[child.loop]
        return Placed((*here, Open(inner.number, child.rule.pos, ())), child.rule, inner.id, tuple(faults))

    def _is_late(self, loop: Loop, index: int, counts: dict[int, int]) -> bool:
        """Whether a required loop comes behind one of its position that the guide has after it. X12 leaves the order of
        such loops open; readers that go by the guide take a required one for missing then."""
        child = loop.children[index]
        return (
            child.loop is not None
            and child.required
            and any(at > index and loop.children[at].loop and loop.children[at].pos == child.pos for at in counts)
        )


def first_segment(rule: SegmentRule | LoopRule) -> SegmentRule:
    """The segment that opens a loop."""
    while isinstance(rule, LoopRule):
        rule = rule.children[0]
    return rule


def qualifiers(rule: SegmentRule) -> frozenset[str]:
    """The codes that tell this segment from others of its id; empty where nothing does."""
    element = qualifying(rule)
    return element.codes if element else frozenset()


def qualifying(rule: SegmentRule) -> Element | None:
    """The element that tells a segment from others of its id: HL03, else element 1 or its first component, where it is a
    required code."""
    elements = rule.elements
    if rule.id == "HL":
        third = elements[2] if len(elements) > 2 else None
        return third if isinstance(third, Element) and third.codes else None
    first = elements[0] if elements else None
    if isinstance(first, Composite):
        first = first.parts[0]
        required = True
    else:
        required = bool(first and first.usage == "R")
    if isinstance(first, Element) and first.codes and required and first.type in ("ID", "AN"):
        return first
    return None
