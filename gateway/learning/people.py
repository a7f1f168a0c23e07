"""Which provider of a claim an answer means by a role."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.claims import Claim, ClaimKind
from gateway.named import billing_key

BILLING, RENDERING = "85", "82"
_OF_BILLING = frozenset({BILLING, "87", "41"})
"""Pay-to and submitter have no records of their own: both stand for the billing provider."""


def rendering_of(claim: Claim, line: int | None = None) -> tuple[str, str]:
    """Role and NPI of whoever rendered: of the line, else of the claim; where nobody is named, and on institutional
    claims, the billing provider."""
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        by_line = {p.line: p.npi for p in reversed(claim.providers) if p.role == RENDERING and p.npi}
        npi = by_line.get(line) or by_line.get(None)
        if npi:
            return RENDERING, npi
        if line is None and by_line:
            return RENDERING, by_line[min(number for number in by_line if number is not None)]
    return BILLING, billing_key(claim)


def named(roles: Sequence[str], claim: Claim, line: int | None = None) -> tuple[str, str, bool]:
    """Role and NPI of the first of these roles that the claim names, and whether that is certain: it is not where
    several of its lines name different ones. No NPI where nobody is named, for then no record can be wrong."""
    for role in roles:
        if role in _OF_BILLING:
            return BILLING, billing_key(claim), True
        people = [p for p in claim.providers if p.role == role and p.npi]
        if not people and role != RENDERING:
            continue
        certain = len({p.npi for p in people}) <= 1
        if role == RENDERING:
            return *rendering_of(claim, line), certain or line is not None
        own = [p for p in people if p.line == line] or [p for p in people if p.line is None] or people
        return role, own[0].npi, certain or line is not None
    return "", "", False


def names(claim: Claim, role: str, npi: str) -> bool:
    """Whether a claim rests on this provider in this role. Who may not render may not bill either, and the reverse: to
    the payer it is the same provider."""
    if role in (BILLING, RENDERING):
        return npi == billing_key(claim) or any(p.role == RENDERING and p.npi == npi for p in claim.providers)
    return any(p.role == role and p.npi == npi for p in claim.providers)
