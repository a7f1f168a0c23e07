"""Where a finding stands: the position in its set (ST = 1) of a segment, or of what opens the loop that misses it.

A claim from the store has no text, and what opens the loop is all that is known of it. Nothing here is fast or needs to
be: only what was found is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Diagnosis, ServiceLine
from gateway.x12.syntax import text_of

BILLING, SUBSCRIBER, DEPENDENT = range(3)
"""Levels 2000A, 2000B and 2000C of a claim."""

SERVICE = {ClaimKind.PROFESSIONAL: "SV1", ClaimKind.INSTITUTIONAL: "SV2", ClaimKind.DENTAL: "SV3"}

_Elements = list[bytes]
_Known = Callable[[_Elements], bool]

_LINE_OVER = frozenset({b"LX"})
_PAYER_OVER = frozenset({b"SBR", b"SVD", b"LX"})
_LOOP_OVER = frozenset({b"NM1", b"LIN", b"LQ", *_PAYER_OVER})
_LEVEL_OVER = frozenset({b"NM1"})
_NEVER = frozenset[bytes]()


def of_claim(claim: Claim, id: str, *qualifiers: str) -> int:
    """A segment of loop 2300 itself, else the CLM."""
    return _found(claim, claim.position, id, _one_of(qualifiers)) or claim.position


def of_line(claim: Claim, line: ServiceLine, id: str, *qualifiers: str) -> int | None:
    """A segment of loop 2400 itself, else its LX."""
    return _found(claim, line.segment, id, _one_of(qualifiers)) or line.segment or None


def of_level(claim: Claim, level: int, id: str, *qualifiers: str) -> int | None:
    """A segment of a level, above its parties; else its HL. An NM1 is found among all of them."""
    if claim.text is None or level >= len(claim.text.levels):
        return None
    start, _ = claim.text.levels[level]
    return _found(claim, start, id, _one_of(qualifiers), _NEVER if id == "NM1" else _LEVEL_OVER) or start


def element_of(claim: Claim, level: int, id: str, number: int) -> str | None:
    """An element of the first such segment of a level, empty where it has none; None without text or segment."""
    if claim.text is None or level >= len(claim.text.levels):
        return None
    element = claim.text.delimiters.element
    pieces = (piece.split(element) for piece in _pieces(claim.text.levels[level][1], claim.text.delimiters.segment))
    found = next((elements for elements in pieces if elements[0] == id.encode()), None)
    return None if found is None else text_of((*found, *[b""] * number)[number])


def of_party(claim: Claim, named: int, id: str, *qualifiers: str) -> int | None:
    """A segment that belongs to the party whose NM1 has this position, else that NM1."""
    return _found(claim, named, id, _one_of(qualifiers)) or named or None


def of_billing(claim: Claim, id: str, *qualifiers: str) -> int | None:
    """A segment of loop 2010AA, else its NM1, else the HL above it."""
    return of_party(claim, claim.billing.segment, id, *qualifiers) or of_level(claim, BILLING, "HL")


def of_patient(claim: Claim, id: str) -> int | None:
    """A segment of loop 2010BA or 2010CA, whichever is the patient's, else its NM1, else the HL above it."""
    level = DEPENDENT if claim.patient.dependent else SUBSCRIBER
    return of_party(claim, claim.patient.segment, id) or of_level(claim, level, "HL")


def of_payer(claim: Claim) -> int | None:
    """The NM1 of loop 2010BB, else the subscriber's HL."""
    return claim.payer_segment or of_level(claim, SUBSCRIBER, "HL")


def of_other_payer(claim: Claim, payer: Coverage | Adjudication, id: str, *qualifiers: str) -> int | None:
    """A segment of loops 2320 and 2330, or of 2430, else what opens them: SBR or SVD."""
    return _found(claim, payer.segment, id, _one_of(qualifiers), _PAYER_OVER) or payer.segment or None


def of_diagnosis(claim: Claim, diagnosis: Diagnosis) -> int:
    """The last HI that has this diagnosis, so that a repeated one is where it comes again; else the CLM."""
    mark = claim.text.delimiters.component if claim.text else b":"

    wanted = [diagnosis.qualifier, diagnosis.code]

    def lists(hi: _Elements) -> bool:
        return any([text_of(part) for part in (*composite.split(mark), b"")[:2]] == wanted for composite in hi[1:])

    return max(_all(claim, claim.position, "HI", lists), default=claim.position)


def pieces_from(claim: Claim) -> Iterator[tuple[int, _Elements]]:
    """Every segment of the claim from its CLM on, with its position."""
    first, pieces = _part(claim, claim.position)
    element = claim.text.delimiters.element if claim.text else b"*"
    return ((first + at, piece.split(element)) for at, piece in enumerate(pieces))


def _one_of(qualifiers: tuple[str, ...]) -> _Known:
    """Whether the element behind the id is one of these; without any, every segment will do."""
    return lambda elements: not qualifiers or text_of((*elements, b"")[1]) in qualifiers


def _found(claim: Claim, start: int, id: str, known: _Known, over: frozenset[bytes] = _LOOP_OVER) -> int | None:
    return next(_all(claim, start, id, known, over), None)


def _all(claim: Claim, start: int, id: str, known: _Known, over: frozenset[bytes] = _LOOP_OVER) -> Iterator[int]:
    """Every such segment from a position on, up to where its loop is over."""
    first, pieces = _part(claim, start)
    element = claim.text.delimiters.element if claim.text else b"*"
    for at in range(start - first, len(pieces)):
        elements = pieces[at].split(element)
        if elements[0] == id.encode() and known(elements):
            yield first + at
        if elements[0] in over and first + at > start:
            return


def _part(claim: Claim, position: int) -> tuple[int, tuple[bytes, ...]]:
    """The level, or the claim, in which a position lies: where it begins, and its segments."""
    if claim.text is None or not position:
        return 0, ()
    parts = (*claim.text.levels, (claim.position, claim.text.claim))
    first, text = max(part for part in parts if part[0] <= position)
    return first, _pieces(text, claim.text.delimiters.segment)


@lru_cache(maxsize=8)
def _pieces(text: bytes, terminator: bytes) -> tuple[bytes, ...]:
    """Remembered, for a claim that is wrong in every line is looked at for each."""
    return tuple(text.split(terminator))
