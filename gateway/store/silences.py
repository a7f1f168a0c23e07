"""Record what the judgement of silence says. Apart from it, for recording an arrival begins the waiting."""

from __future__ import annotations

from gateway.store import awaiting
from gateway.store.connection import Tx
from gateway.store.record import record


def is_due(tx: Tx) -> bool:
    """Whether anything is to be judged by now."""
    return tx.one("SELECT 1 FROM awaited WHERE look_at <= ? LIMIT 1", tx.at) is not None


def tell(tx: Tx, by: awaiting.Judging, limit: int) -> int:
    """Judge up to so many rows and record what follows; returns how much was told."""
    _, told = awaiting.judge(tx, by, limit)
    for event in told:
        record(tx, event)
    return len(told)
