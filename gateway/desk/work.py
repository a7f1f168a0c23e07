"""Questions about batches, submissions and lanes, and orders to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gateway.deadlines.accounts import unpinned
from gateway.desk import lists, mail, mailed, plugins, silence, unsent
from gateway.desk.disks import short_of_room
from gateway.desk.handback import TRIED_AGAIN, unhanded
from gateway.desk.known import known_lane
from gateway.desk.missing import missing
from gateway.desk.reason import need_reason
from gateway.errors import GatewayError, Refused, Unlawful
from gateway.model.partners import Lane
from gateway.partnership.phrases import countdown, counted
from gateway.partnership.typed import as_typed
from gateway.ports import Wrapping
from gateway.sftp import is_password
from gateway.sftp.reach import let_in, own_address
from gateway.store import answers, batches, documents, journal, lanes, proposal_rows, routes, submissions
from gateway.store import claims as claim_rows
from gateway.vault import resolve_credential
from gateway.workers.plugins import disabled as waits_for
from gateway.workers.screener import Progress
from gateway.workers.site import Site

Data = dict[str, Any]

_SOON = timedelta(days=14)
_WAITS = {"SUSPENDED": "is suspended", "ASKING": "asks before it sends"}


async def status(site: Site) -> Data:
    """The state of the site in one look."""
    open_ones = await site.store.read(submissions.open_ones)
    return {
        "site": site.settings.site.name,
        "claims": {row["stands"]: row["claims"] for row in await site.store.read(claim_rows.totals)},
        "to_judge": await site.store.read(claim_rows.due_count),
        "submissions_open": len(open_ones),
        "in_doubt": sum(row["state"] == "IN_DOUBT" for row in open_ones),
        "proposals": await site.store.read(proposal_rows.open_count),
        "overdue": await _overdue(site),
        "lanes": await lane_list(site),
        "moved": [f"{row['payer']} by {row['partner']}" for row in await site.store.read(routes.rows)],
        "mailboxes": await mail.mailboxes(site),
        "reading": _reading(site.reading),
        "events": await site.store.read(journal.last),
        "warnings": [
            *site.directory.warnings,
            *(found["what"] for found in await short_of_room(site)),
            *(found["what"] for found in unread(site)),
            *(found["what"] for found in announced(site)),
            *(found["what"] for found in plugins.disabled(site)),
        ],
    }


async def _overdue(site: Site) -> str:
    """How many answers do not come, by whether anything explains it."""
    rows = await silence.overdue(site)
    calm = sum(bool(row["excuse"]) for row in rows)
    never = sum(row["code"] == "NEVER_SEEN" and not row["excuse"] for row in rows)
    counts = {"late": len(rows) - calm - never, "never seen": never, "explained": calm}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)


def _reading(progress: Progress | None) -> Data | None:
    """How far the file that is being read has come."""
    if progress is None:
        return None
    return {"batch": progress.batch, "percent": progress.percent, "claims": progress.claims, "bytes": progress.size}


def unread(site: Site) -> list[Data]:
    """Settings, accounts, routes and plugins that were changed since this service read them."""
    found = [str(path) for path in site.sources.changed()]
    if not found:
        return []
    return [
        {
            "what": f"changed since the service started, and not in use yet: {', '.join(found)}",
            "next": "Start the service again: `systemctl restart gateway`.",
        }
    ]


def announced(site: Site) -> list[Data]:
    """Host keys that a partner announced and whose day comes or has come, with what to do."""
    today = site.today()
    return [
        {
            "what": f"lane {lane.key}: another host key counts {countdown(day, today)}",
            "next": "From then on it counts too; once the server shows it,"
            f" `gateway payer rotate {as_typed(lane.key)} --next-key` pins it.",
        }
        for lane in site.directory.lanes.values()
        for _, day in unpinned(lane)
        if day - today <= _SOON
    ]


async def batch_list(site: Site, limit: int = 1000) -> list[Data]:
    """Dropped files, newest first."""
    return [
        {
            "batch": row["id"],
            "file": row["file_name"],
            "state": row["state"],
            "claims": row["claims"],
            "standings": row["standings"] or "",
            "code": row["code"],
            "message": row["message"],
            "next": row["next"],
            "original": row["original"],
            "received_at": row["received_at"],
        }
        for row in await site.store.read(batches.rows, limit)
    ]


async def lane_list(site: Site) -> list[Data]:
    """Every lane, whether it may be used, what its claims wait for, and what to do."""
    counts = await site.store.read(lanes.waiting)
    return [
        {
            "lane": row["key"],
            **_standing(site, row),
            "waiting": sum(counts.get(row["key"], ())),
            "waits_for": await unsent.in_lane(site, row, *counts.get(row["key"], (0, 0))),
            "failures": row["failures"],
            "outage_since": row["opened_at"],
            "not_before": row["not_before"],
            "polled_at": row["polled_at"],
        }
        for row in await site.store.read(lanes.rows)
    ]


def _standing(site: Site, row: Any) -> Data:
    """Whether a lane may be used, and what to do if not; one whose plugin is disabled waits for that first."""
    lane = site.directory.lanes.get(row["key"])
    plugin = waits_for(site, lane) if lane and row["state"] == "ACTIVE" else None
    if plugin:
        return {"state": "WAITING", "code": "PLUGIN_DISABLED", "next": plugin.next_step}
    state = row["state"] if lane else "NOT_CONFIGURED"
    return {"state": state, "code": row["code"], "next": row["next"]}


async def resume(site: Site, lane: str, reason: str, actor: str) -> list[Data]:
    """Use a suspended lane again, or let it send what it asks about."""
    need_reason(reason)
    await known_lane(site, lane)
    try:
        await site.store.write_as(actor, lanes.resume, lane, reason)
    except Unlawful:
        raise Refused(
            f"lane {lane} is not suspended and asks nothing",
            code="NOT_SUSPENDED",
            next_step="`gateway status` lists the lanes.",
        ) from None
    site.wake.set()
    return await lane_list(site)


async def answer_list(site: Site, limit: int = 1000) -> list[Data]:
    """What partners answered, newest first."""
    return [
        {
            "answer": row["id"],
            "form": row["form"],
            "lane": row["lane"],
            "document": row["document"],
            "control": row["control"],
            "matched": row["matched"],
            "unmatched": row["unmatched"],
            "addressed_to": row["addressed_to"] or "",
            "amount": row["amount"],
            "trace": row["trace"],
            "balanced": None if row["balanced"] is None else bool(row["balanced"]),
            "flags": (row["flags"] or "").splitlines(),
            "read_at": row["read_at"],
        }
        for row in await site.store.read(answers.rows, limit)
    ]


async def doctor(site: Site) -> list[Data]:
    """What would keep the gateway from working, each with what to do."""
    found = [{"what": warning, "next": ""} for warning in site.directory.warnings]
    for lane in site.directory.lanes.values():
        try:
            resolve_credential(lane.account.credential, site.settings.keys.secrets_dir)
        except GatewayError as problem:
            found.append({"what": f"lane {lane.key}: {problem.message}", "next": problem.next_step})
    found += await missing(site)
    found += await short_of_room(site)
    found += [{"what": trouble, "next": TRIED_AGAIN} for trouble in await site.thread(site.spool.troubles)]
    if late := await unhanded(site):
        found.append({"what": late, "next": f"Make room in {site.spool.folder('handback')}. {TRIED_AGAIN}"})
    found += [problem for lane in site.directory.lanes.values() for problem in await _unwrappable(site, lane)]
    found += unread(site)
    found += announced(site)
    found += _undated(site)
    found += await _not_let_in(site)
    found += plugins.disabled(site)
    found += await mailed.troubles(site)
    for row in await lane_list(site):
        if row["state"] in _WAITS:
            found.append({"what": f"lane {row['lane']} {_WAITS[row['state']]} ({row['code']})", "next": row["next"]})
    for row in await site.store.read(submissions.orphaned, list(site.directory.lanes)):
        what = f"submission {row['id']} is {row['state']} in lane {row['lane']}, which is not configured any more"
        found.append({"what": what, "next": "Configure the lane again, or `gateway settle` on the partner's word."})
    lost = set(await site.store.read(documents.names)) - set(await site.thread(site.vault.names))
    if lost:
        found.append(
            {
                "what": f"missing from the vault: {counted(len(lost), 'document')}",
                "next": "Restore the last good backup.",
            }
        )
    found += await lists.doctor(site)
    if not (await audit(site))["intact"]:
        found.append({"what": "the chain of events is broken", "next": "Compare with the last good backup."})
    return found


async def _unwrappable(site: Site, lane: Lane) -> list[Data]:
    """What its partner wants files wrapped in, where that cannot be made."""
    try:
        wrappings = await site.thread(site.wrappings, lane.partner)
    except GatewayError as problem:
        return [{"what": f"lane {lane.key}: {problem.message}", "next": problem.next_step}]
    return [_ending(lane, ends) for w in wrappings if (ends := _ends(w)) and ends - site.today() <= _SOON]


def _ends(wrapping: Wrapping) -> date | None:
    """The last day of the key of an own wrapping, where it has one; a plugin's says nothing of it."""
    return getattr(wrapping, "ends", None)


