"""Which provider a finding is about, by the loop of its place."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.checks.providers import LOOPS
from gateway.model.claims import Claim, ClaimKind, Finding
from gateway.named import billing_key

# An atypical provider is known by the payer's own number, in 2010BB.
_BILLING = ("2010AA/", "2010BB/REF")

_ROLES: Mapping[ClaimKind, Mapping[str, frozenset[str]]] = {
    kind: {
        loop: frozenset(role for role, loops in roles.items() if loop in loops)
        for loop in {loop for loops in roles.values() for loop in loops}
    }
    for kind, roles in LOOPS.items()
}


def whom(claim: Claim, finding: Finding) -> str:
    """The NPI of the provider (of an atypical one the payer's number); empty where it is about none, or one without."""
    if finding.place.startswith(_BILLING):
        return billing_key(claim)
    loop = finding.place.partition("/")[0]
    roles = _ROLES[claim.kind].get(loop, frozenset())
    line = finding.line if loop.startswith("24") else None
    return next((one.npi for one in claim.providers if one.role in roles and one.line == line), "")
