"""Enrollment records: dated, never overwritten, and the claims that a change concerns."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import fields
from dataclasses import replace as with_fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from gateway import events as e
from gateway.codec import as_day, day
from gateway.enrollment.history import by_key, key_of, touches
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.store import registry
from gateway.store.connection import Row, Tx
from gateway.store.record import record

_FIELDS = tuple(field.name for field in fields(Enrollment) if field.name != "id")
_COLUMNS = f"id, {', '.join(_FIELDS)}"
_AGREEMENTS = frozenset({EnrollmentKind.EDI_837, EnrollmentKind.ERA_835})
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


def current(tx: Tx, npi: str = "", payer: str = "", believed: str = "") -> list[Enrollment]:
    """The records believed now, or at the moment `believed`; all or of one provider or payer."""
    found = tx.all(
        f"SELECT {_COLUMNS} FROM enrollments WHERE (?1 = '' OR provider_npi = ?1) AND (?2 = '' OR payer = ?2)"
        " AND CASE ?3 WHEN '' THEN superseded_at IS NULL"
        " ELSE recorded_at < ?3 AND (superseded_at IS NULL OR superseded_at >= ?3) END"
        " ORDER BY provider_npi, payer, tax_id, effective_from, id",
        npi,
        payer,
        believed,
    )
    return [enrollment(row) for row in found]


def is_empty(tx: Tx) -> bool:
    """Whether no enrollment was ever on record."""
    return tx.one("SELECT 1 FROM enrollments LIMIT 1") is None


def npis_of(tx: Tx, claims: Sequence[int]) -> dict[int, list[str]]:
    """The providers that each claim names, by NPI."""
    held = ",".join("?" * len(claims))
    found: dict[int, list[str]] = {}
    for row in tx.all(f"SELECT npi, claim FROM claim_providers WHERE claim IN ({held})", *claims):
        found.setdefault(row["claim"], []).append(row["npi"])
    return found


def of_claims(tx: Tx, claims: Sequence[int]) -> dict[int, tuple[Enrollment, ...]]:
    """The current records of every provider each claim names."""
    named = npis_of(tx, claims)
    npis = sorted({npi for each in named.values() for npi in each})
    by_npi: dict[str, tuple[Enrollment, ...]] = {}
    for row in tx.all(
        f"SELECT {_COLUMNS} FROM enrollments WHERE superseded_at IS NULL"
        f" AND provider_npi IN ({','.join('?' * len(npis))}) ORDER BY id",
        *npis,
    ):
        by_npi[row["provider_npi"]] = (*by_npi.get(row["provider_npi"], ()), enrollment(row))
    return {claim: tuple(r for npi in each for r in by_npi.get(npi, ())) for claim, each in named.items()}


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
    olds = [old for id in superseded if (old := one(tx, id))]
    supersede(tx, added, olds)
    record(tx, e.RosterChanged(added=len(added), superseded=len(superseded), source=source))
    return judge_again(tx, concerned(tx, [*added, *olds]))


def of_providers(tx: Tx, npis: Collection[str]) -> list[Enrollment]:
    """The records believed now of these providers."""
    found = tx.all(
        f"SELECT {_COLUMNS} FROM enrollments WHERE superseded_at IS NULL"
        " AND provider_npi IN (SELECT value FROM json_each(?)) ORDER BY id",
        json.dumps(sorted(npis)),
    )
    return [enrollment(row) for row in found]


def one(tx: Tx, id: int) -> Enrollment | None:
    """One record, whether it is believed or not."""
    row = tx.one(f"SELECT {_COLUMNS} FROM enrollments WHERE id = ?", id)
    return enrollment(row) if row else None


def supersede(tx: Tx, added: Sequence[Enrollment], superseded: Sequence[Enrollment]) -> None:
    """Add records, and let others end that are believed now; each of those tells which one took its place."""
    news = by_key([with_fields(new, id=_insert(tx, new)) for new in added])
    for old in superseded:
        by = next((new.id for new in news.get(key_of(old), ()) if touches(new, old)), None)
        tx.run(
            "UPDATE enrollments SET superseded_at = ?, superseded_by = ?, superseded_who = ?"
            " WHERE id = ? AND superseded_at IS NULL",
            tx.at,
            by,
            tx.actor,
            old.id,
        )


def concerned(tx: Tx, changed: Sequence[Enrollment]) -> set[int]:
    """The waiting claims of these providers at these payers; of everybody at a payer whose agreements about files begin to
    be kept here, or cease to be. What has no number was added, the rest superseded."""
    pairs = sorted({(each.provider_npi, each.payer) for each in changed})
    found = {claim for npi, payer in pairs for claim in registry.waiting(tx, npi, payer)}
    agreements = [each for each in changed if each.kind in _AGREEMENTS]
    for kind, payer in sorted({(each.kind, each.payer) for each in agreements}):
        mine = [each for each in agreements if (each.kind, each.payer) == (kind, payer)]
        if _turned(tx, kind, payer, mine):
            rows = tx.all("SELECT id FROM claims WHERE payer = ? AND state IN ('HELD', 'READY')", payer)
            found |= {row["id"] for row in rows}
    return found


def _turned(tx: Tx, kind: EnrollmentKind, payer: str, changed: Sequence[Enrollment]) -> bool:
    """Whether any agreement of that kind was on record before, or is now, and not both."""
    row = tx.one(
        "SELECT count(*) AS found FROM enrollments WHERE superseded_at IS NULL AND kind = ? AND payer = ?", kind, payer
    )
    now, added = (row["found"] if row else 0), sum(not each.id for each in changed)
    before = now - added + sum(bool(each.id) for each in changed)
    return bool(now) is not bool(before)


def judge_again(tx: Tx, claims: Collection[int]) -> int:
    """Have these claims judged again today; returns how many they are."""
    tx.many("UPDATE claims SET judge_on = ? WHERE id = ?", [(day(tx.today), claim) for claim in sorted(claims)])
    return len(claims)


def _insert(tx: Tx, r: Enrollment) -> int:
    values = [_stored(getattr(r, name)) for name in _FIELDS]
    return tx.run(
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


def enrollment(row: Row) -> Enrollment:
    """A stored record."""
    id, *stored = [row[name] for name in ("id", *_FIELDS)]
    return _made(*[read(value) if read else value for read, value in zip(_READ, stored, strict=True)], id)


_made: Callable[..., Enrollment] = Enrollment
_READ: tuple[Any, ...] = tuple(
    {"state": EnrollmentState, "kind": EnrollmentKind}.get(name, lru_cache(as_day) if name in _DAYS else None)
    for name in _FIELDS
)
