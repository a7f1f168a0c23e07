"""A replacement or void of a claim, from its own stored bytes: an interchange as billing software would drop it.

Of the claim CLM05-3 and REF*F8 change, and nothing else; of its levels the HL numbers. There is no REF*D9 of ours in it,
for it is not on its way yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from gateway.errors import Malformed
from gateway.model.claims import ClaimKind
from gateway.model.sending import OutboundClaim, OutboundEnvelope, OutboundLevel, PlacedSpan
from gateway.model.x12 import Delimiters
from gateway.x12.outbound import BEFORE_REFERENCES, Composition, Editor, Piece
from gateway.x12.outbound_envelope import check_element, segment

# The REFs of 2300 that stand before REF*F8 in each guide.
_EARLIER: Mapping[ClaimKind, frozenset[bytes]] = {
    ClaimKind.PROFESSIONAL: frozenset((b"4N", b"F5", b"EW", b"9F", b"G1")),
    ClaimKind.INSTITUTIONAL: frozenset((b"4N", b"9F", b"G1")),
    ClaimKind.DENTAL: frozenset((b"G3", b"4N")),
}
_FACILITY = 5  # CLM05
_MOST = 50  # REF02


class Correction(Composition):
    """One claim with its levels, as `frequency` 7 or 8 and with the payer's `number` of what it replaces or voids."""

    def __init__(
        self,
        envelope: OutboundEnvelope,
        levels: Mapping[int, OutboundLevel],
        claim: OutboundClaim,
        read: Callable[[PlacedSpan], bytes],
        *,
        kind: ClaimKind,
        frequency: str,
        number: str,
    ) -> None:
        super().__init__(envelope, levels, [claim], read)
        check_element(envelope.delimiters, number, "2300/REF02", 1, _MOST)
        self._delimiters = envelope.delimiters
        self._kind, self._frequency, self._number = kind, frequency, number

    def _claim(self, claim: OutboundClaim) -> bytes:
        edit, block = Editor(self._delimiters), self._read(claim.source)
        edit.check(block, b"CLM", "the claim")
        (first, *others), rest = edit.head(block)
        reference = segment(self._delimiters, "REF", "F8", self._number)
        head = _with_reference(others, reference, _EARLIER[self._kind])
        return b"".join((_with_frequency(first.text, self._delimiters, self._frequency), *head, rest))


def _with_frequency(clm: bytes, delimiters: Delimiters, frequency: str) -> bytes:
    """The CLM with another CLM05-3; whatever follows its terminator stays."""
    text, terminator, padding = clm.partition(delimiters.segment)
    elements = text.split(delimiters.element)
    parts = elements[_FACILITY].split(delimiters.component) if len(elements) > _FACILITY else []
    if len(parts) < 3:
        raise Malformed(
            "the claim has no frequency code to change",
            code="FREQUENCY_MISSING",
            place="2300/CLM05-3",
            next_step="Send the replacement or void from the billing software.",
        )
    parts[2] = frequency.encode("ascii")
    elements[_FACILITY] = delimiters.component.join(parts)
    return delimiters.element.join(elements) + terminator + padding


def _with_reference(pieces: Sequence[Piece], reference: bytes, earlier: frozenset[bytes]) -> list[bytes]:
    """The segments with the REF*F8: in the place of the one that stands there, else where the guide has it."""
    there = [at for at, piece in enumerate(pieces) if piece.is_reference(b"F8")]
    if there:
        return [
            reference if at == there[0] else piece.text
            for at, piece in enumerate(pieces)
            if at == there[0] or at not in there
        ]
    before = [at for at, piece in enumerate(pieces) if piece.id in BEFORE_REFERENCES or _stands(piece, earlier)]
    place = before[-1] + 1 if before else 0
    texts = [piece.text for piece in pieces]
    return [*texts[:place], reference, *texts[place:]]


def _stands(piece: Piece, earlier: frozenset[bytes]) -> bool:
    return piece.id == b"REF" and piece.first in earlier
