"""Enrollment records: dated, never overwritten, and the claims that a change concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

from gateway import events as e
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.store.codec import as_day, day
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_FIELDS = tuple(field.name for field in fields(Enrollment) if field.name != "id")
_COLUMNS = f"id, {', '.join(_FIELDS)}"
_DAYS = frozenset(
    {
        "effective_from",
        "effective_to",
        "retro_from",
        "observed_on",
        "submitted_on",
        "decided_on",
        "revalidation_due",
        "recred_due",
        "loads_on",
    }
)


def current(tx: Tx, npi: str = "", payer: str = "") -> list[Enrollment]:
    """The records believed now, all or of one provider or payer."""
    found = tx.all(
        f"SELECT {_COLUMNS} FROM enrollments WHERE superseded_at IS NULL AND (?1 = '' OR provider_npi = ?1)"
        " AND (?2 = '' OR payer = ?2) ORDER BY provider_npi, payer, tax_id, effective_from",
        npi,
        payer,
    )
    return [_enrollment(row) for row in found]


def of_claims(tx: Tx, claims: Sequence[int]) -> dict[int, tuple[Enrollment, ...]]:
    """The current records of every provider each claim names."""
    held = ",".join("?" * len(claims))
    pairs = tx.all(f"SELECT npi, claim FROM claim_providers WHERE claim IN ({held})", *claims)
    npis = sorted({row["npi"] for row in pairs})
    by_npi: dict[str, tuple[Enrollment, ...]] = {}
    for row in tx.all(
        f"SELECT {_COLUMNS} FROM enrollments WHERE superseded_at IS NULL"
        f" AND provider_npi IN ({','.join('?' * len(npis))}) ORDER BY id",
        *npis,
    ):
        by_npi[row["provider_npi"]] = (*by_npi.get(row["provider_npi"], ()), _enrollment(row))
    found: dict[int, tuple[Enrollment, ...]] = {}
    for row in pairs:
        found[row["claim"]] = found.get(row["claim"], ()) + by_npi.get(row["npi"], ())
    return found


def agreements_kept(tx: Tx) -> frozenset[tuple[str, EnrollmentKind]]:
    """The payers with which somebody's agreement about files is on record, by its kind."""
    rows = tx.all(
        "SELECT DISTINCT kind, payer FROM enrollments WHERE superseded_at IS NULL AND kind IN ('edi_837', 'era_835')"
    )
    return frozenset([(row["payer"], EnrollmentKind(row["kind"])) for row in rows])


def replace(tx: Tx, added: Sequence[Enrollment], superseded: Sequence[int], source: str) -> int:
    """Add records and supersede others by id, and have every waiting claim they concern judged again.

    Returns how many claims that is.
    """
    touched = {(record_.provider_npi, record_.payer) for record_ in added}
    for old in superseded:
        row = tx.one("SELECT provider_npi, payer FROM enrollments WHERE id = ?", old)
        if row:
            touched.add((row["provider_npi"], row["payer"]))
        tx.run("UPDATE enrollments SET superseded_at = ? WHERE id = ? AND superseded_at IS NULL", tx.at, old)
    for record_ in added:
        _insert(tx, record_)
    record(tx, e.RosterChanged(added=len(added), superseded=len(superseded), source=source))
    concerned = {claim for npi, payer in sorted(touched) for claim in _concerned(tx, npi, payer)}
    tx.many("UPDATE claims SET judge_on = ? WHERE id = ?", [(day(tx.today), claim) for claim in sorted(concerned)])
    return len(concerned)


def _insert(tx: Tx, r: Enrollment) -> None:
    values = [_stored(getattr(r, name)) for name in _FIELDS]
    tx.run(
        f"INSERT INTO enrollments ({', '.join(_FIELDS)}, recorded_at, recorded_by)"
        f" VALUES ({', '.join('?' * (len(values) + 2))})",
        *values,
        tx.at,
        tx.actor,
    )


def _stored(value: object) -> object:
    if isinstance(value, date):
        return day(value)
    return value.value if isinstance(value, StrEnum) else value


def _concerned(tx: Tx, npi: str, payer: str) -> list[int]:
    """Only the claims of this provider at this payer, and only those that still wait."""
    rows = tx.all(
        "SELECT c.id FROM claim_providers p JOIN claims c ON c.id = p.claim WHERE p.npi = ? AND c.payer = ?"
        " AND c.state IN ('HELD', 'READY')",
        npi,
        payer,
    )
    return [row["id"] for row in rows]


def _enrollment(row: Row) -> Enrollment:
    values: dict[str, Any] = {name: as_day(row[name]) if name in _DAYS else row[name] for name in _FIELDS}
    values |= {"state": EnrollmentState(values["state"]), "kind": EnrollmentKind(values["kind"])}
    return Enrollment(**values, id=row["id"])
