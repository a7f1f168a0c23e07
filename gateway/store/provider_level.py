"""The ledger at the provider's level: each pair of a PLB, and what its reference names, whichever of the two came first."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gateway.codec import money
from gateway.model.answers import ProviderAdjustment
from gateway.store.connection import Row, Tx
from gateway.store.standings import IN_ORDER

_ORDER = f"{IN_ORDER}, r.id"


def enter(tx: Tx, remittance: int, adjustments: Iterable[ProviderAdjustment]) -> None:
    """Lines of the ledger, as they stand in the 835. What they name is found by `link`."""
    tx.many(
        "INSERT INTO provider_adjustments (remittance, ordinal, provider, reason, reference, amount)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (remittance, ordinal, each.provider, each.reason, each.reference, money(each.amount))
            for ordinal, each in enumerate(adjustments)
        ],
    )


def link(tx: Tx, payer: str, *names: Iterable[str]) -> None:
    """Find anew what these names mean in every line of this payer that has one of them: the payer's claim number, else
    ours, else the number of a payment."""
    asked = json.dumps(sorted({name for some in names for name in some} - {""}))
    for row in tx.all(
        "SELECT p.id, p.reference, p.remittance FROM json_each(?) k CROSS JOIN provider_adjustments p"
        " ON p.reference = k.value COLLATE NOCASE CROSS JOIN remittances r ON r.id = p.remittance WHERE r.payer = ?",
        asked,
        payer,
    ):
        claim, origin = _named(tx, row, payer)
        tx.run("UPDATE provider_adjustments SET claim = ?, origin = ? WHERE id = ?", claim, origin, row["id"])


def _named(tx: Tx, row: Row, payer: str) -> tuple[int | None, int | None]:
    """The claim, and the first remittance that adjudicated it otherwise than by a reversal; none where several fit."""
    for condition in ("d.reference = ?", "d.control_number = ? COLLATE NOCASE"):
        found = tx.all(
            "SELECT d.claim, d.remittance, d.status FROM adjudications d JOIN remittances r ON r.id = d.remittance"
            f" WHERE {condition} AND r.payer = ? AND d.claim IS NOT NULL AND r.opposite IS NULL"
            f" ORDER BY {_ORDER}, d.ordinal",
            row["reference"],
            payer,
        )
        if found:
            if len({each["claim"] for each in found}) > 1:
                return None, None
            return found[0]["claim"], next((each["remittance"] for each in found if each["status"] != "22"), None)
    earlier = tx.all(
        "SELECT id FROM remittances WHERE trace = ? AND payer = ? AND id <> ? AND repeats IS NULL AND balanced"
        " AND opposite IS NULL",
        row["reference"],
        payer,
        row["remittance"],
    )
    return None, earlier[0]["id"] if len(earlier) == 1 else None


def of_remittance(tx: Tx, remittance: int) -> list[Row]:
    """Its lines, with what they point to."""
    return tx.all(
        "SELECT p.*, c.control_number, o.trace AS origin_trace FROM provider_adjustments p"
        " LEFT JOIN claims c ON c.id = p.claim LEFT JOIN remittances o ON o.id = p.origin"
        " WHERE p.remittance = ? ORDER BY p.ordinal",
        remittance,
    )


def of_claim(tx: Tx, claim: int) -> list[Row]:
    """What was taken back or added for one claim at the provider's level: no part of its own sums."""
    return tx.all(
        "SELECT p.*, r.trace, r.paid_on FROM provider_adjustments p JOIN remittances r ON r.id = p.remittance"
        " WHERE p.claim = ? ORDER BY p.id",
        claim,
    )
