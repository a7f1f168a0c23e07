"""Which record gives way to which: one that leaves open for whom it speaks, to a later no that names the claim's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter

from gateway.enrollment.spans import Days
from gateway.model.enrollment import ANY, OVER, Enrollment, EnrollmentState

SAYS_NO = OVER | {EnrollmentState.DENIED}
_DAY = timedelta(days=1)
_scope = attrgetter("tax_id", "billing_npi", "line_of_business", "location", "submitter")


def overrules(no: Enrollment, record: Enrollment) -> bool:
    """Whether a record that says no goes before another of its kind: it names what that one leaves open (`*`), and that
    one began before it or on its day. One that began after it is a new approval, and being out of the network
    contradicts no end. What the days leave in doubt is overruled."""
    if record.kind is not no.kind or record.state is EnrollmentState.OUT_OF_NETWORK:
        return False
    wider = any(theirs == ANY != ours for ours, theirs in zip(_scope(no), _scope(record), strict=True))
    return wider and (record.effective_from or record.retro_from or date.min) <= _said_on(no)


def refused(no: Enrollment) -> Days:
    """The days on which it says no: those of a denial, those after an end. With an end that nobody dated, all."""
    if no.state in OVER and no.effective_to:
        return Days(min(no.effective_to, date.max - _DAY) + _DAY, date.max)
    return Days(no.effective_from or date.min, date.max if no.state in OVER else no.effective_to or date.max)


def left(span: Days, record: Enrollment, noes: Sequence[Enrollment]) -> list[Days]:
    """What remains of the days that a record speaks for."""
    spans = [span]
    for no in noes:
        if overrules(no, record):
            spans = [rest for one in spans for rest in _without(one, refused(no))]
    return spans


def _said_on(no: Enrollment) -> date:
    """The last day on which what it overrules may have begun: the first of a denial, the last of an enrollment. Where
    neither is stated, whatever had begun when it was decided or seen."""
    stated = no.effective_to if no.state in OVER else no.effective_from
    return stated or no.decided_on or no.observed_on or date.max


def _without(span: Days, away: Days) -> Iterator[Days]:
    if away.first > span.last or away.last < span.first:
        yield span
        return
    if span.first < away.first:
        yield Days(span.first, away.first - _DAY)
    if away.last < span.last:
        yield Days(away.last + _DAY, span.last)
