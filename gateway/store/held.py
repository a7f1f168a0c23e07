"""What holds the claims that are held."""

from __future__ import annotations

from gateway.store.connection import Row, Tx


def waiting(tx: Tx) -> list[Row]:
    """Every held claim, the nearest filing limit first: its money, days, the code that leads and all its grounds."""
    return tx.all(
        "SELECT id, payer, code, charge, first_day, last_day, filing_due, grounds FROM claims WHERE state = 'HELD'"
        " ORDER BY filing_due IS NULL, filing_due, id"
    )
