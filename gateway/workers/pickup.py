"""Fetch what partners laid out for us: list, fetch, seal, commit; reading comes after, discarding last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from gateway.errors import GatewayError
from gateway.model.partners import Lane
from gateway.model.sending import RemoteFile
from gateway.ports import Transport
from gateway.store import lanes, pickups, submissions
from gateway.workers.site import Site
from gateway.workers.transmit import lane_failure

_UNFINISHED = (".tmp", ".part", ".filepart")


async def pick_up(site: Site, lane: Lane) -> int:
    """Fetch every file not fetched before; returns how many were new. A file that cannot be fetched now is left for
    the next time, and the others are fetched all the same."""
    new = 0
    try:
        async with site.transport(lane) as transport:
            for folder in lane.account.endpoint.inbound:
                listed = [file for file in await transport.listing(folder) if _finished(file.path)]
                for file in await site.store.read(pickups.unknown, lane.key, listed):
                    new += await _fetch(site, lane, transport, file)
    except GatewayError as failure:
        await site.store.write(submissions.happened, *lane_failure(lane, failure, 0))
        return new
    await site.store.write(lanes.reached, lane.key, polled=True)
    return new


def _finished(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return not name.startswith(".") and not name.endswith(_UNFINISHED)


async def _fetch(site: Site, lane: Lane, transport: Transport, file: RemoteFile) -> bool:
    loop = asyncio.get_running_loop()
    blocks = _in_thread(transport.get(file.path), loop)
    sealed = await site.thread(site.vault.seal, blocks)
    return await site.store.write(pickups.fetched, lane.key, file, sealed)


def _in_thread(blocks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """An asynchronous stream as a plain one, for a thread that seals it; memory stays flat."""

    async def step() -> bytes | None:
        return await anext(blocks, None)

    while (block := asyncio.run_coroutine_threadsafe(step(), loop).result()) is not None:
        yield block


async def read_fetched(site: Site) -> int:
    """Read what was fetched. Not yet: fetched files wait sealed until the readers of answers are in place."""
    return 0
