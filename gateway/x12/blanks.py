"""Blanks and tabs before a segment's id taken out, where who wrote the document put some."""

from __future__ import annotations

import re
from functools import lru_cache

from gateway.model.x12 import Delimiters

_BLANKS = b" \t"
_SIGNS = tuple(before + blank for before in (b"\n", b"\r") for blank in (b" ", b"\t"))


def without_blanks(data: bytes, delimiters: Delimiters) -> bytes:
    """Whole segments without blanks and tabs between a terminator and what follows; line breaks stay, and every segment
    is the bytes that it was."""
    signs = (delimiters.segment + b" ", delimiters.segment + b"\t", *_SIGNS)
    if not any(sign in data for sign in signs):
        return data
    gap, blanks = _gap(delimiters)
    return gap.sub(lambda found: found[0].translate(None, blanks), data)


@lru_cache(maxsize=64)
def _gap(delimiters: Delimiters) -> tuple[re.Pattern[bytes], bytes]:
    """A terminator with all padding behind it, and which blanks are no delimiters."""
    terminator = re.escape(delimiters.segment)
    marks = delimiters.element + delimiters.component + delimiters.segment + (delimiters.repetition or b"")
    blanks = _BLANKS.translate(None, marks)
    padding = re.escape(blanks + b"\r\n" + delimiters.segment)
    return re.compile(rb"%b[%b]+" % (terminator, padding)), blanks
