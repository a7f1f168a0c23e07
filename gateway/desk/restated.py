"""What a payment says otherwise that was posted before: for whoever asks the payer which of both holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from gateway.desk.choosing import stated as stated_in
from gateway.errors import GatewayError
from gateway.store import documents, remittances
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]
_Sums = dict[tuple[str, str, str], Decimal]


async def said_otherwise(site: Site, row: Row) -> list[Data]:
    """The claims, by CLP01, CLP07 and CLP02, to which this remittance and the one that was posted give other money, in the
    order of their numbers. `posted` or `stated` is None where one of them does not name the claim. Empty where the
    remittance is no second statement, or its document cannot be opened."""
    if not row["restated"]:
        return []
    try:
        stated = await site.thread(
            _stated, site, await site.store.read(documents.name_of, row["document"]), row["place"]
        )
    except GatewayError:
        return []
    before = await site.store.read(remittances.claim_level, row["repeats"])
    posted = _summed(
        (each["control_number"], each["reference"], each["status"], Decimal(each["paid"])) for each in before
    )
    return [_line(key, posted.get(key), stated.get(key)) for key in sorted(posted.keys() | stated.keys())
            if posted.get(key) != stated.get(key)]  # fmt: skip


def _stated(site: Site, name: str, place: int) -> _Sums:
    found = stated_in(site, name, place)
    claims = found.claims if found else ()
    return _summed((each.claim, each.payer_control_number, each.status, each.paid) for each in claims)


def _summed(claims: Iterable[tuple[str, str, str, Decimal]]) -> _Sums:
    found: _Sums = defaultdict(Decimal)
    for ours, theirs, status, paid in claims:
        found[ours, theirs, status] += paid
    return dict(found)


def _line(key: tuple[str, str, str], posted: Decimal | None, stated: Decimal | None) -> Data:
    ours, theirs, status = key
    return {
        "control_number": ours,
        "payer_number": theirs,
        "status": status,
        "posted": None if posted is None else format(posted, "f"),
        "stated": None if stated is None else format(stated, "f"),
    }
