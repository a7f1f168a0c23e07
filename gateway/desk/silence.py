"""The question which answers do not come: what is overdue, what explains it, and the command to type next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gateway.desk.known import known_lane, known_payer
from gateway.events import AnswerArrivedLate, AnswerOverdue
from gateway.remittance.reassociation import patience
from gateway.silence import EXCUSES, LATE, NEVER_SEEN, PENDING, QUIET, WARN, Awaited, next_step
from gateway.store import awaiting
from gateway.store.connection import Row, Tx
from gateway.store.quiet import STEP, Quiet, quiet_payers
from gateway.workers.site import Site

Data = dict[str, Any]

OVERDUE, ARRIVED = AnswerOverdue.name, AnswerArrivedLate.name
_NEVER = "~"
"""Sorts behind every moment."""


async def overdue(site: Site, payer: str = "", lane: str = "") -> list[Data]:
    """Each silent answer, the longest due first. What never came from a lane is one row for all that waits for it."""
    await known_payer(site, payer)
    await known_lane(site, lane)
    found = [_row(site, row, claims) for row, claims in await site.store.read(_silent, site, payer, lane)]
    quiet = await site.store.read(quiet_payers, site.today()) if not lane else []
    return _together(found) + [_stopped(each) for each in quiet if each.waiting and payer in ("", each.payer)]


def _stopped(found: Quiet) -> Data:
    """A payer whose remittances stopped, though none of them is late by itself."""
    patient = patience(found.usual)
    return {
        "answer": Awaited.REMITTANCE.value,
        "lane": "",
        "payer": found.payer,
        "submission": None,
        "isa13": "",
        "claims": found.waiting,
        "first_claims": [],
        "sent_at": None,
        "due_at": (found.last + timedelta(days=patient)).isoformat(),
        "days": found.since - patient,
        "step": WARN,
        "code": QUIET,
        "excuse": "",
        "next": STEP,
        "command": "gateway bank",
        "submissions": [],
    }


async def of_claim(site: Site, claim: int, submission: int | None) -> list[Data]:
    """The silent answers that one claim waits for."""
    found = await site.store.read(_silent, site, "", "", submission) if submission else []
    return [_row(site, row, [claim]) for row, claims in found if claim in claims]


async def told_of(site: Site, claim: int, events: list[Data]) -> list[Data]:
    """The events of a claim without what was told of silence after its own answer had come."""
    came = await site.store.read(awaiting.answered_at, claim)
    waited = [one for one in events if one["event"] != OVERDUE or came.get(one["form"], _NEVER) >= one["at"]]
    forms = {one["form"] for one in waited if one["event"] == OVERDUE}
    return [one for one in waited if one["event"] != ARRIVED or one["form"] in forms]


def _silent(tx: Tx, site: Site, payer: str, lane: str, submission: int = 0) -> list[tuple[Row, list[int]]]:
    found = []
    for row in awaiting.told(tx, lane, submission):
        ours = site.directory.lanes.get(row["lane"])
        if ours is None or (payer and row["payer"] not in ("", payer)):
            continue
        if claims := awaiting.silent_claims(tx, row, awaiting.partner_reports(ours), payer):
            loud, _ = awaiting.heard_of(tx, Awaited(row["kind"]), claims)
            found.append((row, loud or claims))
    return found


def _row(site: Site, row: Row, claims: list[int]) -> Data:
    kind, step = Awaited(row["kind"]), row["step"] or WARN
    days = (site.clock() - datetime.fromisoformat(row["due_at"])).days
    return {
        "answer": kind.value,
        "lane": row["lane"],
        "payer": row["payer"],
        "submission": row["submission"],
        "isa13": f"{row['isa13']:09d}",
        "claims": len(claims),
        "first_claims": [f"C{claim}" for claim in claims[:5]],
        "sent_at": row["sent_at"],
        "due_at": row["due_at"],
        "days": days,
        "step": row["step"],
        "code": row["code"] or LATE,
        "excuse": row["excuse"],
        "next": EXCUSES[row["excuse"]] if row["excuse"] else next_step(kind, step, row["code"] or LATE),
        "command": _command(row, claims),
    }


def _command(row: Row, claims: list[int]) -> str:
    if row["excuse"]:
        return "gateway inquiries" if row["excuse"] == PENDING else "gateway status"
    if row["code"] == NEVER_SEEN:
        return f"gateway overdue --lane {row['lane']} --json"
    return f"gateway why C{claims[0]}" if len(claims) == 1 else f"gateway submissions show {row['submission']}"


def _together(rows: list[Data]) -> list[Data]:
    """What never came from a lane, once for each kind of answer: the oldest stands for all of them."""
    found: dict[object, Data] = {}
    for row in rows:
        once = row["code"] == NEVER_SEEN
        key = (row["lane"], row["answer"]) if once else (row["submission"], row["answer"], row["payer"])
        kept = found.setdefault(key, {**row, "submissions": []})
        if row["submission"] not in kept["submissions"]:
            kept["submissions"].append(row["submission"])
        if kept["submission"] != row["submission"] or kept["payer"] != row["payer"]:
            kept["claims"] += row["claims"]
    return list(found.values())
