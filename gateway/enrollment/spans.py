"""Ranges of days with open ends: None at either end is open, both ends are inclusive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

Span = tuple[date | None, date | None]


class Days(NamedTuple):
    """A range of days, both ends stated."""

    first: date
    last: date


def overlap(first: date | None, last: date | None, days: Days) -> bool:
    """Whether the range has a day of `days`. One that ends before it begins has none."""
    begin, end = first or date.min, last or date.max
    return begin <= days.last and end >= days.first and begin <= end


def covered(days: Days, spans: Iterable[Span]) -> bool:
    """Whether the ranges together hold every day."""
    missing, end = days
    for first, last in sorted([(first or date.min, last or date.max) for first, last in spans]):
        if first > missing:
            return False
        if last >= end:
            return True
        missing = max(missing, last + timedelta(days=1))
    return False
