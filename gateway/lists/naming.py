"""The day that a list speaks for, as the names of the published files tell it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from gateway.model.lists import ListKind

_DAY = re.compile(r"(?<!\d)(20\d{2})[-._]?(0[1-9]|1[0-2])[-._]?(0[1-9]|[12]\d|3[01])(?!\d)")
_AMERICAN = re.compile(r"(?<!\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{2})(0[1-9]|1[0-2])(?=excl|rein)", re.IGNORECASE)
_DAY_OF_YEAR = re.compile(r"_(\d{2})([0-3]\d{2})(?!\d)")
_EDITION = re.compile(r"_(\d{2})([01])(?!\d)")


def dated_by(kind: ListKind, names: tuple[str, ...]) -> date | None:
    """The last day that these names (of the file, of what lies in it) tell, the first name that tells one; None where
    none does."""
    return next((day for name in names if (day := _told(kind, name))), None)


def _told(kind: ListKind, name: str) -> date | None:
    if kind is ListKind.SAM and (found := _DAY_OF_YEAR.search(name)) and 0 < int(found[2]) <= 366:
        return date(2000 + int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
    if kind is ListKind.TAXONOMY and (found := _EDITION.search(name)):
        return date(2000 + int(found[1]), 7 if found[2] == "1" else 1, 1)
    if kind is ListKind.LEIE and (found := _MONTH.search(name)):
        return _month_end(2000 + int(found[1]), int(found[2]))
    days = [_day(y, m, d) for y, m, d in _DAY.findall(name)]
    days += [_day(f"20{y}", m, d) for m, d, y in _AMERICAN.findall(name)]
    return max((day for day in days if day), default=None)


def _month_end(year: int, month: int) -> date:
    """A supplement is about a whole month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
