"""Validate transaction sets by their guides, fast: what was seen before costs one look-up, what was not one pattern.

A state is the standing of the walk, and a dictionary from whole segments that were found without fault there to the next
state. A segment that is not in it is placed (once for each qualifier), held against the rule's compiled pattern, and only
if that does not match judged element by element. All memory is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from gateway.guides.advice import not_followed
from gateway.guides.elements import judge
from gateway.guides.faults import Fault
from gateway.guides.patterns import cached_pattern
from gateway.guides.tables import Guide, SegmentRule
from gateway.guides.walk import Standing, Structural, Walk, qualifying
from gateway.guides.words import hierarchy_number, of_advice, of_element, of_structure
from gateway.model.claims import Finding, Outcome
from gateway.model.x12 import Delimiters
from gateway.x12.syntax import Run

MOST_STATES = 4_000
MOST_MEMORIES = 32
"""How many different segments one move of one state remembers."""

MOST_MOVES = 256
"""How many moves a state keeps: more than a guide has, unless a file is full of nonsense."""

MOST_FAULTS = 10_000
"""After so many faults in one transaction set the rest of it is not judged: the file is broken as a whole."""


class CodeLists(NamedTuple):
    """Outer code lists: the codes by name (empty where a list is not at hand), and what an unknown code means there."""

    codes: Mapping[str, frozenset[str]] = {}
    unknown: Mapping[str, Outcome] = {}

    def known(self, name: str, code: str) -> bool:
        """Whether the list holds the code; one that is not at hand holds all."""
        codes = self.codes.get(name)
        return codes is None or code in codes


Guides = Callable[[str, str], Guide | None]
"""The guide for an ST01 and an ST03 (or GS08), whatever its addendum; None where there is none."""


class State(dict[bytes, "State"]):
    """A standing, with the segments that were found without fault in it."""

    __slots__ = ("moves", "standing")

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing
        self.moves: dict[bytes, Move] = {}


class Move:
    """Where a segment of one id and qualifier leads from a state. `left` is how many more segments it may remember."""

    __slots__ = ("faults", "left", "loop", "matches", "plain", "rule", "to")

    def __init__(
        self,
        to: State,
        rule: SegmentRule | None,
        loop: str,
        matches: Callable[[bytes], object],
        faults: tuple[Structural, ...],
    ) -> None:
        self.to, self.rule, self.loop, self.matches, self.faults = to, rule, loop, matches, faults
        self.plain = rule is not None and not faults and rule.id not in ("HL", "SE")
        self.left = MOST_MEMORIES


class Tables:
    """One guide under one set of delimiters: its states so far."""

    def __init__(self, guide: Guide, delimiters: Delimiters, lists: CodeLists) -> None:
        self.guide, self.delimiters, self.lists = guide, delimiters, lists
        self._walk = Walk(guide.root)
        self._listed = {name: tuple(sorted(codes)) for name, codes in lists.codes.items()}
        self._states: dict[Standing, State] = {}
        self._keys = _keys(guide, delimiters)
        self._short = {
            (id + delimiters.element)[:3]: (id + delimiters.element, by is not None)
            for id in _ids(guide)
            if (by := self._keys.get(id)) is None or by.__name__ == "first"
        }
        self.start = self.state(self._walk.begin())

    def state(self, standing: Standing) -> State:
        found = self._states.get(standing)
        if found is None:
            if len(self._states) >= MOST_STATES:
                self._forget()
            found = self._states[standing] = State(standing)
        return found

    def _forget(self) -> None:
        """Begin anew with the states; their links are cut so that none keeps the others alive."""
        for state in self._states.values():
            state.clear()
            state.moves.clear()
        self._states.clear()
        self._states[self.start.standing] = self.start

    def move(self, state: State, piece: bytes) -> Move:
        """The move that a segment makes from a state, placed when first asked for."""
        short = self._short.get(piece[:3])
        if short is not None and piece.startswith(short[0]):
            key = piece[:3]
            if short[1]:  # told apart by its first element
                end = piece.find(self.delimiters.element, len(short[0]))
                key = piece[:end] if end > 0 else piece
            move = state.moves.get(key)
            if move is not None:
                return move
        else:
            key = self._key(piece)
        return state.moves.get(key) or self._placed(state, piece, key)

    def _key(self, piece: bytes) -> bytes:
        id, _, rest = piece.partition(self.delimiters.element)
        by = self._keys.get(id)
        return id + self.delimiters.element + (by(rest) if by else b"")

    def _placed(self, state: State, piece: bytes, key: bytes) -> Move:
        id, _, rest = piece.partition(self.delimiters.element)
        by = self._keys.get(id)
        name, value = id.decode("latin-1"), by(rest) if by else b""
        placed = self._walk.step(state.standing, name, value.decode("latin-1"))
        matches: Callable[[bytes], object] = _no
        if placed.rule is not None:
            matches = cached_pattern(placed.rule, self.delimiters, self._codes).fullmatch
        to = self.state(placed.standing) if placed.rule is not None else state
        move = Move(to, placed.rule, placed.loop, matches, placed.faults)
        if len(state.moves) < MOST_MOVES:
            state.moves[key] = move
        return move

    def _codes(self, name: str) -> tuple[str, ...]:
        return self._listed.get(name, ())

    def __hash__(self) -> int:
        return id(self)


class Validator:
    """Follows a document run by run. Sets whose guide is not at hand, and all between sets, are passed over; `unvalidated`
    counts those sets."""

    def __init__(self, guides: Guides, lists: CodeLists | None = None) -> None:
        self._guides, self._lists = guides, lists or CodeLists()
        self._tables: dict[tuple[str, Delimiters], Tables] = {}
        self._outside = State(())
        self._state = self._outside
        self._current: Tables | None = None
        self._version = ""
        self._sets = -1
        self._seen = 0  # segments before this run
        self._begun = 0  # number of the ST in the document
        self._levels = 0
        self._path: list[str] = []
        self._faults_left = MOST_FAULTS
        self.unvalidated = 0

    def take(self, run: Run, pieces: Sequence[bytes]) -> list[Fault]:
        """Judge a run's segments, given without padding and none of them empty; returns the faults in document order."""
        faults: list[Fault] = []
        state = self._state
        for index, piece in enumerate(pieces):
            following = state.get(piece)
            state = following if following is not None else self._step(state, piece, index, run.delimiters, faults)
        self._state = state
        self._seen += len(pieces)
        return faults

    def _step(self, state: State, piece: bytes, index: int, delimiters: Delimiters, faults: list[Fault]) -> State:
        if state is self._outside:
            if piece.startswith(b"GS" + delimiters.element):
                self._version = _element(piece, delimiters, 8)
                return state
            if not piece.startswith(b"ST" + delimiters.element):
                return state
            state = self._begin(piece, index, delimiters)
        tables = self._current
        if tables is None:
            return self._passed(state, piece, delimiters)
        move = tables.move(state, piece)
        if move.plain and move.matches(piece):
            return self._remembered(state, piece, move)
        rule = move.rule
        if rule is not None and rule.id == "HL":
            self._hierarchy(piece, move, index, delimiters, faults)
        if move.faults or not move.matches(piece):
            good = self._judged(move, piece, index, tables, faults)
            if good and move.plain:
                return self._remembered(state, piece, move)
        return self._outside if rule is not None and rule.id == "SE" else move.to

    @staticmethod
    def _remembered(state: State, piece: bytes, move: Move) -> State:
        """Where a segment without fault leads, from now on by one look-up."""
        if move.left:
            move.left -= 1
            state[piece] = move.to
        return move.to

    def _begin(self, st: bytes, index: int, delimiters: Delimiters) -> State:
        self._sets += 1
        self._begun = self._seen + index
        self._levels, self._path, self._faults_left = 0, [], MOST_FAULTS
        version = _element(st, delimiters, 3) or self._version
        guide = self._guides(_element(st, delimiters, 1), version)
        if guide is None:
            self.unvalidated += 1
            self._current = None
            return State(())
        key = (guide.code + guide.version, delimiters)
        if key not in self._tables:
            if len(self._tables) >= 16:
                self._tables.clear()
            self._tables[key] = Tables(guide, delimiters, self._lists)
        self._current = self._tables[key]
        return self._current.start

    def _passed(self, state: State, piece: bytes, delimiters: Delimiters) -> State:
        return self._outside if piece.startswith(b"SE" + delimiters.element) else state

    def _hierarchy(self, hl: bytes, move: Move, index: int, delimiters: Delimiters, faults: list[Fault]) -> None:
        """HL01 counts up by one, and HL02 names a level that is still open: the last one, or one that it hangs on."""
        stated, parent = _element(hl, delimiters, 1), _element(hl, delimiters, 2)
        self._levels += 1
        if stated != str(self._levels):
            self._levels = int(stated) if stated.isdecimal() and stated.isascii() and len(stated) < 12 else self._levels
            self._say(faults, index, hierarchy_number(move.loop, "HL01", self._position(index)))
        if parent and parent not in self._path:
            self._say(faults, index, hierarchy_number(move.loop, "HL02", self._position(index)))
        kept = self._path.index(parent) + 1 if parent in self._path else 0
        self._path = [*self._path[:kept], stated]

    def _judged(self, move: Move, piece: bytes, index: int, tables: Tables, faults: list[Fault]) -> bool:
        """Say what is wrong with a segment; whether nothing is."""
        position, left = self._position(index), self._faults_left
        if not left:
            return False
        for structural in move.faults:
            self._say(faults, index if structural.here else index - 1, of_structure(structural, position))
        if move.rule is None:
            return False
        elements = piece.split(tables.delimiters.element)
        for fault in judge(move.rule, elements, tables.delimiters, tables.lists.known):
            listed = tables.lists.unknown.get(_list_of(move.rule, fault.ref))
            self._say(faults, index, of_element(fault, move.loop, position, listed))
        for wrong in not_followed(move.rule, piece, tables.delimiters):
            self._say(faults, index, of_advice(wrong, move.rule.id, move.loop, position))
        return left == self._faults_left

    def _position(self, index: int) -> int:
        return self._seen + index - self._begun + 1

    def _say(self, faults: list[Fault], index: int, finding: Finding) -> None:
        if self._faults_left:
            self._faults_left -= 1
            faults.append(Fault(self._sets, self._position(index), finding))


