"""What the elements of ISA, GS and ST must be, whatever the transaction sets are (X12.5, and the guides on envelopes)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from gateway.x12.syntax import date_of

Holds = Callable[[bytes], object]


class Rule(NamedTuple):
    """One element: its number in the segment, what it must be, and the same in words."""

    element: int
    holds: Holds
    words: str


def _code(*codes: bytes) -> Holds:
    return frozenset(codes).__contains__


def _shape(pattern: bytes) -> Holds:
    return re.compile(pattern).fullmatch


def _day(value: bytes) -> object:
    return date_of(b"20" + value if len(value) == 6 else value)


_QUALIFIER = _code(b"01", b"14", b"20", b"27", b"28", b"29", b"30", b"33", b"ZZ")
_TIME = rb"(?:[01][0-9]|2[0-3])[0-5][0-9]"
_NAMED = _shape(rb"[!-~][ -~]{1,14}")
_PLAIN = _shape(rb"[ -~]*[!-~][ -~]*")

_ISA = (
    Rule(1, _code(b"00", b"03"), "00 or 03"),
    Rule(3, _code(b"00", b"01"), "00 or 01"),
    Rule(5, _QUALIFIER, "a qualifier that the guides allow (ZZ, 30, 01 ...)"),
    Rule(6, _PLAIN, "the sender's id in plain letters and digits"),
    Rule(7, _QUALIFIER, "a qualifier that the guides allow (ZZ, 30, 01 ...)"),
    Rule(8, _PLAIN, "the receiver's id in plain letters and digits"),
    Rule(9, _day, "a day as YYMMDD"),
    Rule(10, _shape(_TIME), "a time as HHMM"),
    Rule(11, _shape(rb"U|[^0-9A-Za-z ]"), "a repetition separator, or U for none"),
    Rule(12, _code(b"00501"), "00501"),
    Rule(13, _shape(rb"(?!0{9})[0-9]{9}"), "nine digits, not all of them zero"),
    Rule(14, _code(b"0", b"1"), "0 or 1"),
    Rule(15, _code(b"P", b"T"), "P (production) or T (test)"),
)
_GS = (
    Rule(1, _shape(rb"[A-Z]{2}"), "two capital letters (HC for claims)"),
    Rule(2, _NAMED, "the sender's code, 2 to 15 plain characters"),
    Rule(3, _NAMED, "the receiver's code, 2 to 15 plain characters"),
    Rule(4, lambda value: len(value) == 8 and date_of(value), "a day as CCYYMMDD"),
    Rule(5, _shape(_TIME + rb"(?:[0-5][0-9](?:[0-9]{1,2})?)?"), "a time as HHMM"),
    Rule(6, _shape(rb"[0-9]{1,9}"), "a number of 1 to 9 digits"),
    Rule(7, _code(b"X"), "X"),
    Rule(8, _shape(rb"[0-9A-Z]{6,12}"), "the implementation guide's version, such as 005010X222A1"),
)
_ST = (
    Rule(1, _shape(rb"[0-9]{3}"), "the transaction set's three digits, such as 837"),
    Rule(2, _shape(rb"[0-9A-Za-z]{4,9}"), "a control number of 4 to 9 letters and digits"),
)
RULES: dict[bytes, tuple[Rule, ...]] = {b"ISA": _ISA, b"GS": _GS, b"ST": _ST}

GROUP_OF = {"837": "HC"}
"""GS01 for the transaction sets that are dropped here."""

LONGEST = {b"ISA": 16, b"GS": 8, b"ST": 3, b"SE": 2, b"GE": 2, b"IEA": 2}
"""How many elements each segment of the envelope has at the most."""


def first_wrong(id: bytes, elements: Sequence[bytes]) -> tuple[str, str] | None:
    """The first element that is not what it must be, as its name and what it should be; None where all are."""
    name = id.decode("ascii")
    for rule in RULES.get(id, ()):
        if not rule.holds(elements[rule.element]):
            return f"{name}{rule.element:02d}", rule.words
    beyond = LONGEST[id] + 1
    if any(elements[beyond:]):
        return f"{name}{beyond:02d}", "absent: the segment ends before it"
    return None
