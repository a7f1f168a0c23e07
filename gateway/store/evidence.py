"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from gateway.likeness import substituted
from gateway.model.claims import Claim
from gateway.model.evidence import Evidence
from gateway.store import roster
from gateway.store.codec import day
from gateway.store.connection import Tx

PAUSE = timedelta(days=30)
"""After so long without a substitute's service an absence is another one."""


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = roster.of_claims(tx, list(claims))
    return {
        id: Evidence(enrollments=enrollments.get(id, ()), away_since=_away(tx, claim)) for id, claim in claims.items()
    }


def _away(tx: Tx, claim: Claim) -> dict[str, date]:
    """Since when substitutes have done the services of each regular physician whom this claim names with modifier Q5 or
    Q6: back to the last pause of more than `PAUSE`."""
    return {npi: _stretch(tx, npi, until) for npi, until in dict(substituted(claim)).items()}


def _stretch(tx: Tx, npi: str, until: date) -> date:
    since = until
    for row in tx.all("SELECT day FROM absences WHERE npi = ? AND day < ? ORDER BY day DESC", npi, day(until)):
        earlier = date.fromisoformat(row["day"])
        if since - earlier > PAUSE:
            break
        since = earlier
    return since
