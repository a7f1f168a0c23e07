"""The journal as people like to read it."""

from __future__ import annotations

import json
from typing import Any

from gateway import telling
from gateway.bus.told import KINDS
from gateway.desk.claims import choose
from gateway.desk.known import known_lane, known_payer
from gateway.desk.since import since as moment_of
from gateway.errors import Refused
from gateway.store import journal
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]

_SHOWN = ("code", "place", "next")


async def tail(
    site: Site,
    after: int = 0,
    since: str = "",
    kind: str = "",
    payer: str = "",
    claim: str = "",
    lane: str = "",
    limit: int = 50,
) -> Data:
    """The last events that pass all filters, oldest first, and the number of the newest event of all as `head`. `kind`
    is rejection, an event (`claim.held`) or what events begin with (`claim`); `lane` a lane or partner."""
    await known_payer(site, payer)
    await known_lane(site, lane, partner=True)
    head = await site.store.read(journal.last)
    rows = await site.store.read(
        journal.tail,
        after=after,
        since=moment_of(site, since),
        names=_names(kind),
        payer=payer,
        claim=(await choose(site, claim))["id"] if claim else None,
        lane=lane,
        limit=limit,
    )
    return {"events": [_told(row) for row in rows], "head": max([head, *(row["seq"] for row in rows)])}


def _names(kind: str) -> list[str]:
    """The names of events that somebody asks for."""
    found = [name for name, of in KINDS.items() if kind and (kind in (of, name) or name.startswith(f"{kind}."))]
    if kind and not found:
        known = sorted({name.partition(".")[0] for name in KINDS})
        raise Refused(
            "no event is of this kind",
            code="KIND_UNKNOWN",
            next_step=f"rejection, an event's name, or {', '.join(known)}.",
        )
    return found


def _told(row: Row) -> Data:
    body = json.loads(row["body"])
    facts = body | {name: row[name] for name in ("batch", "claim", "submission", "lane") if row[name] is not None}
    kind = KINDS.get(row["name"], "")
    return {
        "seq": row["seq"],
        "at": row["at"],
        "event": row["name"],
        "kind": kind,
        "grave": telling.grave(row["name"], kind),
        "says": telling.words(row["name"], facts),
        "actor": row["actor"],
        **{name: row[name] for name in ("batch", "claim", "submission")},
        "lane": row["lane_of"] or "",
        "payer": body.get("payer") or row["payer"] or "",
        **{name: str(body.get(name, "")) for name in _SHOWN},
    }
