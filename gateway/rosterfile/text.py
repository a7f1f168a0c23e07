"""A roster in text: CSV with commas, semicolons or tabs, as spreadsheets save it, or the file that goes to CAQH."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from gateway.errors import Refused
from gateway.rosterfile import caqh
from gateway.sheets import OURS, SHEETS, Headings, Sheet, tidied

_SEPARATORS = ",;\t|"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = "Save it again as CSV UTF-8, or as an XLSX workbook."


def decoded(content: bytes, name: str) -> str:
    """The text, whichever way a spreadsheet encoded it. Raises Refused for what is no text."""
    encodings = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise no_text(name)


def read_text(text: str, name: str, headings: Headings = OURS) -> list[dict[str, str]]:
    """The rows of a file whose first line names the columns; by them its sheet and its separator are known."""
    try:
        if headings is OURS and caqh.is_caqh(text):
            return caqh.read_caqh(text)
        sheet, header, lines = _opened(text, name, headings)
        return headings.settled(tidied(sheet, header, lines))
    except csv.Error:
        raise no_text(name) from None


def _opened(text: str, name: str, headings: Headings) -> tuple[Sheet, list[str], Iterator[tuple[str, list[str]]]]:
    for separator in _SEPARATORS:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        number, header = 0, list[str]()
        for number, cells in enumerate(lines, 1):
            if any(cells) and not (number == 1 and cells[0].lower().startswith("sep=")):
                header = headings.of(cells)
                break
        sheet = headings.sheet(header)
        if sheet:
            return sheet, unique(header, name), ((f"row {at}", cells) for at, cells in enumerate(lines, number + 1))
    raise unknown_columns(name, headings)


def unique(header: list[str], name: str) -> list[str]:
    """The header, each column of it once. Raises Refused."""
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise Refused(
            f"{name}: column {', '.join(twice)} stands twice",
            code="ROSTER_COLUMNS",
            place="row 1",
            next_step="Take one of them away.",
        )
    return header


def unknown_columns(name: str, headings: Headings = OURS) -> Refused:
    """Nothing that a roster is known by."""
    if headings.columns:
        return Refused(
            f"{name}: no row has all the headings that the mapping names, and with them what a sheet needs",
            code="ROSTER_COLUMNS",
            place="row 1",
            next_step="Compare the file's first row with [columns]; what the file does not have goes into [constants].",
        )
    sheets = "; ".join(f"{s.name}: {', '.join(s.names)}" for s in SHEETS.values())
    return Refused(
        f"{name}: the first row must name the columns of one of the sheets",
        code="ROSTER_COLUMNS",
        place="row 1",
        next_step=f"Columns are, for {sheets}. `gateway roster export` writes a file that has them.",
    )


def no_text(name: str) -> Refused:
    """Neither a workbook nor text."""
    return Refused(f"{name}: this is neither CSV nor an XLSX workbook", code="ROSTER_TEXT", next_step=_NO_TEXT)
