"""What people and spreadsheets make of a roster, put right where that is certain: headings, numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import zip_longest

from gateway.sheets.columns import plain
from gateway.sheets.layout import SHEETS, Sheet
from gateway.sheets.rows import AT, SHEET

_ALIASES = {"npi": "provider_npi", "tin": "tax_id", "ein": "tax_id", "lob": "line_of_business"}
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([Ee]\+?[0-9]+)?")


def header_of(cells: Iterable[str]) -> list[str]:
    """Headings as column names, however they are spaced or capitalised."""
    names = [re.sub("[^a-z0-9]+", "_", plain(cell).lower()).strip("_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    return [
        name if any(name in sheet.names for sheet in SHEETS.values()) else _ALIASES.get(name, name) for name in names
    ]


def recognised(names: Sequence[str]) -> Sheet | None:
    """The sheet that these columns are of: it has what it needs, and the fewest are strange to it."""
    fitting = [sheet for sheet in SHEETS.values() if sheet.needed <= set(names)]
    return min(fitting, key=lambda sheet: sum(name not in sheet.names for name in names), default=None)


def tidied(sheet: Sheet, names: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> list[dict[str, str]]:
    """The rows that are not blank, each under its headings and with its place. A date with slashes is month, day and year
    unless another one of the same file shows that it cannot be; then such dates stay as they are, to be reported."""
    found = [(at, cells) for at, cells in rows if any(cell.strip() for cell in cells)]
    kinds = {column.name: column.kind for column in sheet.columns}
    days = [i for i, name in enumerate(names) if kinds.get(name) == "day"]
    month_first = not any(_day_first(cells[i]) for _, cells in found for i in days if i < len(cells))
    return [_row(sheet, names, kinds, at, cells, month_first) for at, cells in found]


def _row(
    sheet: Sheet, names: Sequence[str], kinds: dict[str, str], at: str, cells: Sequence[str], month_first: bool
) -> dict[str, str]:
    row = {}
    for name, cell in zip_longest(names, cells, fillvalue=""):
        text = plain(cell) if cell else ""
        if name or text:
            row[name] = _cell(text, kinds.get(name, "text"), month_first)
    return {**row, SHEET: sheet.name, AT: at}


def _cell(text: str, kind: str, month_first: bool) -> str:
    if kind == "digits":
        return _digits(text)
    return _iso(text, month_first) if kind == "day" else text


def _digits(text: str) -> str:
    """A number that a spreadsheet wrote as 1234567893.0 or 1.234567893E+9: its digits, where none is lost."""
    if not _NUMBER.fullmatch(text):
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    shortened = "E" in text.upper() and len(value.as_tuple().digits) < 10
    whole = value.adjusted() < 30 and value == value.to_integral_value()
    return text if shortened or not whole or text.isdecimal() else format(value.to_integral_value(), "f")


def _iso(text: str, month_first: bool) -> str:
    if midnight := _MIDNIGHT.fullmatch(text):
        return midnight[1]
    slashed = _SLASHED.fullmatch(text)
    if not slashed or not month_first:
        return text
    month, day, year = (int(part) for part in slashed.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text


def _day_first(text: str) -> bool:
    slashed = _SLASHED.fullmatch(plain(text))
    return bool(slashed) and int(slashed[1]) > 12  # type: ignore[index]
