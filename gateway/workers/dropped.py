"""Take in the roster files that people drop into a folder: each once, and each with an answer."""

from __future__ import annotations

import hashlib

from gateway.desk import roster
from gateway.errors import Refused
from gateway.rosterfile.folder import DONE, REFUSED, RosterFolder, Signature
from gateway.rosterfile.reading import is_for_caqh, read_bytes
from gateway.store import journal
from gateway.store.rosters import Delivery
from gateway.workers import rosterwords
from gateway.workers.site import Site
from gateway.workers.sources import refusal

NAME = "roster_folder"
"""Stands in the journal as who changed the roster."""


class Dropped:
    """The folder of a site, where it has one. What a file says is applied, in one transaction with the digest of its
    bytes, before it moves: a process that stops in between finds it again and changes nothing."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.folder = RosterFolder(site.settings.roster.folder) if site.settings.roster.folder else None
        self._told: set[tuple[str, Signature]] = set()

    def unsettled(self) -> int:
        """How many files lie there and may still be growing."""
        return self.folder.unsettled() if self.folder else 0

    async def take_in(self) -> int:
        """Take what stands still; returns how many files left the folder. One that cannot be moved keeps none of the
        others from it; then OSError is raised at the end."""
        if self.folder is None:
            return 0
        done, failed = 0, list[OSError]()
        for name, signature in await self.site.thread(self.folder.settled):
            try:
                done += await self._take(self.folder, name, signature)
            except OSError as failure:
                failed.append(failure)
        if failed and not done:
            raise failed[0]
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
        change = await roster.deliver(self.site, rows, Delivery(NAME, hashlib.sha256(content).digest(), once=True))
        return rosterwords.applied(change, foreseen["claims"])

    async def _tell(self, name: str, signature: Signature, refused: Refused) -> None:
        """Once for each file, also where it cannot be moved and is found again and again."""
        if (name, signature) not in self._told:
            await self.site.store.write_as(NAME, journal.happened, [refusal(refused)])
            self._told.add((name, signature))
