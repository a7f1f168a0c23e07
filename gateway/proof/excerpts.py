"""Byte-exact excerpts: the segments of one claim in what was sent, and those of an acknowledgment that name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from gateway.x12.syntax import Run, runs


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Bytes `start` to `end` of a document, as Latin-1 text. `what` says what they are."""

    what: str
    start: int
    end: int
    text: str


class _Piece(NamedTuple):
    """One segment: where it stands with its terminator, and its elements."""

    start: int
    end: int
    elements: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.elements[0]

    def at(self, number: int) -> str:
        return self.elements[number] if number < len(self.elements) else ""


_ENVELOPE = ("ISA", "GS", "ST", "BHT")


def _pieces(content: bytes) -> list[_Piece]:
    """Every segment from the first ISA on. Raises Malformed."""
    begun = max(content.find(b"ISA"), 0)
    return [piece for run in runs([content[begun:]]) for piece in _of_run(run, begun)]


def _of_run(run: Run, begun: int) -> Iterator[_Piece]:
    element, at = run.delimiters.element.decode("latin-1"), begun + run.offset
    for piece in run.pieces():
        text = piece.lstrip(b"\r\n\t \x00")
        start, end = at + len(piece) - len(text), at + len(piece) + 1
        if text:
            yield _Piece(start, end, tuple(part.strip() for part in text.decode("latin-1").split(element)))
        at = end


def sent_excerpts(content: bytes, set_number: int, first: int, last: int, levels: str) -> list[Excerpt]:
    """What stands of one attempt in the interchange that carried it: its envelope, the levels above it, and the claim.
    `first` and `last` are segment numbers in its set (ST = 1), `levels` the same of each level as `3-7 8-12`."""
    pieces = _pieces(content)
    sets = [index for index, piece in enumerate(pieces) if piece.id == "ST"]
    begins = sets[set_number - 1]
    envelope = [p for p in (*pieces[: sets[0]], *pieces[begins : begins + 2]) if p.id in _ENVELOPE]
    found = [_excerpt(content, piece.id, piece, piece) for piece in envelope]
    for what, span in [("level above", level) for level in levels.split()] + [("claim", f"{first}-{last}")]:
        begin, end = (begins + int(number) - 1 for number in span.split("-"))
        found.append(_excerpt(content, what, pieces[begin], pieces[end]))
    return found


def _excerpt(content: bytes, what: str, first: _Piece, last: _Piece) -> Excerpt:
    return Excerpt(what, first.start, last.end, content[first.start : last.end].decode("latin-1"))


def naming(
    content: bytes,
    form: str,
    *,
    isa13: str,
    gs06: str,
    st02: str,
    bht03: str,
    claim: str,
    trace: str,
    number: str = "",
    code: str = "",
) -> tuple[list[str], list[Excerpt]]:
    """By which of our own numbers an acknowledgment names the attempt, and the segments in which it does; nothing where
    it names it by none of them. Of a 277 it is the status that has this payer's claim number and begins with this code.
    Raises Malformed."""
    pieces = _pieces(content)
    if form == "TA1":
        found = [piece for piece in pieces if piece.id == "TA1" and piece.at(1) == isa13]
        return ([isa13], [_excerpt(content, "TA1", one, one) for one in found[:1]]) if found else ([], [])
    if form == "999":
        return _group(content, pieces, gs06, st02)
    if form == "277":
        return _status(content, pieces, (claim.upper(), trace.upper()), number, code.partition(" ")[0])
    return _report(content, pieces, bht03, claim, trace)


def _group(content: bytes, pieces: list[_Piece], gs06: str, st02: str) -> tuple[list[str], list[Excerpt]]:
    ours: _Piece | None = None
    for index, piece in enumerate(pieces):
        if piece.id == "AK1":
            ours = piece if piece.at(2) == gs06 else None
        elif piece.id == "AK2" and ours and piece.at(2) == st02:
            end = next((n for n in range(index + 1, len(pieces)) if pieces[n].id in ("AK2", "AK9", "SE")), len(pieces))
            return [gs06, st02], [
                _excerpt(content, "AK1", ours, ours),
                _excerpt(content, "AK2 to IK5", piece, pieces[end - 1]),
            ]
    return [], []


def _report(
    content: bytes, pieces: list[_Piece], bht03: str, claim: str, trace: str
) -> tuple[list[str], list[Excerpt]]:
    """The level of the claim by its trace, else by its CLM01, else the one above that names our batch."""
    levels = _levels(pieces)
    for number, mark in ((trace, ("REF", "D9")), (claim, ("TRN", "2")), (bht03, ("TRN", "2"))):
        for issuer, level in levels:
            if number and any((p.id, p.at(1)) == mark and p.at(2).upper() == number.upper() for p in level):
                told = [_excerpt(content, "level", level[0], level[-1])]
                return [number], [*([_excerpt(content, "issuer", issuer[0], issuer[-1])] if issuer else []), *told]
    return [], []


def _status(
    content: bytes, pieces: list[_Piece], ours: tuple[str, str], number: str, code: str
) -> tuple[list[str], list[Excerpt]]:
    """A status by REF*D9, else, where it has none, by REF*EJ; a level may hold those of many claims, from TRN to TRN."""
    claim, trace = ours
    component = content[max(content.find(b"ISA"), 0) + 104 :][:1].decode("latin-1")
    for issuer, level in _levels(pieces):
        for block in _statuses(level):
            numbers = {piece.at(1): piece.at(2).upper() for piece in reversed(block) if piece.id == "REF"}
            name = numbers.get("D9") or numbers.get("EJ", "")
            named = name == (trace if numbers.get("D9") else claim)
            if named and numbers.get("1K", "") == number.upper() and _first_code(block, component) == code:
                whose = level[: level.index(next(piece for piece in level if piece.id == "TRN"))]
                parts = (("issuer", issuer), ("level", whose), ("status", block))
                return [name], [_excerpt(content, what, some[0], some[-1]) for what, some in parts if some]
    return [], []


def _statuses(level: list[_Piece]) -> Iterator[list[_Piece]]:
    begins = [index for index, piece in enumerate(level) if piece.id == "TRN"]
    for begin, end in pairwise([*begins, len(level)]):
        yield level[begin:end]


def _first_code(block: list[_Piece], component: str) -> str:
    """As the ledger of statuses writes it."""
    written = next((piece.at(1) for piece in block if piece.id == "STC"), "")
    return ":".join(part.strip() for part in written.split(component)[:3] if part.strip())


def _levels(pieces: list[_Piece]) -> list[tuple[list[_Piece], list[_Piece]]]:
    """The segments of each HL, with those of the issuer's HL of the same set."""
    issuer: list[_Piece] = []
    found: list[tuple[list[_Piece], list[_Piece]]] = []
    level: list[_Piece] | None = None
    for piece in pieces:
        if piece.id == "HL":
            level = []
            if piece.at(3) == "20":
                issuer = level
            else:
                found.append((issuer, level))
        elif piece.id in ("SE", "ST"):
            level = None
        if level is not None:
            level.append(piece)
    return found
