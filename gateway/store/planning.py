"""The next file of a lane: which claims, in which sets, under which numbers and name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from gateway import events as e
from gateway.codec import as_day, as_delimiters, delimiters_text
from gateway.layout import Waiting, laid_out, numbered
from gateway.model.partners import Lane
from gateway.planner import ReadyGroup
from gateway.store import names, sizes
from gateway.store.connection import Tx
from gateway.store.record import record
from gateway.store.submissions import take, take_isa13

_GROUPED = (
    " FROM claims c INDEXED BY claims_ready JOIN sets s ON s.id = c.transaction_set"
    " JOIN interchanges i ON i.id = s.interchange"
    " WHERE c.state = 'READY'"
)


def ready_groups(tx: Tx, lane: str) -> list[ReadyGroup]:
    """Claims that may go by this lane, grouped by what may share a transaction set."""
    found = tx.all(
        "SELECT c.lane, s.version, s.mode, i.usage, i.delimiters, count(*) AS claims, min(c.filing_due) AS due"
        f"{_GROUPED} AND c.lane = ? GROUP BY 1, 2, 3, 4, 5 ORDER BY due",
        lane,
    )
    return [
        ReadyGroup(
            lane=row["lane"],
            version=row["version"],
            mode=row["mode"],
            usage=row["usage"],
            delimiters=as_delimiters(row["delimiters"]),
            claims=row["claims"],
            filing_due=as_day(row["due"]),
        )
        for row in found
    ]


def plan(tx: Tx, group: ReadyGroup, lane: Lane, zone: ZoneInfo) -> int | None:
    """Assign the group's most urgent claims to a new submission and take its numbers and its name; None when no claim is
    left, or no name before the partner's counter begins anew."""
    local = tx.now.astimezone(zone).replace(tzinfo=None)
    carried = numbered(laid_out(_waiting(tx, group, lane), lane.partner)) if names.left(tx, lane, local) else []
    if not carried:
        return None
    isa13 = take_isa13(tx, lane)
    name = names.take(tx, lane, group.version, local, isa13)
    if name is None:
        return None
    submission = _enter(tx, group, lane, local, isa13, name, len(carried))
    _attempt(tx, submission, carried)
    record(tx, e.SubmissionPlanned(submission=submission, lane=lane.key, isa13=isa13, count=len(carried)))
    _name_payers(tx, submission, lane)
    return submission


def _waiting(tx: Tx, group: ReadyGroup, lane: Lane) -> Iterator[Waiting]:
    """The most urgent first; with what each may have of bytes where the partner takes files of some size only."""
    sized = bool(lane.partner.habits.largest_file)
    known: dict[int, int] = {}
    for row in tx.each(
        f"SELECT c.id, c.billing_npi, c.levels, c.last_byte - c.first_byte AS bytes{_GROUPED}"
        " AND c.lane = ? AND s.version = ? AND s.mode = ? AND i.usage = ?"
        " AND i.delimiters = ? ORDER BY c.filing_due, c.id",
        group.lane,
        group.version,
        group.mode,
        group.usage,
        delimiters_text(group.delimiters),
    ):
        if not sized:
            yield Waiting(row["id"], row["billing_npi"])
            continue
        levels = [int(level) for level in row["levels"].split()]
        known |= sizes.of_levels(tx, [level for level in levels if level not in known])
        own = row["bytes"] + lane.longest_id
        yield Waiting(row["id"], row["billing_npi"], own, {level: known[level] for level in levels})


def _enter(tx: Tx, group: ReadyGroup, lane: Lane, local: datetime, isa13: int, name: str, claims: int) -> int:
    return tx.run(
        "INSERT INTO submissions (lane, state, isa13, reference, moment, version, mode, usage, delimiters,"
        " remote_name, claims, planned_at) VALUES (?, 'PLANNED', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        lane.key,
        isa13,
        f"GW{isa13:09d}",
        local.isoformat(timespec="seconds"),
        group.version,
        group.mode,
        group.usage,
        delimiters_text(group.delimiters),
        name,
        claims,
        tx.at,
    )


def _attempt(tx: Tx, submission: int, carried: Sequence[tuple[int, int]]) -> None:
    last = take(tx, "attempt", len(carried))
    first = last - len(carried) + 1
    tx.many(
        "INSERT INTO attempts (id, claim, submission, trace, set_number) VALUES (?, ?, ?, ?, ?)",
        [(at, claim, submission, f"GW{at:011d}", number) for at, (claim, number) in enumerate(carried, first)],
    )
    tx.many("UPDATE claims SET submission = ? WHERE id = ?", [(submission, claim) for claim, _ in carried])
    tx.run(
        "UPDATE submissions SET filing_due = (SELECT min(filing_due) FROM claims WHERE submission = submissions.id)"
        " WHERE id = ?",
        submission,
    )


def _name_payers(tx: Tx, submission: int, lane: Lane) -> None:
    """Fix which of its claims go with another payer id than they name, whatever the routes say later."""
    if not lane.payer_ids:
        return
    for row in tx.all("SELECT DISTINCT payer, payer_id FROM claims WHERE submission = ?", submission):
        own, payer_id = row["payer_id"], lane.id_of(row["payer"], row["payer_id"])
        if payer_id in ("", own):
            continue
        tx.run(
            "UPDATE attempts SET payer_id = ? WHERE submission = ? AND claim IN"
            " (SELECT id FROM claims WHERE submission = ? AND payer = ? AND payer_id = ?)",
            payer_id, submission, submission, row["payer"], own,
        )  # fmt: skip
        record(tx, e.PayerIdReplaced(submission=submission, payer=row["payer"], payer_id=payer_id, instead_of=own))
