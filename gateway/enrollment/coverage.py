"""What a set of enrollment records says about a range of days. Their order never matters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.enrollment.codes import Code
from gateway.enrollment.subjects import Days
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.model.partners import Payer

EVIDENCE_AGE = timedelta(days=180)

_CURRENT = frozenset({EnrollmentState.ACTIVE, EnrollmentState.ACTIVE_REVALIDATION_DUE})
_OVER = frozenset(
    {
        EnrollmentState.LAPSED,
        EnrollmentState.STAY,
        EnrollmentState.DEACTIVATED,
        EnrollmentState.REVOKED,
        EnrollmentState.TERMED,
    }
)
DATED = _CURRENT | _OVER

# The first tier whose records, with those of the tiers before it, leave no day out decides.
_TIERS = (Code.OK, Code.EVIDENCE_OLD, Code.REVALIDATION_DUE, Code.OUT_OF_NETWORK_BILLABLE)

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the records say, and which of them say it."""

    code: Code
    cited: tuple[Enrollment, ...] = ()

    @property
    def releases(self) -> bool:
        """Whether the provider may bill on every day asked about."""
        return self.code in _TIERS


def verdict(days: Days, records: Sequence[Enrollment], payer: Payer, today: date) -> Verdict:
    """Judge by date of service. Two records may share a range between them, but no day may be left out."""
    ranked = [(rank, span, r) for r in records if (rank := _tier(r, payer, today)) is not None and (span := _span(r))]
    for tier, code in enumerate(_TIERS):
        pool = [(span, r) for rank, span, r in ranked if rank <= tier]
        if _cover(days, (span for span, _ in pool)):
            return Verdict(code, tuple(r for span, r in pool if _touch(days, span)))
    reasons = [(_reason(days, r, payer), r) for r in records]
    for code in _REASONS:
        if cited := tuple(r for reason, r in reasons if reason is code):
            return Verdict(code, cited)
    return Verdict(Code.UNKNOWN)


def _tier(record: Enrollment, payer: Payer, today: date) -> int | None:
    if record.state is EnrollmentState.OUT_OF_NETWORK:
        return 3 if payer.out_of_network_billable else None
    if record.state is EnrollmentState.ACTIVE_REVALIDATION_DUE:
        return 2
    if record.state in DATED:
        return 1 if record.observed_on and today - record.observed_on > EVIDENCE_AGE else 0
    return None


def _begin(record: Enrollment) -> date | None:
    return min((d for d in (record.effective_from, record.retro_from) if d), default=None)


def _span(record: Enrollment) -> Days | None:
    """The days the record speaks for, None where it leaves open which. Only staying out of a network needs no dates."""
    if record.state in _OVER and record.effective_to is None:
        return None
    begin = _begin(record) or (date.min if record.state is EnrollmentState.OUT_OF_NETWORK else None)
    end = record.effective_to or date.max
    return Days(begin, end) if begin and begin <= end else None


def _touch(days: Days, span: Days) -> bool:
    return span.first <= days.last and days.first <= span.last


def _cover(days: Days, spans: Iterable[Days]) -> bool:
    """Whether the spans together hold every day."""
    missing = days.first
    for span in sorted(spans):
        if span.first > missing:
            return False
        if span.last >= days.last:
            return True
        missing = max(missing, span.last + timedelta(days=1))
    return False


def _reason(days: Days, record: Enrollment, payer: Payer) -> Code | None:
    """Why this record alone does not release the days; None where it does not speak of them."""
    if record.state is EnrollmentState.DENIED:
        return Code.DENIED
    if record.state is EnrollmentState.OUT_OF_NETWORK:
        if not (span := _span(record)) or not _touch(days, span):
            return None
        return Code.SPLIT_NEEDED if payer.out_of_network_billable else Code.OUT_OF_NETWORK
    if record.state in DATED:
        return _reason_of_dates(days, record)
    begin = _begin(record)
    approved = record.state is EnrollmentState.APPROVED_PENDING_LOAD
    return Code.STARTS_LATER if approved and begin and begin > days.last else Code.PENDING


def _reason_of_dates(days: Days, record: Enrollment) -> Code:
    begin, end = _begin(record), record.effective_to
    if end is None and record.state in _OVER:
        return Code.ENDED
    if begin and end and begin > end:
        return Code.UNDATED
    if end and end < days.first:
        return Code.ENDED
    if begin is None:
        return Code.UNDATED
    return Code.STARTS_LATER if begin > days.last else Code.SPLIT_NEEDED
