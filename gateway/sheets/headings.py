"""How the headings of a file are understood: as our own columns, or as somebody said for a file laid out by others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.sheets.layout import SHEETS, Sheet
from gateway.sheets.tidy import header_of, recognised


@dataclass(frozen=True, slots=True)
class Headings:
    """`columns` says which column of ours a heading of the file is; with any, headings that it does not name are passed
    over. `constants` are columns that the file does not have, with what every row says there."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    def of(self, cells: Iterable[str]) -> list[str]:
        """A row of headings as columns of ours, empty where it is passed over."""
        names = header_of(cells)
        if not self.columns:
            return names
        known = {_plain(heading): column for heading, column in self.columns.items()}
        return [known.get(name, "") for name in names]

    def sheet(self, header: Sequence[str]) -> Sheet | None:
        """The sheet that such a row opens. One that lacks a heading that was named opens none."""
        lacking = set(self.columns.values()) - set(header)
        return None if lacking else recognised([*(name for name in header if name), *self.constants])

    def settled(self, rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
        """Rows without what is passed over, and with the constants."""
        if not (self.columns or self.constants):
            return list(rows)
        return [{**self.constants, **{name: cell for name, cell in row.items() if name}} for row in rows]

    def problems(self) -> list[str]:
        """What it names that is no column of ours, or twice."""
        ours = {name for sheet in SHEETS.values() for name in sheet.names}
        told = [*self.columns.values(), *self.constants]
        strange = [f"{name}: no column of any sheet" for name in told if name not in ours]
        return strange + [f"{name}: given twice" for name in sorted({n for n in told if told.count(n) > 1})]


OURS = Headings()
"""A file with our own columns."""


def _plain(heading: str) -> str:
    return next(iter(header_of([heading])), "")
