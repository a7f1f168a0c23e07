"""The files that hold the rows of public lists, one for each edition: opened once, read only, and never changed."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock

from gateway.errors import Refused
from gateway.lists.rows import Stored

_SOME = 500
_READING = ("PRAGMA mmap_size=4294967296", "PRAGMA cache_size=-8192", "PRAGMA query_only=ON")


class Shelves:
    """The folder of lists. Any thread may ask; the files are plain public data and have no key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, sqlite3.Connection] = {}
        self._lock = Lock()

    def has(self, file: str) -> bool:
        """Whether the file of an edition is there. After a restore it may not be: lists are in no backup."""
        return file in self._open or (self.folder / file).is_file()

    def of_npis(self, file: str, npis: Sequence[int]) -> dict[int, list[Stored]]:
        """The rows of these NPIs, in the order of the list."""
        found: dict[int, list[Stored]] = defaultdict(list)
        for row in self._rows(file, "npi", npis):
            found[row.npi].append(row)
        return found

    def of_keys(self, file: str, keys: Sequence[str]) -> dict[str, list[Stored]]:
        """The rows that are found by these keys."""
        found: dict[str, list[Stored]] = defaultdict(list)
        for row in self._rows(file, "key", keys):
            found[row.key].append(row)
        return found

    def _rows(self, file: str, column: str, values: Sequence[int | str]) -> Iterator[Stored]:
        there = " AND npi <> 0" if column == "npi" else " AND key <> ''"  # or the index would not do
        for begin in range(0, len(values), _SOME):
            some = values[begin : begin + _SOME]
            marks = ",".join("?" * len(some))
            query = f"SELECT npi, key, said FROM rows WHERE {column} IN ({marks}){there} ORDER BY rowid"
            yield from map(Stored._make, self._asked(file, query, some))

    def _asked(self, file: str, query: str, values: Sequence[int | str]) -> list[tuple[int, str, str]]:
        try:
            with self._lock:
                if file not in self._open:
                    self._open[file] = opened(self.folder / file)
                return self._open[file].execute(query, values).fetchall()
        except sqlite3.Error as failure:
            raise unreadable(failure) from None

    def forget(self, kept: Iterable[str]) -> None:
        """Close every file but these, and remove what no edition or ongoing import needs any more."""
        names = set(kept)
        with self._lock:
            for file in set(self._open) - names:
                self._open.pop(file).close()
        for path in self.folder.glob("*.list"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()


def opened(path: Path) -> sqlite3.Connection:
    """A finished edition, for reading. Nobody ever writes to it, so nothing has to be locked."""
    conn = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None)
    for pragma in _READING:
        conn.execute(pragma)
    return conn


def everything(path: Path) -> Iterator[Stored]:
    """Every row of an edition, in the order of the list. Raises Refused for a damaged one."""
    try:
        conn = opened(path)
        try:
            yield from map(Stored._make, conn.execute("SELECT npi, key, said FROM rows ORDER BY rowid"))
        finally:
            conn.close()
    except sqlite3.Error as failure:
        raise unreadable(failure) from None


def unreadable(failure: sqlite3.Error) -> Refused:
    """What a damaged file means: nothing is judged by half a list."""
    return Refused(
        f"a public list on disk cannot be read ({getattr(failure, 'sqlite_errorname', type(failure).__name__)})",
        code="LIST_UNREADABLE",
        next_step="`gateway lists show` names the lists; import the damaged one again.",
    )
