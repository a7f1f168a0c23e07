"""What new records do to those believed now: nothing is overwritten, and no day is lost.

A new record takes the place of a current one on the days it speaks of; the other days of that one stay as they were, as
records of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from gateway.enrollment.coverage import RETRO_KINDS
from gateway.model.enrollment import Enrollment, EnrollmentState

_KEY = ("provider_npi", "payer", "kind", "tax_id", "billing_npi", "line_of_business", "location", "submitter")
_DAY = timedelta(days=1)
_ENDED = frozenset(
    {
        EnrollmentState.LAPSED,
        EnrollmentState.STAY,
        EnrollmentState.DEACTIVATED,
        EnrollmentState.REVOKED,
        EnrollmentState.TERMED,
    }
)


def succession(
    current: Sequence[Enrollment], wanted: Iterable[Enrollment], *, only_these: bool = False
) -> tuple[list[Enrollment], list[Enrollment]]:
    """(added, superseded) so that the records say what `wanted` says on its days, and what they said on all others.
    With `only_these` everything that is not wanted is superseded."""
    known = {content(record) for record in current}
    distinct = list({content(record): record for record in wanted}.values())
    added = [record for record in distinct if content(record) not in known]
    kept = {content(record) for record in distinct}
    others = [record for record in current if content(record) not in kept]
    if only_these:
        return added, others
    superseded = [old for old in others if not _ended_some_day(old) and any(_touches(new, old) for new in added)]
    return added + [rest for old in superseded for rest in _rests(old, added)], superseded


def content(record: Enrollment) -> Enrollment:
    """What a record states, without its row and the day it was seen: an unchanged row changes nothing."""
    return replace(record, id=0, observed_on=None)


def _touches(new: Enrollment, old: Enrollment) -> bool:
    if any(getattr(new, name) != getattr(old, name) for name in _KEY):
        return False
    return max(_first(new), _first(old)) <= min(_last(new), _last(old))


def _ended_some_day(record: Enrollment) -> bool:
    """It ended and nobody said when: with an end of our own making its earlier days would count as enrolled."""
    return record.state in _ENDED and record.effective_to is None and record.effective_from is not None


def _rests(old: Enrollment, added: Iterable[Enrollment]) -> Iterator[Enrollment]:
    """The days of `old` that nothing new speaks of. A record without dates has none to keep."""
    if old.effective_from is None:
        return
    begin = _first(old)
    for new in sorted((new for new in added if _touches(new, old)), key=_first):
        if begin < _first(new):
            yield replace(old, id=0, effective_from=begin, effective_to=_first(new) - _DAY)
        if _last(new) == date.max:
            return
        begin = max(begin, _last(new) + _DAY)
    if begin <= _last(old):
        # A rest begins where it does: Medicare's 30 days before an effective date are not its own to have.
        yield replace(old, id=0, effective_from=begin, retro_from=begin if old.kind in RETRO_KINDS else None)


def _first(record: Enrollment) -> date:
    return record.effective_from or date.min


def _last(record: Enrollment) -> date:
    return record.effective_to or date.max
