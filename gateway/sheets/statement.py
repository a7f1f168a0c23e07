"""A bank's statement as CSV: which columns say day, amount and description, and every row that cannot be read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain, islice

from gateway.errors import Malformed

USUAL: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "posting date", "post date", "posted date", "transaction date", "as of date", "value date"),
    "amount": ("amount", "credit", "credits", "credit amount", "deposit", "deposits", "deposit amount"),
    "description": (
        "description", "details", "memo", "addenda", "trace", "trace number", "reference", "check number",
        "bank reference", "customer reference", "transaction description", "extended description", "payee", "name", "text",
    ),
}  # fmt: skip
"""Headings that banks use. Of day and amount the first that is there counts, of descriptions all are read together."""

MOST_TITLE_ROWS = 20
_BETWEEN = (",", ";", "\t")
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y%m%d")
_AMOUNT = re.compile(r"[$]?(\d{1,3}(,\d{3})*|\d+)?(\.\d{1,2})?")

Row = tuple[date, Decimal, str]


@dataclass
class Statement:
    """Reads one file. `problems` say row, column and rule, never a value; `passed` counts rows that are no money in."""

    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed: int = 0

    def rows(self, lines: Iterable[str]) -> Iterator[Row]:
        """Money that came in, row by row; a row with a problem is left out. Raises Malformed where no row names the
        columns."""
        rest = (line.removeprefix("\ufeff") for line in lines)
        head = list(islice(rest, MOST_TITLE_ROWS))
        between = next((each for each in _BETWEEN if self._named(head, each)), _BETWEEN[0])
        records = csv.reader(chain(head, rest), delimiter=between)
        at = self._header(records)
        for record in _whole(records):
            if any(_goes_on(cell, between) for cell in record):
                self._wrong(records.line_num, "description", "has a quotation mark that is not closed, and hides rows")
            elif any(cell.strip() for cell in record):
                found = self._row(record, at, records.line_num)
                if found is not None:
                    yield found

    def _named(self, head: Sequence[str], between: str) -> bool:
        """Whether a row names all columns, if this stands between them."""
        named = ([cell.strip().lower() for cell in record] for record in csv.reader(head, delimiter=between))
        return any(all(self._places(field, each) for field in USUAL) for each in named)

    def _header(self, records: Iterator[list[str]]) -> dict[str, list[int]]:
        """A title may stand above the headings."""
        missing: list[str] = []
        for _, record in zip(range(MOST_TITLE_ROWS), records, strict=False):
            named = [cell.strip().lower() for cell in record]
            found = {field: self._places(field, named) for field in USUAL}
            absent = [field for field, places in found.items() if not places]
            if not absent:
                return found
            missing = absent if not missing or len(absent) < len(missing) else missing
        raise Malformed(
            f"no row names the columns: {', '.join(missing or USUAL)}",
            code="BANK_COLUMNS",
            next_step="Name them in [bank] of gateway.toml, or with --columns date=HEADING,amount=HEADING,...",
        )

    def _places(self, field: str, named: Sequence[str]) -> list[int]:
        wanted = [name.strip().lower() for name in self.columns.get(field) or USUAL[field]]
        places = [named.index(name) for name in wanted if name in named]
        return places if field == "description" else places[:1]

    def _row(self, record: Sequence[str], at: Mapping[str, Sequence[int]], line: int) -> Row | None:
        cells = {field: [record[n].strip() if n < len(record) else "" for n in places] for field, places in at.items()}
        amount = _amount(cells["amount"][0])
        day = _day(cells["date"][0])
        if amount is None:
            self._wrong(line, "amount", "is no amount of money, such as 1,234.56")
        elif amount <= 0:
            self.passed += 1
            return None
        if day is None:
            self._wrong(line, "date", "is no day, such as 2026-11-25 or 11/25/2026")
        if amount is None or day is None:
            return None
        return day, amount, " ".join(filter(None, cells["description"]))

    def _wrong(self, line: int, column: str, rule: str) -> None:
        self.problems.append(f"line {line}, {column}: {rule}")


def _whole(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """Raises Malformed where a cell has no end."""
    try:
        yield from records
    except csv.Error:
        raise Malformed(
            "a cell of the statement has no end: a quotation mark is not closed",
            code="BANK_CELL",
            next_step="Correct it, or export the statement anew; nothing was imported.",
        ) from None


def _goes_on(cell: str, between: str) -> bool:
    """Whether the next rows stand in this cell, or the rest of the file."""
    lines = cell.split("\n")[1:]
    return lines[-1:] == [""] or any(_day(part.strip()) for line in lines for part in line.split(between))


def _amount(text: str) -> Decimal | None:
    """A sum as banks write it; an empty one is nothing, a bracketed one is money out."""
    out = text.startswith("-") or (text.startswith("(") and text.endswith(")"))
    bare = text.strip("-+() ").replace(" ", "")
    if not _AMOUNT.fullmatch(bare):
        return None
    try:
        amount = Decimal(bare.replace("$", "").replace(",", "") or "0")
    except InvalidOperation:
        return None
    return -amount if out else amount


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
