"""What a change of the records would do to the claims that wait, before anybody makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from gateway.store import rehearsal
from gateway.store.codec import day
from gateway.store.connection import Tx
from gateway.store.rehearsal import Effect
from gateway.workers.site import Site

Data = dict[str, Any]

MOST = 5_000
"""So many claims are judged for a preview; the others are counted."""


async def effects(site: Site, change: Callable[[Tx], object]) -> Data:
    """Which waiting claims `change` would release, hold or reject, and how many it leaves as they are.

    `concerned` counts all that it has judged again, of which `looked_at` were looked at, nearest filing limit first;
    `moved` are those that would not stay where they are, with `released`, `held` and `rejected` as counts and dollars.
    """
    found, concerned = await site.store.rehearse(None, rehearsal.effects, change, site.gate.judge, MOST)
    moved = [_told(effect) for effect in found if _moves(effect)]
    kinds = {kind.lower(): _total([row for row in moved if row["after"] == kind]) for kind in _KINDS}
    return {"concerned": concerned, "looked_at": len(found), **kinds, "moved": moved}


_KINDS = ("RELEASED", "HELD", "REJECTED")


def _moves(effect: Effect) -> bool:
    """It leaves its state, or is held for other reasons than before. The same one on newer evidence moves nothing."""
    judgement = effect.judgement
    stays = effect.before == "HELD" == judgement.would
    return judgement.event is not None and not (stays and effect.holds == judgement.holds)


def _told(effect: Effect) -> Data:
    judgement = effect.judgement
    return {
        "claim": f"C{effect.claim}",
        "control_number": effect.control_number,
        "payer": judgement.payer,
        "before": "RELEASED" if effect.before == "READY" else effect.before,
        "before_code": effect.code,
        "before_holds": effect.holds,
        "after": judgement.would,
        "after_code": getattr(judgement.event, "code", ""),
        "after_holds": judgement.holds,
        "charge": effect.charge,
        "filing_due": day(judgement.filing_due),
    }


def _total(rows: Sequence[Data]) -> Data:
    return {"claims": len(rows), "charge": str(sum((Decimal(row["charge"] or 0) for row in rows), Decimal(0)))}
