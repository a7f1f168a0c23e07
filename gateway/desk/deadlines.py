"""The question what runs out when: filing limits, holds, enrollments and what providers hold, by money and days left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.deadlines import Deadline, Kind
from gateway.deadlines.listing import Line, lines_of
from gateway.desk.known import known_lane
from gateway.model.partners import Stage
from gateway.store import claims
from gateway.workers.deadlines import calendar, running_at, with_stakes
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site, within: int | None = None, kinds: Sequence[str] = (), lane: str = "") -> list[Data]:
    """What is near, by each ladder's own measure or `within` so many days, the most urgent first; with `lane` that of its
    account, and of claims that go by it. Raises Refused where there is no such lane."""
    today = site.today()
    reach = None if within is None else timedelta(days=within)
    running = await with_stakes(site, await _of_lane(site, lane, await running_at(site, today, reach)), today)
    return [_row(line) for line in lines_of(running, today, within, [Kind(kind) for kind in kinds])]


async def _of_lane(site: Site, lane: str, running: list[Deadline]) -> list[Deadline]:
    if not lane:
        return running
    await known_lane(site, lane)
    carried = await site.store.read(claims.assigned)
    return [each for each in running if _lane_of(site, each, carried) == lane]


def _lane_of(site: Site, deadline: Deadline, carried: Mapping[int, str]) -> str:
    """Of a claim that waits the lane by which it would go; test claims have no clock."""
    if not deadline.claim or deadline.claim in carried:
        return carried.get(deadline.claim, deadline.lane)
    way = site.directory.lane_for(deadline.payer, Stage.PRODUCTION)
    return way.key if way else ""


async def as_calendar(site: Site) -> str:
    """The same as an iCalendar file."""
    return await calendar(site, site.today())


def _row(line: Line) -> Data:
    return {
        "who": line.who,
        "kinds": [kind.value for kind in line.kinds],
        "what": line.what,
        "payer": line.payer,
        "due": line.due.isoformat() if line.due else None,
        "days_left": line.left,
        "money": format(line.money, "f"),
        "claims": line.claims,
        "weekly": line.weekly,
        "next": line.next,
        "command": line.command,
    }
