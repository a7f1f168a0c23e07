"""Move a payer to another of its routes, and what that would do: which claims can go, which cannot, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.calendar import outage_at
from gateway.codec import day
from gateway.desk.reason import need_reason
from gateway.errors import Refused
from gateway.gate import Judgement
from gateway.model.claims import Outcome
from gateway.model.partners import Lane, Partner
from gateway.partnership.phrases import counted
from gateway.sending import PAYER_ID_OTHER
from gateway.store import rehearsal, routes
from gateway.store.connection import Row
from gateway.store.rehearsal import Waiting
from gateway.workers.plugins import judge_apart
from gateway.workers.routing import rerouted
from gateway.workers.site import Site

Data = dict[str, Any]

_LONG_OUTAGE = timedelta(days=14)
"""How long an outage may be expected to last where nobody says: so long as the worst did."""
_STAYS = {
    "TRANSMITTING": "It is being written at this moment.",
    "IN_DOUBT": "It may have arrived by the old way; nothing in doubt is sent again.",
}


async def listing(site: Site) -> list[Data]:
    """Every payer that goes by another partner than the settings say, since when and why."""
    return [
        {
            "payer": row["payer"],
            "partner": row["partner"],
            "instead_of": _settled(site, row["payer"]),
            "actor": row["actor"],
            "moved_at": row["moved_at"],
            "reason": row["reason"],
        }
        for row in await site.store.read(routes.rows)
    ]


async def way_of(site: Site, payer: str) -> str:
    """By whom a payer's claims go since somebody moved it, in words; empty where nobody did."""
    found = next((row for row in await listing(site) if row["payer"] == payer), None)
    if found is None:
        return ""
    return f"by {found['partner']} instead of {found['instead_of']} since {found['moved_at'][:10]}: {found['reason']}"


async def preview(site: Site, payer: str, partner: str = "", back: bool = False, until: str = "") -> Data:
    """What the move would do, told by the same code that makes it happen. `until` is when the outage is expected to end
    (a day): claims whose filing limit falls before that are counted as `inside`. `renamed` are those that move with
    another id of the payer, `unnamed` those that cannot because the route names none."""
    to, back = _way(site, payer, partner, back)
    today = site.today()
    ends = _given(until, today) if until else _end_of_outage(site, payer, today)
    gate = replace(site.gate, directory=rerouted(site.base, await _moves(site, payer, to.key, back)))
    staying = await site.store.read(routes.staying, payer)
    found = await site.store.rehearse(None, rehearsal.moved, payer, to.key, back)
    judged = await judge_apart(site, [waiting.case for waiting in found], gate=gate)
    told = (_told(one, judgement, to, today) for one, judgement in zip(found, judged, strict=True))
    rows = [*told, *(_stays(row) for row in staying)]
    for row in rows:
        row["inside"] = bool(row["filing_due"]) and row["filing_due"] <= ends.isoformat()
    rows.sort(key=lambda row: (row["filing_due"] or "9999", row["claim"]))
    agreed = to.habits.agreements
    return {
        "payer": payer,
        "from": site.directory.routes[payer][0].partner,
        "to": to.key,
        "until": ends.isoformat(),
        "agreement_days": agreed.days if payer in agreed.payers else 0,
        **{
            what.lower(): _total([row for row in rows if row["becomes"] == what])
            for what in ("MOVES", "WAITS", "STAYS")
        },
        "inside": _total([row for row in rows if row["inside"]]),
        "renamed": _total([row for row in rows if row["becomes"] == "MOVES" and row["payer_id"]]),
        "unnamed": _total([row for row in rows if row["unnamed"]]),
        "claims": rows,
    }


async def move(site: Site, payer: str, reason: str, actor: str, partner: str = "", back: bool = False) -> Data:
    """Have a payer's claims go by another of its partners from now on, or `back` by the one of the settings."""
    need_reason(reason)
    to, back = _way(site, payer, partner, back)
    before = await site.store.read(routes.moved)
    # First here, then in the store: nothing that the move sets free is judged by the old way.
    site.reroute(await _moves(site, payer, to.key, back))
    try:
        count = await site.store.write_as(actor, routes.move, payer, to.key, reason, back=back)
    except BaseException:
        site.reroute(before)
        raise
    return {"payer": payer, "partner": to.key, "judged_again": count}


async def _moves(site: Site, payer: str, partner: str, back: bool) -> dict[str, str]:
    moves = await site.store.read(routes.moved)
    moves.pop(payer, None)
    return moves if back else moves | {payer: partner}


