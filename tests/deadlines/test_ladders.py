"""Deadlines: when a claim must have reached its payer, and which steps of a ladder have come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.deadlines import FILING_LADDER, Step, add_days, days_left, filing_due, steps_due
from gateway.model.claims import BillingProvider, Claim, ClaimKind, ServiceLine
from gateway.model.partners import Payer
from gateway.model.x12 import Span

PAYER = Payer(key="alpha", name="Alpha Health Plan", filing_limit=timedelta(days=90))


def line(number: int, first: date | None, last: date | None) -> ServiceLine:
    return ServiceLine(number, "99213", (), None, None, first, last)


def claim(kind: ClaimKind, first: date | None, last: date | None, *lines: ServiceLine) -> Claim:
    return Claim(
        kind=kind,
        transaction_set=0,
        levels=(0,),
        span=Span(0, 1),
        position=5,
        control_number="T1",
        charge=None,
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="M1",
        billing=BillingProvider("2000000010", "2", "999990001"),
        providers=(),
        lines=lines,
        first_day=first,
        last_day=last,
    )


@pytest.mark.parametrize("kind", [ClaimKind.PROFESSIONAL, ClaimKind.DENTAL])
def test_a_professional_limit_runs_from_the_earliest_line(kind: ClaimKind) -> None:
    """The first day of the earliest line counts, in whatever order the lines stand."""
    lines = (line(1, date(2026, 3, 9), date(2026, 3, 30)), line(2, date(2026, 3, 2), date(2026, 3, 2)))
    assert filing_due(claim(kind, date(2026, 3, 2), date(2026, 3, 30), *lines), PAYER) == date(2026, 5, 31)


def test_an_institutional_limit_runs_from_the_last_day_of_the_statement() -> None:
    """Lines within the statement do not move the limit of an institutional claim."""
    stay = claim(
        ClaimKind.INSTITUTIONAL, date(2026, 3, 2), date(2026, 3, 30), line(1, date(2026, 3, 2), date(2026, 3, 2))
    )
    assert filing_due(stay, PAYER) == date(2026, 6, 28)


@pytest.mark.parametrize(
    ("served", "limit", "due"),
    [
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 365, date(2025, 2, 28)),
        (date(2023, 3, 1), 365, date(2024, 2, 29)),
        (date(2025, 12, 31), 60, date(2026, 3, 1)),
        (date(9999, 12, 30), 90, date.max),
    ],
)
def test_limits_count_calendar_days(served: date, limit: int, due: date) -> None:
    """Leap days count as days, and a mistyped year stops at the end of the calendar."""
    payer = replace(PAYER, filing_limit=timedelta(days=limit))
    one = claim(ClaimKind.PROFESSIONAL, served, served, line(1, served, served))
    assert filing_due(one, payer) == due


def test_lines_without_dates_fall_back_on_the_claim() -> None:
    """A dental claim may state its date once for all lines."""
    dental = claim(ClaimKind.DENTAL, date(2026, 3, 2), date(2026, 3, 2), line(1, None, None))
    assert filing_due(dental, PAYER) == date(2026, 5, 31)


@pytest.mark.parametrize("kind", list(ClaimKind))
def test_without_any_date_nothing_is_due(kind: ClaimKind) -> None:
    """A claim that states no date has no deadline to count."""
    assert filing_due(claim(kind, None, None, line(1, None, None)), PAYER) is None


def test_days_left_reach_zero_on_the_last_day() -> None:
    """The due day itself still counts; the day after is one too late."""
    due = date(2026, 5, 31)
    assert [days_left(due, day) for day in (date(2026, 5, 30), due, date(2026, 6, 1))] == [1, 0, -1]


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2026, 4, 30), []),
        (date(2026, 5, 1), ["supervisor"]),
        (date(2026, 5, 16), ["supervisor"]),
        (date(2026, 5, 17), ["supervisor", "daily"]),
        (date(2026, 5, 21), ["supervisor", "daily", "send_by"]),
        (date(2026, 5, 26), ["supervisor", "daily", "send_by", "must_decide"]),
        (date(2026, 5, 31), ["supervisor", "daily", "send_by", "must_decide", "last_day"]),
        (date(2026, 6, 1), ["supervisor", "daily", "send_by", "must_decide", "last_day", "passed"]),
    ],
)
def test_the_filing_ladder_is_climbed_step_by_step(today: date, names: list[str]) -> None:
    """Each step comes on its day and stays, the earliest first."""
    assert [step.name for step in steps_due(date(2026, 5, 31), today, FILING_LADDER)] == names


def test_a_ladder_may_count_hours_and_go_on_after_the_due_moment() -> None:
    """An overdue answer warns when it is due and escalates a day later."""
    ladder = (Step("escalate", timedelta(hours=-24)), Step("warn", timedelta(0)))
    due = datetime(2026, 5, 31, 12, tzinfo=UTC)
    assert steps_due(due, due - timedelta(seconds=1), ladder) == ()
    assert steps_due(due, due + timedelta(hours=23), ladder) == ladder[1:]
    assert steps_due(due, due + timedelta(hours=24), ladder) == ladder[::-1]


@given(st.dates(), st.dates(), st.integers(0, 60))
def test_no_step_is_ever_taken_back(due: date, today: date, later: int) -> None:
    """As time goes on a ladder only gains steps."""
    early = steps_due(due, today, FILING_LADDER)
    assert steps_due(due, add_days(today, timedelta(days=later)), FILING_LADDER)[: len(early)] == early


@given(st.dates(), st.integers(-5_000_000, 5_000_000))
def test_calendar_arithmetic_never_leaves_the_calendar(day: date, count: int) -> None:
    """Adding days moves forward, taking them away backward, and neither ever fails."""
    moved = add_days(day, timedelta(days=count))
    assert (moved >= day) if count >= 0 else (moved <= day)
    assert moved in (date.min, date.max) or moved - day == timedelta(days=count)