def _ending(lane: Lane, ends: date) -> Data:
    what = f"lane {lane.key}: the partner's OpenPGP key expires on {ends}; nothing is sent from then on"
    return {"what": what, "next": f"Ask {lane.partner.name} for the renewed key, for options.pgp of its declaration."}


def _undated(site: Site) -> list[Data]:
    """Passwords that run out on a day that nobody can count to."""
    return [
        {
            "what": f"lane {lane.key}: a password lasts {counted(days, 'day')} there, and nobody says since when ours does",
            "next": f"Set password_changed in the account file of {lane.partner.key}, so that its end is told beforehand.",
        }
        for lane in site.directory.lanes.values()
        if (days := lane.partner.habits.wire.password_days)
        and not lane.account.password_changed
        and _password(site, lane)
    ]


def _password(site: Site, lane: Lane) -> bool:
    try:
        return is_password(resolve_credential(lane.account.credential, site.settings.keys.secrets_dir).reveal())
    except GatewayError:
        return False  # that is told by itself


async def _not_let_in(site: Site) -> list[Data]:
    """Partners that would see us come from another network than they let in."""
    found = []
    for lane in site.directory.lanes.values():
        networks, at = lane.account.wire.from_networks, lane.account.endpoint
        if not networks:
            continue
        address = await site.thread(own_address, at.host, at.port)
        if not (address and let_in(address, networks)):
            come = f"we would come from {address}" if address else f"no way leads to {at.host}"
            what = f"lane {lane.key}: {come}, and the partner lets in {', '.join(networks)} alone"
            found.append({"what": what, "next": "Bring the VPN or the network vendor's line up."})
    return found


async def audit(site: Site) -> Data:
    """Prove that no event was changed, removed or inserted since the first."""
    report = await site.store.read(journal.verify)
    return {
        "events": report.events,
        "head": report.head,
        "intact": report.broken_at is None,
        "broken_at": report.broken_at,
    }
