"""Checks of dental lines: the tooth, its surfaces and the part of the mouth that a procedure is done at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_line, pieces_from
from gateway.model.claims import Claim, Finding, Outcome, ServiceLine

# Fillings by the number of their surfaces; the last of each row is for four and more.
_FILLINGS = (
    ("D2140", "D2150", "D2160", "D2161"),
    ("D2330", "D2331", "D2332", "D2335"),
    ("D2391", "D2392", "D2393", "D2394"),
)
_SURFACES = {code: number for row in _FILLINGS for number, code in enumerate(row, 1)}
_MOST = 4
# Crowns, posts, treatment of roots, extractions.
_OF_A_TOOTH = (("D2710", "D2799"), ("D2930", "D2957"), ("D3220", "D3333"), ("D3346", "D3348"), ("D7111", "D7250"))
# Scaling and surgery of a quadrant.
_OF_A_QUADRANT = frozenset({"D4210", "D4211", "D4240", "D4241", "D4260", "D4261", "D4341", "D4342"})


class _Done(NamedTuple):
    """A line with its SV3, and its teeth: number and surfaces of each TOO."""

    line: ServiceLine
    service: list[bytes]
    teeth: list[tuple[bytes, bytes]]


def tooth_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A filling, a crown, a root canal or an extraction is of a tooth."""
    message, step = "The procedure is done at a tooth, and the line names none.", "Enter the number of the tooth."
    return [
        _found("TOOTH_MISSING", claim, done.line, "2400/TOO02", message, step)
        for done in _lines(claim)
        if not any(number for number, _ in done.teeth) and _is_of_tooth(done.line.procedure)
    ]


def surfaces_differ(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A filling has as many surfaces as its code says, each once."""
    message = "The surfaces of the tooth are not as many as those of the filling, or one of them stands twice."
    step = "Enter each surface that was filled, or correct the procedure code."
    mark = claim.text.delimiters.component if claim.text else b":"
    return [
        _found("SURFACES_DIFFER", claim, done.line, "2400/TOO03", message, step)
        for done in _lines(claim)
        for number, surfaces in done.teeth
        if (wanted := _SURFACES.get(done.line.procedure)) and number and not _are(surfaces.split(mark), wanted)
    ]


def quadrant_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Scaling and gum surgery are billed by the quadrant of the mouth."""
    message, step = "The procedure is done in a quadrant of the mouth, and the line names none.", "Enter the quadrant."
    return [
        _found("QUADRANT_MISSING", claim, done.line, "2400/SV304", message, step)
        for done in _lines(claim)
        if done.line.procedure in _OF_A_QUADRANT and not done.teeth and not b"".join(done.service[4:5])
    ]


def _are(surfaces: list[bytes], wanted: int) -> bool:
    named = list(filter(None, surfaces))
    return len(set(named)) == len(named) and min(len(named), _MOST) == wanted


def _is_of_tooth(code: str) -> bool:
    return code in _SURFACES or any(first <= code <= last for first, last in _OF_A_TOOTH)


def _lines(claim: Claim) -> list[_Done]:
    """Nothing where the claim is no dental one, or comes from the store."""
    if claim.text is None:
        return []
    numbers, found = {line.segment: line for line in claim.lines}, list[_Done]()
    for position, elements in pieces_from(claim):
        if elements[0] == b"LX" and position in numbers:
            found.append(_Done(numbers[position], [], []))
        elif found and elements[0] == b"SV3":
            found[-1].service.extend(elements)
        elif found and elements[0] == b"TOO":
            number, surfaces = [*elements, b"", b"", b""][2:4]
            found[-1].teeth.append((number, surfaces))
    return [done for done in found if done.service]


def _found(code: str, claim: Claim, line: ServiceLine, place: str, message: str, step: str) -> Finding:
    return Finding(code, Outcome.WARN, place, message, step, line=line.number, segment=of_line(claim, line, "SV3"))


CHECKS = (
    Check("TOOTH_MISSING", tooth_missing, worst=Outcome.WARN, once=True),
    Check("SURFACES_DIFFER", surfaces_differ, worst=Outcome.WARN, once=True),
    Check("QUADRANT_MISSING", quadrant_missing, worst=Outcome.WARN, once=True),
)
