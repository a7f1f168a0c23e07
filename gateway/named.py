"""Whom a claim names, by number."""

from __future__ import annotations

from gateway.model.claims import Claim

# Q5: reciprocal arrangement. Q6: fee-for-time. Both bill a substitute's work in the regular physician's name.
SUBSTITUTE_MODIFIERS = frozenset({"Q5", "Q6"})


def npis_of(claim: Claim) -> set[str]:
    """The providers whose records can change what is said of the claim, by number: who bills, and whoever else is named,
    for lists and payers' answers speak of every role."""
    npis = {provider.npi for provider in claim.providers}
    npis.add(billing_key(claim))
    npis.discard("")
    return npis


def billing_key(claim: Claim) -> str:
    """The billing NPI, or the payer's own number (2010BB REF*G2) of an atypical provider."""
    return claim.billing.npi or claim.billing.secondary_id
