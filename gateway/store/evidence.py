"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.claims import Claim
from gateway.model.evidence import Evidence
from gateway.store import proposal_rows, roster
from gateway.store.connection import Tx


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = roster.of_claims(tx, list(claims))
    questions = proposal_rows.questions(tx, claims)
    return {
        claim: Evidence(enrollments=enrollments.get(claim, ()), questions=questions.get(claim, ())) for claim in claims
    }
