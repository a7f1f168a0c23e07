"""Rows of one file that speak of the same: of two that differ nobody knows which is meant, so nothing is applied."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.enrollment import history
from gateway.model.enrollment import Enrollment
from gateway.sheets import succession
from gateway.sheets.layout import Record, Sheet, sheet_of


class Together:
    """The rows of a file that were read so far, by what they speak of."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], list[tuple[str, Record]]] = {}

    def problems(self, record: Record, place: str) -> Iterator[str]:
        """What an earlier row says otherwise, by column. Saying the very same twice is none."""
        sheet = sheet_of(record)
        others = self._seen.setdefault((sheet.name, *(str(getattr(record, name)) for name in sheet.key)), [])
        for before, other in others:
            if said := _otherwise(sheet, record, other):
                column, words = said
                yield f"column {column}: {before} {words}"
                break
        others.append((place, record))


def _otherwise(sheet: Sheet, one: Record, other: Record) -> tuple[str, str] | None:
    """The column that shows it, and what the other row does."""
    if _content(one) == _content(other):
        return None
    if not sheet.dated:
        return sheet.columns[0].name, "says something else of the same"
    if not _meet(sheet, one, other):
        return None
    if isinstance(one, Enrollment) and isinstance(other, Enrollment) and one.state is not other.state:
        return "state", "says something else of the same days; give one of them an end"
    return sheet.first, "speaks of the same on some of the same days; give one of them an end, or take one away"


def _content(record: Record) -> object:
    return history.content(record) if isinstance(record, Enrollment) else succession.content(record)


def _meet(sheet: Sheet, one: Record, other: Record) -> bool:
    """An enrollment without a beginning, or that ended nobody knows when, speaks of no day."""
    if isinstance(one, Enrollment) and isinstance(other, Enrollment):
        if not (one.effective_from and other.effective_from):
            return False
        if history.ended_some_day(one) or history.ended_some_day(other):
            return False
    firsts = [getattr(each, sheet.first) or date.min for each in (one, other)]
    lasts = [getattr(each, sheet.last) or date.max for each in (one, other)]
    return max(firsts) <= min(lasts)