def _way(site: Site, payer: str, partner: str, back: bool) -> tuple[Partner, bool]:
    """Where the payer is to go, and whether that is back by the settings, whichever way it is said. Raises Refused."""
    to = _target(site, payer, partner, back)
    if site.directory.routes[payer][0].partner == to.key:
        raise Refused(
            f"payer {payer} goes by {to.key} already",
            code="NOT_MOVED",
            next_step="`gateway payer moves` lists who goes another way.",
        )
    return to, to.key == _settled(site, payer)


def _target(site: Site, payer: str, partner: str, back: bool) -> Partner:
    """The partner of a route of this payer at which we have an account. Raises Refused."""
    ways = [route.partner for route in site.base.routes.get(payer, ())]
    partner = _settled(site, payer) if back else partner
    if not ways:
        step = f"Payers that have one are {', '.join(sorted(site.base.routes)) or 'none'}; conf/routes.toml says them."
        raise Refused(f"no route leads anywhere for a payer {payer!r}", code="NO_ROUTE", next_step=step)
    if partner not in ways:
        raise Refused(
            f"no route leads payer {payer!r} to partner {partner!r}",
            code="NO_ROUTE",
            next_step=f"Its routes lead to {', '.join(ways)}; add a backup to conf/routes.toml (rank = 1).",
        )
    lane: Lane | None = next((lane for lane in site.base.lanes.values() if lane.partner.key == partner), None)
    if lane is None:
        raise Refused(
            f"we have no account at {partner}", code="NO_ACCOUNT", next_step="Accounts stand in conf/partners/."
        )
    return lane.partner


def _settled(site: Site, payer: str) -> str:
    """By whom the settings have it go."""
    return next((route.partner for route in site.base.routes.get(payer, ())), "")


def _given(until: str, today: date) -> date:
    """The day that somebody expects. Raises Refused where it has passed: every filing limit would fall behind it."""
    ends = date.fromisoformat(until)
    if ends < today:
        raise Refused(
            f"no outage can be expected to end on {ends}, for today is {today}",
            code="DAY_PASSED",
            next_step=f"Say `--until {today}` or a later day, or nothing: then it is as announced, or in two weeks.",
        )
    return ends


def _end_of_outage(site: Site, payer: str, today: date) -> date:
    """As the partner announced it, or two weeks from now."""
    partner = site.directory.routes[payer][0].partner
    lane = next((lane for lane in site.base.lanes.values() if lane.partner.key == partner), None)
    announced = outage_at(lane.partner, site.clock()) if lane else None
    return announced.ends.astimezone(site.zone).date() if announced else today + _LONG_OUTAGE


def _told(waiting: Waiting, judged: Judgement, to: Partner, today: date) -> Data:
    moves = judged.passed and judged.lane.partition("/")[0] == to.key
    worst = max(judged.findings, key=lambda f: f.outcome, default=None)
    why, code, step = "", "", ""
    if not judged.passed and worst and worst.outcome >= Outcome.HOLD:
        why, code, step = worst.message, worst.code, worst.next_step
    elif not moves:
        why, code = f"We have no account of its stage at {to.key}.", "NO_ACCOUNT"
        step = "Add one in conf/partners/; until then it goes the way it went."
    lead = to.habits.agreements.days if code == "EDI_NOT_AGREED" else 0
    if lead:
        step += f" That usually takes {counted(lead, 'day')}, so until {today + timedelta(days=lead)}."
    return {
        "claim": f"C{waiting.case.id}",
        "control_number": waiting.control_number,
        "charge": waiting.charge,
        "filing_due": day(judged.filing_due),
        "was": waiting.before,
        "becomes": "MOVES" if moves else "STAYS" if judged.passed else "WAITS",
        "payer_id": judged.payer_id,
        "unnamed": PAYER_ID_OTHER.code in judged.holds,
        "code": code,
        "why": why,
        "next": step,
    }


def _stays(row: Row) -> Data:
    return {
        "claim": f"C{row['id']}",
        "control_number": row["control_number"],
        "charge": row["charge"],
        "filing_due": row["filing_due"],
        "was": "ASSIGNED",
        "becomes": "STAYS",
        "payer_id": "",
        "unnamed": False,
        "code": row["state"],
        "why": _STAYS[row["state"]],
        "next": f"`gateway submissions show {row['submission']}` tells what is known of it.",
    }


def _total(rows: Sequence[Data]) -> Data:
    return {"claims": len(rows), "charge": str(sum((Decimal(row["charge"] or 0) for row in rows), Decimal(0)))}
