"""Which date does the letter print? Medicare's enrollments are asked it row by row, and nothing is assumed.

Medicare lets the 30 days before the effective date be billed (42 CFR 424.521), and some letters print the earlier date as
the effective one: only who holds the letter can say which it is, and it is never taken off twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from gateway.enrollment import history
from gateway.model.enrollment import BILLING_KINDS, Enrollment, EnrollmentState
from gateway.sheets.rows import Wanted

_COLUMN = "retro_from"
_ASK = (
    "which date does Medicare's letter print as effective_from? Put 30days here where enrollment begins on it, none where"
    " it is retroactive already, or the first day that may be billed"
)
_AGAIN = (
    "this effective_from is on record as the retroactive day already, and days before it would be counted twice; put none"
    " here"
)


def problems(wanted: Sequence[Wanted], current: Sequence[Enrollment], medicare: Collection[str]) -> list[str]:
    """What rows of a file leave open or reckon twice, each with its place. `medicare` are the keys of its payers,
    `current` what is believed of these providers."""
    asked = [f"{each.at}, column {_COLUMN}: {_ASK}" for each in untold(wanted, current, medicare)]
    again = [f"{each.at}, column {_COLUMN}: {_AGAIN}" for each in twice(wanted, current, medicare)]
    return asked + again


def untold(wanted: Sequence[Wanted], current: Sequence[Enrollment], medicare: Collection[str]) -> Iterator[Wanted]:
    """Those that begin on a day and do not say what it is. What is on record as beginning then, with nothing before it,
    is not asked again."""
    known = {_begin(old) for old in current if old.retro_from is None and old.state is not EnrollmentState.DENIED}
    for each, record in _concerned(wanted, medicare):
        if record.effective_from and _COLUMN not in each.said and _begin(record) not in known:
            yield each


def twice(wanted: Sequence[Wanted], current: Sequence[Enrollment], medicare: Collection[str]) -> Iterator[Wanted]:
    """Those whose effective date is on record already as the retroactive one of the same enrollment: days before it
    would be counted twice."""
    known = {(history.key_of(old), old.retro_from) for old in current if old.retro_from != old.effective_from}
    stands = {history.content(old) for old in current}
    for each, record in _concerned(wanted, medicare):
        reckoned = record.retro_from and record.retro_from != record.effective_from
        if reckoned and _begin(record) in known and history.content(record) not in stands:
            yield each


def _concerned(wanted: Sequence[Wanted], medicare: Collection[str]) -> Iterator[tuple[Wanted, Enrollment]]:
    for each in wanted:
        record = each.record
        if isinstance(record, Enrollment) and _asked(record, medicare):
            yield each, record


def _asked(record: Enrollment, medicare: Collection[str]) -> bool:
    billing = record.kind in BILLING_KINDS and record.state is not EnrollmentState.DENIED
    return billing and record.payer in medicare


def _begin(record: Enrollment) -> tuple[object, object]:
    return history.key_of(record), record.effective_from
