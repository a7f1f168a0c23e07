"""Which segments of an 837 are read, and those that come again and again, taken apart once."""

from __future__ import annotations

from gateway.model.x12 import Delimiters
from gateway.x12.extract_records import Piece
from gateway.x12.syntax import ABSENT

SERVICE, DAYS, LINE, PARTY, TAXONOMY, DIAGNOSES, DATE, ELSEWHERE = range(1, 9)
"""Segments that are remembered: SV1 to SV3, DTP*472, LX, NM1, PRV, HI, other DTP, an NM1 that names no provider."""

REFERENCE, COLD, ENVELOPE, BOUNDARY = range(9, 13)
"""Segments that are not: REF, those that few claims have, BHT and what stands around sets, and HL, CLM, SE."""

BOUNDARIES = frozenset({b"HL", b"CLM", b"SE"})
"""Where a level, a claim or a set's trailer begins."""

_MOST_PIECES = 4096
_IDS = {
    b"SV1": SERVICE, b"SV2": SERVICE, b"SV3": SERVICE, b"DTP": DATE, b"LX": LINE, b"NM1": PARTY, b"PRV": TAXONOMY,
    b"HI": DIAGNOSES, b"REF": REFERENCE, b"SBR": COLD, b"AMT": COLD, b"CAS": COLD, b"SVD": COLD,
    b"ISA": ENVELOPE, b"GS": ENVELOPE, b"ST": ENVELOPE, b"BHT": ENVELOPE, b"GE": ENVELOPE, b"IEA": ENVELOPE,
    b"HL": BOUNDARY, b"CLM": BOUNDARY, b"SE": BOUNDARY,
}  # fmt: skip
_PLACES = frozenset({b"PW", b"45"})
"""NM101 of an ambulance's pick-up and drop-off: addresses, no providers."""


class Known:
    """The segments known under one set of delimiters. `kinds` are by the first three bytes of a segment."""

    def __init__(self, delimiters: Delimiters) -> None:
        self.delimiters = delimiters
        self.kinds = {(id + delimiters.element)[:3]: kind for id, kind in _IDS.items()}
        self.kinds |= {id: kind for id, kind in _IDS.items() if len(id) == 2}  # one without elements
        self.pieces: dict[bytes, Piece] = {}

    def parsed(self, text: bytes, kind: int) -> Piece:
        """A segment taken apart, remembered for the next time that it comes."""
        if len(self.pieces) >= _MOST_PIECES:
            self.pieces.clear()
        elements = text.split(self.delimiters.element) + ABSENT
        if _IDS.get(elements[0]) != kind:
            kind = 0  # an id of more than three letters is none
        elif kind == DATE and elements[1] == b"472":
            kind = DAYS
        elif kind == PARTY and elements[1] in _PLACES:
            kind = ELSEWHERE
        found = self.pieces[text] = Piece(elements, kind)
        return found
