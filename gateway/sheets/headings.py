"""How the headings of a file are understood: as our own columns, or as somebody said for a file laid out by others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.sheets.columns import UNTRANSLATED, Column, Unreadable, plain
from gateway.sheets.layout import SHEETS, Sheet
from gateway.sheets.tidy import header_of, recognised


@dataclass(frozen=True, slots=True)
class Headings:
    """`columns` says which column of ours a heading of the file is; with any, headings that it does not name are passed
    over. `constants` are columns that the file does not have, with what every row says there. `values` are, by column
    of ours, the file's words (in any case) and what each is with us: a word that is not among them is not guessed."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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
        """Rows without what is passed over, with the constants, and in our own words."""
        if not (self.columns or self.constants):
            return list(rows)
        words = {name: {_word(theirs): ours for theirs, ours in of.items()} for name, of in self.values.items()}
        return [
            {**self.constants, **{name: _in_ours(cell, words.get(name)) for name, cell in row.items() if name}}
            for row in rows
        ]

    def problems(self) -> list[str]:
        """What it names that is no column of ours, or twice."""
        ours = {name for sheet in SHEETS.values() for name in sheet.names}
        told = [*self.columns.values(), *self.constants]
        strange = [f"{name}: no column of any sheet" for name in told if name not in ours]
        twice = [f"{name}: given twice" for name in sorted({n for n in told if told.count(n) > 1})]
        return [*strange, *twice, *self._untranslatable()]

    def _untranslatable(self) -> Iterator[str]:
        """What is wrong with the words: of a column that no heading gives, twice, or translated into nothing we know."""
        sheet = self.sheet(list(self.columns.values()))
        sheets = [sheet] if sheet else list(SHEETS.values())
        for name, words in self.values.items():
            if name not in self.columns.values():
                yield f"[values.{name}]: no heading in [columns] is that"
                continue
            known = [_word(theirs) for theirs in words]
            yield from [f"[values.{name}]: {one} is given twice" for one in set(known) if known.count(one) > 1]
            ours = [column for each in sheets for column in each.columns if column.name == name]
            for theirs, word in words.items():
                if wrong := _unreadable(ours, word):
                    yield f"[values.{name}]: {theirs} = {word}: {wrong}"


OURS = Headings()
"""A file with our own columns."""


def _word(text: str) -> str:
    return plain(text).casefold()


def _in_ours(cell: str, words: Mapping[str, str] | None) -> str:
    """What is wrong with a cell by itself is told as in any other file, and an empty one is empty unless it is named."""
    text = plain(cell)
    if words is None or text.startswith(("=", "#")):
        return cell
    return words.get(text.casefold(), UNTRANSLATED if text else cell)


def _unreadable(columns: Sequence[Column], text: str) -> str:
    """Why none of these columns can hold this; empty where one can. Which payers there are is not known yet."""
    why = ""
    for column in columns:
        try:
            column.value(text, {text})
        except Unreadable as wrong:
            why = str(wrong)
        else:
            return ""
    return why


def _plain(heading: str) -> str:
    return next(iter(header_of([heading])), "")
