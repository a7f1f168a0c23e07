"""What a set of enrollment records says about a range of days. Their order never matters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from gateway.deadlines import add_days
from gateway.enrollment.codes import Code
from gateway.enrollment.overruling import left
from gateway.enrollment.spans import Days, covered, overlap
from gateway.model.enrollment import OVER, Enrollment, EnrollmentKind, EnrollmentState
from gateway.model.partners import Payer

EVIDENCE_AGE = timedelta(days=180)
MEDICARE_RETRO = timedelta(days=30)
"""42 CFR 424.521(a): how far before the effective date of a physician Medicare may be billed."""

# A record of these kinds that states no retrospective billing date of its own is taken to have Medicare's.
RETRO_KINDS = frozenset({EnrollmentKind.MEDICARE_INDIVIDUAL, EnrollmentKind.MEDICARE_REASSIGNMENT})

_ACTIVE, _REVALIDATE = EnrollmentState.ACTIVE, EnrollmentState.ACTIVE_REVALIDATION_DUE
_APPROVED, _OUTSIDE, _DENIED = (
    EnrollmentState.APPROVED_PENDING_LOAD,
    EnrollmentState.OUT_OF_NETWORK,
    EnrollmentState.DENIED,
)
_CURRENT = frozenset({_ACTIVE, _REVALIDATE})
DATED = _CURRENT | OVER

# The first tier whose records, with those of the tiers before it, leave no day out decides.
_TIERS = (
    Code.OK,
    Code.EVIDENCE_OLD,
    Code.REVALIDATION_DUE,
    Code.LOAD_EXPECTED,
    Code.RETRO_ASSUMED,
    Code.OUT_OF_NETWORK_BILLABLE,
)
_GOOD, _OLD, _DUE, _LOADED, _RETRO, _BILLABLE = range(len(_TIERS))
RELEASING = frozenset(_TIERS)

# Where no tier does, the reason that leaves most to be done comes first.
_REASONS = (
    Code.SPLIT_NEEDED,
    Code.PENDING,
    Code.UNDATED,
    Code.STARTS_LATER,
    Code.DENIED,
    Code.OUT_OF_NETWORK,
    Code.ENDED,
)


class Coverage(NamedTuple):
    """What the records say of the days, and which of them say it."""

    code: Code
    cited: tuple[Enrollment, ...] = ()

    @property
    def releases(self) -> bool:
        """Whether the provider may bill on every day asked about."""
        return self.code in RELEASING


_new = tuple.__new__  # of what is made for every claim: a third of the time of a NamedTuple's own
_Reach = tuple[int, Days, Enrollment]
_NOTHING = Coverage(Code.UNKNOWN)


def coverage(
    days: Days, records: Sequence[Enrollment], payer: Payer, today: date, noes: Sequence[Enrollment] = ()
) -> Coverage:
    """Judge by date of service. Two records may share a range between them, but no day may be left out. `noes` are
    those of the records that say no and name the claim's own: what leaves that open may have to give way to them."""
    if len(records) == 1:  # most often one record speaks of a provider at a payer
        found = _alone(days, records[0], payer, today)
        if found is not None:
            return found
    reaches = [reach for record in records for reach in _reaches(record, payer, today)]
    if noes:
        reaches = [(tier, rest, record) for tier, span, record in reaches for rest in left(span, record, noes)]
    for tier in sorted({tier for tier, _, _ in reaches}):
        pool = [reach for reach in reaches if reach[0] <= tier]
        if covered(days, [span for _, span, _ in pool]):
            cited = tuple([record for _, span, record in pool if overlap(*span, days)])
            return Coverage(_TIERS[tier], cited)
    reasons = [(_reason_left(days, record, payer, today, noes), record) for record in records]
    for code in _REASONS:
        if cited := tuple([record for reason, record in reasons if reason is code]):
            return Coverage(code, cited)
    return _NOTHING


