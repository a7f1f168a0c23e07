"""What a claim that may go waits for before it is sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from gateway.calendar import is_away, is_open, outage_at, takes_files_by
from gateway.model.partners import Lane, Partner
from gateway.partnership import phrases
from gateway.store import lanes, names, submissions
from gateway.store.connection import Row
from gateway.workers.plugins import disabled
from gateway.workers.site import Site

_LONG = timedelta(days=1)
"""An outage that lasts longer is told in the morning, as long as claims wait for its end."""


async def waits(site: Site, row: Row) -> str:
    """Why this claim, which nothing holds, is not sent now: its lane, its partner's hours, or a name; empty where nothing
    is known to stand in its way."""
    lane = site.directory.lanes.get(row["lane"] or "")
    if row["stands"] not in ("READY", "ASSIGNED") or lane is None:
        return ""
    return await _doubt(site, row) or await _told(site, lane, row["stands"])


async def _doubt(site: Site, row: Row) -> str:
    number = row["submission"]
    if row["stands"] != "ASSIGNED" or (await site.store.read(submissions.one, number))["state"] != "IN_DOUBT":
        return ""
    return f"the word on whether submission {number} arrived, which is in doubt: gateway submissions show {number}"


async def _told(site: Site, lane: Lane, stands: str) -> str:
    """With what to type."""
    found = next((row for row in await site.store.read(lanes.rows) if row["key"] == lane.key), None)
    if stopped := _stopped(site, lane, found):
        return f"{stopped}: gateway status"
    said = await _unopened(site, lane, ready=stands == "READY")
    return f"{said}: gateway payer show {lane.partner.key}" if said else ""


async def in_lane(site: Site, row: Row, ready: int, planned: int) -> str:
    """What the claims of a lane wait for, of which so many are free and so many stand in a planned file; empty where there
    are none, or nothing is known to stand in their way."""
    lane = site.directory.lanes.get(row["key"])
    if lane is None or not ready + planned:
        return ""
    return _stopped(site, lane, row) or await _unopened(site, lane, ready=ready > 0)


def _stopped(site: Site, lane: Lane, row: Row | None) -> str:
    """Why a lane sends nothing, or did not get through when it last tried."""
    if row and row["state"] != "ACTIVE":
        return f"{lane.key} is {row['state']} ({row['code']})"
    if not lane.account.host_keys:
        return f"{lane.key} has no pinned host key, and is not dialled without one"
    if plugin := disabled(site, lane):
        return f"{plugin.name}, a plugin that is disabled ({plugin.disabled})"
    return f"{lane.key} did not get through to its partner, and tries again" if row and row["failures"] else ""


async def _unopened(site: Site, lane: Lane, *, ready: bool) -> str:
    """The partner's hours; and a name, which claims that are `ready` have not got yet."""
    nameless = ready and not await site.store.read(names.coming, lane, site.zone)
    said = (hours(lane.partner, site.clock()), f"{lane.key} has no file name left" if nameless else "")
    return "; ".join(filter(None, said))


def hours(partner: Partner, now: datetime) -> str:
    """What the partner declared of this moment."""
    if outage := outage_at(partner, now):
        return f"{partner.key} announced to take nothing until {phrases.moment(outage.ends)}"
    if is_away(partner, now):
        return f"{partner.key} is closed for maintenance"
    if not is_open(partner.windows, now):
        return f"{partner.key} takes files {'; '.join(phrases.window(each) for each in partner.windows)}"
    return ""


def is_ordinary(site: Site, lane: str, waits_for: str) -> bool:
    """Whether these words say no more than that a partner is closed which takes files again by the next working day; an
    outage of more than a day is nothing ordinary."""
    partner, now = site.directory.lanes[lane].partner, site.clock()
    outage = outage_at(partner, now)
    if waits_for != hours(partner, now) or (outage and outage.ends - outage.begins > _LONG):
        return False
    return takes_files_by(partner, now, _next_working_day_ends(site))


def _next_working_day_ends(site: Site) -> datetime:
    """The midnight after the next day from Monday to Friday."""
    today = site.today()
    ahead = {4: 3, 5: 2}.get(today.weekday(), 1)
    return datetime.combine(today + timedelta(days=ahead + 1), time(), site.zone)
