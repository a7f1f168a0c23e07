"""Guides written in our own notation (explained in dental.toml): whole, or as what differs from another guide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gateway.errors import Malformed
from gateway.guides.dictionary import DataElement
from gateway.guides.tables import Composite, Element, Guide, LoopRule, SegmentRule

_SEGMENT = re.compile(r"([A-Z][A-Z0-9]{1,2}) ([RSN]) ([0-9]+|\*) ([^(]+?)(?: as ([A-Z0-9_]+))?(?: \((.+)\))?")
_ELEMENT = re.compile(r"([0-9]{2})(?:-([0-9]{1,2}))? ([RSN]) ([A-Z]?[0-9]+)( [^=]+?)?(?: = (.+))?")
_COMPOSITE = re.compile(r"C[0-9]{3}")

Child = SegmentRule | LoopRule


def overlaid(base: Guide, overlay: Mapping[str, Any], elements: Mapping[str, DataElement]) -> Guide:
    """The base guide with the overlay's loops in the place of its own, and without the segments that it drops.

    A loop that the overlay does not mention is the base's. Raises Malformed GUIDE_TABLE.
    """
    writer = _Writer(overlay, elements)
    dropped = frozenset(overlay.get("without", ()))
    return Guide(overlay["version"], overlay["code"], overlay["name"], _replaced(base.root, writer, dropped))


def whole(text: Mapping[str, Any], elements: Mapping[str, DataElement]) -> Guide:
    """A guide without a base: its loop ST is the transaction set. Raises Malformed GUIDE_TABLE."""
    return Guide(
        text["version"], text["code"], text["name"], _Writer(text, elements).loop("ST")._replace(pos=0, most=0)
    )


def _replaced(loop: LoopRule, writer: _Writer, dropped: frozenset[str]) -> LoopRule:
    children: list[Child] = []
    for child in loop.children:
        if isinstance(child, SegmentRule):
            if f"{loop.id} {child.id}" not in dropped:
                children.append(child)
        elif loop.id in writer.parents(child.id):
            children.append(writer.loop(child.id)._replace(pos=child.pos))
        else:
            children.append(_replaced(child, writer, dropped))
    return loop._replace(children=tuple(children))


class _Line(NamedTuple):
    """One element's line. `part` is 0 for the element itself, else the number of a component; `codes` is as written."""

    at: str
    part: int
    usage: str
    number: str
    name: str
    codes: str


class _Writer:
    """Turns the loops of a parsed text into rules."""

    def __init__(self, text: Mapping[str, Any], elements: Mapping[str, DataElement]) -> None:
        self._elements = elements
        self._loops: dict[str, Mapping[str, Any]] = {loop["id"]: loop for loop in text["loop"]}
        self._syntax = {id: tuple(relations.split()) for id, relations in text.get("syntax", {}).items()}
        self._shapes = {name: [_line(one) for one in _lines(lines)] for name, lines in text.get("shape", {}).items()}

    def parents(self, id: str) -> tuple[str, ...]:
        """The loops that a loop of the text hangs under; empty for one that is not in it."""
        return tuple(self._loops[id].get("under", "").split()) if id in self._loops else ()

    def loop(self, id: str) -> LoopRule:
        said = self._loops[id]
        inner = [self.loop(other) for other in self._loops if id in self.parents(other)]
        before, after = self._segments(said["segments"]), self._segments(said.get("after", ""))
        children = _placed([*before, *inner, *after])
        return LoopRule(id, said["name"], said.get("usage", "S"), 0, said.get("most", 1), children)

    def _segments(self, text: str) -> list[SegmentRule]:
        heads: list[tuple[str, list[_Line]]] = []
        for line in _lines(text):
            if not line[0].isdigit():
                heads.append((line, []))
            elif heads:
                heads[-1][1].append(_line(line))
            else:
                raise _bad(line)
        return [self._segment(head, lines) for head, lines in heads]

    def _segment(self, head: str, lines: list[_Line]) -> SegmentRule:
        found = _SEGMENT.fullmatch(head)
        if not found:
            raise _bad(head)
        id, usage, most, name, shape, codes = found.groups()
        lines = lines or self._shapes.get(shape or id, [])
        if not lines:
            raise _bad(head)
        elements = tuple(self._whole(id, of) for of in _grouped(_narrowed(lines, codes or "", head)))
        return SegmentRule(id, name, usage, 0, 0 if most == "*" else int(most), elements, self._syntax.get(id, ()))

    def _whole(self, id: str, lines: list[_Line]) -> Element | Composite:
        first, *parts = lines
        ref = f"{id}{first.at}"
        if not _COMPOSITE.fullmatch(first.number):
            if parts:
                raise _bad(f"{ref}-1")
            return self._element(ref, first)
        if not parts:
            return Element(ref, first.name or ref, first.usage, first.number, "AN", 1, 80)
        inner = tuple(self._element(f"{ref}-{part.part}", part) for part in parts)
        return Composite(ref, first.name, first.usage, first.number, inner)

    def _element(self, ref: str, line: _Line) -> Element:
        entry = self._elements.get(line.number)
        if entry is None:
            raise _bad(f"{ref} {line.number}")
        listed = line.codes[1:] if line.codes.startswith("@") else ""
        codes = frozenset() if listed else frozenset(filter(None, line.codes.split(",")))
        name = line.name or entry.name
        return Element(ref, name, line.usage, line.number, entry.type, entry.least, entry.most, codes, listed)


def _lines(text: str) -> Iterator[str]:
    """The lines that say something: no comment, no indentation."""
    for line in text.splitlines():
        if stripped := line.partition("#")[0].strip():
            yield stripped


def _line(text: str) -> _Line:
    found = _ELEMENT.fullmatch(text)
    if not found:
        raise _bad(text)
    at, part, usage, number, name, codes = found.groups()
    return _Line(at, int(part or 0), usage, number, (name or "").strip(), (codes or "").replace(" ", ""))


def _narrowed(lines: list[_Line], codes: str, head: str) -> list[_Line]:
    """A shape's lines with the codes that a segment's head gives for some of them (`01=G1 02=1,2`)."""
    given = {place: allowed for place, _, allowed in (one.partition("=") for one in codes.split())}
    if "" in given.values() or given.keys() - {_place(line) for line in lines}:
        raise _bad(head)
    return [line._replace(codes=given.get(_place(line), line.codes)) for line in lines]


def _place(line: _Line) -> str:
    return f"{line.at}-{line.part}" if line.part else line.at


def _grouped(lines: list[_Line]) -> list[list[_Line]]:
    """Each element's line with those of its components. Elements stand in their order and none is left out."""
    groups: list[list[_Line]] = []
    for line in lines:
        if not line.part:
            groups.append([line])
        elif groups:
            groups[-1].append(line)
        if int(line.at) != len(groups) or line.part != len(groups[-1]) - 1:
            raise _bad(_place(line))
    return groups


def _placed(children: list[Child]) -> tuple[Child, ...]:
    """Positions by the order of writing. Neighbours that begin with the same segment share one: they come in any order."""
    placed: list[Child] = []
    pos, last = 0, ""
    for child in children:
        first = child.id if isinstance(child, SegmentRule) else child.children[0].id
        pos, last = pos + (first != last), first
        placed.append(child._replace(pos=pos))
    return tuple(placed)


def _bad(line: str) -> Malformed:
    return Malformed(
        f"A guide's table has a line that cannot be read: {line}",
        code="GUIDE_TABLE",
        place=line.partition(" ")[0],
        next_step="Write it as the notation at the head of gateway/guides/data/dental.toml explains.",
    )
