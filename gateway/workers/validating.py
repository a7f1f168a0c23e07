"""Envelopes and guide judged by a second process, some way ahead of the reading: two cores for one document.

The second process is a fork of a process without other threads, gets the same blocks, cuts them into the same runs, and
gives the faults of each in turn. It touches nothing else.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import select
import signal
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import IO, Any

from gateway.errors import Malformed
from gateway.guides.faults import Fault
from gateway.guides.validator import CodeLists, Guides
from gateway.model.claims import Finding, Outcome
from gateway.screening import JudgeHere
from gateway.x12.envelope import EnvelopeSummary
from gateway.x12.extract_pieces import pieces_of
from gateway.x12.syntax import Run, runs

AHEAD = 1 << 19
"""How many bytes the second process is told before they are read here."""

SMALL = 1 << 14
"""So many bytes make a small block; fewer would be put together again."""

_ROOM = 1 << 20
"""Bytes that a pipe holds, where the system gives so many."""

_LENGTH = struct.Struct(">I")
_SUMMARY, _MALFORMED = "summary", "malformed"
_COUNTS = tuple(each.name for each in fields(EnvelopeSummary) if each.name not in ("interchanges", "groups"))


class JudgeAhead:
    """A judge for Screening: `fed` gives the blocks on to the reading, `take` the faults of each of its runs."""

    def __init__(self, guides: Guides, lists: CodeLists) -> None:
        asked, told = os.pipe(), os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(asked[1])
            os.close(told[0])
            _serve(os.fdopen(asked[0], "rb"), os.fdopen(told[1], "wb"), guides, lists)
        os.close(asked[0])
        os.close(told[1])
        self._link = _Link(asked[1], told[0])

    def __enter__(self) -> JudgeAhead:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._link.close()

    def fed(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The blocks, each told to the second process some time before it is given."""
        held: deque[bytes] = deque()
        ahead = 0
        for block in _begun_small(blocks):
            self._link.tell(block)
            held.append(block)
            ahead += len(block)
            while ahead > AHEAD:
                ahead -= len(held[0])
                yield held.popleft()
        self._link.tell(b"")
        yield from held

    def take(self, run: Run, pieces: Sequence[bytes]) -> list[Fault]:
        """The faults of the next run. Raises RuntimeError where the second process is gone."""
        return [_fault(values) for values in self._link.hear()]

    def close(self) -> EnvelopeSummary:
        """What the envelopes hold; the interchanges and groups themselves stay there. Raises Malformed, RuntimeError."""
        self._link.tell(b"")  # the reading may have stopped early
        while not isinstance(said := self._link.hear(), tuple):
            continue
        kind, *values = said
        if kind == _SUMMARY:
            return EnvelopeSummary((), (), **dict(zip(_COUNTS, values, strict=True)))
        message, code, place, step = values
        raise Malformed(message, code=code, place=place, next_step=step)


class _Link:
    """Both pipes of the second process, without a thread: what one side has not taken yet waits here, so that neither
    ever waits for the other in a circle."""

    def __init__(self, blocks: int, told: int) -> None:
        self._blocks, self._told = blocks, told
        os.set_blocking(blocks, False)
        with suppress(OSError):
            fcntl.fcntl(blocks, fcntl.F_SETPIPE_SZ, _ROOM)
        self._to_tell: deque[memoryview] = deque()
        self._heard = bytearray()
        self._said: deque[Any] = deque()

    def tell(self, block: bytes) -> None:
        """One block more; waits where many wait already, for rubbish has no faults that anybody asks for."""
        self._to_tell += (memoryview(_LENGTH.pack(len(block))), memoryview(block))
        self._write()
        while sum(map(len, self._to_tell)) > AHEAD and self._exchange():
            continue

    def hear(self) -> Any:
        """What the second process says next. Raises RuntimeError where it is gone."""
        while not self._said:
            if not self._exchange():
                raise RuntimeError("the validation ended")
        return self._said.popleft()

    def close(self) -> None:
        """Nothing more is told or heard."""
        for pipe in (self._blocks, self._told):
            os.close(pipe)

    def _exchange(self) -> bool:
        """Wait until something can be read or written, and do it; False where the second process is gone."""
        readable, writable, _ = select.select([self._told], [self._blocks] if self._to_tell else [], [])
        if writable:
            self._write()
        if not readable:
            return True
        heard = os.read(self._told, _ROOM)
        self._heard += heard
        while (frame := self._frame()) is not None:
            self._said.append(marshal.loads(frame))
        return bool(heard)

    def _frame(self) -> bytes | None:
        head = _LENGTH.size
        if len(self._heard) < head:
            return None
        end = head + _LENGTH.unpack_from(self._heard)[0]
        if len(self._heard) < end:
            return None
        frame = bytes(self._heard[head:end])
        del self._heard[:end]
        return frame

    def _write(self) -> None:
        try:
            while self._to_tell:
                block = self._to_tell[0]
                written = os.write(self._blocks, block)
                if written < len(block):
                    self._to_tell[0] = block[written:]
                    return
                self._to_tell.popleft()
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._to_tell.clear()  # it is gone, which `hear` finds out


def _begun_small(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The first block in small ones: the reading waits for the faults of each run, and those of the first take longest,
    since the guide is loaded and its patterns are compiled for them."""
    rest = iter(blocks)
    first = next(rest, b"")
    yield from (first[at : at + SMALL] for at in range(0, len(first), SMALL))
    yield from rest


def _serve(source: IO[bytes], target: IO[bytes], guides: Guides, lists: CodeLists) -> None:
    """The whole life of the second process; it never returns."""

    def tell(said: Any) -> None:
        frame = marshal.dumps(said)
        target.write(_LENGTH.pack(len(frame)) + frame)
        target.flush()

    try:
        judge = JudgeHere(guides, lists)
        try:
            for run in runs(_received(source)):
                tell([_values(fault) for fault in judge.take(run, pieces_of(run).texts)])
            summary = judge.close()
            tell((_SUMMARY, *(getattr(summary, name) for name in _COUNTS)))
        except Malformed as wrong:
            tell((_MALFORMED, wrong.message, wrong.code, wrong.place, wrong.next_step))
    except BaseException:
        os._exit(1)
    os._exit(0)


def _received(source: IO[bytes]) -> Iterator[bytes]:
    while block := _read(source):
        yield block


def _read(pipe: IO[bytes]) -> bytes | None:
    try:
        head = pipe.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        length = _LENGTH.unpack(head)[0]
        payload = pipe.read(length)
    except (OSError, ValueError):
        return None
    return payload if len(payload) == length else None


def _values(fault: Fault) -> tuple[Any, ...]:
    f = fault.finding
    return (
        fault.set,
        fault.anchor,
        f.code,
        f.outcome.value,
        f.place,
        f.message,
        f.next_step,
        f.evidence,
        f.line,
        f.segment,
    )


def _fault(values: Sequence[Any]) -> Fault:
    number, anchor, code, outcome, *rest = values
    return Fault(number, anchor, Finding(code, Outcome(outcome), *rest))
