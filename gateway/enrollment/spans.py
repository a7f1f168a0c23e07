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
    """Whether the range has a day of `days`."""
    return (first is None or first <= days.last) and (last is None or last >= days.first)


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
