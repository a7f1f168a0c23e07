"""Fetch what partners laid out for us: list, fetch, seal, commit; reading comes after, discarding last."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from itertools import chain

from gateway.errors import GatewayError, Malformed, Unlawful
from gateway.logs import logger
from gateway.model.partners import Lane
from gateway.model.sending import RemoteFile
from gateway.ports import Transport
from gateway.store import answers, lanes, pickups, submissions
from gateway.store.connection import Row
from gateway.workers.intake import VAULT_DAMAGED
from gateway.workers.reading import answers_in, guide_flags
from gateway.workers.site import Site
from gateway.workers.transmit import failures_of, lane_failure

_UNFINISHED = (".tmp", ".part", ".filepart")
_HANDED_BACK = ("999", "277CA", "835")


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
        await site.store.write(submissions.happened, *lane_failure(lane, failure, await failures_of(site, lane)))
        return new
    await site.store.write(lanes.reached, lane.key, polled=True)
    return new


def _finished(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return not name.startswith(".") and not name.endswith(_UNFINISHED)


async def _fetch(site: Site, lane: Lane, transport: Transport, file: RemoteFile) -> bool:
    loop = asyncio.get_running_loop()
    blocks = _in_thread(transport.get(file.path), loop)
    sealed = await site.wire_thread(site.vault.seal, blocks)
    return await site.store.write(pickups.fetched, lane.key, file, sealed)


def _in_thread(blocks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """An asynchronous stream as a plain one, for a thread that seals it; memory stays flat."""

    async def step() -> bytes | None:
        return await anext(blocks, None)

    while (block := asyncio.run_coroutine_threadsafe(step(), loop).result()) is not None:
        yield block


async def read_fetched(site: Site, lane: Lane) -> int:
    """Read what was fetched from this lane; returns how many files. One unreadable file is kept aside and reported,
    and the next is read all the same."""
    waiting = await site.store.read(pickups.unread, lane.key)
    for row in waiting:
        try:
            await site.thread(_read_through, site, row["vault_name"])
        except Malformed as wrong:
            if wrong.code == VAULT_DAMAGED:
                raise
            await site.store.write(
                pickups.unreadable, row["id"], lane.key, row["document"], wrong.code, wrong.place, wrong.next_step
            )
            continue
        await _post(site, lane, row)
    return len(waiting)


async def _post(site: Site, lane: Lane, row: Row) -> None:
    """Post one readable document. What breaks on it breaks on it alone: it is kept aside, and the next is read."""
    try:
        await _post_all(site, lane, row["document"], row["vault_name"])
        await site.store.write(answers.done, row["id"], "READ")
    except (ArithmeticError, LookupError, TypeError, ValueError, Unlawful) as broken:
        logger().error("answer.broke", document=row["document"], exc_info=broken)
        step = "The document is kept. Please report this with the log line `answer.broke`."
        await site.store.write(pickups.unreadable, row["id"], lane.key, row["document"], "NOT_UNDERSTOOD", "", step)


def _read_through(site: Site, vault_name: str) -> None:
    """Prove that the whole document can be read, before any of it counts."""
    deque(answers_in(site, vault_name), maxlen=0)


async def _post_all(site: Site, lane: Lane, document: int, vault_name: str) -> None:
    """The whole document was readable: post its answers one by one. What was posted before a crash is left alone."""
    flags = await site.thread(guide_flags, site, vault_name)
    found = enumerate(chain(answers_in(site, vault_name), flags))
    while (step := await site.thread(next, found, None)) is not None:
        ordinal, answer = step
        await site.store.write(answers.post, lane, document, ordinal, answer)


async def hand_back(site: Site) -> int:
    """Give the billing software what was read, untouched; returns how many files. A crash between the two steps
    writes the same bytes under the same name again."""
    waiting = await site.store.read(answers.to_hand_back)
    for row in waiting:
        forms = [form for form in row["forms"].split(",") if form in _HANDED_BACK]
        if forms:
            name = f"{row['document']:08d}_{row['lane'].split('/')[0]}.{'_'.join(sorted(forms))}"
            await site.thread(site.spool.publish, "handback", name, site.vault.open(row["vault_name"]))
        await site.store.write(answers.done, row["id"], "HANDED")
    return len(waiting)
