"""Rows of text to records, all problems at once, and records to rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gateway.enrollment.coverage import RETRO_KINDS
from gateway.model.enrollment import Enrollment
from gateway.sheets.columns import NO_RETRO, THIRTY_DAYS, Unreadable, plain, written
from gateway.sheets.layout import ENROLLMENTS, SHEETS, Record, Sheet, sheet_of
from gateway.sheets.together import Together

SHEET = "sheet"
"""The key of a row that says which sheet it belongs to; enrollments where it has none."""

AT = "#at"
"""The key of a row that says where it stands in its file; by its number, the header being row 1, where it has none."""

_TOLD = frozenset(
    {
        SHEET,
        AT,
        "id",
        "document",
        "recorded_at",
        "recorded_by",
        "superseded_at",
        "superseded_by",
        "superseded_who",
        "withdrawn",
    }
)
"""What listings say beside the columns of the file; read back it says nothing."""

_RETRO = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record that is to be believed, the fields that its row had a column for, those in which it said something, and
    where it stood."""

    record: Record
    given: frozenset[str]
    said: frozenset[str] = frozenset()
    at: str = ""


def read_rows(rows: Sequence[Mapping[str, str]], payers: Collection[str]) -> tuple[list[Wanted], list[str]]:
    """Rows of text as records, and every problem with its place and column. `payers` are the keys that exist. A record
    whose row has no `observed_on` has none."""
    wanted: list[Wanted] = []
    problems: list[str] = []
    together = Together()
    for number, row in enumerate(rows, 2):
        place = row.get(AT) or f"row {number}"
        sheet = SHEETS.get(row.get(SHEET, ENROLLMENTS.name))
        if sheet is None:
            problems.append(f"{place}: there is no such sheet; there are {', '.join(SHEETS)}")
            continue
        values, found = _values(sheet, row, payers)
        if not found:
            record = sheet.makes(**values)
            found = list(together.problems(record, place))
            wanted.append(_wanted(sheet, record, row, place))
        problems += [f"{place}, {problem}" for problem in found]
    return wanted, problems


def _wanted(sheet: Sheet, record: Record, row: Mapping[str, str], place: str) -> Wanted:
    given = frozenset(column.field for column in sheet.columns if column.name in row)
    said = frozenset(column.field for column in sheet.columns if plain(row.get(column.name) or ""))
    return Wanted(record, given, said, place)


def _values(sheet: Sheet, row: Mapping[str, str], payers: Collection[str]) -> tuple[dict[str, Any], list[str]]:
    found = [f"column {name or '(no heading)'}: unknown" for name in row if name not in {*sheet.names, *_TOLD}]
    values: dict[str, Any] = {}
    for column in sheet.columns:
        try:
            values[column.field] = column.value(row.get(column.name) or "", payers)
        except Unreadable as wrong:
            found.append(f"column {column.name}: {wrong}")
    return values, found or list(_settled(sheet, values))


def _settled(sheet: Sheet, values: dict[str, Any]) -> Iterator[str]:
    """Settle what one column says of another; yields what cannot be."""
    if not sheet.dated:
        return
    first, last = values[sheet.first], values[sheet.last]
    if first and last and last < first:
        yield f"column {sheet.last}: before {sheet.first}"
    retro = values.get("retro_from")
    if retro == THIRTY_DAYS:
        if first is None:
            yield f"column retro_from: 30 days before which day? {sheet.first} is empty"
            return
        values["retro_from"] = first - _RETRO
    elif retro == NO_RETRO:
        # Of these kinds an empty day means that nobody said, and Medicare's own rule.
        values["retro_from"] = first if values["kind"] in RETRO_KINDS else None
    elif isinstance(retro, date) and first and retro > first:
        yield f"column retro_from: after {sheet.first}"


def as_row(record: Record) -> dict[str, str]:
    """A record as a row of its sheet: every column as text."""
    sheet = sheet_of(record)
    return {SHEET: sheet.name, **{c.name: written(getattr(record, c.field)) for c in sheet.columns}}


def enrollments_of(wanted: Sequence[Wanted]) -> list[Enrollment]:
    """Only the enrollments among these."""
    return [each.record for each in wanted if isinstance(each.record, Enrollment)]
