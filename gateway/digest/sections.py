"""What a digest is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from gateway.digest.plots import Plot


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to know, and the command to type next."""

    what: str
    command: str


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind. `calm` says that none of them wants anybody: it is told, and all may still be well."""

    title: str
    lines: tuple[Line, ...]
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Figures by name: the first column is what a row is about."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """All of a morning. `at` is of the site's own zone; a section without a line is not shown. Only a page has tables."""

    site: str
    at: datetime
    sections: tuple[Section, ...]
    plots: tuple[Plot, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def shown(self) -> Iterator[Section]:
        """Sections with something in them; what wants somebody first."""
        return iter(sorted((each for each in self.sections if each.lines), key=lambda section: section.calm))

    @property
    def heading(self) -> str:
        """The digest in one line: how many things want somebody, or that all is well."""
        count = sum(len(section.lines) for section in self.shown if not section.calm)
        if not count:
            return "All is well. Nothing waits for you."
        return "One thing to look at." if count == 1 else f"{count} things to look at."
