"""Read the clocks that run: those of claims that the payer has not taken, and of what providers hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from gateway.codec import as_day, as_money, day
from gateway.deadlines import LADDERS, Deadline, Kind, add_days, add_months
from gateway.deadlines.running import ACTIVE, RECREDENTIALING_MONTHS, of_credentials, of_enrollments
from gateway.enrollment import NEEDS_DECISION, Code
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.registry import Credential
from gateway.store import registry
from gateway.store.connection import Row, Tx, local_day

# Where a claim may stand whose payer has not said that it has it; the others were taken, or need nothing more.
_WAITING = (
    "('RECEIVED', ''), ('HELD', ''), ('READY', ''), ('ASSIGNED', ''), ('SENT', ''), ('SENT', 'SENT'),"
    " ('SENT', 'ACKNOWLEDGED')"
)
_REFUSED = "('REJECTED', ''), ('SENT', 'DECLINED'), ('SENT', 'RETURNED')"
_PENDING = (EnrollmentState.SUBMITTED, EnrollmentState.IN_REVIEW, EnrollmentState.MORE_INFO_NEEDED)
_RECENT = timedelta(days=90)
"""A refused claim or an ended enrollment whose day passed longer ago is history."""

_CLAIM = (
    "SELECT c.id, c.payer, c.state, c.standing, c.code, c.charge, c.filing_due FROM claims c JOIN sets s"
    " ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange WHERE i.usage <> 'T'"
)
# Held for one of the codes in ?1, whichever of its holds comes first: `code` is the first of them by name.
_HELD_FOR = (
    "SELECT * FROM (SELECT c.id, c.payer, c.state, c.standing, c.charge, c.filing_due, (SELECT min(h.value)"
    " FROM json_each(c.holds) h WHERE h.value IN (SELECT value FROM json_each(?1))) AS code FROM claims c JOIN sets s"
    " ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange WHERE i.usage <> 'T' AND c.state = 'HELD')"
    " WHERE code IS NOT NULL"
)
# Since when a claim is held without a break, whatever the reasons; a hold that no judgement made has only its last change.
_HELD_SINCE = (
    "coalesce((SELECT min(h.at) FROM events h WHERE h.claim = c.id AND h.name = 'claim.held' AND h.seq > coalesce("
    "(SELECT max(p.seq) FROM events p WHERE p.claim = c.id AND p.name IN ('claim.passed', 'claim.requeued')), 0)),"
    " c.changed_at)"
)


def of_providers(tx: Tx, today: date, until: date) -> list[Deadline]:
    """Every enrollment and credential that runs out up to `until`, and those that recently did."""
    found = [*of_enrollments(_renewals(tx, today, until), today), *of_credentials(_credentials(tx))]
    return [deadline for deadline in found if today - _RECENT <= deadline.due <= until]


def filing(tx: Tx, today: date, until: date) -> list[Deadline]:
    """Claims that the payer has not taken, with a filing limit up to `until`. A test claim has no clock; one that was
    refused has one until it comes again."""
    return [
        _of(Kind.FILING, row, row["filing_due"])
        for row in tx.all(
            f"{_CLAIM} AND c.filing_due <= ? AND ((c.state, c.standing) IN (VALUES {_WAITING})"
            f" OR (c.state, c.standing) IN (VALUES {_REFUSED}) AND c.filing_due >= ? AND NOT EXISTS (SELECT 1 FROM claims n"
            " WHERE n.control_number = c.control_number COLLATE NOCASE AND n.billing_npi = c.billing_npi"
            " AND n.payer_id = c.payer_id AND n.id > c.id AND n.state NOT IN ('WITHDRAWN', 'DUPLICATE'))"
            " AND NOT EXISTS (SELECT 1 FROM versions v JOIN claims n ON n.id = v.claim WHERE v.original = c.id"
            " AND n.state <> 'WITHDRAWN'))"
            " ORDER BY c.filing_due, c.id",
            day(until),
            day(today - _RECENT),
        )
    ]


def held_long(tx: Tx, today: date) -> list[Deadline]:
    """Claims that are held for about as long as the first step of that ladder, or longer."""
    young = min(-step.before for step in LADDERS[Kind.HOLD])
    rows = tx.all(
        f"SELECT * FROM (SELECT k.*, {_HELD_SINCE} AS since FROM ({_CLAIM} AND c.state = 'HELD' AND c.received_at < ?) k"
        " JOIN claims c ON c.id = k.id) WHERE since < ?",
        *(day(today - young + timedelta(days=2)),) * 2,
    )
    return [_of(Kind.HOLD, row, day(local_day(tx, row["since"]))) for row in rows]


def undecided(tx: Tx) -> list[Deadline]:
    """Held for a reason that waiting does not mend, whichever reason comes first."""
    rows = tx.all(
        f"SELECT k.*, {_HELD_SINCE} AS since FROM ({_HELD_FOR}) k JOIN claims c ON c.id = k.id",
        json.dumps(sorted(NEEDS_DECISION)),
    )
    return [_of(Kind.DECISION, row, day(local_day(tx, row["since"]))) for row in rows]


def approved_late(tx: Tx, approvals: Mapping[str, timedelta]) -> list[Deadline]:
    """Held until an approval that is expected after the filing limit, whatever else holds the claim. Every provider that
    has an application is waited for, each by the oldest of its own."""
    rows = tx.all(
        "SELECT k.*, max(k.submitted) AS submitted_on FROM (SELECT c.*, min(e.submitted_on) AS submitted"
        f" FROM ({_HELD_FOR} AND filing_due IS NOT NULL) c"
        " JOIN claim_providers p ON p.claim = c.id JOIN enrollments e ON e.provider_npi = p.npi AND e.payer = c.payer"
        f" AND e.superseded_at IS NULL AND e.submitted_on IS NOT NULL AND e.state IN ({','.join('?' * len(_PENDING))})"
        " GROUP BY c.id, p.npi) k GROUP BY k.id",
        json.dumps([Code.PENDING]),
        *_PENDING,
    )
    late = []
    for row in rows:
        expected = add_days(date.fromisoformat(row["submitted_on"]), approvals.get(row["payer"], timedelta(0)))
        if expected > date.fromisoformat(row["filing_due"]):
            late.append(_of(Kind.APPROVAL, row, day(expected)))
    return late


def _of(kind: Kind, row: Row, due: str | None) -> Deadline:
    return Deadline(
        kind,
        f"claim {row['id']}",
        as_day(due) or date.max,
        row["payer"],
        claim=row["id"],
        state=stands(row),
        code=row["code"],
        charge=as_money(row["charge"]),
        limit=as_day(row["filing_due"]),
    )


def stands(row: Row) -> str:
    return str(row["standing"] or row["state"])


def _renewals(tx: Tx, today: date, until: date) -> list[Enrollment]:
    """Active records with some day up to `until`, but for those that another active record continues."""
    rows = tx.all(
        "SELECT * FROM enrollments e WHERE e.superseded_at IS NULL"
        f" AND e.state IN ({','.join('?' * len(ACTIVE))}) AND (e.effective_to IS NULL OR e.effective_to >= ?)"
        " AND (e.effective_to <= ? OR e.revalidation_due <= ? OR e.recred_due <= ? OR e.decided_on <= ?)"
        " AND NOT EXISTS (SELECT 1 FROM enrollments n WHERE n.superseded_at IS NULL AND n.provider_npi = e.provider_npi"
        f" AND n.payer = e.payer AND n.state IN ({','.join('?' * len(ACTIVE))}) AND {_SAME}"
        " AND n.effective_from <= date(e.effective_to, '+1 day')"
        " AND (n.effective_to IS NULL OR n.effective_to > e.effective_to))",
        *sorted(ACTIVE),
        day(today - _RECENT),
        *(day(until),) * 3,
        day(add_months(until, -RECREDENTIALING_MONTHS)),
        *sorted(ACTIVE),
    )
    return [_enrollment(row) for row in rows]


_SAME = " AND ".join(
    f"n.{name} = e.{name}" for name in ("kind", "tax_id", "billing_npi", "line_of_business", "location", "submitter")
)


def _enrollment(row: Row) -> Enrollment:
    """The parts of a record that have to do with clocks."""
    names = ("provider_npi", "payer", "tax_id", "billing_npi", "line_of_business", "location", "submitter", "id")
    days = ("effective_from", "effective_to", "decided_on", "revalidation_due", "recred_due")
    values: dict[str, Any] = {name: row[name] for name in names} | {name: as_day(row[name]) for name in days}
    return Enrollment(state=EnrollmentState(row["state"]), kind=EnrollmentKind(row["kind"]), **values)


def _credentials(tx: Tx) -> list[Credential]:
    """What providers hold, as stated now."""
    return [one for one in registry.current(tx, Credential) if isinstance(one, Credential)]
