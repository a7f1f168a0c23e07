"""Segment ids in capitals, where who wrote the document used lower case."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.model.x12 import Delimiters

_PADDING = b"\r\n \t"
_CODES = {b"ISA": (5, 7, 11, 15), b"GS": (1, 7, 8), b"ST": (3,)}
"""Codes of the envelope, by their segment. The elements of all other segments are for the guide to judge."""


def in_capitals(data: bytes, delimiters: Delimiters) -> tuple[bytes, int]:
    """Whole segments with their ids in capitals, and how many were not; as they are where none was.

    With the id of an ISA, GS or ST its codes are put in capitals. No byte moves. What stands behind the first IEA may
    have other delimiters, and stays as it is. Takes time as the data is long, whatever stands in it.
    """
    if data == data.upper() or not _any_small(data, delimiters):
        return data, 0
    pieces, small = data.split(delimiters.segment), 0
    for number, piece in enumerate(pieces):
        text = piece.lstrip(_PADDING) if number else piece
        if _small_id(delimiters).match(text):
            small += 1
            pieces[number] = piece[: len(piece) - len(text)] + _raised(text, delimiters)
        if text[:4].upper() == b"IEA" + delimiters.element:
            break
    return delimiters.segment.join(pieces), small


def _any_small(data: bytes, delimiters: Delimiters) -> bool:
    """Whether any segment has a lower-case id, without a look at every segment: most files with small letters have
    them in names alone."""
    found = _suspects(delimiters).finditer(data)
    return any(_begins_segment(data, each.start(), delimiters.segment[0]) for each in found)


def _begins_segment(data: bytes, at: int, terminator: int) -> bool:
    while at and data[at - 1] != terminator and data[at - 1] in _PADDING:
        at -= 1
    return not at or data[at - 1] == terminator


@lru_cache(maxsize=64)
def _small_id(delimiters: Delimiters) -> re.Pattern[bytes]:
    element, terminator = re.escape(delimiters.element), re.escape(delimiters.segment)
    return re.compile(rb"(?=[A-Z0-9]{0,2}[a-z])[A-Za-z][A-Za-z0-9]{1,2}(?=%b|%b|\Z)" % (element, terminator))


@lru_cache(maxsize=64)
def _suspects(delimiters: Delimiters) -> re.Pattern[bytes]:
    """Whatever looks like one at the beginning, or behind a terminator or padding."""
    return re.compile(
        rb"(?:\A|(?<=[%b%b]))%b" % (re.escape(delimiters.segment), _PADDING, _small_id(delimiters).pattern)
    )


def _raised(text: bytes, delimiters: Delimiters) -> bytes:
    elements = text.split(delimiters.element)
    elements[0] = elements[0].upper()
    for number in _CODES.get(elements[0], ()):
        elements[number : number + 1] = [element.upper() for element in elements[number : number + 1]]
    return delimiters.element.join(elements)
