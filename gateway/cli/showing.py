"""Records of the roster as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.cli import show
from gateway.sheets import SHEET, SHEETS

Rows = Sequence[Mapping[str, Any]]
_HEADINGS = {
    "id": "ID",
    "provider_npi": "Provider NPI",
    "group_npi": "Group NPI",
    "effective_from": "From",
    "effective_to": "To",
    "first_day": "From",
    "last_day": "To",
    "retro_from": "Retroactive from",
    "tax_id": "TIN",
    "billing_npi": "Billing NPI",
    "line_of_business": "LOB",
    "payer_assigned_id": "Payer's id",
    "observed_on": "Seen on",
    "entity_type": "Entity",
    "document": "Evidence",
}
_ALWAYS = {
    "provider_npi",
    "payer",
    "state",
    "kind",
    "effective_from",
    "effective_to",
    "tax_id",
    "first_day",
    "last_day",
}


def tables(rows: Rows, title: str = "") -> None:
    """Records under the columns of their sheets, without the columns that are empty in all of them."""
    for sheet in SHEETS.values():
        mine = [row for row in rows if row[SHEET] == sheet.name]
        if mine:
            names = ["id", *sheet.names, "document"]
            used = [n for n in names if n in _ALWAYS or any(row.get(n) not in (None, "", "*") for row in mine)]
            headings = {n: _HEADINGS.get(n, n.replace("_", " ").capitalize()) for n in used}
            show.table(mine, headings, empty="", title=f"{title}{sheet.name}".lstrip())
