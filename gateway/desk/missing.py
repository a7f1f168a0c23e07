"""What a site has to have before any claim can go."""

from __future__ import annotations

from typing import Any

from gateway.store import roster
from gateway.workers.site import Site

Data = dict[str, Any]


async def missing(site: Site) -> list[Data]:
    """What is not there yet, each with the way to it."""
    found = []
    if not site.directory.lanes:
        step = (
            "Take a payer's declaration over (`gateway plugin shipped`) or write one (`gateway plugin new NAME`); then say"
            " who you are there in conf/partners/ and which payer goes that way in conf/routes.toml."
        )
        found.append({"what": "no claim can be sent: there is no account at any partner", "next": step})
    if await site.store.read(roster.is_empty):
        step = "`gateway roster import FILE`: `gateway roster export FILE.xlsx` writes a workbook with all columns."
        found.append({"what": "the roster is empty: nobody is on record as enrolled with any payer", "next": step})
    return found
