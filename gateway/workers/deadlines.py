"""Watch the clocks that run: tell each step of a ladder once, and keep the calendar file up to date."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, timedelta
from pathlib import Path

from gateway.deadlines import Deadline, Stake, add_days
from gateway.deadlines.accounts import of_lanes
from gateway.deadlines.icalendar import icalendar, same_but_for_the_stamp
from gateway.deadlines.ladders import EXPIRY_REACH, FILING_REACH
from gateway.deadlines.listing import entries_of
from gateway.denials import deadlines_of
from gateway.durable import whole
from gateway.store import clocks, deadlines, denial_rows, denials, journal
from gateway.workers.site import Site

CALENDAR_REACH = timedelta(days=366)
_CHUNK = 500
_RECENT = timedelta(days=90)
_PAUSE, _SHARE = 60.0, 20


class Watch:
    """Looks when the day turned, and when anything happened, but then not too often: `pause` is how many seconds lie
    between two looks, more where a look takes long."""

    def __init__(self, site: Site, pause: float = _PAUSE) -> None:
        self.pause = pause
        self._site = site
        self._seen: tuple[date, int] | None = None
        self._not_before = 0.0

    async def look(self) -> int:
        """Tell what is due to be told, and write the calendar; returns how much was told."""
        today, last = self._site.today(), await self._site.store.read(journal.last)
        if self._seen == (today, last) or (
            self._seen and self._seen[0] == today and time.monotonic() < self._not_before
        ):
            return 0
        began = time.monotonic()
        told = await tell(self._site, today)
        await keep_calendar(self._site, today)
        now = time.monotonic()
        self._not_before = now + (max(self.pause, _SHARE * (now - began)) if self.pause else 0)
        self._seen = today, last
        return told


async def tell(site: Site, today: date) -> int:
    """Tell the furthest step of every ladder that has reached one, each once."""
    while await site.store.write(denials.catch_up):
        pass
    running = await running_at(site, today)
    news = await site.store.read(deadlines.untold, running, today)
    stakes = await site.store.read(deadlines.history, {d.npi for d in news if d.stops_claims}, today)
    told = 0
    for start in range(0, len(news), _CHUNK):
        told += await site.store.write(deadlines.tell, news[start : start + _CHUNK], stakes, today)
    return told


async def running_at(site: Site, today: date, reach: timedelta | None = None) -> list[Deadline]:
    """Every clock that runs out within that time, or whose ladder begins, and those that lately did. Read one after the
    other, so that no other question waits for all of them."""
    read, approvals = site.store.read, {key: payer.approval for key, payer in site.registry.payers.items()}
    return [
        *await read(clocks.filing, today, add_days(today, FILING_REACH if reach is None else reach)),
        *await read(clocks.held_long, today),
        *await read(clocks.undecided),
        *await read(clocks.approved_late, approvals),
        *await read(clocks.of_providers, today, add_days(today, EXPIRY_REACH if reach is None else reach)),
        *await _of_denials(site, today, add_days(today, FILING_REACH if reach is None else reach)),
        *of_lanes(site.directory.lanes.values()),
    ]


async def _of_denials(site: Site, today: date, until: date) -> list[Deadline]:
    """Those of open denials up to a day; what passed long ago only waits to be closed."""
    payers, closed = site.registry.payers, site.settings.deadlines.closed
    found: list[Deadline] = []
    after = 0
    while items := await site.store.read(denial_rows.running, payers, closed, after, _CHUNK):
        some = deadlines_of(items, payers, today, closed)
        found += [each for each in some if add_days(today, -_RECENT) <= each.due <= until]
        after = items[-1].id
    return found


async def with_stakes(site: Site, running: Iterable[Deadline], today: date) -> list[tuple[Deadline, Stake]]:
    """Each with what stops when it lapses."""
    found = list(running)
    stakes = await site.store.read(deadlines.history, {d.npi for d in found if d.stops_claims}, today)
    return [(deadline, deadlines.stake_of(deadline, stakes)) for deadline in found]


async def calendar(site: Site, today: date) -> str:
    """The iCalendar file of a year."""
    running = await with_stakes(site, await running_at(site, today, CALENDAR_REACH), today)
    names = {key: payer.name for key, payer in site.registry.payers.items()}
    name = site.settings.site.name
    return icalendar(f"Deadlines of {name}", entries_of(running, today, names, name), site.clock().astimezone(UTC))


async def keep_calendar(site: Site, today: date) -> None:
    """Write the calendar file that the settings name, if it would say anything new. Raises OSError."""
    if path := site.settings.deadlines.calendar:
        await site.thread(_replace, path, await calendar(site, today))


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, and readable by the folder's group."""
    with suppress(FileNotFoundError, UnicodeDecodeError):
        if same_but_for_the_stamp(path.read_bytes().decode(), text):
            return
    with whole(path, 0o640) as file:
        file.write(text.encode())
