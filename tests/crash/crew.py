"""Trials side by side, one for each core: processes, each with a nursery that imports everything once and serves it till
the end. Threads would wait for each other, for the simulated payers run in the process of their trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.crash.nursery import Nursery

T = TypeVar("T")


@cache
def nursery() -> Nursery:
    """This process's own, closed when it ends."""
    running = Nursery()
    Finalize(running, running.close, exitpriority=0)
    return running


class Crew:
    """So many processes; what they do must be functions of a module, and its results plain."""

    def __init__(self, jobs: int) -> None:
        self._pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))

    def each(self, work: Callable[..., T], arguments: Sequence[tuple[Any, ...]]) -> Iterator[T]:
        """What each call gives, in the order of its arguments."""
        return self._pool.map(work, *zip(*arguments, strict=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)
