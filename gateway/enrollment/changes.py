"""When time alone could change what the table says: the gate judges by date of service, so only what grows old can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from gateway.deadlines import add_days
from gateway.deadlines.running import recredentialing_due
from gateway.enrollment.coverage import DATED, EVIDENCE_AGE
from gateway.enrollment.rows_lists import NPPES_AGE
from gateway.enrollment.rows_records import QUARTER
from gateway.model.claims import Claim
from gateway.model.enrollment import Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.evidence import Evidence
from gateway.model.lists import ListKind, Shelf
from gateway.model.partners import Payer
from gateway.named import npis_of

_AGREEMENTS = frozenset({EnrollmentKind.EDI_837, EnrollmentKind.ERA_835})
_DAY = timedelta(days=1)


def next_change(claim: Claim, evidence: Evidence, today: date, payer: Payer | None = None) -> date | None:
    """The next day on which the verdict could change though no record does; None if none will. Without a payer the
    records of all are watched."""
    npis, key = npis_of(claim), payer.key if payer else ""
    days = [
        day
        for record in evidence.enrollments
        if record.payer == key or not key
        if record.provider_npi in npis
        for day in _of_record(record)
        if day and day > today
    ]
    days += [day for day in _of_lists(npis, evidence.shelf) if day > today]
    return min(days, default=None)


def _of_record(record: Enrollment) -> Iterator[date | None]:
    """Evidence gets old, a revalidation falls due, an approval is loaded, an agreement about files begins or ends."""
    if record.state in DATED or record.state is EnrollmentState.APPROVED_PENDING_LOAD:
        if record.observed_on:
            yield add_days(record.observed_on, EVIDENCE_AGE + _DAY)
        for due in (record.revalidation_due, recredentialing_due(record)):
            yield add_days(due, _DAY) if due else None
        yield record.loads_on
    if record.kind in _AGREEMENTS:
        yield record.effective_from
        yield add_days(record.effective_to, _DAY) if record.effective_to else None


def _of_lists(npis: set[str], shelf: Shelf) -> Iterator[date]:
    """A list gets too old to show that an NPI is not in it, or that one is; Medicare's revalidation falls due."""
    loaded = shelf.loaded
    for kind, age in (
        (ListKind.NPPES, NPPES_AGE), (ListKind.NPPES_WEEKLY, NPPES_AGE), (ListKind.PPEF, QUARTER),
    ):  # fmt: skip
        if kind in loaded:
            yield add_days(loaded[kind].dated, age + _DAY)
    if ListKind.REVALIDATION in loaded:
        for npi in npis:
            if due := shelf.of(npi).revalidation_due:
                yield add_days(due, _DAY)
