"""The data element dictionary's entries: what every use of an element has in common (X12.3)."""

from __future__ import annotations

from typing import NamedTuple


class DataElement(NamedTuple):
    """One data element: `type` is AN, ID, N0, N2, R, DT, TM or B, `least` and `most` count characters."""

    number: str
    type: str
    least: int
    most: int
    name: str
