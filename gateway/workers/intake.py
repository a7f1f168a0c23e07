"""Take in what was dropped: claim the file, seal it, commit it, forget the plain text, read it, answer it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from gateway import events as e
from gateway.errors import Malformed, Refused
from gateway.logs import logger
from gateway.rows import Row as ReadRow
from gateway.spool import Taken
from gateway.store import batches, claims, journal, reading, resubmissions
from gateway.store.connection import Row
from gateway.workers import screener
from gateway.workers.plugins import look_ahead
from gateway.workers.screener import Progress, Screener, ScreeningFailed
from gateway.workers.site import Site
from gateway.x12.envelope import check_envelope

_TRIES = 2
_MAY_GROW = ("X12_EMPTY", "X12_INCOMPLETE")
VAULT_DAMAGED = "VAULT_DAMAGED"


class Intake:
    """Watches incoming/. One file is taken at a time; what cannot be taken never stops the next."""

    def __init__(self, site: Site, stopping: Callable[[], bool] = lambda: False) -> None:
        self.site = site
        self._stopping = stopping
        self._ready: Screener | None = None
        self._unfinished: dict[str, tuple[int, int, int] | None] = {}
        self._left_behind = False
        self._stuck: dict[str, tuple[int, int, int] | None] = {}

    async def sweep(self, now: float) -> int:
        """Take every settled file once; returns how many files were dealt with. `now` is a monotonic clock's."""
        dealt = 0
        if self._left_behind:
            await self.recover()
        dealt += await self._ordered()
        for name in await self.site.thread(self.site.spool.settled, now):
            try:
                dealt += await self._consider(name, now)
            except PermissionError:
                await self._report_stuck(name)
        return dealt

    async def _ordered(self) -> int:
        """Read what people ordered to be sent again: it is sealed and committed, and never lay in the spool."""
        waiting = await self.site.store.read(resubmissions.unread)
        for batch in waiting:
            await self._read(batch)
        return len(waiting)

    async def _report_stuck(self, name: str) -> None:
        """Something that may not be moved: told once for each content, and the next file is considered all the same."""
        signature = self.site.spool.signature(name)
        if self._stuck.get(name) == signature:
            return
        self._stuck[name] = signature
        step = "Remove it from incoming/, or let the service move it: it belongs to somebody else."
        await self.site.store.write(journal.happened, [e.FileSetAside(code="FILE_STUCK", next=step)])

    async def _consider(self, name: str, now: float) -> bool:
        """Whole: take it. Wrong: take it, to refuse it. Unfinished: wait, until waiting has no sense any more."""
        spool = self.site.spool
        waited_out = spool.standing_still(name, now) >= self.site.give_up_seconds
        if self._unfinished.get(name) == spool.signature(name) and name in self._unfinished and not waited_out:
            return False
        with self._large_ones_awaited(name):
            return await self._take(name, waited_out)

    @contextmanager
    def _large_ones_awaited(self, name: str) -> Iterator[None]:
        """The process that reads a large file starts while the file is looked at and sealed."""
        signature = self.site.spool.signature(name)
        if signature and signature[1] >= screener.LARGE:
            self._ready = self._screener()
        try:
            yield
        finally:
            if unused := self._ready:
                self._ready = None
                with unused:
                    pass

    async def _take(self, name: str, waited_out: bool) -> bool:
        problem = await self.site.thread(self._problem_of, name)
        if problem is not None and problem.code in _MAY_GROW and not waited_out:
            self._unfinished[name] = self.site.spool.signature(name)
            return False
        self._unfinished.pop(name, None)
        if isinstance(problem, Refused):
            await self._set_aside(name, problem)
            return True
        await self.bring_in(await self.site.thread(self.site.spool.take, name))
        return True

    def _problem_of(self, name: str) -> Malformed | Refused | None:
        try:
            check_envelope(self.site.spool.read_incoming(name))
        except (Malformed, Refused) as problem:
            return problem
        return None

    async def _set_aside(self, name: str, problem: Refused) -> None:
        answer = _answer(problem.message, "", problem.next_step)
        await self.site.thread(self.site.spool.set_aside, name, answer)
        await self.site.store.write(journal.happened, [e.FileSetAside(code=problem.code, next=problem.next_step)])

    async def bring_in(self, taken: Taken) -> None:
        """From a claimed file to a batch whose claims wait to be judged, or to an answer beside the file.

        Every step may be found done: a file whose batch is committed goes on from there. If a step fails, as on a full
        disk, the file is gone on with at the next sweep.
        """
        self._left_behind = True
        await self._bring_in(taken)
        self._left_behind = False

    async def _bring_in(self, taken: Taken) -> None:
        site = self.site
        batch = await site.store.read(batches.by_work_name, taken.work_name)
        if batch is None:
            sealed = await site.thread(lambda: site.vault.seal(site.spool.read(taken)))
            batch = await site.store.write(batches.spool, taken.file_name, taken.work_name, sealed)
        if await self._read(batch):
            await self._give_back(await site.store.read(batches.one, batch), taken)

    async def _read(self, batch: int) -> bool:
        """Read from the sealed copy, chunk by chunk, so that memory stays flat; nothing counts before the last chunk.

        False where it was broken off because the service stops: the batch waits to be read from its start.
        """
        site = self.site
        if not await site.store.write(batches.begin_reading, batch):
            return True
        name, size = await site.store.read(batches.sealed_as, batch)
        site.reading = progress = Progress(batch, size)
        try:
            return await self._screened(progress, name)
        except Malformed as wrong:
            if wrong.code == VAULT_DAMAGED:
                raise  # our disk's fault, not the file's: the batch waits to be read again
            await site.store.write(batches.refuse, batch, wrong.code, wrong.place, wrong.message, wrong.next_step)
            return True
        finally:
            site.reading = None

    async def _screened(self, progress: Progress, name: str) -> bool:
        """Read and validate. If our own validation breaks, also when tried again, the claims are read without it and held:
        they are not validated, which is no reason to refuse them."""
        site = self.site
        for tries in range(_TRIES):
            blocks = screener.counted(site.vault.open(name), progress)
            apart = progress.size >= screener.LARGE
            rows = self._apart(blocks) if apart else screener.chunks(blocks, site.guides, site.today())
            try:
                return await self._stored(progress, rows)
            except ScreeningFailed as failed:
                logger().error("screening.failed", batch=progress.batch, code=str(failed), tries=tries + 1)
                await site.store.write(batches.purge, progress.batch)
                progress.read = progress.claims = 0
        return await self._stored(progress, screener.unscreened(screener.counted(site.vault.open(name), progress)))

    def _screener(self) -> Screener:
        return Screener(self.site.cache, self.site.codes, self.site.today())

    def _apart(self, blocks: Iterator[bytes]) -> Iterator[list[ReadRow]]:
        ready, self._ready = self._ready, None
        return screener.chunks_apart(blocks, ready or self._screener())

    async def _stored(self, progress: Progress, rows: Iterator[list[ReadRow]]) -> bool:
        """Write chunk by chunk, the next one being read meanwhile. False where the service stops."""
        site, place = self.site, reading.Reading(progress.batch)
        upcoming = asyncio.ensure_future(site.thread(partial(next, rows, None)))
        try:
            while chunk := await upcoming:
                upcoming = asyncio.ensure_future(site.thread(partial(next, rows, None)))
                await site.store.write(reading.add, place, chunk)
                progress.claims = place.claims
                if self._stopping():
                    return False
        finally:
            await asyncio.wait([upcoming])
            await site.thread(getattr(rows, "close", lambda: None))
        await site.store.write(batches.parsed, progress.batch)
        return True

    async def _give_back(self, row: Row, taken: Taken) -> None:
        """Forget the plain text of what was taken; give back what was not, with an answer in plain language."""
        spool = self.site.spool
        if row["state"] == "REFUSED":
            await self.site.thread(spool.refuse, taken, _answer(row["message"], row["place"], row["next"]))
        elif row["state"] == "DUPLICATE":
            answer = _answer(
                f"exactly these bytes were received before, as batch {row['original']}",
                "",
                f"Nothing was sent again. `gateway batches` shows what became of batch {row['original']}.",
            )
            await self.site.thread(spool.refuse, taken, answer)
        else:
            await self.site.thread(spool.finish, taken)

    async def recover(self) -> None:
        """Go on where a stopped process left off: claimed files first, then batches whose plain text is gone."""
        self._left_behind = True
        for taken in await self.site.thread(self.site.spool.taken):
            await self._bring_in(taken)
        for row in await self.site.store.read(batches.unread):
            await self._read(row["id"])
        self._left_behind = False


def _answer(message: str, place: str, step: str) -> str:
    """The text beside a refused file."""
    where = f"Where: {place}\n" if place else ""
    return f"This file was not taken, and no claim of it was sent.\n\nWhy: {message}\n{where}What to do: {step}\n"


async def judge_due(site: Site) -> int:
    """Judge every claim that is due, in small transactions so that nothing else waits long; returns how many."""
    total = 0
    while True:
        seen = await look_ahead(site, claims.due)
        looked_at = await site.store.write(claims.judge_next, site.gate.judge, only=seen)
        if not looked_at:
            return total
        total += looked_at
        await asyncio.sleep(0)
