"""Read a batch to rows, off the event loop: a small one in a thread, a large one in a process of its own.

The process gets blocks of bytes and gives rows, in frames of a length and that many bytes. It has no keys, and reads no
file of the site but the guide tables' cache and its code lists. It ends when its input does, whatever happened to whoever
started it.
"""

from __future__ import annotations

import gc
import marshal
import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import IO, Any

from gateway.errors import Malformed
from gateway.guidebook import Guidebook
from gateway.model.claims import Claim, Finding, Outcome
from gateway.rows import Row, row_of
from gateway.screening import Screening
from gateway.workers.validating import JudgeAhead
from gateway.x12.claims import Item, read_claims

CHUNK = 2_000
"""How many rows come at a time."""

LARGE = 1_000_000
"""From so many bytes on a batch is read in a process of its own."""

PATIENCE = 120.0
"""Seconds without a row after which a process is given up."""

NOT_VALIDATED = Finding(
    "NOT_VALIDATED",
    Outcome.HOLD,
    "",
    "Our own validation broke while it read this file, so nothing is known about what it looks for.",
    "Tell whoever maintains the gateway; release the claim if it may go unchecked.",
)

_LENGTH = struct.Struct(">I")
_ROWS, _MALFORMED, _FAILED, _DONE = "rows", "malformed", "failed", "done"


class ScreeningFailed(Exception):
    """The screening itself broke. The text names a kind of failure, and quotes nothing."""


@dataclass
class Progress:
    """How far a reading has come, for whoever asks."""

    batch: int
    size: int
    read: int = 0
    claims: int = 0

    @property
    def percent(self) -> int:
        """Of the bytes, as a whole number."""
        return min(100, 100 * self.read // self.size) if self.size else 100


def chunks(blocks: Iterable[bytes], guides: Guidebook, today: date | None = None) -> Iterator[list[Row]]:
    """Everything of a document in this process. `today` is what no header may be later than. Raises Malformed, or
    ScreeningFailed."""
    return _rows(Screening(guides, guides.lists(), today=today).items(blocks))


def chunks_of_two(blocks: Iterable[bytes], guides: Guidebook, today: date | None = None) -> Iterator[list[Row]]:
    """The same with the guide validated by a fork of this process, which must have no other threads."""
    with JudgeAhead(guides, guides.lists()) as ahead:
        yield from _rows(Screening(guides, guides.lists(), judge=ahead, today=today).items(ahead.fed(blocks)))


def _rows(items: Iterator[Item]) -> Iterator[list[Row]]:
    try:
        while rows := [row_of(item) for item in islice(items, CHUNK)]:
            yield rows
    except Malformed:
        raise
    except Exception as broken:
        raise ScreeningFailed(type(broken).__name__) from None


def unscreened(blocks: Iterable[bytes]) -> Iterator[list[Row]]:
    """The same without any validation, every claim held for that reason."""
    items = read_claims(blocks)
    while found := list(islice(items, CHUNK)):
        yield [
            row_of(replace(item, findings=(*item.findings, NOT_VALIDATED)) if isinstance(item, Claim) else item)
            for item in found
        ]


def chunks_apart(blocks: Iterable[bytes], screener: Screener) -> Iterator[list[Row]]:
    """Everything of a document, read in this process of its own, which ends then. Raises Malformed, or ScreeningFailed."""
    with screener:
        yield from screener.chunks(blocks)


class Screener:
    """A process that screens one document."""

    def __init__(self, cache: Path | None, editions: Path | None = None, today: date | None = None) -> None:
        told = [str(each or "") for each in (cache, editions, today)]
        command = [sys.executable, "-m", "gateway.workers.screener", *told]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=True)

    def __enter__(self) -> Screener:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def chunks(self, blocks: Iterable[bytes]) -> Iterator[list[Row]]:
        """Feed the document and yield the rows as they come."""
        failures: list[BaseException] = []
        feeder = Thread(target=self._feed, args=(blocks, failures), name="screener", daemon=True)
        feeder.start()
        while True:
            kind, *said = self._frame()
            if kind == _ROWS:
                yield said[0]
                continue
            if failures:
                raise failures[0]
            if kind == _MALFORMED:
                message, code, place, step = said
                raise Malformed(message, code=code, place=place, next_step=step)
            if kind == _FAILED:
                raise ScreeningFailed(said[0])
            return

    def _feed(self, blocks: Iterable[bytes], failures: list[BaseException]) -> None:
        pipe = self._process.stdin
        assert pipe
        try:
            for block in blocks:
                _write(pipe, block)
        except BrokenPipeError:
            return  # it said why, or died: the reader of its frames finds out
        except BaseException as failure:
            failures.append(failure)
        with suppress(OSError):
            _write(pipe, b"")
            pipe.close()

    def _frame(self) -> tuple[Any, ...]:
        pipe = self._process.stdout
        assert pipe
        if not select.select([pipe], [], [], PATIENCE)[0]:
            raise ScreeningFailed("no answer")
        frame = _read(pipe)
        if frame is None:
            raise ScreeningFailed("it ended")
        said: tuple[Any, ...] = marshal.loads(frame)
        return said


def _write(pipe: IO[bytes], payload: bytes) -> None:
    pipe.write(_LENGTH.pack(len(payload)))
    pipe.write(payload)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """One frame; None where the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    payload = pipe.read(length)
    return payload if len(payload) == length else None


def _blocks(pipe: IO[bytes]) -> Iterator[bytes]:
    while True:
        frame = _read(pipe)
        if frame is None:
            os._exit(0)  # whoever asked is gone
        if not frame:
            return
        yield frame


def serve(source: IO[bytes], target: IO[bytes], guides: Guidebook, today: date | None = None) -> None:
    """The whole life of the process."""

    def tell(*said: Any) -> None:
        _write(target, marshal.dumps(said))

    try:
        for rows in chunks_of_two(_blocks(source), guides, today):
            tell(_ROWS, rows)
        tell(_DONE)
    except Malformed as wrong:
        tell(_MALFORMED, wrong.message, wrong.code, wrong.place, wrong.next_step)
    except ScreeningFailed as failed:
        tell(_FAILED, str(failed))


def counted(blocks: Iterable[bytes], progress: Progress) -> Iterator[bytes]:
    """The blocks, each counted as it goes by."""
    for block in blocks:
        progress.read += len(block)
        yield block


def settle_in() -> None:
    """What a process that does nothing but screen sets up: it ends with its input, not by signals that are meant for the
    service, and seldom looks for cycles, since what it makes has none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)


if __name__ == "__main__":
    settle_in()
    folders = [Path(word) if word else None for word in sys.argv[1:3]]
    day = date.fromisoformat(sys.argv[3]) if sys.argv[3:] and sys.argv[3] else None
    serve(sys.stdin.buffer, sys.stdout.buffer, Guidebook(*folders), day)
