"""The dates of a claim and its lines beside the date of service: onset, accident, disability, last seen and so on."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.claims import ClaimKind, OtherDate
from gateway.model.x12 import Delimiters
from gateway.x12.extract_records import RawClaim
from gateway.x12.syntax import ABSENT, period_of, text_of

_SERVED = frozenset({b"472", b"434"})
_OCCURRENCES = frozenset({b"BH", b"BI"})
_ELSEWHERE = frozenset({b"NM1", b"SBR", b"SVD", b"LIN"})
"""Where the dates of a claim, or of a line, are over: what follows is of another party or another payer."""


def other_dates(raw: RawClaim) -> tuple[OtherDate, ...]:
    """In document order. Whoever reads a claim asks only where it has more DTPs than lines, which few have."""
    element, line, own = raw.delimiters.element, None, True
    lines, found, lx, hi = iter(raw.lines), list[OtherDate](), (b"LX" + element)[:3], (b"HI" + element)[:3]
    for position, piece in enumerate(raw.pieces, raw.position):
        id = piece[:3]
        if id == b"DTP" and own:
            _, qualifier, form, value, *_ = piece.split(element) + ABSENT
            if qualifier not in _SERVED and (days := period_of(form, value)):
                found.append(OtherDate(text_of(qualifier), *days, line, position))
        elif id == hi and raw.kind is ClaimKind.INSTITUTIONAL:
            found += _occurrences(piece, raw.delimiters, position)
        elif id == lx or piece == b"LX":
            line, own = next(lines).value, True
        elif id in _ELSEWHERE:
            own = False
    return tuple(found)


def _occurrences(hi: bytes, delimiters: Delimiters, position: int) -> Iterator[OtherDate]:
    for composite in hi.split(delimiters.element)[1:]:
        qualifier, code, form, value, *_ = composite.split(delimiters.component) + ABSENT
        if qualifier in _OCCURRENCES and (days := period_of(form, value)):
            yield OtherDate(text_of(qualifier + code), *days, None, position)
