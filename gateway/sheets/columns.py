"""What a cell of a roster may hold: text read to a value, or words for what is wrong with it, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from gateway.model.enrollment import ANY
from gateway.npi import is_npi

Read = Callable[[str, Collection[str]], Any]
"""A cell that is not empty, with the keys of the payers that exist, to a value. Raises Unreadable."""

THIRTY_DAYS = "30days"
"""In `retro_from`: the payer takes claims of the 30 days before the effective date (42 CFR 424.521)."""

NO_RETRO = "none"
"""In `retro_from`: nothing before the effective date, or that date is the retroactive one already."""

_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
MERGED = "#MERGED!"
"""Stands in a cell that a workbook hides behind another one."""

UNTRANSLATED = "#UNTRANSLATED!"
"""Stands in a cell whose word a mapping of values does not name."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLASHES = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_NOT_AN_NPI = "not an NPI (ten digits with a valid check digit)"
_SHORTENED = "a spreadsheet shortened this number; format the column as text and enter all its digits"


class Unreadable(ValueError):
    """A cell that cannot be read; the text says why, without the value."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in a file, the field of the record it fills, how a cell is read and what an empty one says.
    `kind` is how a spreadsheet holds it: `text`, `day` or `digits`."""

    name: str
    field: str
    read: Read
    kind: str = "text"
    empty: Any = ""
    needed: bool = False

    def value(self, cell: str, payers: Collection[str]) -> Any:
        """What this cell says. Raises Unreadable."""
        text = plain(cell)
        if text.startswith("="):
            raise Unreadable("a formula without a stored value; put the value itself there")
        if text in _ERRORS:
            raise Unreadable("an error of the spreadsheet stands there")
        if text == MERGED:
            raise Unreadable("merged with another cell; unmerge them and fill in each")
        if text == UNTRANSLATED:
            raise Unreadable(f"a word that [values.{self.name}] of the mapping does not translate")
        if text:
            return self.read(text, payers)
        if self.needed:
            return self.read(text, payers)
        return self.empty


def plain(text: str) -> str:
    """Text as it is kept: on one line, without control characters, single blanks between words."""
    return " ".join(_CONTROL.sub(" ", text).split())


def written(value: Any) -> str:
    """A value as a cell holds it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value.value if isinstance(value, StrEnum) else value)


def words(cell: str, _: Collection[str]) -> str:
    """Any text that a spreadsheet would not take for a formula."""
    if cell[0] in "=+@-":
        raise Unreadable("begins like a formula (= + - @); begin it with a letter or digit")
    return cell


def code(cell: str, payers: Collection[str]) -> str:
    """A code, which has no small letters."""
    return words(cell, payers).upper()


def listed(cell: str, payers: Collection[str]) -> tuple[str, ...]:
    """Several words or codes, a semicolon or comma between them."""
    return tuple(words(part.strip(), payers) for part in re.split("[;,]", cell) if part.strip())


def npi(cell: str, _: Collection[str]) -> str:
    """An NPI with a valid check digit."""
    if not is_npi(cell):
        raise Unreadable(_SHORTENED if "E" in cell.upper() and cell[:1].isdigit() else _NOT_AN_NPI)
    return cell


def npi_or_any(cell: str, payers: Collection[str]) -> str:
    """An NPI, or `*`."""
    if cell != ANY and not is_npi(cell):
        raise Unreadable("not an NPI; leave it empty or * for any")
    return cell


def tin(cell: str, _: Collection[str]) -> str:
    """Nine digits, with or without the dash."""
    digits = cell.replace("-", "").replace(" ", "")
    if not (len(digits) == 9 and digits.isascii() and digits.isdecimal()):
        lost = digits.isascii() and digits.isdecimal() and len(digits) in (7, 8)
        raise Unreadable(
            "a spreadsheet dropped its leading zero; format the column as text and enter nine digits"
            if lost
            else "not a tax id (nine digits)"
        )
    return digits


def tin_or_any(cell: str, payers: Collection[str]) -> str:
    """A tax id, or `*`."""
    return cell if cell == ANY else tin(cell, payers)


def day(cell: str, _: Collection[str]) -> date:
    """A calendar day as YYYY-MM-DD."""
    if _DAY.fullmatch(cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            raise Unreadable("not a day of the calendar (YYYY-MM-DD)") from None
    if _SLASHES.fullmatch(cell):
        raise Unreadable("not a date (YYYY-MM-DD); which number is the month cannot be told here")
    raise Unreadable("not a date (YYYY-MM-DD)")


def retro(cell: str, payers: Collection[str]) -> date | str:
    """A day, `none`, or `30days`."""
    said = cell.lower().replace(" ", "")
    return said if said in (NO_RETRO, THIRTY_DAYS) else day(cell, payers)


def payer(cell: str, payers: Collection[str]) -> str:
    """The key of a payer that is declared."""
    if cell not in payers:
        raise Unreadable(f"not one of {', '.join(sorted(payers))}")
    return cell


def payer_or_any(cell: str, payers: Collection[str]) -> str:
    """The key of a payer, or `*`."""
    return cell if cell == ANY else payer(cell, payers)


def choice(kinds: type[StrEnum]) -> Read:
    """One of these words, however it is spaced or capitalised."""

    def read(cell: str, _: Collection[str]) -> StrEnum:
        try:
            return kinds(re.sub("[ -]", "_", cell.lower()))
        except ValueError:
            raise Unreadable(f"not one of {', '.join(kinds)}") from None

    return read


def entity(cell: str, _: Collection[str]) -> str:
    """1 for a person, 2 for an organization, as in NM102; or the word."""
    said = {"1": "1", "person": "1", "2": "2", "organization": "2", "organisation": "2"}.get(cell.lower())
    if said is None:
        raise Unreadable("not 1 (person) or 2 (organization)")
    return said
