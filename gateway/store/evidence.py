"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.evidence import Evidence
from gateway.store import roster
from gateway.store.connection import Tx


def of_claims(tx: Tx, claims: Sequence[int]) -> dict[int, Evidence]:
    """For each of these claims what is believed now of every provider it depends on."""
    enrollments = roster.of_claims(tx, claims)
    return {claim: Evidence(enrollments=enrollments.get(claim, ())) for claim in claims}
