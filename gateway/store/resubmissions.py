"""Replacements and voids that people order: what decides them, what they are made from, and the batches they become."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gateway import events as e
from gateway.codec import as_claim, as_day, as_delimiters, as_money
from gateway.data import DenialCodes
from gateway.errors import Refused
from gateway.families import ENDED, REFUSED, VOID, standing_of
from gateway.lifecycle import Standing, counting
from gateway.model.claims import Claim
from gateway.model.partners import Payer
from gateway.model.sending import OutboundClaim, OutboundLevel, PlacedSpan
from gateway.model.x12 import Delimiters, Span
from gateway.resubmission import Denied, Situation, Wanted, objection
from gateway.store import batches, documents, families
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.record import record
from gateway.store.standings import adjudicated, ledger
from gateway.store.submissions import take


@dataclass(frozen=True, slots=True)
class Basis:
    """A claim as its correction is decided about and made from. `usage`, `mode`, `version` are ISA15, BHT06 and GS08 of
    its source; `document` the vault name of it; `decided_on` the day of the payer's last decision, `paid` what it paid."""

    situation: Situation
    claim: Claim
    usage: str
    mode: str
    version: str
    delimiters: Delimiters
    document: str
    levels: Mapping[int, OutboundLevel]
    source: OutboundClaim
    decided_on: date | None
    paid: Decimal


def basis(tx: Tx, claim: int, payers: Mapping[str, Payer]) -> Basis:
    """Everything about one claim."""
    [row] = tx.all(
        "SELECT c.*, s.mode, s.version, i.usage, i.delimiters, b.document, d.name FROM claims c"
        " JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange"
        " JOIN batches b ON b.id = c.batch JOIN documents d ON d.id = b.document WHERE c.id = ?",
        claim,
    )
    facts = as_claim(row["facts"])
    counted = _counting(tx, claim)
    last = counted[0] if counted else None
    levels = tuple(int(level) for level in row["levels"].split())
    source = PlacedSpan(row["document"], Span(row["first_byte"], row["last_byte"]))
    days = [known for known in (as_day(last["produced_on"]), as_day(last["paid_on"])) if known] if last else []
    return Basis(
        situation=_situation(tx, row, facts, counted, payers.get(row["payer"])),
        claim=facts,
        usage=row["usage"],
        mode=row["mode"],
        version=row["version"],
        delimiters=as_delimiters(row["delimiters"]),
        document=row["name"],
        levels={level: _level(tx, level, row["document"]) for level in levels},
        source=OutboundClaim(1, "R1", levels, source),
        decided_on=min(days, default=None),
        paid=(as_money(last["paid"]) if last else None) or Decimal(0),
    )


def _situation(tx: Tx, row: Row, facts: Claim, counted: Sequence[Row], payer: Payer | None) -> Situation:
    denials = tuple(denied for each in counted for denied in _denials(each, in_force(tx)))
    remarks = dict.fromkeys(remark for each in denials for remark in each.remarks)
    return Situation(
        claim=row["id"],
        kind=facts.kind,
        frequency=facts.frequency,
        filing_indicator=facts.filing_indicator,
        stands=row["standing"] or row["state"],
        number=families.payer_number(tx, row["id"]),
        payer=payer,
        denials=denials,
        new_claim=families.asking_anew(remarks, in_force(tx)),
        later=_later(tx, row["id"]),
        ordered=_ordered(tx, row["id"]),
        corrects=_corrects(tx, row["id"]),
        elsewhere=row["state"] != "SENT" and bool(counted),
        code=row["code"],
    )


def _counting(tx: Tx, claim: int) -> Sequence[Row]:
    """The adjudications that count; the first has the money and the number."""
    rows = ledger(tx, claim)
    counted = counting(adjudicated(row, place) for place, row in enumerate(rows))
    return [rows[each.sequence[0]] for each in counted]


def _denials(last: Row, codes: DenialCodes) -> Sequence[Denied]:
    if last["outcome"] not in (Standing.DENIED, Standing.PARTLY_PAID):
        return ()
    said = json.loads(last["body"])
    if not said and last["outcome"] == Standing.DENIED:
        return (Denied("CLP02-4", "ELIG", "RN"),)  # by the guide, a patient whom the payer does not know
    return [_denied(each["code"], each["category"], each.get("fix", ""), codes) for each in said]