def _alone(days: Days, record: Enrollment, payer: Payer, today: date) -> Coverage | None:
    """What one record says that holds every day by itself."""
    tier, begin, end = _tier(record, payer, today), _begin(record, payer), record.effective_to
    if tier is None or begin is None or begin > days.first:
        return None
    if days.last > end if end else record.state in OVER:
        return None
    return _new(Coverage, (_TIERS[tier], (record,)))


def _reaches(record: Enrollment, payer: Payer, today: date) -> Iterator[_Reach]:
    """The days that the record lets be billed, and how well; before them those that Medicare's rule adds."""
    tier = _tier(record, payer, today)
    if tier is None or (span := _span(record, payer)) is None:
        return
    yield tier, span, record
    if record.kind in RETRO_KINDS and record.retro_from is None and record.effective_from:
        yield max(tier, _RETRO), Days(add_days(span.first, -MEDICARE_RETRO), span.last), record


def _tier(record: Enrollment, payer: Payer, today: date) -> int | None:
    state = record.state
    if state is _ACTIVE or state in OVER:
        if state is _ACTIVE and record.revalidation_due and record.revalidation_due < today:
            return _DUE
        return _OLD if record.observed_on and today - record.observed_on > EVIDENCE_AGE else _GOOD
    if state is _REVALIDATE:
        return _DUE
    if state is _OUTSIDE:
        return _BILLABLE if payer.out_of_network_billable else None
    return _LOADED if _is_loaded(record, today) else None


def _is_loaded(record: Enrollment, today: date) -> bool:
    """Approved, and the day has come on which the payer said that its system would know it."""
    return record.state is _APPROVED and record.loads_on is not None and record.loads_on <= today


def _begin(record: Enrollment, payer: Payer) -> date | None:
    """The first day that may be billed. Where a delegate's committee decides, the day it did counts."""
    effective = record.decided_on if payer.delegated and record.decided_on else record.effective_from
    retro = record.retro_from
    return min(effective, retro) if effective and retro else effective or retro


def _span(record: Enrollment, payer: Payer) -> Days | None:
    """The days the record speaks for, None where it leaves open which. Only staying out of a network needs no dates."""
    if record.effective_to is None and record.state in OVER:
        return None
    begin = _begin(record, payer) or (date.min if record.state is _OUTSIDE else None)
    end = record.effective_to or date.max
    return Days(begin, end) if begin and begin <= end else None


def _reason_left(days: Days, record: Enrollment, payer: Payer, today: date, noes: Sequence[Enrollment]) -> Code | None:
    """The same of a record that had to give way on some of the days: on those the no itself is the reason."""
    span = _span(record, payer) if noes else None
    if span is None or not overlap(*span, days) or (rests := left(span, record, noes)) == [span]:
        return _reason(days, record, payer, today)
    return Code.SPLIT_NEEDED if any(overlap(*rest, days) for rest in rests) else None


def _reason(days: Days, record: Enrollment, payer: Payer, today: date) -> Code | None:
    """Why this record alone does not release the days; None where it does not speak of them."""
    state = record.state
    if state is _DENIED:
        return Code.DENIED
    if state is _OUTSIDE:
        if not (span := _span(record, payer)) or not overlap(*span, days):
            return None
        return Code.SPLIT_NEEDED if payer.out_of_network_billable else Code.OUT_OF_NETWORK
    if state in DATED or _is_loaded(record, today):
        return _reason_of_dates(days, record, payer)
    begin = _begin(record, payer)
    return Code.STARTS_LATER if state is _APPROVED and begin and begin > days.last else Code.PENDING


def _reason_of_dates(days: Days, record: Enrollment, payer: Payer) -> Code:
    begin, end = _begin(record, payer), record.effective_to
    if end is None and record.state in OVER:
        return Code.ENDED
    if begin and end and begin > end:
        return Code.UNDATED
    if end and end < days.first:
        return Code.ENDED
    if begin is None:
        return Code.UNDATED
    return Code.STARTS_LATER if begin > days.last else Code.SPLIT_NEEDED
