"""New records take the place of old ones on their own days, and on no others."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.enrollment.history import content, succession, touches
from gateway.model.enrollment import Enrollment, EnrollmentState

START = date(2026, 1, 1)
ACTIVE, LAPSED = EnrollmentState.ACTIVE, EnrollmentState.LAPSED


def record(first: date | None, last: date | None = None, state: EnrollmentState = ACTIVE, id: int = 0) -> Enrollment:
    return Enrollment("2000000010", "alpha", state, first, last, id=id)


def test_behind_an_end_nothing_goes_on() -> None:
    """Active since 2020, and the enrollment that began in January lapsed in March: active before, and no more after."""
    old = record(date(2020, 1, 1), id=1)
    quarter = record(date(2026, 1, 1), date(2026, 3, 31), LAPSED)
    added, superseded = succession([old], [quarter])
    assert superseded == [old]
    assert added == [
        quarter,
        record(date(2020, 1, 1), date(2025, 12, 31)),
    ]


def test_what_was_pending_is_replaced_by_the_approval() -> None:
    """A record without dates keeps none."""
    pending = record(None, state=EnrollmentState.SUBMITTED, id=1)
    added, superseded = succession([pending], [record(date(2026, 7, 1))])
    assert superseded == [pending]
    assert added == [record(date(2026, 7, 1))]


def test_an_unchanged_or_repeated_row_changes_nothing() -> None:
    """The day it was seen is no change."""
    old = record(START, id=1)
    assert succession([old], [record(START), record(START)]) == ([], [])


def test_another_tin_is_another_record() -> None:
    """Only records of the same provider, payer, TIN and billing NPI meet."""
    old = record(START, id=1)
    other = Enrollment("2000000010", "alpha", LAPSED, START, tax_id="999990001")
    assert succession([old], [other]) == ([other], [])


DAYS = st.integers(0, 40).map(lambda n: START + timedelta(days=n))
RECORDS = st.builds(
    lambda a, b, open_end, state: record(min(a, b), None if open_end else max(a, b), state),
    DAYS, DAYS, st.booleans(), st.sampled_from([ACTIVE, LAPSED]),
)  # fmt: skip


def states(records: list[Enrollment], day: date) -> set[EnrollmentState]:
    return {r.state for r in records if r.effective_from and r.effective_from <= day <= (r.effective_to or date.max)}


@given(RECORDS, RECORDS)
def test_no_day_is_lost_and_none_changes_that_the_new_record_does_not_name(old: Enrollment, new: Enrollment) -> None:
    """Day by day: what the new record says on its days, what the old one said on all others."""
    added, superseded = succession([old], [new])
    after = [r for r in [old] if r not in superseded] + added
    for offset in range(-2, 45):
        day = START + timedelta(days=offset)
        expected = states([new], day) or states([old], day)
        if content(old) == content(new):
            continue
        if new.state is old.state and new.effective_from == old.effective_from:
            assert states(after, day) == states([new], day)  # it corrects the old one, which keeps no day
        elif old.state is LAPSED and old.effective_to is None:
            assert expected <= states(after, day)  # it stays whole: nobody said when it ended
        elif new.state is LAPSED and new.effective_to and day > new.effective_to and touches(new, old):
            assert states(after, day) == set()  # behind an end nothing goes on
        else:
            assert states(after, day) == expected
