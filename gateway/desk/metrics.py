"""The question how the practice does: every metric over the claims of a window, together, by payer and by provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

from gateway.deadlines import add_days
from gateway.desk.known import known_npi, known_payer
from gateway.desk.proposals import day_of
from gateway.metrics import DEFINITIONS, Course, Tally, as_data
from gateway.store import courses
from gateway.workers.site import Site

Data = dict[str, Any]

WINDOW = timedelta(days=90)


async def listing(site: Site, payer: str = "", npi: str = "", since: str = "", by: str = "") -> Data:
    """Metrics of claims received on that day or later, of 90 days where none is named; with `by` also for each payer or
    provider, who rendered the service. Read bit by bit, so that no other question waits for all of it."""
    await known_payer(site, payer)
    total, groups = Tally(site.today()), dict[str, Tally]()
    start = day_of("since", since) or add_days(site.today(), -WINDOW)
    async for course in _read(site, payer, npi, start, by == "provider"):
        total.add(course)
        if by:
            name = course.payer if by == "payer" else course.npi
            groups.setdefault(name, Tally(site.today())).add(course)
    await known_npi(site, npi, found=bool(total.sums["received"][0]))
    return {
        "since": start.isoformat(),
        "payer": payer,
        "npi": npi,
        "definitions": dict(DEFINITIONS),
        "total": as_data(total),
        "groups": {name: as_data(groups[name]) for name in sorted(groups)},
    }


async def _read(site: Site, payer: str, npi: str, since: date, by_provider: bool) -> AsyncIterator[Course]:
    after = max(await site.store.read(courses.first_since, since) - 1, 0)
    while True:
        some, after = await site.store.read(courses.courses, after, payer, npi, by_provider)
        for course in some:
            yield course
        if not after:
            return
