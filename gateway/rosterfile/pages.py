"""Rows of the roster to a workbook, so that reading it back changes nothing."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from gateway.rosterfile.writing import Row
from gateway.sheets import SHEET, SHEETS, Column, Sheet

_FIRST_EXCEL_DAY = date(1900, 3, 1)
"""Before it a spreadsheet's calendar has a day too many; such days are written as text."""


def as_workbook(rows: Iterable[Row]) -> bytes:
    """All sheets as XLSX: the header row frozen, days as days, NPIs and tax ids as text."""
    book = Workbook(write_only=True)
    pages = {sheet.name: _page(book, sheet) for sheet in SHEETS.values()}
    for row in rows:
        name = row[SHEET]
        pages[name].append([_cell(pages[name], column, row[column.name]) for column in SHEETS[name].columns])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _page(book: Workbook, sheet: Sheet) -> Any:
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns):
        page.column_dimensions[chr(ord("A") + number)].width = max(12, len(column.name) + 2)
    page.append([_heading(page, column.name) for column in sheet.columns])
    return page


def _heading(page: Any, name: str) -> Any:
    cell = WriteOnlyCell(page, name)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, column: Column, text: str) -> Any:
    """As text, which no spreadsheet shortens or takes for a formula; a day as a day."""
    if not text:
        return None
    day = date.fromisoformat(text) if column.kind == "day" else None
    if day and day >= _FIRST_EXCEL_DAY:
        cell = WriteOnlyCell(page, day)
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(page)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
