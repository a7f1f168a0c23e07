"""Questions about claim status: what was asked of payers, what they said, and what of it is somebody's work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.desk.known import known_payer
from gateway.inquiries import about, next_step
from gateway.model.inquiries import Word
from gateway.store import inquiries, inquiry_rows, responses
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]


async def listing(site: Site, states: Sequence[str] = (), payer: str = "", limit: int = 1000) -> list[Data]:
    """What was asked of payers, newest first, each with the payer's latest word on the claim."""
    await known_payer(site, payer)
    return [_listed(row) for row in await site.store.read(inquiry_rows.rows, tuple(states), payer, limit)]


async def work(site: Site, payer: str = "") -> list[Data]:
    """Claims whose payer's word asks for somebody's work, the oldest first."""
    await known_payer(site, payer)
    return [_worked(row) for row in await site.store.read(responses.work) if payer in ("", row["payer"])]


async def status_of(site: Site, claim: int) -> Data | None:
    """What was asked and told of one claim; None where nothing was."""
    asked = await site.store.read(inquiry_rows.of_claim, claim)
    latest = await site.store.read(responses.latest, claim)
    if not asked and latest is None:
        return None
    told = await site.store.read(responses.of_claim, claim)
    return {
        "word": latest["word"] if latest else "",
        "next": _next(latest) if latest else "",
        "quiet_until": latest["quiet_until"] if latest else "",
        "done": f"{latest['done_by']}: {latest['done_why']}" if latest and latest["done_at"] else "",
        "asked": [_asked(row) for row in asked],
        "told": [_told(row) for row in told],
    }


def _listed(row: Row) -> Data:
    return {
        "inquiry": row["id"],
        "claim": f"C{row['claim']}",
        "control_number": row["control_number"],
        "payer": row["payer"],
        "charge": row["charge"],
        **_asked(row),
        "word": row["word"] or "",
        "told": row["told"] or "",
        "told_at": row["told_at"] or "",
    }


def _asked(row: Row) -> Data:
    return {
        "trace": row["trace"],
        "state": row["state"],
        "why": row["code"],
        "by": row["actor"],
        "reason": row["reason"],
        "lane": row["lane"],
        "submission": row["submission"],
        "opened_at": row["opened_at"],
        "sent_at": row["sent_at"],
        "closed_at": row["closed_at"],
    }


def _told(row: Row) -> Data:
    kept = ("word", "code", "made_on", "charge", "paid", "finalized_on", "remitted_on", "payment", "number", "read_at")
    return {name: row[name] for name in kept} | {"means": about(row["code"])}


def _worked(row: Row) -> Data:
    return {
        "claim": f"C{row['claim']}",
        "control_number": row["control_number"],
        "payer": row["payer"],
        "charge": row["charge"],
        "first_day": row["first_day"],
        "word": row["word"],
        "code": row["code"],
        "told_at": row["told_at"],
        "next": _next(row),
    }


def _next(row: Row) -> str:
    if row["done_at"]:
        return ""
    return inquiries.NO_835 if row["missed_at"] else next_step(Word(row["word"]), row["code"])
