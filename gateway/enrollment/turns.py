"""The days on which something begins, ends or falls due: what the table says of a provider's days of service can differ
only where one of them lies between."""

from __future__ import annotations

from datetime import date, timedelta

from gateway.deadlines import add_days
from gateway.deadlines.running import recredentialing_due
from gateway.enrollment.case import Case
from gateway.enrollment.coverage import MEDICARE_RETRO, RETRO_KINDS
from gateway.enrollment.rows_records import begun
from gateway.enrollment.rows_roles import EXPIRES_SOON
from gateway.model.lists import Listed

_DAY = timedelta(days=1)


def turns(case: Case, npi: str) -> list[date]:
    """Sorted: each is the first day of what is new. Of one provider at the case's payer."""
    evidence = case.evidence
    first: list[date | None] = []
    last: list[date | None] = []
    for record in case.records_of(npi):
        begins = {record.effective_from, record.decided_on, record.retro_from}
        first += begins
        if record.kind in RETRO_KINDS:
            first += [add_days(begin, -MEDICARE_RETRO) for begin in begins if begin]
        last += (record.effective_to, recredentialing_due(record))
    for membership in evidence.memberships:
        if membership.npi == npi:
            first.append(membership.first_day)
            last.append(membership.last_day)
    for held in evidence.credentials:
        if held.npi == npi and held.last_day:
            first.append(add_days(held.last_day, -EXPIRES_SOON))
            last.append(held.last_day)
    for question in evidence.questions:
        if question.npi == npi:
            first.append(question.first_day)
            last.append(question.last_day)
    if listed := evidence.shelf.entries.get(npi):
        _of_lists(listed, first, last)
    days = {day for day in first if day}
    days.update([add_days(day, _DAY) for day in last if day])
    return sorted(days)


def _of_lists(listed: Listed, first: list[date | None], last: list[date | None]) -> None:
    for hit in listed.exclusions:
        first.append(hit.first_day)
        last.append(hit.last_day)
    for affidavit in listed.opt_outs:
        first.append(affidavit.first_day)
        last.append(affidavit.last_day)
    if listed.nppes:
        first += (listed.nppes.deactivated_on, listed.nppes.reactivated_on)
    first.append(listed.revoked_on)
    first += map(begun, listed.medicare)
