"""The morning's digest: made, shown, and sent by mail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from gateway import events as e
from gateway.desk.metric_page import measured
from gateway.desk.morning import SECTIONS, Look, days_of
from gateway.digest import Digest, Line, Plot, Section, Series, page, text
from gateway.errors import GatewayError
from gateway.logs import logger
from gateway.mailing import send
from gateway.store import digest as counts
from gateway.store import journal
from gateway.store.connection import moment
from gateway.vault import resolve_credential
from gateway.workers.site import Site

_DAYS = 30
_PAID_DAYS = 90
_STEPS = ((7, "0-7"), (14, "8-14"), (21, "15-21"), (30, "22-30"), (45, "31-45"), (10_000, "46 and more"))
_REJECTED = ("claim.rejected", "claim.declined")


async def digest(site: Site, form: str = "json") -> Any:
    """What somebody should look at this morning: `text`, `html`, or as data."""
    made = await _made(site, measures=form == "html")
    if form == "json":
        told = [section for section in asdict(made)["sections"] if section["lines"]]
        return {**asdict(made), "at": made.at.isoformat(), "heading": made.heading, "sections": told}
    return page(made) if form == "html" else text(made)


async def post(site: Site, actor: str) -> dict[str, Any]:
    """Send it by mail. Whether that worked is an event; a mail that cannot go keeps nothing else waiting. Raises Refused
    or Transient."""
    settings = site.settings.digest
    made = await _made(site, measures=settings.page)

    def sending() -> None:
        password = (
            resolve_credential(settings.credential, site.settings.keys.secrets_dir) if settings.credential else None
        )
        send(settings, password, f"{made.site}: {made.heading}", text(made), page(made) if settings.page else "")

    try:
        await asyncio.to_thread(sending)
    except GatewayError as problem:
        failed = e.DigestFailed(code=problem.code, next=problem.next_step)
        await site.store.write_as(actor, journal.happened, [failed])
        raise
    await site.store.write_as(actor, journal.happened, [e.DigestMailed(count=len(settings.to))])
    return {"mailed": len(settings.to), "heading": made.heading}


async def _made(site: Site, *, measures: bool) -> Digest:
    """`measures`: with the metrics, which a page alone shows: they take a look at every claim of 90 days."""
    sections = [await _looked(site, name, look) for name, look in SECTIONS]
    at = site.clock().astimezone(site.zone)
    plots = (await _by_day(site), await _days_to_pay(site))
    more, tables = await measured(site) if measures else ((), ())
    return Digest(site.settings.site.name, at, tuple(each for each in sections if each), (*plots, *more), tables)


async def _looked(site: Site, name: str, look: Look) -> Section | None:
    """One section. What breaks in it is said in its place, and the others are made all the same."""
    try:
        return await look(site)
    except Exception as broken:
        logger().error("digest.broke", exc_info=broken)
        return Section(name, (Line("This part could not be made; the log says why.", "gateway tail"),))


async def _by_day(site: Site) -> Plot:
    """Claims sent, held and rejected, day by day."""
    first = site.today() - timedelta(days=_DAYS - 1)
    rows = await site.store.read(counts.hourly, moment(datetime.combine(first, time(), site.zone)))
    days = [first + timedelta(days=n) for n in range(_DAYS)]

    def of(name: str, colour: str, events: Iterable[str]) -> Series:
        found = days_of([(row["hour"], row["claims"]) for row in rows if row["name"] in events], site)
        return Series(name, colour, tuple(found[day.isoformat()] for day in days))

    return Plot(
        "Claims by day",
        tuple(f"{day:%m-%d}" for day in days),
        (
            of("sent", "#3b82a0", ["submission.sent"]),
            of("held", "#d9a441", ["claim.held"]),
            of("rejected", "#c0504d", _REJECTED),
        ),
    )


async def _days_to_pay(site: Site) -> Plot:
    """Claims by how many days lay between sending and payment."""
    first = site.today() - timedelta(days=_PAID_DAYS)
    found: Counter[str] = Counter()
    for row in await site.store.read(counts.paid, first.isoformat()):
        sent = datetime.fromisoformat(row["sent_at"]).astimezone(site.zone).date()
        found[_step((date.fromisoformat(row["paid_on"]) - sent).days)] += 1
    labels = tuple(label for _, label in _STEPS)
    return Plot(
        f"Days from sending to payment, claims paid in {_PAID_DAYS} days",
        labels,
        (Series("claims", "#5a8f5a", tuple(found[label] for label in labels)),),
    )


def _step(days: int) -> str:
    return next(label for most, label in _STEPS if days <= most)
