"""Take in what was dropped: claim the file, seal it, commit it, forget the plain text, read it, answer it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from itertools import islice

from gateway import events as e
from gateway.errors import Malformed, Refused
from gateway.spool import Taken
from gateway.store import batches, claims, journal
from gateway.store.connection import Row
from gateway.workers.site import Site
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope

_CHUNK = 2000
_MAY_GROW = ("X12_EMPTY", "X12_INCOMPLETE")
VAULT_DAMAGED = "VAULT_DAMAGED"


class Intake:
    """Watches incoming/. One file is taken at a time; what cannot be taken never stops the next."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._unfinished: dict[str, tuple[int, int, int] | None] = {}
        self._left_behind = False
        self._stuck: dict[str, tuple[int, int, int] | None] = {}

    async def sweep(self, now: float) -> int:
        """Take every settled file once; returns how many files were dealt with. `now` is a monotonic clock's."""
        dealt = 0
        if self._left_behind:
            await self.recover()
        for name in await self.site.thread(self.site.spool.settled, now):
            try:
                dealt += await self._consider(name, now)
            except PermissionError:
                await self._report_stuck(name)
        return dealt

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
        problem = await self.site.thread(self._problem_of, name)
        if problem is not None and problem.code in _MAY_GROW and not waited_out:
            self._unfinished[name] = spool.signature(name)
            return False
        self._unfinished.pop(name, None)
        if isinstance(problem, Refused):
            await self._set_aside(name, problem)
            return True
        await self.bring_in(await self.site.thread(spool.take, name))
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
        await self._read(batch)
        await self._give_back(await site.store.read(batches.one, batch), taken)

    async def _read(self, batch: int) -> None:
        """Read from the sealed copy, chunk by chunk, so that memory stays flat; nothing counts before the last chunk."""
        site = self.site
        if not await site.store.write(batches.begin_reading, batch):
            return
        vault_name = await site.store.read(batches.vault_name, batch)
        reading = batches.Reading(batch)
        try:
            await site.thread(lambda: check_envelope(site.vault.open(vault_name)))
            items = read_claims(site.vault.open(vault_name))
            while chunk := await site.thread(partial(_next, items)):
                await site.store.write(batches.add, reading, chunk)
        except Malformed as wrong:
            if wrong.code == VAULT_DAMAGED:
                raise  # our disk's fault, not the file's: the batch waits to be read again
            await site.store.write(batches.refuse, batch, wrong.code, wrong.place, wrong.message, wrong.next_step)
            return
        await site.store.write(batches.parsed, batch)

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


def _next(items: Iterator[batches.Item]) -> list[batches.Item]:
    return list(islice(items, _CHUNK))


def _answer(message: str, place: str, step: str) -> str:
    """The text beside a refused file."""
    where = f"Where: {place}\n" if place else ""
    return f"This file was not taken, and no claim of it was sent.\n\nWhy: {message}\n{where}What to do: {step}\n"


async def judge_due(site: Site) -> int:
    """Judge every claim that is due, in small transactions so that nothing else waits long; returns how many."""
    total = 0
    while looked_at := await site.store.write(claims.judge_next, site.gate.judge):
        total += looked_at
        await asyncio.sleep(0)
    return total