def _no(_: bytes) -> None:
    """What belongs nowhere matches nothing."""


def _element(piece: bytes, delimiters: Delimiters, number: int) -> str:
    elements = piece.split(delimiters.element, number + 1)
    return elements[number].decode("latin-1").strip() if len(elements) > number else ""


def _list_of(rule: SegmentRule, ref: str) -> str:
    for element in rule.elements:
        if element.ref == ref:
            return getattr(element, "code_list", "")
        for part in getattr(element, "parts", ()):
            if part.ref == ref:
                return str(part.code_list)
    return ""


def _keys(guide: Guide, delimiters: Delimiters) -> dict[bytes, Callable[[bytes], bytes]]:
    """How to find the qualifying value in what follows `ID*`, for the segment ids that have one anywhere in the guide."""
    element, component = delimiters.element, delimiters.component

    def first(rest: bytes) -> bytes:
        return rest.partition(element)[0]

    def first_component(rest: bytes) -> bytes:
        return rest.partition(element)[0].partition(component)[0]

    def third(rest: bytes) -> bytes:
        return b"".join(rest.split(element, 3)[2:3])

    keys: dict[bytes, Callable[[bytes], bytes]] = {}
    for rule in _segments(guide):
        found = qualifying(rule)
        if found:
            by = third if rule.id == "HL" else first_component if "-" in found.ref else first
            keys[rule.id.encode("ascii")] = by
    return keys


def _ids(guide: Guide) -> set[bytes]:
    return {rule.id.encode("ascii") for rule in _segments(guide)}


def _segments(guide: Guide) -> list[SegmentRule]:
    found: list[SegmentRule] = []
    waiting = list(guide.root.children)
    while waiting:
        child = waiting.pop()
        if isinstance(child, SegmentRule):
            found.append(child)
        else:
            waiting.extend(child.children)
    return found
