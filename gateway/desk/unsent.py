"""What a claim that may go waits for before it is sent."""

from __future__ import annotations

from datetime import datetime

from gateway.calendar import is_away, is_open, outage_at
from gateway.model.partners import Lane, Partner
from gateway.partnership import phrases
from gateway.store import lanes, names, submissions
from gateway.store.connection import Row
from gateway.workers.site import Site


async def waits(site: Site, row: Row) -> str:
    """Why this claim, which nothing holds, is not sent now: its lane, its partner's hours, or a name; empty where nothing
    is known to stand in its way."""
    lane = site.directory.lanes.get(row["lane"] or "")
    if row["stands"] not in ("READY", "ASSIGNED") or lane is None:
        return ""
    return (
        await _doubt(site, row)
        or await _lane(site, lane)
        or hours(lane.partner, site.clock())
        or await _name(site, lane, row["stands"])
    )


async def _doubt(site: Site, row: Row) -> str:
    number = row["submission"]
    if row["stands"] != "ASSIGNED" or (await site.store.read(submissions.one, number))["state"] != "IN_DOUBT":
        return ""
    return f"the word on whether submission {number} arrived, which is in doubt: gateway submissions show {number}"


async def _lane(site: Site, lane: Lane) -> str:
    found = next((row for row in await site.store.read(lanes.rows) if row["key"] == lane.key), None)
    if found is None or found["state"] == "ACTIVE":
        return f"{lane.key} did not get through to its partner, and tries again" if found and found["failures"] else ""
    return f"{lane.key} is {found['state']} ({found['code']}): gateway status"


def hours(partner: Partner, now: datetime) -> str:
    """What the partner declared of this moment."""
    if outage := outage_at(partner, now):
        return f"{partner.key} announced to take nothing until {phrases.moment(outage.ends)}"
    if is_away(partner, now):
        return f"{partner.key} is closed for maintenance: gateway payer show {partner.key}"
    if not is_open(partner.windows, now):
        return f"{partner.key} takes files {'; '.join(phrases.window(each) for each in partner.windows)}"
    return ""


async def _name(site: Site, lane: Lane, stands: str) -> str:
    """A file that is planned has its name."""
    coming = await site.store.read(names.coming, lane, site.zone)
    if stands != "READY" or coming:
        return ""
    return f"{lane.key} has no file name left: gateway payer show {lane.partner.key}"
