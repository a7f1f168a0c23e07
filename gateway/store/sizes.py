"""How many bytes claims and their levels have where they came from."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gateway.layout import weight
from gateway.store.connection import Tx


def of_levels(tx: Tx, levels: Sequence[int]) -> dict[int, int]:
    """The bytes of each of these levels, by row."""
    if not levels:
        return {}
    found = tx.all(
        "SELECT id, last_byte - first_byte AS bytes FROM levels WHERE id IN (SELECT value FROM json_each(?))",
        json.dumps(levels),
    )
    return {row["id"]: row["bytes"] for row in found}


def weights(tx: Tx, claims: Sequence[int]) -> dict[int, int]:
    """The most bytes that each of these claims has as it is sent, with all its levels."""
    held = ",".join("?" * len(claims))
    rows = tx.all(f"SELECT id, levels, last_byte - first_byte AS bytes FROM claims WHERE id IN ({held})", *claims)
    above = {row["id"]: [int(level) for level in row["levels"].split()] for row in rows}
    known = of_levels(tx, sorted({level for levels in above.values() for level in levels}))
    return {row["id"]: weight(row["bytes"], [known[level] for level in above[row["id"]]]) for row in rows}
