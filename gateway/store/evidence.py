"""Gather what the gate may know of the providers that claims name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from gateway.codec import day
from gateway.likeness import substituted
from gateway.lists.merging import Named
from gateway.model.claims import Claim
from gateway.model.enrollment import Enrollment
from gateway.model.evidence import Evidence, Recollection
from gateway.model.registry import Credential, GroupRecord, Membership, ProviderRecord, Statement
from gateway.store import lists, loading, proposal_rows, registry, roster
from gateway.store.connection import Tx

PAUSE = timedelta(days=30)
"""After so long without a substitute's service an absence is another one."""


def of_claims(tx: Tx, claims: Mapping[int, Claim]) -> dict[int, Evidence]:
    """For each of these claims, by its row, what is believed now of every provider it names."""
    enrollments = loading.as_loaded(tx, roster.of_claims(tx, list(claims)))
    stated, questions = _stated(tx, claims), proposal_rows.questions(tx, claims)
    named = _named(one for of_claim in stated.values() for one in of_claim)
    shelf = lists.shelf_of(tx, {npi for claim in claims.values() for npi in _npis(claim)}, named)
    pairs, kept = _pairs(enrollments.values()), roster.agreements_kept(tx)
    recollection: Recollection = {}
    return {
        id: replace(
            _of_statements(stated[id]),
            enrollments=enrollments.get(id, ()),
            questions=questions.get(id, ()),
            shelf=shelf,
            pairs=pairs,
            kept=kept,
            away_since=_away(tx, claim),
            recollection=recollection,
        )
        for id, claim in claims.items()
    }


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


def _named(stated: Iterable[Statement]) -> dict[str, Named]:
    """What the practice calls its people, for whom NPPES does not know."""
    return {one.npi: Named(one.last_name, one.first_name) for one in stated if isinstance(one, ProviderRecord)}


def _of_statements(stated: tuple[Statement, ...]) -> Evidence:
    return Evidence(
        memberships=tuple(one for one in stated if isinstance(one, Membership)),
        credentials=tuple(one for one in stated if isinstance(one, Credential)),
        providers=tuple(one for one in stated if isinstance(one, ProviderRecord)),
        groups=tuple(one for one in stated if isinstance(one, GroupRecord)),
    )


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


def _pairs(of_claims: Iterable[tuple[Enrollment, ...]]) -> dict[tuple[str, str], tuple[Enrollment, ...]]:
    """Every record once, by provider and payer: an index for all claims, so that none looks through what is not its own."""
    found: dict[tuple[str, str], list[Enrollment]] = {}
    for record in {record.id: record for records in of_claims for record in records}.values():
        found.setdefault((record.provider_npi, record.payer), []).append(record)
    return {pair: tuple(records) for pair, records in found.items()}


def _npis(claim: Claim) -> set[str]:
    """Whoever the claim names in any role."""
    return {claim.billing.npi, *(provider.npi for provider in claim.providers)}
