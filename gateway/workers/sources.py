"""Take in what enrollment sources know, and tell a person once of what cannot be taken in."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from gateway.desk import roster
from gateway.desk.words import PROBLEMS
from gateway.errors import Refused
from gateway.events import RosterRefused
from gateway.ports import EnrollmentSource
from gateway.store import journal
from gateway.store.rosters import Delivery
from gateway.workers.site import Site

REPORT = "roster-problems.txt"
_HEAD = "Nothing of what stands here was applied to the roster; the records are as they were before."


class Sources:
    """The site's enrollment sources. What one of them brought is kept until it was applied or refused."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.all = site.enrollment_sources()
        self._waiting: dict[str, list[dict[str, str]]] = {}
        self._problems: dict[str, str] = {}
        self._heard: set[str] = set()
        self._told_before: str | None = None

    async def take_in(self, source: EnrollmentSource) -> int:
        """Ask one source, and apply what is new; returns how many records changed. Raises Transient when it cannot be
        reached now."""
        try:
            rows = await source.rows()
        except Refused as refused:
            if self._problems.get(source.name) != _section(source, refused):
                await self._refuse(source, refused)
            return 0
        if rows is not None:
            self._waiting[source.name] = rows
        if source.name not in self._waiting:
            return 0
        return await self._apply(source, self._waiting[source.name])

    async def _apply(self, source: EnrollmentSource, rows: list[dict[str, str]]) -> int:
        """What a source brought last is not applied again: what people changed since then stays as they left it."""
        try:
            done = await roster.deliver(self.site, rows, Delivery(source.name, _digest(rows)))
        except Refused as refused:
            await self._refuse(source, refused)
            return 0
        del self._waiting[source.name]
        self._heard.add(source.name)
        self._problems.pop(source.name, None)
        await self._report()
        return len(done.added) + len(done.superseded)

    async def _refuse(self, source: EnrollmentSource, refused: Refused) -> None:
        """The event comes first: after a crash it may be told twice, never not at all. A start alone tells nothing
        again that the report says already."""
        section = _section(source, refused)
        if source.name in self._heard or section not in await self._before():
            await self.site.store.write_as(source.name, journal.happened, [refusal(refused)])
        self._heard.add(source.name)
        self._problems[source.name] = section
        self._waiting.pop(source.name, None)
        await self._report()

    async def _before(self) -> str:
        if self._told_before is None:
            self._told_before = await self.site.thread(_text, self._path)
        return self._told_before

    async def _report(self) -> None:
        """Write what is wrong now, or take the report away when nothing is."""
        await self._before()
        if self._problems:
            text = "\n".join([_HEAD, *(self._problems[name] for name in sorted(self._problems))])
            await self.site.thread(self.site.spool.publish, "reports", REPORT, [text.encode()])
        else:
            await self.site.thread(self._path.unlink, missing_ok=True)

    @property
    def _path(self) -> Path:
        return self.site.spool.folder("reports") / REPORT


def _digest(rows: list[dict[str, str]]) -> bytes:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).digest()


def refusal(refused: Refused) -> RosterRefused:
    """The event of a roster that was not applied; it quotes nothing of it."""
    problems = problems_of(refused)
    place = roster.place_of(problems[0]) if refused.code == PROBLEMS else refused.place
    return RosterRefused(code=refused.code, place=place, next=refused.next_step, count=len(problems))


def _section(source: EnrollmentSource, refused: Refused) -> str:
    lines = "".join(f"  {problem}\n" for problem in problems_of(refused))
    return f"\n{source.name}:\n{lines}Next: {refused.next_step}\n"


def problems_of(refused: Refused) -> tuple[str, ...]:
    """Everything that is wrong with it."""
    return refused.problems if isinstance(refused, roster.RosterProblems) else (refused.message,)


def _text(path: Path) -> str:
    with suppress(OSError):
        return path.read_text(encoding="utf-8")
    return ""
