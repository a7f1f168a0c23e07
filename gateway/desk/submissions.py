"""Questions about what was put on the wire, how far each file was seen to come, and a person's word on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gateway.desk.reason import need_reason
from gateway.errors import Refused, Unlawful
from gateway.model.sending import Seen
from gateway.store import claims, inquiry_rows, names, observations, standings, submissions
from gateway.store.connection import Row
from gateway.store.standings import TWICE_STEP
from gateway.workers.site import Site

Data = dict[str, Any]

SAYS = {
    Seen.WRITTEN: "The server confirmed every byte, and the closing of the file.",
    Seen.SIZE: "The server shows the size that was sent.",
    Seen.UNVERIFIED: "The server shows no size, or nothing can be looked at there.",
    Seen.LISTED: "Its name stands in the partner's folder.",
    Seen.VANISHED: "It was gone after closing, as this server does.",
    Seen.RECEIPT: "The partner's mark says that it arrived.",
    Seen.FAILED: "The partner's mark says that it failed there.",
    Seen.ACKNOWLEDGED: "An answer of the partner speaks of it.",
    Seen.TOLD: "A person says that it arrived.",
}


async def listing(site: Site, limit: int = 1000) -> list[Data]:
    """What was put on the wire, newest first."""
    rows = await site.store.read(submissions.rows, limit)
    seen = await site.store.read(observations.of_submissions, [row["id"] for row in rows])
    return [_listed(row, seen[row["id"]]) for row in rows]


async def next_names(site: Site) -> dict[str, str]:
    """Of each lane, what its next file would be called; empty where no name is left."""
    return {key: await site.store.read(names.coming, lane, site.zone) for key, lane in site.directory.lanes.items()}


async def show(site: Site, submission: int) -> Data:
    """One submission: how far it was seen to come and when, its claims, and all that happened to it."""
    row = await _known(site, submission)
    carried = await site.store.read(submissions.claims_of, submission)
    carried += await site.store.read(inquiry_rows.claims_of, submission)
    return {
        **_listed(row, []),
        "reference": row["reference"],
        "filing_due": row["filing_due"],
        "doubted_at": row["doubted_at"],
        "seen": await ladder(site, submission),
        "carried": [
            {"claim": f"C{claim['id']}", "control_number": claim["control_number"], "stands": claim["stands"]}
            for claim in await site.store.read(claims.some, carried)
        ],
        "events": [_told(event) for event in await site.store.read(submissions.story, submission)],
    }


async def _known(site: Site, submission: int) -> Row:
    """Raises Refused where there is none of this number."""
    try:
        return await site.store.read(submissions.one, submission)
    except Unlawful:
        raise Refused(
            f"there is no submission {submission}",
            code="NO_SUCH_SUBMISSION",
            next_step="`gateway submissions` lists them.",
        ) from None


async def ladder(site: Site, submission: int) -> list[Data]:
    """What was seen of it at its partner, each thing with its first moment."""
    found = await site.store.read(observations.of_submissions, [submission])
    return [
        {"seen": row["seen"], "at": row["at"], "evidence": row["evidence"], "says": SAYS[Seen(row["seen"])]}
        for row in found[submission]
    ]


async def settle(site: Site, submission: int, arrived: bool, reason: str, actor: str) -> Data:
    """Say whether a submission in doubt reached its partner, on the partner's word."""
    need_reason(reason)
    await _known(site, submission)
    try:
        row = await site.store.write_as(actor, submissions.settle, submission, arrived, reason)
    except Unlawful:
        raise Refused(
            f"submission {submission} is not in doubt",
            code="NOT_IN_DOUBT",
            next_step=f"`gateway submissions show {submission}` tells what is known of it.",
        ) from None
    site.wake.set()
    carried = await site.store.read(submissions.claims_of, submission) if arrived else []
    twice = [f"C{claim}" for claim in await site.store.read(standings.twice, carried)]
    return {
        "submission": row["id"],
        "state": row["state"],
        "observed": row["observed"],
        "received_twice": twice,
        "next": TWICE_STEP if twice else "",
    }


def _listed(row: Row, seen: Sequence[Row]) -> Data:
    return {
        "submission": row["id"],
        "lane": row["lane"],
        "form": row["form"],
        "state": row["state"],
        "step": row["step"],
        "isa13": f"{row['isa13']:09d}",
        "file": row["remote_name"],
        "claims": row["claims"] or row["asked"],
        "bytes": row["size"],
        "observed": row["observed"],
        "seen": ", ".join(one["seen"] for one in seen),
        "tries": row["tries"],
        "planned_at": row["planned_at"],
        "sent_at": row["sent_at"],
    }


def _told(event: Row) -> Data:
    return {"at": event["at"], "event": event["name"], "actor": event["actor"], **json.loads(event["body"])}
