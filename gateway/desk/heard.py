"""What acknowledgments said of one claim, as people read it."""

from __future__ import annotations

from typing import Any

from gateway.matching.words import meaning
from gateway.store import heard
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]

_SAYS = {1: "accepted", 0: "refused", None: "noted"}


async def acknowledged(site: Site, claim: int) -> list[Data]:
    """Each word of a TA1, 999 or 277CA on a claim, first what was read first."""
    return [_said(row) for row in await site.store.read(heard.of_claim, claim)]


def _said(row: Row) -> Data:
    form = row["form"]
    return {
        "form": form,
        "by": ("clearinghouse", "payer")[row["stage"]] if form == "277CA" else "partner",
        "says": _SAYS[row["accepted"]],
        "dated": row["dated"],
        "code": row["code"],
        "place": row["place"],
        "means": meaning(row["code"], row["place"]) if row["code"] else "",
        "submission": row["submission"],
        "read_at": row["read_at"],
    }
