"""What a clean file is, and how one is made from a batch."""

from __future__ import annotations

from typing import NamedTuple

from gateway.testing.builders import ClaimSpec, LineSpec, batch837d, batch837i, batch837p
from tests.defects.editing import Edit, recounted

ONE = ClaimSpec("A1")
FILLED = ClaimSpec("D1", (LineSpec("D2150", 140, tooth="3"),))
STAYED = ClaimSpec("I1", (LineSpec("", 900, 1, revenue_code="0120"),), facility_type="11")


class Clean(NamedTuple):
    """A clean file. `pyx12_says_no` is the reason why the other validator is wrong about it; empty where it agrees."""

    name: str
    data: bytes
    pyx12_says_no: str = ""


def professional(name: str, *edits: Edit, claim: ClaimSpec = ONE, why: str = "") -> Clean:
    """One professional claim, edited."""
    return _edited(name, batch837p([claim]), edits, why)


def institutional(name: str, *edits: Edit, claim: ClaimSpec = STAYED, why: str = "") -> Clean:
    """One institutional claim, edited."""
    return _edited(name, batch837i([claim]), edits, why)


def dental(name: str, *edits: Edit, claim: ClaimSpec = FILLED) -> Clean:
    """One dental claim, edited."""
    return _edited(name, batch837d([claim]), edits, "it has no dental guide")


def _edited(name: str, data: bytes, edits: tuple[Edit, ...], why: str) -> Clean:
    for edit in (*edits, recounted):
        data = edit(data)
    return Clean(name, data, why)
