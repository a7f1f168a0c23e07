"""What payers' acceptances show of approved enrollments, and the claims that waited for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from gateway.codec import as_claim, day
from gateway.enrollment.loading import awaits_load, loaded, shows_loaded
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.store import registry, roster
from gateway.store.connection import Tx, local_day


def as_loaded(tx: Tx, of_claims: Mapping[int, tuple[Enrollment, ...]]) -> Mapping[int, tuple[Enrollment, ...]]:
    """The records of each claim, those that await their load as active where an acceptance shows that they are."""
    awaiting = {record for records in of_claims.values() for record in records if awaits_load(record)}
    shown = {record: loaded(record, on) for record in awaiting if (on := _accepted_on(tx, record))}
    if not shown:
        return of_claims
    return {claim: tuple(shown.get(record, record) for record in records) for claim, records in of_claims.items()}


def accepted(tx: Tx, claims: Iterable[int]) -> None:
    """A payer took these claims: have those judged again that await the load of one of their enrollments."""
    for row in tx.all(
        "SELECT DISTINCT e.provider_npi, e.payer FROM json_each(?) k CROSS JOIN claim_providers p ON p.claim = k.value"
        " CROSS JOIN claims c ON c.id = p.claim CROSS JOIN enrollments e ON e.provider_npi = p.npi AND e.payer = c.payer"
        " AND e.superseded_at IS NULL WHERE e.state = ? ORDER BY 1, 2",
        json.dumps(sorted(set(claims))),
        EnrollmentState.APPROVED_PENDING_LOAD.value,
    ):
        roster.judge_again(tx, registry.waiting(tx, row["provider_npi"], row["payer"]))


def _accepted_on(tx: Tx, record: Enrollment) -> date | None:
    """The first day on which the payer itself accepted a claim under the enrollment. A test claim shows nothing."""
    rows = tx.all(
        "SELECT c.facts, v.dated, w.read_at FROM claim_providers p JOIN claims c ON c.id = p.claim"
        " JOIN sets s ON s.id = c.transaction_set JOIN interchanges i ON i.id = s.interchange"
        " JOIN attempts a ON a.claim = c.id JOIN verdicts v ON v.attempt = a.id JOIN answers w ON w.id = v.answer"
        " WHERE p.npi = ? AND c.payer = ? AND c.first_day >= ? AND i.usage <> 'T'"
        " AND v.form = '277CA' AND v.accepted = 1 AND v.stage = 1 ORDER BY coalesce(v.dated, w.read_at), v.answer",
        record.provider_npi,
        record.payer,
        day(record.retro_from or record.effective_from or date.min),
    )
    found = next((row for row in rows if shows_loaded(as_claim(row["facts"]), record)), None)
    if found is None:
        return None
    return date.fromisoformat(found["dated"]) if found["dated"] else local_day(tx, found["read_at"])
