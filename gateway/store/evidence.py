"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.model.claims import Claim
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Evidence
from gateway.store import roster
from gateway.store.connection import Tx


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = roster.of_claims(tx, list(claims))
    pairs, kept = _pairs(enrollments.values()), roster.agreements_kept(tx)
    return {claim: Evidence(enrollments=enrollments.get(claim, ()), pairs=pairs, kept=kept) for claim in claims}


def _pairs(of_claims: Iterable[tuple[Enrollment, ...]]) -> dict[tuple[str, str], tuple[Enrollment, ...]]:
    """Every record once, by provider and payer: an index for all claims, so that none looks through what is not its own."""
    found: dict[tuple[str, str], list[Enrollment]] = {}
    for record in {record.id: record for records in of_claims for record in records}.values():
        found.setdefault((record.provider_npi, record.payer), []).append(record)
    return {pair: tuple(records) for pair, records in found.items()}
