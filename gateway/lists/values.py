"""Single values of public lists: NPIs, days and names as they are written there."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

_NO_DAY = frozenset({"", "00000000", "00/00/0000", "0000-00-00", "indefinite", "tbd", "n/a", "none", "null"})
_SHAPES = (
    re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    re.compile(r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})"),
    re.compile(r"(?P<y>[0-9]{4})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})"),
)
_LEGAL_FORMS = frozenset({"INC", "LLC", "LLP", "LTD", "CORP", "CORPORATION", "CO", "PC", "PA", "PLLC", "LP"})


class BadValue(ValueError):
    """A value that cannot be what its column holds. It never says which value."""


def npi_of(text: str) -> int:
    """An NPI as a number, 0 where there is none. Raises BadValue, as for 1.306861e+09: a spreadsheet rounded it."""
    if len(text) == 10 and text.isascii() and text.isdigit():
        return int(text)
    stripped = text.strip()
    if not stripped.strip("0"):
        return 0
    if stripped != text:
        return npi_of(stripped)
    raise BadValue


@lru_cache(maxsize=65536)  # files repeat few days very often
def day_of(text: str) -> str:
    """A day as YYYYMMDD, empty for none. Takes YYYYMMDD, MM/DD/YYYY and YYYY-MM-DD, a time of day behind it aside; zeros,
    Indefinite and TBD are none. Raises BadValue."""
    word = text.strip().lower()
    if word in _NO_DAY:
        return ""
    written = re.split(r"[t ]", word, maxsplit=1)[0]
    for shape in _SHAPES:
        if found := shape.fullmatch(written):
            try:
                return f"{date(int(found['y']), int(found['m']), int(found['d'])):%Y%m%d}"
            except ValueError:
                break
    raise BadValue


def as_day(text: str) -> date | None:
    """A day that `day_of` wrote."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None


def name_key(last: str, first: str = "") -> str:
    """By which two spellings of one name are the same: letters and digits only, without accents, case or legal form. An
    organization has no first name. Empty where there is too little to go by."""
    if first.strip():
        family, given = _letters(last), _letters(first)
        return f"{family},{given}" if family and given else ""
    words = [word for part in last.replace(".", "").split() if (word := _letters(part)) not in _LEGAL_FORMS]
    return f"{''.join(words)}," if any(words) else ""


def _letters(text: str) -> str:
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain.upper() if c.isascii() and c.isalnum())
