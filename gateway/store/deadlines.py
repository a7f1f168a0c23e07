"""Which steps of the ladders were told, each once or once a day, and what is at stake where something lapses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from gateway.codec import as_money, day
from gateway.deadlines import Deadline, Stake
from gateway.deadlines.stakes import LOOK_BACK
from gateway.deadlines.words import event_of
from gateway.store.clocks import stands
from gateway.store.connection import Row, Tx, local_day
from gateway.store.record import record


def history(tx: Tx, npis: Iterable[str], today: date) -> dict[tuple[str, str], Stake]:
    """What each of these providers billed lately, by NPI and payer, and by NPI and no payer for all of them together."""
    since = today - LOOK_BACK
    first = tx.one("SELECT min(received_at) AS at FROM batches")
    begun = local_day(tx, first["at"]) if first and first["at"] else None
    days = min(LOOK_BACK.days, max((today - begun).days + 1, 7)) if begun else LOOK_BACK.days
    found: dict[tuple[str, str], Stake] = {}
    for npi in sorted(set(npis)):
        for row in _billed(tx, npi, since):
            charge = (as_money(row["charge"]) or Decimal(0)) * row["claims"]
            for payer in (row["payer"], ""):
                had = found.get((npi, payer), Stake(0, Decimal(0), days))
                found[npi, payer] = Stake(had.claims + row["claims"], had.charge + charge, days)
    return found


def untold(tx: Tx, deadlines: Iterable[Deadline], today: date) -> list[Deadline]:
    """Those whose furthest step was not told, or whose daily one not today."""
    return [deadline for deadline in deadlines if _to_tell(tx, deadline, today)]


def tell(tx: Tx, deadlines: Sequence[Deadline], stakes: Mapping[tuple[str, str], Stake], today: date) -> int:
    """Record the furthest step that each has reached, once, and that no earlier one need be told; returns how many."""
    told = 0
    for deadline in deadlines:
        step = _to_tell(tx, deadline, today)
        if step and _still_runs(tx, deadline):
            record(tx, event_of(deadline, step, today, stake_of(deadline, stakes)))
            names = [step.name for step in deadline.steps(today)]
            if daily := deadline.daily(today):
                names.append(_dated(daily, today))
            tx.many(
                "INSERT OR IGNORE INTO deadlines_told (subject, kind, due, step, told_at) VALUES (?, ?, ?, ?, ?)",
                [(*_key(deadline), name, tx.at) for name in names],
            )
            told += 1
    return told


def stake_of(deadline: Deadline, stakes: Mapping[tuple[str, str], Stake]) -> Stake:
    """What stops when it lapses; nothing where no claims do."""
    return stakes.get((deadline.npi, deadline.payer), Stake()) if deadline.stops_claims else Stake()


def _to_tell(tx: Tx, deadline: Deadline, today: date) -> str:
    """The furthest step, or a daily one where that was told and nothing was today, nor on a later day."""
    steps, daily = deadline.steps(today), deadline.daily(today)
    if steps and not _was_told(tx, deadline, steps[-1].name, steps[-1].name):
        return steps[-1].name
    return daily if daily and not _was_told(tx, deadline, _dated(daily, today), _dated(daily, date.max)) else ""


def _was_told(tx: Tx, deadline: Deadline, first: str, last: str) -> bool:
    return tx.one(
        "SELECT 1 FROM deadlines_told WHERE subject = ? AND kind = ? AND due = ? AND step BETWEEN ? AND ?",
        *_key(deadline), first, last,
    ) is not None  # fmt: skip


def _key(deadline: Deadline) -> tuple[str, str, str | None]:
    return deadline.subject, deadline.kind.value, day(deadline.due)


def _dated(step: str, today: date) -> str:
    return f"{step} {today.isoformat()}"


def _still_runs(tx: Tx, deadline: Deadline) -> bool:
    """Whether the claim stands where it stood when its clock was read, or the denial is still open."""
    if not deadline.claim:
        return True
    if deadline.record:
        denial = int(deadline.record.rpartition(" ")[2])
        return tx.one("SELECT 1 FROM denials WHERE id = ? AND state = 'OPEN'", denial) is not None
    row = tx.one("SELECT state, standing FROM claims WHERE id = ?", deadline.claim)
    return bool(row) and stands(row) == deadline.state


def _billed(tx: Tx, npi: str, since: date) -> list[Row]:
    """Claims of one provider since a day, counted by payer and charge. What came back corrected counts once."""
    return tx.all(
        "SELECT c.payer, c.charge, count(*) AS claims FROM claim_providers p JOIN claims c ON c.id = p.claim"
        " JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange"
        " WHERE p.npi = ?1 AND p.claim >= (SELECT id FROM claims WHERE batch >="
        " (SELECT min(id) FROM batches WHERE received_at >= ?2) ORDER BY batch, id LIMIT 1) AND i.usage <> 'T'"
        " AND c.state NOT IN ('REJECTED', 'WITHDRAWN', 'DUPLICATE') AND c.standing <> 'DECLINED' AND c.frequency <> '8'"
        " GROUP BY c.payer, c.charge",
        npi,
        day(since),
    )
