"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.claims import Claim
from gateway.model.evidence import Evidence
from gateway.store import lists, roster
from gateway.store.connection import Tx


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = roster.of_claims(tx, list(claims))
    shelf = lists.shelf_of(tx, {npi for claim in claims.values() for npi in _npis(claim)})
    return {claim: Evidence(enrollments=enrollments.get(claim, ()), shelf=shelf) for claim in claims}


def _npis(claim: Claim) -> set[str]:
    """Whoever the claim names in any role."""
    return {claim.billing.npi, *(provider.npi for provider in claim.providers)}
