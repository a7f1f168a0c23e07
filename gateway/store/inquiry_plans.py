"""The next 276 of a lane: which questions, under which numbers and name, and what it is composed of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from gateway import events as e
from gateway.codec import as_claim, as_day, as_delimiters, as_money, delimiters_text
from gateway.errors import Unlawful
from gateway.model.claims import ClaimKind
from gateway.model.partners import Lane
from gateway.model.sending import PlacedSpan
from gateway.model.x12 import Delimiters, Span
from gateway.store import documents, inquiries, names
from gateway.store.connection import Row, Tx
from gateway.store.record import record
from gateway.store.submissions import Outline, outline, take, take_isa13
from gateway.x12.inquiry import DELIMITERS, VERSION

FORM = "276"


@dataclass(frozen=True, slots=True)
class PlacedQuestion:
    """One question, with the spans of the levels its names stand in. `payer_id` is by what the payer goes there where that
    is not what the claim names."""

    trace: str
    levels: tuple[PlacedSpan, ...]
    delimiters: Delimiters
    number: str
    bill_type: str
    claim: str
    attempt: str
    charge: Decimal | None
    first_day: date | None
    last_day: date | None
    payer_id: str = ""


def open_due(tx: Tx, lane: Lane, medicare: Collection[str]) -> int:
    """Write down the questions that are due by now; returns how many."""
    found = inquiries.due(tx, lane, medicare)
    for row, kind in found:
        inquiries.open_one(tx, row, take(tx, "inquiry", 1), kind.value)
    return len(found)


def ask(tx: Tx, claim: int, reason: str) -> int:
    """A person asks: whatever the cadence says. Raises Unlawful where nothing can be asked, or somebody just did."""
    row = inquiries.subject(tx, claim)
    if row is None or not row["askable"] or inquiries.is_open(tx, claim):
        raise Unlawful("inquiry", "absence", "a question")
    return inquiries.open_one(tx, row, take(tx, "inquiry", 1), inquiries.PERSON, reason)


def waiting(tx: Tx, lane: str) -> int:
    """How many questions of a lane have no file yet."""
    row = tx.one("SELECT count(*) AS n FROM inquiries WHERE state = 'WAITING' AND lane = ?", lane)
    return int(row["n"]) if row else 0


def plan(tx: Tx, lane: Lane, zone: ZoneInfo) -> int | None:
    """Put the questions to one payer, the longest open first, into a new submission and take its numbers and its name; None
    where no question is left, or no name before the partner's counter begins anew."""
    inquiries.moot(tx, lane)
    local = tx.now.astimezone(zone).replace(tzinfo=None)
    carried = _next(tx, lane) if names.left(tx, lane, local) else []
    if not carried:
        return None
    isa13 = take_isa13(tx, lane)
    asks = lane.partner.habits.status_requests
    name = names.take(tx, lane, VERSION, local, isa13, asks.filename if asks else "")
    if name is None:
        return None
    submission = _enter(tx, lane, local, isa13, name)
    tx.many("UPDATE inquiries SET submission = ? WHERE id = ?", [(submission, inquiry) for inquiry in carried])
    record(tx, e.StatusRequestPlanned(submission=submission, lane=lane.key, isa13=isa13, count=len(carried)))
    return submission


_WENT_AS = "iif(a.payer_id = '', c.payer_id, a.payer_id)"
_WAITS = (
    " FROM inquiries i JOIN claims c ON c.id = i.claim JOIN attempts a ON a.id = i.attempt WHERE i.state = 'WAITING'"
    " AND i.lane = ?"
)


def _next(tx: Tx, lane: Lane) -> list[int]:
    """One payer in a file, and it goes by one id there: the id as the claims went with it."""
    first = tx.one(f"SELECT i.payer, {_WENT_AS} AS payer_id{_WAITS} ORDER BY i.id LIMIT 1", lane.key)
    if first is None:
        return []
    found = tx.all(
        f"SELECT i.id{_WAITS} AND i.payer = ? AND {_WENT_AS} = ? ORDER BY i.id LIMIT ?",
        lane.key,
        first["payer"],
        first["payer_id"],
        lane.partner.claims_per_set,
    )
    return [row["id"] for row in found]


def _enter(tx: Tx, lane: Lane, local: datetime, isa13: int, name: str) -> int:
    """It carries no claims, and is counted nowhere as if it did."""
    return tx.run(
        "INSERT INTO submissions (lane, state, isa13, reference, moment, version, mode, usage, delimiters,"
        " remote_name, claims, planned_at, form) VALUES (?, 'PLANNED', ?, ?, ?, ?, '', ?, ?, ?, 0, ?, ?)",
        lane.key,
        isa13,
        f"GW{isa13:09d}",
        local.isoformat(timespec="seconds"),
        VERSION,
        lane.account.stage.usage,
        delimiters_text(DELIMITERS),
        name,
        tx.at,
        FORM,
    )


def outlined(tx: Tx, submission: int) -> tuple[Outline, list[PlacedQuestion], dict[int, str]]:
    """Everything to compose one 276 from, equal at every call: its numbers, its questions, and vault names by document."""
    rows = tx.all(
        "SELECT i.trace, c.facts, c.levels, c.control_number, c.charge, c.first_day, c.last_day, a.trace AS attempt,"
        " a.payer_id,"
        " b.document, n.delimiters, (SELECT max(p.payer_control_number) FROM attempts p WHERE p.claim = c.id) AS number"
        " FROM inquiries i JOIN claims c ON c.id = i.claim JOIN attempts a ON a.id = i.attempt"
        " JOIN batches b ON b.id = c.batch JOIN sets t ON t.id = c.transaction_set"
        " JOIN interchanges n ON n.id = t.interchange WHERE i.submission = ? ORDER BY i.id",
        submission,
    )
    used = sorted({row["document"] for row in rows})
    return outline(tx, submission), [_question(tx, row) for row in rows], documents.names_of(tx, used)


def _question(tx: Tx, row: Row) -> PlacedQuestion:
    facts = as_claim(row["facts"])
    institutional = facts.kind is ClaimKind.INSTITUTIONAL
    return PlacedQuestion(
        trace=row["trace"],
        levels=tuple(_span(tx, row["document"], int(level)) for level in row["levels"].split()),
        delimiters=as_delimiters(row["delimiters"]),
        number=row["number"] or "",
        bill_type=facts.place_of_service + facts.frequency if institutional else "",
        claim=row["control_number"],
        attempt=row["attempt"],
        charge=as_money(row["charge"]),
        first_day=as_day(row["first_day"]),
        last_day=as_day(row["last_day"]),
        payer_id=row["payer_id"],
    )


def _span(tx: Tx, document: int, level: int) -> PlacedSpan:
    row = tx.one("SELECT first_byte, last_byte FROM levels WHERE id = ?", level)
    assert row
    return PlacedSpan(document, Span(row["first_byte"], row["last_byte"]))
