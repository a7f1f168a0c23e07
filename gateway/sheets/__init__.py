"""The sheets of a roster, pure: their columns, rows of text to records and back, and what new records supersede."""

from gateway.sheets.columns import Column
from gateway.sheets.headings import OURS, Headings
from gateway.sheets.layout import ENROLLMENTS, SHEETS, Record, Sheet, sheet_of
from gateway.sheets.rows import AT, SHEET, Wanted, as_row, read_rows
from gateway.sheets.tidy import header_of, recognised, tidied

__all__ = [
    "AT",
    "ENROLLMENTS",
    "OURS",
    "SHEET",
    "SHEETS",
    "Column",
    "Headings",
    "Record",
    "Sheet",
    "Wanted",
    "as_row",
    "header_of",
    "read_rows",
    "recognised",
    "sheet_of",
    "tidied",
]
