"""Fetch what partners laid out for us: list, fetch, seal, commit; reading comes after, discarding last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Concatenate, ParamSpec, TypeVar

from gateway.errors import GatewayError, Transient
from gateway.model.partners import Lane
from gateway.model.sending import RemoteFile
from gateway.ports import Present, Transport
from gateway.store import StoreFailed, documents, lanes, mailbox, pickups, submissions, troubles
from gateway.store.connection import Row, Tx
from gateway.workers.mail import read_fetched
from gateway.workers.site import Site
from gateway.workers.streams import in_thread
from gateway.workers.transmit import failures_of, lane_failure
from gateway.workers.unpacking import pattern_of

P = ParamSpec("P")
T = TypeVar("T")

__all__ = ["OF_A_FOLDER", "pick_up", "read_fetched"]

FILES_AT_ONCE, BYTES_AT_ONCE = 500, 256 * 1024 * 1024
"""What one round fetches of one folder at most: then what came is read, and the lane sends what it has to send."""

_UNFINISHED = (".tmp", ".part", ".filepart")
OF_A_FOLDER = {"NO_SUCH_FOLDER", "PERMISSION", "SERVER_FAILURE", "UNSUPPORTED"}
"""Why a folder cannot be listed, where everything else can be done."""
_OF_A_FILE = {
    mailbox.GONE,
    mailbox.NO_FILE,
    mailbox.NO_BYTES,
    "FILE_CHANGED",
    "PERMISSION",
    "SERVER_FAILURE",
    "UNSUPPORTED",
    "TOO_LARGE",
}


async def pick_up(site: Site, lane: Lane) -> int:
    """Fetch files not fetched before; returns how many were new. A file or folder that cannot be had now is left for the
    next time, and the others are fetched all the same. What is too much for one round is fetched in the next, at once."""
    visit = _Visit(site, lane)
    await visit.keep_what_is_left()
    try:
        async with site.transport(lane) as transport:
            for folder in lane.account.endpoint.inbound:
                await visit.look_into(transport, folder)
            await visit.try_the_stubborn(transport)
    except StoreFailed:
        raise
    except GatewayError as failure:
        await site.store.write(submissions.happened, *lane_failure(lane, failure, await failures_of(site, lane)))
        return visit.new
    await site.store.write(lanes.reached, lane.key, polled=not visit.more)
    return visit.new


class _Visit:
    """One session at one partner's mailbox: what may still be fetched, and what came of it."""

    def __init__(self, site: Site, lane: Lane) -> None:
        self.site, self.lane = site, lane
        self.habits = lane.partner.habits.mailbox
        self.new, self.more = 0, False
        self.stubborn: list[tuple[str, RemoteFile]] = []

    async def keep_what_is_left(self) -> None:
        """Commit what was fetched and sealed while our database could not keep it: its server has it no more."""
        left = self.site.unkept.setdefault(self.lane.key, [])
        while left:
            self.new += await self._write(pickups.fetched, *left[0])
            del left[0]

    async def look_into(self, transport: Transport, folder: str) -> None:
        """List one folder, fetch what is ready, then remove what earlier visits committed."""
        try:
            files = _distinct(await transport.listing(folder))
        except GatewayError as failure:
            if failure.code not in OF_A_FOLDER:
                raise
            await self._write(mailbox.not_listed, folder, failure.code, failure.next_step)
            return
        listing = await self._write(mailbox.listed, folder, files, self.habits, FILES_AT_ONCE)
        self.stubborn += [(folder, file) for file in listing.stubborn]
        await self._fetch_all(transport, folder, listing)
        await self._write(pickups.judge_cut, folder)
        await self._discard(transport, folder, listing.discards)

    async def _fetch_all(self, transport: Transport, folder: str, listing: mailbox.Listing) -> None:
        taken = fetched = vanished = nothing = size = 0
        for file in listing.ready:
            if size >= BYTES_AT_ONCE:
                break
            taken, size = taken + 1, size + (file.size or 0)
            try:
                self.new += await self._fetch(transport, file)
                fetched += 1
            except StoreFailed:
                raise
            except GatewayError as failure:
                await self._write(mailbox.not_fetched, folder, file, failure.code)
                if failure.code not in _OF_A_FILE:
                    raise
                vanished += failure.code == mailbox.GONE
                nothing += failure.code in (mailbox.NO_FILE, mailbox.NO_BYTES)
        left = listing.waiting + len(listing.ready) - taken
        self.more |= left > 0 and fetched > 0
        await self._write(mailbox.worked_off, folder, listing.unknown - fetched - vanished - nothing, fetched, vanished)

    async def try_the_stubborn(self, transport: Transport) -> None:
        """Once more, after all else, what could not be had again and again. If the line breaks over one of them once more,
        that is told of the file: it says nothing of the partner, who gave everything else."""
        for folder, file in self.stubborn:
            try:
                self.new += await self._fetch(transport, file)
            except StoreFailed:
                raise
            except GatewayError as failure:
                await self._write(mailbox.not_fetched, folder, file, failure.code)
                if failure.code not in _OF_A_FILE:
                    return

    async def _fetch(self, transport: Transport, file: RemoteFile) -> bool:
        if self.habits.reading_removes and file.size:
            return await self._fetch_before_it_goes(transport, file)
        blocks = in_thread(transport.get(file.path))
        sealed = await self.site.wire_thread(self.site.vault.seal, blocks if file.size != 0 else _some(blocks))
        return await self._write(pickups.fetched, file, sealed, self._pattern(file.path))

    async def _fetch_before_it_goes(self, transport: Transport, file: RemoteFile) -> bool:
        """Where the server removes what was read: everything the listing promised is sealed and committed before the
        file is closed there. If there is more of it by now, the whole is sealed as another document."""
        blocks = transport.get(file.path)
        sealed = await self.site.wire_thread(self.site.vault.seal, in_thread(blocks, file.size))
        new = await self._keep(file, sealed)
        rest = await anext(blocks, None)
        if rest is not None:
            whole = chain(self.site.vault.open(sealed.name), [rest], in_thread(blocks))
            sealed = await self.site.wire_thread(self.site.vault.seal, whole)
            new |= await self._keep(RemoteFile(file.path, sealed.size, file.modified), sealed)
        return new

    async def _keep(self, file: RemoteFile, sealed: documents.Sealed) -> bool:
        pattern = self._pattern(file.path)
        try:
            return await self._write(pickups.fetched, file, sealed, pattern)
        except StoreFailed:
            self.site.unkept[self.lane.key].append((file, sealed, pattern))
            raise

    async def _discard(self, transport: Transport, folder: str, committed: list[Row]) -> None:
        """Remove, last, what is committed; one that looks otherwise now is left alone."""
        for row in committed:
            try:
                found = await transport.size(row["path"])
                if isinstance(found, Present) and _changed(found, row):
                    continue
                await transport.discard(row["path"])
            except GatewayError as failure:
                if failure.code not in _OF_A_FILE:
                    raise
                await self._write(troubles.trouble, "DISCARD_REFUSED", folder)
                return
            await self.site.store.write(pickups.discarded, row["id"], self.lane.key, row["document"])
        if committed:
            await self._write(troubles.clear, "DISCARD_REFUSED", folder)

    def _pattern(self, path: str) -> str:
        return pattern_of(self.habits.mail, path)

    async def _write(self, work: Callable[Concatenate[Tx, str, P], T], *values: P.args, **named: P.kwargs) -> T:
        """One transaction about this lane."""
        return await self.site.store.write(work, self.lane.key, *values, **named)


def _some(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """What a file holds that is said to hold nothing. Raises where it does."""
    if not (first := next(blocks, b"")):
        raise Transient("the file holds nothing yet", code=mailbox.NO_BYTES)
    yield first
    yield from blocks


def _changed(found: Present, row: Row) -> bool:
    """Whether another file took the name of a committed one since it was listed: answers are often of one length."""
    return found.size != row["size"] or found.modified not in (None, row["modified"])


def _distinct(files: list[RemoteFile]) -> list[RemoteFile]:
    """Each name once, whatever the server says, and no file that somebody marked as unfinished."""
    return [file for file in {file.path: file for file in files}.values() if _finished(file.path)]


def _finished(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return not name.startswith(".") and not name.endswith(_UNFINISHED)
