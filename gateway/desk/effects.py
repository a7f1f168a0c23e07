"""What a change of the records would do to the claims that wait, before anybody makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from gateway.codec import day
from gateway.gate import Judgement
from gateway.store import rehearsal
from gateway.store.connection import Tx
from gateway.store.rehearsal import Waiting
from gateway.workers.plugins import judge_apart
from gateway.workers.site import Site

Data = dict[str, Any]

MOST = 5_000
"""So many claims are judged for a preview; the others are counted."""


async def effects(site: Site, change: Callable[[Tx], object]) -> Data:
    """Which waiting claims `change` would release, hold or reject, and how many it leaves as they are.

    `concerned` counts all that it has judged again, of which `looked_at` were looked at, nearest filing limit first;
    `moved` are those that would not stay where they are, with `released`, `held` and `rejected` as counts and dollars.
    """
    found, concerned = await site.store.rehearse(None, rehearsal.concerned, change, MOST)
    judged = await judge_apart(site, [waiting.case for waiting in found])
    moved = [_told(one, judgement) for one, judgement in zip(found, judged, strict=True) if _moves(one, judgement)]
    kinds = {kind.lower(): _total([row for row in moved if row["after"] == kind]) for kind in _KINDS}
    return {"concerned": concerned, "looked_at": len(found), **kinds, "moved": moved}


_KINDS = ("RELEASED", "HELD", "REJECTED")


def _moves(waiting: Waiting, judgement: Judgement) -> bool:
    """It leaves its state, or is held for other reasons than before. The same one on newer evidence moves nothing."""
    stays = waiting.before == "HELD" == judgement.would
    return judgement.event is not None and not (stays and waiting.holds == judgement.holds)


def _told(waiting: Waiting, judgement: Judgement) -> Data:
    return {
        "claim": f"C{waiting.case.id}",
        "control_number": waiting.control_number,
        "payer": judgement.payer,
        "before": "RELEASED" if waiting.before == "READY" else waiting.before,
        "before_code": waiting.case.code,
        "before_holds": waiting.holds,
        "after": judgement.would,
        "after_code": getattr(judgement.event, "code", ""),
        "after_holds": judgement.holds,
        "charge": waiting.charge,
        "filing_due": day(judgement.filing_due),
    }


def _total(rows: Sequence[Data]) -> Data:
    return {"claims": len(rows), "charge": str(sum((Decimal(row["charge"] or 0) for row in rows), Decimal(0)))}
