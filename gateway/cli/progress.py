"""How far a large file has been read, for whoever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_WORTH_SHOWING = 2_000_000

Moved = Callable[[int], object]
"""Is told how many more bytes were read."""


def unmoved(_: int) -> None:
    """For whoever shows no progress."""


@contextmanager
def progress(what: str, size: int) -> Iterator[Moved]:
    """Show how much of a large file has been read: on a terminal as a bar, elsewhere a line for each tenth, all on standard
    error."""
    if size < _WORTH_SHOWING:
        yield unmoved
        return
    if not sys.stderr.isatty():
        yield _Tenths(what, size).moved
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=size)
        yield lambda more: bar.advance(task, more)


class _Tenths:
    """Prints a line whenever another tenth of a file has been read."""

    def __init__(self, what: str, size: int) -> None:
        self._what, self._size, self._read, self._told = what, size, 0, 0

    def moved(self, more: int) -> None:
        self._read += more
        tenth = 10 * self._read // self._size
        if tenth > self._told:
            self._told = tenth
            print(f"{self._what}: {10 * tenth} %", file=sys.stderr, flush=True)
