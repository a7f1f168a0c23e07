"""Remittances as they came: their sums, and what does not add up."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gateway.codec import day, money
from gateway.model.answers import Remittance
from gateway.remittance import Balance, Imbalance, Sums
from gateway.store.connection import Row, Tx
from gateway.store.standings import IN_ORDER

_MOST_SHOWN = 200
"""So many differences of one remittance are kept: one that is wrong throughout is wrong in one way."""


def enter(
    tx: Tx, answer: int, payer: str, remittance: Remittance, checked: Balance, repeats: int | None, *, restated: bool
) -> int:
    """One remittance, whether it balances or not; `repeats` is the one of the same payment that was posted before, in
    another form or, where it is `restated`, with other claims or money."""
    values = {
        "answer": answer,
        "payer": payer,
        "trace": remittance.trace,
        "originator": remittance.originator,
        "amount": money(remittance.amount),
        "paid_on": day(remittance.payment_date),
        "produced_on": day(remittance.produced_on),
        "balanced": int(checked.balanced),
        "adjustments": json.dumps(
            [[a.provider, a.reason, a.reference, money(a.amount)] for a in remittance.provider_adjustments]
        ),
        "handling": remittance.handling,
        "method": remittance.method,
        "payer_name": remittance.payer_name,
        "payee_npi": remittance.payee_npi,
        "payee_tax_id": remittance.payee_tax_id,
        "sums": json.dumps(_sums(checked.sums)),
        "imbalances": json.dumps(_shown(checked.imbalances)),
        "warnings": json.dumps(_shown(checked.warnings)),
        "repeats": repeats,
        "restated": int(restated),
    }
    marks = ", ".join("?" * len(values))
    return tx.run(f"INSERT INTO remittances ({', '.join(values)}) VALUES ({marks})", *values.values())


def _sums(sums: Sums) -> dict[str, object]:
    return {
        "claims": sums.claims,
        "lines": sums.lines,
        "charged": money(sums.charged),
        "adjusted": money(sums.adjusted),
        "paid": money(sums.paid),
        "provider_level": money(sums.provider_level),
    }


def _shown(found: Sequence[Imbalance]) -> list[tuple[str, str, str, str | None]]:
    return [(each.level.value, each.place, each.equation, money(each.difference)) for each in found[:_MOST_SHOWN]]


_REMITTANCE = (
    "SELECT r.*, a.lane, a.usage, a.document, a.ordinal AS place, a.matched, a.unmatched, a.read_at,"
    " l.deposit, l.how AS linked_by"
    " FROM remittances r JOIN answers a ON a.id = r.answer"
    " LEFT JOIN bank_links l ON l.remittance = r.id AND l.ended_at IS NULL"
)


def rows(tx: Tx, payer: str = "", unbalanced: bool = False, limit: int = 1000) -> list[Row]:
    """Remittances, newest first; `unbalanced` are those that do not add up, or state a posted payment otherwise and
    nobody has chosen yet."""
    return tx.all(
        f"{_REMITTANCE} WHERE (?1 = '' OR r.payer = ?1) AND (NOT ?2 OR NOT r.balanced OR (r.restated AND r.choice IS NULL))"
        " ORDER BY r.id DESC LIMIT ?3",
        payer,
        int(unbalanced),
        limit,
    )


def one(tx: Tx, remittance: int) -> Row | None:
    """One remittance."""
    return tx.one(f"{_REMITTANCE} WHERE r.id = ?", remittance)


def payment_of(row: Row) -> tuple[str, str, str, str, str]:
    """What a remittance's payment is known by: trace, who pays as it says, payer, payer's name, usage."""
    return row["trace"], row["originator"], row["payer"], row["payer_name"], row["usage"]


def of_payment(tx: Tx, trace: str, originator: str, payer: str, payer_name: str, usage: str) -> list[Row]:
    """All that balances and is of this payment, in the order it came. Two payers may have the same trace, and a test is not
    paid."""
    return tx.all(
        f"{_REMITTANCE} WHERE r.trace = ?1 AND a.usage = ?5 AND r.balanced AND CASE WHEN r.payer <> '' AND ?3 <> ''"
        " THEN r.payer = ?3 WHEN ?2 <> '' THEN r.originator = ?2 ELSE r.originator = '' AND r.payer_name = ?4 END"
        " ORDER BY r.id",
        *(trace, originator, payer, payer_name, usage),
    )


def claim_level(tx: Tx, remittance: int, limit: int = -1) -> list[Row]:
    """Its lines of the ledger of claims, in the order of the document, at most so many."""
    return tx.all(
        "SELECT d.*, c.state, c.standing FROM adjudications d LEFT JOIN claims c ON c.id = d.claim"
        " WHERE d.remittance = ? ORDER BY d.ordinal LIMIT ?",
        remittance,
        limit,
    )


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """Every line of the ledger that is this claim's, in the order that counts; `takes_back` where it undoes another."""
    return tx.all(
        "SELECT d.*, r.trace, r.paid_on, r.opposite < r.id AS takes_back FROM adjudications d"
        " JOIN remittances r ON r.id = d.remittance WHERE d.claim = ?"
        f" ORDER BY {IN_ORDER}, d.ordinal, d.id",
        claim,
    )
