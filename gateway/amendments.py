"""Amendments: how an interchange is written for one partner, never what it says.

An amendment gets the composed bytes and gives others. What it gave is read again and compared: claims, charges and
counts, or what a status request asks, must be what they were, or nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import Malformed, Refused
from gateway.model.claims import Claim
from gateway.model.partners import LineBreak, Partner
from gateway.partnership.typed import RESUME
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope
from gateway.x12.syntax import PADDING, runs

_ISA_LENGTH = 106
_ENVELOPE = frozenset({b"IS", b"GS", b"GE", b"IE"})
_BREAKS = {LineBreak.NONE: b"", LineBreak.LF: b"\n", LineBreak.CRLF: b"\r\n"}


@dataclass(frozen=True, slots=True)
class Amendment:
    """`amends` gets the blocks of one outbound interchange and the partner it goes to, and gives blocks; pure. An
    interchange holds claims (GS01 HC) or questions for the status of claims (HR). `partner` limits it to one partner, by
    key."""

    code: str
    amends: Callable[[Iterable[bytes], Partner], Iterable[bytes]]
    partner: str | None = None


def amended(blocks: Iterable[bytes], partner: Partner, amendments: Sequence[Amendment]) -> Iterable[bytes]:
    """The blocks after every amendment that concerns this partner, in order."""
    for amendment in amendments:
        if amendment.partner in (None, partner.key):
            blocks = amendment.amends(blocks, partner)
    return blocks


Says = Callable[[list[bytes]], object]
"""What an interchange says, in a form that equals another's which says the same. Raises Malformed."""


def compare(before: Iterable[bytes], after: Iterable[bytes], says: Says) -> None:
    """Raises Refused AMENDMENT_CHANGED unless both say the same, in whole envelopes."""
    try:
        kept = (check_envelope(kept_blocks := list(after)), says(kept_blocks))
        written = (check_envelope(written_blocks := list(before)), says(written_blocks))
    except Malformed as broken:
        raise _changed(broken.message) from None
    if kept != written:
        raise _changed("it changed claims, charges, counts or questions")


def prove_whole(blocks: Iterable[bytes]) -> None:
    """What no amendment touched has only its envelopes looked at. Raises as `compare` does."""
    try:
        check_envelope(blocks)
    except Malformed as broken:
        raise _changed(broken.message) from None


def claims(blocks: list[bytes]) -> object:
    """The claims of an 837. A claim's fingerprint leaves out line breaks and delimiters, and nothing else."""
    found = (item for item in read_claims(blocks) if isinstance(item, Claim))
    return [(claim.control_number, str(claim.charge), claim.fingerprint) for claim in found]


def questions(blocks: list[bytes]) -> object:
    """The sets of a 276, without line breaks and without the names of who asks (2100B)."""
    said = []
    for run in runs(blocks):
        own = run.delimiters.element.join((b"NM1", b"41", b""))
        pieces = (piece.lstrip(PADDING) for piece in run.pieces())
        said += [piece for piece in pieces if piece[:2] not in _ENVELOPE and not piece.startswith(own)]
    return said


def _changed(how: str) -> Refused:
    return Refused(
        f"an amendment may change how an interchange is written, never what it says: {how}",
        code="AMENDMENT_CHANGED",
        next_step=f"Correct the plugin that registers the amendment, then `{RESUME}`.",
    )


def line_breaks(blocks: Iterable[bytes], partner: Partner) -> Iterable[bytes]:
    """Write the line breaks that the partner wants after segments: none, LF or CRLF; as the sources had them where it
    says nothing, or where a line break is the terminator itself."""
    return blocks if partner.line_break is None else _rewrapped(blocks, _BREAKS[partner.line_break])


def _rewrapped(blocks: Iterable[bytes], line_break: bytes) -> Iterator[bytes]:
    rest, terminator = b"", b""
    for block in blocks:
        rest += block
        if not terminator:
            if len(rest) < _ISA_LENGTH:
                continue
            terminator = rest[_ISA_LENGTH - 1 : _ISA_LENGTH]
        if terminator in b"\r\n":
            yield rest
            rest = b""
            continue
        *whole, rest = rest.split(terminator)
        yield b"".join(segment.lstrip(b"\r\n") + terminator + line_break for segment in whole)
    yield rest.lstrip(b"\r\n")


LINE_BREAKS = Amendment("line_breaks", line_breaks)
"""The amendment that the gateway brings itself."""
