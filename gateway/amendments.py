"""Amendments: how an interchange is written for one partner, never what it says.

An amendment gets the composed bytes and gives others. What it gave is read again and compared (`faithful`): claims,
charges and counts, or what a status request asks, must be what they were, or nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.model.partners import LineBreak, Partner

_ISA_LENGTH = 106
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
