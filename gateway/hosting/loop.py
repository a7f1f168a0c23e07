"""Within a plugin's process: the loop on which what is asynchronous runs, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any


class Loop:
    """Goes on between calls, and for as long as the process does."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def result(self, work: Awaitable[Any]) -> Any:
        """What the work gives, waited for. Raises what it raises; that it wants to leave is an error like any."""

        async def awaited() -> Any:
            try:
                return await work
            except (SystemExit, KeyboardInterrupt) as leaving:  # these would end the loop, and nobody be told
                raise RuntimeError from leaving

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()
