"""Segment ids in capitals, where who wrote the document used lower case."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.model.x12 import Delimiters

_CODES = {b"ISA": (5, 7, 11, 15), b"GS": (1, 7, 8), b"ST": (3,)}
"""Codes of the envelope, by their segment. The elements of all other segments are for the guide to judge."""


def in_capitals(data: bytes, delimiters: Delimiters) -> tuple[bytes, int]:
    """Whole segments with their ids in capitals, and how many were not; as they are where none was.

    With the id of an ISA, GS or ST its codes are put in capitals. No byte moves. What stands behind the first IEA may
    have other delimiters, and stays as it is.
    """
    if data == data.upper():
        return data, 0
    first, following, envelope, trailer = _patterns(delimiters)
    if not first.match(data) and not following.search(data):
        return data, 0
    closing = trailer.search(data)
    end = closing.end() if closing else len(data)
    text = envelope.sub(lambda found: found[1] + _codes(found[2], delimiters), data[:end])
    text, one = first.subn(_upper, text)
    text, more = following.subn(_upper, text)
    return text + data[end:], one + more


@lru_cache(maxsize=64)
def _patterns(delimiters: Delimiters) -> tuple[re.Pattern[bytes], ...]:
    """A lower-case id at the start, those behind a terminator, an envelope's segment, an IEA to its end."""
    terminator, element = re.escape(delimiters.segment), re.escape(delimiters.element)
    behind = rb"%b[%b\r\n \t]*" % (terminator, terminator)
    id = rb"(?=[A-Z0-9]{0,2}[a-z])[A-Za-z][A-Za-z0-9]{1,2}(?=%b|%b)" % (element, terminator)
    rest = rb"%b[^%b]*" % (element, terminator)
    return (
        re.compile(rb"\A" + id),
        re.compile(behind + id),
        re.compile(rb"(\A|%b)((?i:ISA|GS|ST)%b)" % (behind, rest)),
        re.compile(rb"(?:\A|%b)(?i:IEA)%b" % (behind, rest)),
    )


def _upper(found: re.Match[bytes]) -> bytes:
    return found[0].upper()


def _codes(text: bytes, delimiters: Delimiters) -> bytes:
    elements = text.split(delimiters.element)
    id = elements[0]
    for number in () if id.isupper() else _CODES[id.upper()]:
        elements[number : number + 1] = [element.upper() for element in elements[number : number + 1]]
    return delimiters.element.join(elements)
