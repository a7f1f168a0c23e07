"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.model.claims import Claim
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Evidence
from gateway.model.registry import Credential, GroupRecord, Membership, ProviderRecord, Statement
from gateway.store import registry, roster
from gateway.store.connection import Tx


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = roster.of_claims(tx, list(claims))
    stated = _stated(tx, claims)
    return {claim: _evidence(enrollments.get(claim, ()), stated[claim]) for claim in claims}


def _stated(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, tuple[Statement, ...]]:
    """What the registry says of the NPIs that each claim names, and of the groups under its tax id."""
    npis = roster.npis_of(tx, list(claims))
    by_npi = registry.of_npis(tx, sorted({npi for named in npis.values() for npi in named}))
    tins = {id: claim.billing.tax_id for id, claim in claims.items()}
    by_tin = registry.groups_of_tins(tx, [tin for tin in tins.values() if tin])
    return {
        id: tuple(
            {
                one.id: one
                for one in (
                    *(one for npi in npis.get(id, ()) for one in by_npi.get(npi, ())),
                    *by_tin.get(tins[id], ()),
                )
            }.values()
        )
        for id in claims
    }


def _evidence(enrollments: tuple[Enrollment, ...], stated: tuple[Statement, ...]) -> Evidence:
    return Evidence(
        enrollments=enrollments,
        memberships=tuple(one for one in stated if isinstance(one, Membership)),
        credentials=tuple(one for one in stated if isinstance(one, Credential)),
        providers=tuple(one for one in stated if isinstance(one, ProviderRecord)),
        groups=tuple(one for one in stated if isinstance(one, GroupRecord)),
    )
