"""An object of a plugin that speaks with somebody outside: made in a process of its own, asked without keeping the loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from gateway.hosting.plugin import Plugin
from gateway.hosting.process import Means
from gateway.hosting.wire import Call
from gateway.ports import Secret


class Session:
    """An object of a plugin, made in a process that only it uses, and asked from a thread of its own. A call that is
    cancelled ends the process."""

    def __init__(
        self,
        plugin: Plugin,
        kind: str,
        key: str,
        make: tuple[Any, ...],
        secrets: Callable[[str], Secret],
        may: Callable[[str], bool],
        place: str = "",
    ) -> None:
        self.plugin, self.kind, self.key, self.make = plugin, kind, key, make
        self.keep = f"{kind} {key} {place}"
        self._secrets, self._may = secrets, may
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plugin")

    def call(self, method: str, *args: Any, many: bool = False, make: bool = True, **named: Any) -> Call:
        """A call of one of its methods; `make` it first, where it is not there."""
        return Call(self.kind, self.key, method, args, many, self.keep, self.make if make else None, named)

    def means(self, limit: float, judge: Callable[[bool, Any], str], blocks: Iterator[bytes] | None = None) -> Means:
        """What a call of it may use."""
        return Means(limit, blocks=blocks, secrets=self._secrets, may=self._may, judge=judge)

    def now(self, call: Call, means: Means) -> Any:
        """Ask and wait."""
        return self.plugin.ask(call, means, self.keep)

    async def ask(self, call: Call, means: Means) -> Any:
        """Ask without keeping the loop waiting."""
        return await self._run(lambda: self.now(call, means))

    async def each(self, call: Call, means: Means) -> AsyncIterator[Any]:
        """The same for what comes one by one."""
        items = self.plugin.each(call, means, self.keep)
        try:
            while (item := await self._run(lambda: next(items, None))) is not None:
                yield item
        finally:
            with suppress(ValueError):  # it is being asked just now, and the end of its process ends that
                items.close()

    async def _run(self, work: Callable[[], Any]) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except asyncio.CancelledError:
            self.plugin.let_go(self.keep)
            raise

    def end(self) -> None:
        """No more calls."""
        self._thread.shutdown(wait=False)
