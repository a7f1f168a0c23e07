"""What an edition takes over from the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from gateway.lists.rows import Stored


def remembered(before: Iterable[Stored], now: set[Stored], dated: date) -> Iterator[Stored]:
    """Exclusions that ended: those of the edition before that the new file, of that day, does not name any more ended on
    that day or earlier, which nobody knows better; those that had ended already stay as they were."""
    for row in before:
        if row not in now:
            yield row if _ended(row) else _ending(row, f"{dated:%Y%m%d}")


def supplemented(before: Iterable[Stored], supplement: Iterable[Stored]) -> Iterator[Stored]:
    """An edition and a supplement to it: new exclusions are added, and a reinstatement ends the exclusion of the same
    person that began on the same day."""
    added = list(supplement)
    ends = {_same(row): row for row in added if _ended(row)}
    seen = set(added)
    yield from seen
    for row in before:
        if row not in seen and (_ended(row) or _same(row) not in ends):
            yield row


def carried(before: Iterable[Stored], now: set[int], newer_than: date | None) -> Iterator[Stored]:
    """Increments from before that are newer than the full file, of the NPIs that the new increment does not name."""
    since = f"{newer_than:%Y%m%d}" if newer_than else ""
    return (row for row in before if row.npi not in now and row.key > since)


def _ended(row: Stored) -> bool:
    return row.said.split("|", 2)[1] != ""


def _ending(row: Stored, day: str) -> Stored:
    first, _, rest = row.said.split("|", 2)
    return row._replace(said=f"{first}|{day}|{rest}")


def _same(row: Stored) -> tuple[int, str, str]:
    return row.npi, row.key, row.said.split("|", 1)[0]
