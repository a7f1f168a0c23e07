"""What the records say of one provider at one payer on one day: the same rule as for a claim of that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from gateway.desk.roster import listed
from gateway.enrollment.coverage import coverage
from gateway.enrollment.spans import Days
from gateway.enrollment.words import WORDS
from gateway.errors import Refused
from gateway.model.enrollment import BILLING_KINDS
from gateway.npi import is_npi
from gateway.store import roster
from gateway.workers.site import Site

Data = dict[str, Any]


async def check(site: Site, npi: str, payer: str, day: str) -> Data:
    """Whether the records cover a day (YYYY-MM-DD), with the reason as `code`, `message` and `next`, and the `records`
    it rests on. Which TIN, place or line of business a claim has is not asked. Raises Refused for what is no NPI and for
    a payer that is not declared."""
    declared = site.registry.payers.get(payer)
    if declared is None:
        keys = ", ".join(sorted(site.registry.payers)) or "none yet"
        raise Refused(f"there is no payer {payer}", code="PAYER_KEY", next_step=f"Payers are {keys}.")
    if not is_npi(npi):
        raise Refused("that is not an NPI", code="NPI_KEY", next_step="Give ten digits with a valid check digit.")
    wanted = date.fromisoformat(day)
    records = [each for each in await site.store.read(roster.current, npi, payer) if each.kind in BILLING_KINDS]
    found = coverage(Days(wanted, wanted), records, declared, site.today())
    words = WORDS[found.code]
    return {
        "covered": found.releases,
        "code": found.code.value,
        "message": words.message.format(who="the provider"),
        "next": words.next_step,
        "records": [listed(record) for record in found.cited],
    }
