"""The National Provider Identifier: its form and check digit (45 CFR 162.406)."""

from __future__ import annotations

from functools import lru_cache

# What the card issuer prefix 80840 adds to the Luhn sum of every NPI.
_PREFIX_SUM = 24


@lru_cache(maxsize=65536)  # a practice names few numbers in many claims
def is_npi(text: str) -> bool:
    """Ten digits, the first 1 or 2, and the Luhn sum over 80840 and all ten a multiple of ten."""
    if len(text) != 10 or not (text.isascii() and text.isdecimal()) or text[0] not in "12":
        return False
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in text[0::2])
    plain = sum(int(digit) for digit in text[1::2])
    return (_PREFIX_SUM + doubled + plain) % 10 == 0
