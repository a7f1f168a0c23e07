"""Take in the roster files that people drop into a folder: each once, and each with an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from gateway.desk import roster
from gateway.errors import Refused
from gateway.rosterfile.folder import DONE, PREVIEW, REFUSED, RosterFolder, Signature
from gateway.rosterfile.reading import is_for_caqh, read_bytes
from gateway.store import journal, rosters
from gateway.store.rosters import Delivery
from gateway.workers import rosterwords
from gateway.workers.site import Site
from gateway.workers.sources import refusal

NAME = "roster_folder"
"""Stands in the journal as who changed the roster."""


Act = Callable[[RosterFolder, str, Signature], Awaitable[bool]]
"""What is done with one file that stands still; whether something was done."""


class Dropped:
    """The folder of a site, where it has one. What a file says is applied, in one transaction with the digest of its
    bytes, before it moves: a process that stops in between finds it again and changes nothing. A file in `preview/` is
    answered and never applied."""

    def __init__(self, site: Site) -> None:
        self.site = site
        top = site.settings.roster.folder
        self.folder = RosterFolder(top) if top else None
        self.asking = RosterFolder(top / PREVIEW, asking=True) if top else None
        self._told: set[tuple[str, Signature]] = set()
        self._answered: set[tuple[str, Signature]] = set()

    def unsettled(self) -> int:
        """How many files lie there and may still be growing."""
        return sum(folder.unsettled() for folder in (self.folder, self.asking) if folder)

    async def take_in(self) -> int:
        """Take what stands still; returns how many files were dealt with. One that cannot be moved keeps none of the
        others from it; then OSError is raised at the end."""
        if self.folder is None or self.asking is None:
            return 0
        failed: list[OSError] = []
        done = await self._each(self.folder, self._take, failed)
        done += await self._each(self.asking, self._foretell, failed)
        if failed and not done:
            raise failed[0]
        return done

    async def _each(self, folder: RosterFolder, act: Act, failed: list[OSError]) -> int:
        done = 0
        try:
            for name, signature in await self.site.thread(folder.settled):
                try:
                    done += await act(folder, name, signature)
                except OSError as failure:
                    failed.append(failure)
        except OSError as failure:
            failed.append(failure)
        return done

    async def _take(self, folder: RosterFolder, name: str, signature: Signature) -> bool:
        private = False
        try:
            content = await self.site.thread(folder.read, name)
            private = await self.site.thread(is_for_caqh, content)
            into, answer = DONE, await self._apply(content)
        except FileNotFoundError:
            return False
        except Refused as refused:
            await self._tell(name, signature, refused)
            into, answer = REFUSED, rosterwords.refused(refused)
        answer += rosterwords.private(into == DONE) if private else ""
        keep = into == REFUSED or not private
        return await self.site.thread(folder.finish, name, signature, into, answer, keep)

    async def _apply(self, content: bytes) -> str:
        """What the file did, and which claims it moves as far as that is known before they are judged again."""
        rows = await self.site.thread(read_bytes, content, "this file")
        foreseen = await roster.preview(self.site, rows)
        change = await roster.deliver(self.site, rows, _delivery(content))
        return rosterwords.applied(change, foreseen["claims"])

    async def _foretell(self, folder: RosterFolder, name: str, signature: Signature) -> bool:
        """Answer a file that is only asked about, once for each content of it; nothing is applied."""
        if (name, signature) in self._answered:
            return False
        private = False
        try:
            content = await self.site.thread(folder.read, name)
            private = await self.site.thread(is_for_caqh, content)
            answer = await self._foretold(content)
        except FileNotFoundError:
            return False
        except Refused as refused:
            answer = rosterwords.would_be_refused(refused)
        self._answered.add((name, signature))
        answer += rosterwords.private_beforehand() if private else ""
        at = self.site.clock().astimezone(self.site.zone)
        return await self.site.thread(folder.answer, name, signature, rosterwords.headed(answer, at))

    async def _foretold(self, content: bytes) -> str:
        rows = await self.site.thread(read_bytes, content, "this file")
        since = await self.site.store.read(rosters.known_since, _delivery(content))
        return rosterwords.foretold(await roster.preview(self.site, rows), since)

    async def _tell(self, name: str, signature: Signature, refused: Refused) -> None:
        """Once for each file, also where it cannot be moved and is found again and again."""
        if (name, signature) not in self._told:
            await self.site.store.write_as(NAME, journal.happened, [refusal(refused)])
            self._told.add((name, signature))


def _delivery(content: bytes) -> Delivery:
    return Delivery(NAME, hashlib.sha256(content).digest(), once=True)
