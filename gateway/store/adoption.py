"""Money that came before anybody knew whose it was: matched again, by the rules for all money, once more is known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from gateway.matching import PaymentMatch, keys_of_payments, match_payments
from gateway.model.answers import ClaimPayment
from gateway.model.partners import Lane
from gateway.remittance import adjudge
from gateway.store import denials, proposals, provider_level, sent
from gateway.store.connection import Row, Tx
from gateway.store.denial_lists import in_force
from gateway.store.payment_codec import as_payment
from gateway.store.posting import carriers_of, prove
from gateway.store.standings import reckon

_ALONE = (
    "SELECT d.id, d.payment, d.reference, d.control_number, r.id AS remittance, r.payer, r.originator, r.trace,"
    " n.id AS answer, n.usage, n.lane FROM json_each(?) k CROSS JOIN adjudications d ON d.{key} = k.value"
    " CROSS JOIN remittances r ON r.id = d.remittance CROSS JOIN answers n ON n.id = r.answer WHERE d.payment IS NOT NULL"
    " AND r.opposite IS NULL"
)


def adopt(tx: Tx, lane: Lane, answer: int, numbers: Iterable[str]) -> None:
    """These payer claim numbers are known now: what was paid under them without a claim finds it. What that makes known
    may place more."""
    asked: set[str] = set()
    wanted = {*numbers} - {""}
    while wanted:
        asked |= wanted
        placed = [row for some in _alone(tx, wanted) for row in _place(tx, lane, answer, some)]
        wanted = {row["reference"] for row in placed} - asked - {""}


def adoptable(tx: Tx, numbers: Iterable[str]) -> set[str]:
    """Those of these payer claim numbers that money without a claim has, and money of a claim too."""
    found = tx.all(
        "SELECT DISTINCT k.value AS number FROM json_each(?) k WHERE k.value <> '' AND (EXISTS (SELECT 1 FROM"
        " adjudications a WHERE a.reference = k.value AND a.payment IS NOT NULL) OR EXISTS (SELECT 1 FROM adjudications a"
        " WHERE a.original = k.value AND a.payment IS NOT NULL)) AND EXISTS (SELECT 1 FROM adjudications m"
        " WHERE m.reference = k.value AND m.claim IS NOT NULL)",
        json.dumps([*numbers]),
    )
    return {row["number"] for row in found}


def _alone(tx: Tx, numbers: Collection[str]) -> Iterator[list[Row]]:
    """Lines of the ledger without a claim, remittance by remittance."""
    asked = json.dumps(sorted(numbers))
    found = {row["id"]: row for key in ("reference", "original") for row in tx.all(_ALONE.format(key=key), asked)}
    ordered = sorted(found.values(), key=lambda row: (row["remittance"], row["id"]))
    for _, some in groupby(ordered, key=lambda row: row["remittance"]):
        yield list(some)


def _place(tx: Tx, lane: Lane, answer: int, rows: Sequence[Row]) -> list[Row]:
    """Those of one remittance that find their claim now."""
    first, payments = rows[0], [as_payment(row["payment"]) for row in rows]
    matches = _matched(tx, lane, first, payments)
    found = [(row, match) for row, match in zip(rows, matches, strict=True) if match.claim is not None]
    if not found:
        return []
    _keep(tx, first["answer"], found)
    placed = [row for row, _ in found]
    provider_level.link(tx, first["payer"], [row["reference"] for row in placed], [r["control_number"] for r in placed])
    claims = [match.claim for _, match in found if match.claim is not None]
    attempts = [match.attempt for _, match in found if match.attempt is not None and match.attempt > 0]
    prove(tx, lane, carriers_of(tx, attempts), "835")
    reckon(tx, answer, claims)
    decisions = [adjudge(payment, in_force(tx)) for payment in payments]
    statement = f"835 {first['originator']} {first['trace']}"
    proposals.take(tx, answer, proposals.words_of(tx, statement, zip(payments, matches, decisions, strict=True)))
    denials.reckon(tx, answer, claims)
    return placed


def _matched(tx: Tx, lane: Lane, of: Row, payments: Sequence[ClaimPayment]) -> Sequence[PaymentMatch]:
    """What these payments of one remittance are found for by all that is known now."""
    payers = {of["payer"]} if of["payer"] else set(lane.partner.payers) if of["lane"] == lane.key else set()
    keys = keys_of_payments(payments)
    candidates = sent.candidates_of(tx, lane, keys)
    return match_payments(
        payments, of["usage"], payers, candidates, sent.earlier_payments(tx, keys.payer_control_numbers)
    )


def unplaced(tx: Tx, lane: Lane, remittance: int, limit: int) -> dict[int, PaymentMatch]:
    """By the place in its document why each of the first payments of a remittance that found no claim finds none."""
    rows = tx.all(
        "SELECT d.ordinal, d.payment, r.payer, n.usage, n.lane FROM adjudications d JOIN remittances r ON r.id ="
        " d.remittance JOIN answers n ON n.id = r.answer WHERE d.remittance = ? AND d.payment IS NOT NULL"
        " ORDER BY d.ordinal LIMIT ?",
        remittance,
        limit,
    )
    if not rows:
        return {}
    matches = _matched(tx, lane, rows[0], [as_payment(row["payment"]) for row in rows])
    return {row["ordinal"]: match for row, match in zip(rows, matches, strict=True)}


def _keep(tx: Tx, came_with: int, found: Sequence[tuple[Row, PaymentMatch]]) -> None:
    tx.many(
        "UPDATE adjudications SET claim = ?, payment = NULL WHERE id = ?",
        [(match.claim, row["id"]) for row, match in found],
    )
    tx.run("UPDATE answers SET matched = matched + ?1, unmatched = unmatched - ?1 WHERE id = ?2", len(found), came_with)
