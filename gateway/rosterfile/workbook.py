"""An XLSX workbook to rows. It comes from anybody's spreadsheet, so nothing in it is believed before it was measured.

Read as a stream with its cells as text: days as YYYY-MM-DD, numbers as their digits, a formula as the value that was
stored with it, or as itself where there is none. What a merged cell hides is said to be hidden, not to be empty.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from gateway.errors import Refused
from gateway.rosterfile.text import no_text, unique, unknown_columns
from gateway.sheets import OURS, SHEETS, Headings, Sheet, tidied
from gateway.sheets.columns import MERGED

MOST_BYTES = 200_000_000
"""Of all its parts unpacked: a small file may claim to hold the world."""

MOST_ROWS, MOST_COLUMNS, MOST_MERGED, _HEADER_WITHIN = 300_000, 100, 10_000, 20
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_BLOCK, _OVERLAP = 1 << 20, 200
_MACROS = "xl/vbaProject.bin"

Cells = tuple[str, list[str]]


def read_workbook(content: bytes, name: str, headings: Headings = OURS) -> list[dict[str, str]]:
    """The rows of every sheet whose columns are of the roster. Raises Refused, with all that is wrong with the workbook
    as a whole; sheets that hold something else are left alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _refuse_strange(parts, name)
            return _rows(content, parts, name, headings)
    except Refused:
        raise
    except Exception:  # a damaged or hostile file breaks its reader in many ways, all of them meaning this
        raise no_text(name) from None


def _refuse_strange(parts: zipfile.ZipFile, name: str) -> None:
    found = parts.infolist()
    if sum(part.file_size for part in found) > MOST_BYTES:
        raise Refused(
            f"{name}: unpacked it would be larger than {MOST_BYTES // 1_000_000} MB",
            code="ROSTER_SIZE",
            next_step="Copy the rows of the roster into a new workbook and save that.",
        )
    if any(part.filename.lower() == _MACROS.lower() for part in found):
        raise Refused(
            f"{name}: a workbook with macros",
            code="ROSTER_MACROS",
            next_step="Save it as a workbook without macros (.xlsx).",
        )


def _rows(content: bytes, parts: zipfile.ZipFile, name: str, headings: Headings) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    sheets = 0
    with closing(_loaded(content)) as book:
        for page in book.worksheets:
            opened = _opened(content, parts, page, name, headings)
            if opened:
                sheet, header, rows = opened
                sheets += 1
                found += headings.settled(tidied(sheet, header, rows))
    if not sheets:
        raise unknown_columns(name, headings)
    return found


def _loaded(content: bytes, values: bool = False) -> Any:
    return load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)


def _opened(
    content: bytes, parts: zipfile.ZipFile, page: Any, name: str, headings: Headings
) -> tuple[Sheet, list[str], Iterator[Cells]] | None:
    """A page whose first rows have a header of the roster. A page that is called like a sheet must have one."""
    grid = _grid(content, parts, page, name)
    for _, cells in zip(range(_HEADER_WITHIN), grid, strict=False):
        header = headings.of(cells[1])
        sheet = headings.sheet(header)
        if sheet:
            called = SHEETS.get(page.title.strip().lower(), sheet)
            sheet = called if called.needed <= {*header, *headings.constants} else sheet
            return sheet, unique(header, f"{name}, sheet {page.title}"), grid
    if headings is OURS and page.title.strip().lower() in SHEETS:
        raise unknown_columns(f"{name}, sheet {page.title}")
    return None


def _grid(content: bytes, parts: zipfile.ZipFile, page: Any, name: str) -> Iterator[Cells]:
    """Every row as text with its place. Formulas are looked up in a second reading, which gives their stored values."""
    hidden = _hidden(parts, page, name)
    widest = max((column for _, column in hidden), default=0)
    stored: dict[tuple[int, int], Any] | None = None
    for number, row in enumerate(_lines(page), 1):
        if number > MOST_ROWS:
            raise _too_long(page, name)
        cells = []
        width = next((n for n in range(len(row), 0, -1) if row[n - 1].value is not None), 0)
        for column, cell in enumerate(row[:width], 1):
            value = cell.value
            if cell.data_type == "f":
                stored = _stored(content, page.title) if stored is None else stored
                value = stored.get((number, column), _FORMULA)
            cells.append(MERGED if value is None and (number, column) in hidden else _text(value))
        cells += [MERGED if (number, column) in hidden else "" for column in range(width + 1, widest + 1)]
        yield f"sheet {page.title}, row {number}", cells


def _too_long(page: Any, name: str) -> Refused:
    return Refused(
        f"{name}: sheet {page.title} has more than {MOST_ROWS} rows",
        code="ROSTER_SIZE",
        next_step="Delete what stands below the roster, or give it in several files.",
    )


_FORMULA = "="


def _lines(page: Any) -> Iterator[tuple[Any, ...]]:
    page.reset_dimensions()  # what a file says of its own size may be wrong
    lines: Iterator[tuple[Any, ...]] = page.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
    return lines


def _stored(content: bytes, title: str) -> dict[tuple[int, int], Any]:
    """The stored value of every cell of a page that has one."""
    with closing(_loaded(content, values=True)) as book:
        return {
            (number, column): cell.value
            for number, row in enumerate(_lines(book[title]), 1)
            for column, cell in enumerate(row, 1)
            if cell.value is not None
        }


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _hidden(parts: zipfile.ZipFile, page: Any, name: str) -> set[tuple[int, int]]:
    """The cells that lie behind another one, by row and column."""
    found: set[tuple[int, int]] = set()
    for reference in _merges(parts, page._worksheet_path):
        left, top, right, bottom = range_boundaries(reference)
        if len(found) + (right - left + 1) * (bottom - top + 1) > MOST_MERGED:
            raise Refused(
                f"{name}: sheet {page.title} has more than {MOST_MERGED} merged cells",
                code="ROSTER_MERGED",
                next_step="Unmerge all cells of the sheet and fill in each row.",
            )
        found |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        found.discard((top, left))
    return found


def _merges(parts: zipfile.ZipFile, path: str) -> Iterator[str]:
    """The merged ranges of a page, each once. They stand behind its rows, where the reader of rows does not look."""
    seen: set[bytes] = set()
    with parts.open(path.lstrip("/")) as part:
        tail = b""
        while block := part.read(_BLOCK):
            seen |= set(_MERGE.findall(tail + block))
            tail = block[-_OVERLAP:]
    return (reference.decode() for reference in seen)
