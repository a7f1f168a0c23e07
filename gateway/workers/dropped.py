"""Take in the roster files that people drop into a folder: each once, and each with an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from gateway.desk import roster
from gateway.errors import Refused
from gateway.rosterfile.folder import DONE, REFUSED, RosterFolder, Signature
from gateway.rosterfile.reading import read_bytes
from gateway.sheets import SHEET, Record, as_row
from gateway.store import journal
from gateway.store.rosters import Change, Delivery
from gateway.workers.site import Site
from gateway.workers.sources import problems_of, refusal

NAME = "roster_folder"
"""Stands in the journal as who changed the roster."""

_PRIVATE = frozenset({SHEET, "last_name", "first_name", "name", "source"})
_MOST_LINES = 2_000


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
        try:
            content = await self.site.thread(folder.read, name)
            rows = await self.site.thread(read_bytes, content, "this file")
            change = await roster.deliver(self.site, rows, Delivery(NAME, hashlib.sha256(content).digest(), once=True))
        except FileNotFoundError:
            return False
        except Refused as refused:
            await self._tell(name, signature, refused)
            return await self.site.thread(folder.finish, name, signature, REFUSED, _refused(refused))
        return await self.site.thread(folder.finish, name, signature, DONE, _applied(change))

    async def _tell(self, name: str, signature: Signature, refused: Refused) -> None:
        """Once for each file, also where it cannot be moved and is found again and again."""
        if (name, signature) not in self._told:
            await self.site.store.write_as(NAME, journal.happened, [refusal(refused)])
            self._told.add((name, signature))


def _applied(change: Change) -> str:
    """What a file did, without anybody's name: the answer lies in clear where others may read it."""
    if change.known_since:
        return (
            f"Nothing was changed: the same file was applied before, at {change.known_since}.\n"
            "To apply it once more, change it or use `gateway roster import`.\n"
        )
    lines = [
        f"Applied: {len(change.added)} added, {len(change.superseded)} superseded, {change.unchanged} were known already;"
        f" {change.claims} waiting claims are judged again.",
        *_listed("Added", change.added),
        *_listed("Superseded", change.superseded),
    ]
    return "\n".join(lines) + "\n"


def _listed(title: str, records: Sequence[Record]) -> Iterator[str]:
    if records:
        yield f"\n{title}:"
    for record in records[:_MOST_LINES]:
        row = as_row(record)
        told = (f"{name} {cell}" for name, cell in row.items() if cell not in ("", "*") and name not in _PRIVATE)
        yield f"  {row[SHEET]}: {', '.join(told)}"
    if len(records) > _MOST_LINES:
        yield f"  and {len(records) - _MOST_LINES} more"


def _refused(refused: Refused) -> str:
    problems = "".join(f"  {problem}\n" for problem in problems_of(refused))
    return (
        f"Nothing of this file was applied; the records are as they were before.\n{problems}Next: {refused.next_step}\n"
    )
