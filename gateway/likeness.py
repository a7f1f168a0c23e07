"""What makes two claims the same service, and whose services a substitute did: read off a claim when it comes in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from hashlib import blake2b

from gateway.model.claims import Claim
from gateway.named import SUBSTITUTE_MODIFIERS

ORIGINAL, RENDERING = "1", "82"
_day = lru_cache(maxsize=4096)(str)  # many claims are of few days


def likeness(claim: Claim) -> bytes:
    """8 bytes over payer, member, rendering providers, days, procedures and charge of an original claim: payers deny
    the second of two as a duplicate (CARC 18). Empty for a replacement or void, and where there is no service."""
    if claim.frequency != ORIGINAL or not claim.lines:
        return b""
    rendering = sorted({p.npi for p in claim.providers if p.role == RENDERING}) or [claim.billing.npi]
    services = [
        (_day(line.first_day), _day(line.last_day), line.procedure, line.revenue_code, *sorted(line.modifiers))
        for line in claim.lines
    ]
    services.sort()
    alike = (claim.payer_id, claim.member_id, claim.patient.born, claim.charge, rendering, services)
    return blake2b(repr(alike).encode(), digest_size=8).digest()


def substituted(claim: Claim) -> tuple[tuple[str, date], ...]:
    """(NPI of the regular physician, day) of each service that modifier Q5 or Q6 says a substitute did."""
    days: set[tuple[str, date]] = set()
    for line in claim.lines:
        if line.first_day and not SUBSTITUTE_MODIFIERS.isdisjoint(line.modifiers):
            days |= {(npi, line.first_day) for npi in _regular(claim, line.number)}
    return tuple(sorted(days))


def _regular(claim: Claim, line: int) -> set[str]:
    found = {p.line: p.npi for p in claim.providers if p.role == RENDERING}
    return {found.get(line, found.get(None, claim.billing.npi))} - {""}
