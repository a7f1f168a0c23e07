"""A person's own question for a claim's status, and his word that what a payer asked for is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gateway.codec import as_claim
from gateway.desk.claims import choose
from gateway.errors import Refused
from gateway.inquiries.timing import MEDICARE_QUIET, QUIET
from gateway.store import inquiries, inquiry_plans, inquiry_rows, responses
from gateway.store.connection import Row, moment
from gateway.workers.site import Site

Data = dict[str, Any]

_UNUSED = "`gateway why` tells where it stands; only a claim that waits for its payer has a status to ask for."


async def preview(site: Site, claim: str) -> Data:
    """What a person's question would be, and what speaks against asking now. Raises Refused where it cannot be put."""
    row = await _askable(site, claim)
    facts = as_claim(row["facts"])
    known = await site.store.read(inquiry_rows.known_by, row["id"])
    return {
        "claim": f"C{row['id']}",
        "payer": row["payer"],
        "lane": row["lane"],
        "names": {
            "REF*1K": known["number"] or "",
            "REF*EJ": known["control_number"],
            "REF*D9": known["trace"],
            "AMT*T3": known["charge"],
            "DTP*472": f"{known['first_day']} to {known['last_day']}",
            "patient": "a dependent" if facts.patient.dependent else "the subscriber",
        },
        "warnings": await _warnings(site, row),
    }


async def ask(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Ask a claim's payer for its status now, in a person's name; it goes with the lane's next file."""
    if not reason.strip():
        raise Refused(
            "a reason is missing", code="NO_REASON", next_step="Say why with --reason; it is kept with the question."
        )
    row = await _askable(site, claim)
    inquiry = await site.store.write_as(actor, inquiry_plans.ask, row["id"], reason)
    return {"inquiry": inquiry, "claim": f"C{row['id']}", "payer": row["payer"], "lane": row["lane"]}


async def done(site: Site, claim: str, reason: str, actor: str) -> Data:
    """Say that what a payer's status asked for is done; the claim is asked about again by its cadence."""
    row = await choose(site, claim)
    if not await site.store.write_as(actor, responses.done, row["id"], reason):
        raise Refused(
            f"the payer's latest word on claim C{row['id']} asks for nothing",
            code="NOTHING_TO_DO",
            next_step="`gateway inquiries --work` lists the claims that somebody has work with.",
        )
    return {"claim": f"C{row['id']}", "done": reason}


async def _askable(site: Site, claim: str) -> Row:
    """The claim a person means, as a question needs it. Raises Refused with what stands against it."""
    chosen = await choose(site, claim)
    row = await site.store.read(inquiries.subject, chosen["id"])
    if row is None or not row["askable"]:
        raise Refused(f"claim C{chosen['id']} is {chosen['stands']}", code="NOT_SILENT", next_step=_UNUSED)
    lane = site.directory.lanes.get(row["lane"])
    if lane is None or not inquiries.answered_for(lane, row["payer"]):
        raise Refused(
            f"lane {row['lane']} does not answer status requests for {row['payer']}",
            code="NOT_SUPPORTED",
            next_step="Ask by portal or phone; where it does take a 276, declare [partner.status_requests].",
        )
    if row["usage"] == "T":
        raise Refused(
            f"claim C{row['id']} is a test", code="NOT_SILENT", next_step="No payer has the status of a test."
        )
    if not inquiries.can_name(as_claim(row["facts"])):
        raise Refused(
            f"claim C{row['id']} names no member id, or no birth date of the dependent, which a 276 must have",
            code="NOT_NAMED",
            next_step="Ask by portal or phone.",
        )
    if await site.store.read(inquiries.is_open, row["id"]):
        raise Refused(
            f"the payer of claim C{row['id']} is asked already",
            code="ASKED_ALREADY",
            next_step="`gateway inquiries` tells how far that question is.",
        )
    return row


async def _warnings(site: Site, row: Row) -> list[str]:
    """What a person should know before asking all the same."""
    payer = site.registry.payers.get(row["payer"])
    floor: timedelta = MEDICARE_QUIET if payer and payer.medicare else QUIET
    found, latest = [], await site.store.read(responses.latest, row["id"])
    if datetime.fromisoformat(row["sent_at"]) + floor > site.clock():
        found.append(f"It was sent less than {floor.days} days ago: payers cannot say much so soon.")
    if latest and latest["quiet_until"] > moment(site.clock()):
        found.append(f"The payer said {latest['word']} on {latest['made_on']}: it would be asked again by itself.")
    return found
