"""Streams that the loop makes and a thread takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

_GATHERED = 512 * 1024


def in_thread(blocks: AsyncIterator[bytes], most: int | None = None) -> Iterator[bytes]:
    """An asynchronous stream as a plain one, for a thread that seals it; memory stays flat. With `most` it stops after so
    many bytes without asking for more."""
    loop = asyncio.get_running_loop()

    async def step(most: int | None) -> bytes:
        gathered, size = [], 0
        while size < _GATHERED and (most is None or size < most):
            block = await anext(blocks, None)
            if block is None:
                break
            gathered.append(block)
            size += len(block)
        return b"".join(gathered)

    def pulled(most: int | None) -> Iterator[bytes]:
        while data := asyncio.run_coroutine_threadsafe(step(most), loop).result():
            yield data
            if most is not None and (most := most - len(data)) <= 0:
                return

    return pulled(most)
