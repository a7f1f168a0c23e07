"""What stands behind an interchange and is none: does it look like X12 all the same?"""

from __future__ import annotations

import re
from functools import lru_cache

OVERLAP = 8
"""No sign of X12 is longer than this."""

_BLANK = b"\r\n \t\x00\x1a"


def looks_like_x12(text: bytes, element: bytes) -> bool:
    """Whether there is a segment of an envelope or of claims in it, in capitals or not, with `element` or any mark that
    ordinary text does not have behind a word."""
    return bool(text.strip(_BLANK)) and bool(_signs(element).search(text.upper()))


@lru_cache(maxsize=64)
def _signs(element: bytes) -> re.Pattern[bytes]:
    mark = rb"(?:%b|[^\w\s.,:;()'\"])" % re.escape(element)
    signs = (
        rb"(?:ISA|IEA|TA1|BHT|NM1|SBR|CLM|SV[1-3]|CLP)%b" % mark,
        rb"GS%b[A-Z]{2}%b" % (mark, mark),
        rb"ST%b[0-9]{3}" % mark,
        rb"HL%b[0-9]" % mark,
        rb"(?:SE|GE|PER|PRV|N[34]|DMG|REF|DTP|AMT|CAS|HI|PAT|NTE|LX|SVD)%b[A-Z0-9]" % re.escape(element),
    )
    return re.compile(rb"|".join(signs))
