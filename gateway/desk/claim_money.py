"""What was paid, denied and taken back for one claim, and whom it was passed on to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from gateway.remittance.crossover import said_of_crossover
from gateway.remittance.provider_level import meaning_of
from gateway.store import provider_level, remittances
from gateway.store.connection import Row
from gateway.workers.site import Site

Data = dict[str, Any]


PAID_TOO_MUCH = (
    "It was paid more than was charged: compare the remittances. If the payer paid it twice, return what is too much or ask"
    " for a reversal."
)


def paid_too_much(charges: Iterable[str | None], paid: Iterable[str]) -> bool:
    """Whether what was paid for all versions of a claim, less what was taken back, is more than the highest charge of
    them."""
    known = [Decimal(charge) for charge in charges if charge is not None]
    return bool(known) and sum(map(Decimal, paid), Decimal()) > max(known)


async def money_of(site: Site, claim: int) -> Data:
    """The claim's own ledger in the order that counts, and what a PLB took back or added for it: the payer settles that
    with the provider, so it is no part of the claim's sum."""
    ledger = await site.store.read(remittances.of_claim, claim)
    provider = await site.store.read(provider_level.of_claim, claim)
    return {
        "ledger": [_line(row) for row in ledger],
        "provider_level": [_taken(row) for row in provider],
    }


def _line(row: Row) -> Data:
    names = ("remittance", "trace", "paid_on", "status", "outcome", "charge", "paid", "patient", "code")
    said = said_of_crossover(row["status"], json.loads(row["carriers"]))
    known = {name: row[name] for name in names} | ({"outcome": "TAKEN_BACK"} if row["takes_back"] else {})
    return {**known, "payer_number": row["reference"], "passed_on": " ".join(said)}


def _taken(row: Row) -> Data:
    names = ("remittance", "trace", "paid_on", "reason", "reference", "amount")
    return {**{name: row[name] for name in names}, "meaning": meaning_of(row["reason"])}