def _denied(code: str, category: str, fix: str, codes: DenialCodes) -> Denied:
    """What the ledger kept of it; an older one without its ways is asked of the list."""
    reason, *remarks = code.split()
    known = codes.reasons.get(reason.partition("-")[2])
    return Denied(code, category, fix or (known.fix if known else ""), tuple(remarks))


def _later(tx: Tx, claim: int) -> tuple[int, str] | None:
    """The latest version after this one that may go, went, or counts. A void that was answered is over."""
    versions = families.versions(tx, claim)
    over = any(each.id == claim and each.standing == Standing.REVERSED for each in versions)
    after = [each for each in versions if each.id > claim and not (over and each.frequency == VOID)]
    alive = [each for each in after if each.state not in ENDED and each.standing not in REFUSED]
    if not alive:
        return None
    counts = standing_of(alive)
    chosen = counts.pending or counts.version
    return chosen, next(each.stands for each in alive if each.id == chosen)


def _ordered(tx: Tx, claim: int) -> bool:
    """Whether one is ordered that was not read yet."""
    return bool(
        tx.one(
            "SELECT 1 FROM resubmissions r JOIN batches b ON b.id = r.batch WHERE r.claim = ? AND (b.state = 'SPOOLED'"
            " OR EXISTS (SELECT 1 FROM claims c WHERE c.batch = b.id AND c.state = 'RECEIVED'))",
            claim,
        )
    )


def _corrects(tx: Tx, claim: int) -> int | None:
    row = tx.one("SELECT original FROM versions WHERE claim = ?", claim)
    return int(row["original"]) if row else None


def _level(tx: Tx, level: int, document: int) -> OutboundLevel:
    [row] = tx.all("SELECT id, kind, parent, first_byte, last_byte FROM levels WHERE id = ?", level)
    span = Span(row["first_byte"], row["last_byte"])
    return OutboundLevel(row["id"], row["kind"], row["parent"], PlacedSpan(document, span))


def refused(of: Situation, wanted: Wanted) -> Refused | None:
    """What stands against it, as an error for people."""
    found = objection(of, wanted)
    if found is None:
        return None
    return Refused(f"claim C{of.claim}: {found.says}", code=found.code, next_step=found.next)


def order(
    tx: Tx,
    claim: int,
    wanted: Wanted,
    number: str,
    reason: str,
    sealed: documents.Sealed,
    work_name: str,
    payers: Mapping[str, Payer],
) -> int:
    """Enter the sealed correction as a batch that waits to be read, in the name of whoever orders it. Raises Refused where
    it may not be ordered any more, or with another number. Returns the batch."""
    of = basis(tx, claim, payers).situation
    against = refused(of, wanted)
    if against:
        raise against
    if of.number != number:
        raise Refused(
            "the payer gave another number meanwhile", code="CHANGED", next_step="Look again, and order it then."
        )
    batch = batches.spool(tx, f"C{claim} {wanted.value}", work_name, sealed)
    tx.run("UPDATE batches SET replied = 1 WHERE id = ?", batch)  # nobody dropped it who waits for an answer
    tx.run(
        "INSERT INTO resubmissions (batch, claim, frequency, number, reason, actor, ordered_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(batch, claim, wanted.frequency, number, reason, tx.actor, tx.at),
    )
    [row] = tx.all("SELECT payer FROM claims WHERE id = ?", claim)
    event = e.ResubmissionOrdered(claim=claim, payer=row["payer"], batch=batch, mark=wanted.value, reason=reason)
    record(tx, event)
    return batch


def next_number(tx: Tx) -> int:
    """A control number for the next one; none is given twice."""
    return take(tx, "resubmission", 1)


def unread(tx: Tx) -> list[int]:
    """Ordered batches that wait to be read, oldest first."""
    found = tx.all(
        "SELECT r.batch FROM resubmissions r JOIN batches b ON b.id = r.batch WHERE b.state = 'SPOOLED' ORDER BY r.batch"
    )
    return [row["batch"] for row in found]


def refusals(tx: Tx, claim: int) -> list[Row]:
    """What TA1, 999 and 277CA said against the claim's latest attempt: form, code, place and next step."""
    return tx.all(
        "SELECT DISTINCT v.form, v.code, v.place, v.next FROM verdicts v WHERE v.accepted = 0 AND v.attempt ="
        " (SELECT max(id) FROM attempts WHERE claim = ?) ORDER BY v.answer, v.code",
        claim,
    )
