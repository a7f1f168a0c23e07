"""Read a list as a stream: find the row that names its columns, keep what is needed of each row, count what is wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from gateway.errors import Malformed
from gateway.lists.columns import LAYOUTS, MOST_TITLE_ROWS, places
from gateway.lists.quoted import WIDE, QuotedLines
from gateway.lists.rows import ROWS, BadRow, Stored
from gateway.model.lists import ListKind
from gateway.partnership.phrases import counted

MOST_SHOWN = 5
_ONE_IN = 10

Cells = Sequence[str]


class ListReader:
    """Reads one file. `rows` counts the rows that could be read, `bad` those that could not, `shown` says where the first
    of those stand (the first row of the file is row 1). No message ever shows a value."""

    def __init__(self, kind: ListKind) -> None:
        self.kind = kind
        self.rows = self.bad = 0
        self.shown: list[str] = []
        self._row = self._npis = self._bad_npis = 0

    def lines(self, lines: Iterable[str]) -> Iterator[Stored]:
        """What is kept of a CSV file, given as its lines. Raises Malformed."""
        ongoing = iter(lines)
        records = _records(ongoing)
        header, at = self._header(records)
        wide = QuotedLines(at, LAYOUTS[self.kind].head) if len(header) >= WIDE and _rising(at) else None
        return self._kept(_picked(ongoing, wide, at) if wide else _chosen(records, at))

    def cells(self, rows: Iterable[Cells]) -> Iterator[Stored]:
        """What is kept of a sheet, given as the text of its cells. Raises Malformed."""
        ongoing = iter(rows)
        _, at = self._header(ongoing)
        return self._kept(_chosen(ongoing, at))

    def _header(self, records: Iterator[Cells]) -> tuple[Cells, tuple[int, ...]]:
        """The row that names the columns: the first that has them all. A title may stand above it."""
        problem: Malformed | None = None
        widest = -1
        for record in islice(records, MOST_TITLE_ROWS):
            self._row += 1
            try:
                return record, places(self.kind, record)
            except Malformed as missing:
                if len(record) > widest:
                    widest, problem = len(record), missing
        raise problem or _refused("the file is empty", "LIST_EMPTY")

    def _kept(self, chosen: Iterator[Cells | None]) -> Iterator[Stored]:
        make, npi_rows = ROWS[self.kind], 0
        for values in chosen:
            self._row += 1
            try:
                if values is None:
                    raise BadRow("the row has too few columns")
                kept = make(values)
            except BadRow as wrong:
                self._wrong(wrong.column)
                kept = wrong.kept
                if kept is None:
                    continue
            else:
                self.rows += 1
            if kept is not None:
                npi_rows += kept[0] != 0
                yield kept
        self._npis = npi_rows
        self._judge()

    def _wrong(self, column: str) -> None:
        self.bad += 1
        self._bad_npis += column.endswith(("NPI", "Identifier"))
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(f"row {self._row}, {column}")

    def _judge(self) -> None:
        """A file with many bad rows is damaged as a whole; where few rows have an NPI at all, those count by themselves."""
        if not self.rows:
            raise _refused("the file has no row that can be used", "LIST_EMPTY", self.shown)
        if self.bad * _ONE_IN > self.rows + self.bad or self._bad_npis * _ONE_IN > self._npis + self._bad_npis:
            raise _refused(f"{counted(self.bad, 'row')} of the file cannot be right", "LIST_DAMAGED", self.shown)


def _refused(what: str, code: str, shown: Sequence[str] = ()) -> Malformed:
    where = f" ({'; '.join(shown)})" if shown else ""
    return Malformed(
        what + where,
        code=code,
        next_step="Import the file as it was downloaded: a spreadsheet that opens and saves it rounds NPIs and loses rows.",
    )


def _records(lines: Iterator[str]) -> Iterator[Cells]:
    """Rows of CSV. Raises Malformed where a quote is never closed."""
    reader = csv.reader(lines)
    try:
        yield from (record for record in reader if record)
    except csv.Error:
        raise _refused(f"line {reader.line_num} of the file cannot be read as CSV", "LIST_DAMAGED") from None


def _chosen(records: Iterator[Cells], at: Sequence[int]) -> Iterator[Cells | None]:
    """The wanted values of each row, None for one that is too short."""
    last = max(at)
    for record in records:
        yield [record[place] if place >= 0 else "" for place in at] if len(record) > last else None


def _picked(lines: Iterator[str], quoted: QuotedLines, at: Sequence[int]) -> Iterator[Cells | None]:
    """The same, quickly where the line is a simple one."""
    for line in lines:
        values = quoted.pick(line)
        if values is not None:
            yield values
        elif record := next(_records(chain((line,), lines)), None):
            yield next(_chosen(iter((record,)), at))


def _rising(at: Sequence[int]) -> bool:
    return all(one < other for one, other in zip((-1, *at), at, strict=False))
