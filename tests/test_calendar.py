"""A partner's calendar: windows with days and zones, and when an answer is overdue in business time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.calendar import due, first_answer_due, is_away, is_open, takes_files, takes_files_by, works_on
from gateway.model.habits import WEEK, Business, Expectation, Habits, Outage, Sends
from gateway.model.partners import Endpoint, Partner, Window
from gateway.model.x12 import Address
from gateway.testing.payer.hours import is_down
from gateway.testing.payer.manners import Hours, Server

CHICAGO = ZoneInfo("America/Chicago")
ENDPOINT = Endpoint("sftp", "sftp.example.com")
PARTNER = Partner("alpha_edi", "ALPHA HEALTH", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), ENDPOINT)
OFFICE = Business("America/Chicago", holidays=(date(2026, 11, 26),), cutoff="17:00")
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """A moment in Chicago, where the partner is."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("sent", "within", "overdue"),
    [
        ("2026-11-10T10:00", timedelta(hours=1), "2026-11-10T11:00"),
        ("2026-11-09T10:00", DAY, "2026-11-10T10:00"),
        ("2026-11-10T10:00", DAY, "2026-11-12T10:00"),  # over a federal holiday, which nobody declared
        ("2026-11-13T10:00", DAY, "2026-11-16T10:00"),  # Friday to Monday
        ("2026-11-14T10:00", DAY, "2026-11-17T00:00"),  # on a Saturday: all of Monday
        ("2026-11-13T17:00", DAY, "2026-11-17T00:00"),  # after the cutoff it counts as of Monday
        ("2026-11-13T16:59", timedelta(hours=8), "2026-11-16T00:59"),
        ("2026-11-25T10:00", DAY, "2026-11-27T10:00"),  # over Thanksgiving
        ("2026-11-25T18:00", timedelta(0), "2026-11-27T00:00"),
        ("2026-10-30T12:00", 2 * DAY, "2026-11-03T12:00"),  # over the weekend on which the clocks go back
    ],
)
def test_business_time_runs_on_working_days_alone(sent: str, within: timedelta, overdue: str) -> None:
    """From the moment of sending, or from the next working day where it came after the cutoff."""
    assert due(at(sent), Expectation(within=within, business=True), OFFICE) == at(overdue)


def test_without_business_time_the_clock_just_runs_and_without_a_term_nobody_knows() -> None:
    """A weekend counts like any day; no term, no moment."""
    sent = at("2026-11-14T10:00")
    assert due(sent, Expectation(within=DAY), OFFICE) == sent + DAY
    assert due(sent, Expectation(business=True), OFFICE) is None


def test_a_partner_that_never_works_does_not_stop_us() -> None:
    """A declaration without working days gives some far moment, in bounded time."""
    assert due(at("2026-11-14T10:00"), Expectation(within=DAY, business=True), Business(days=())) is not None


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
BUSINESS = st.builds(
    Business,
    zone=st.sampled_from(["UTC", "America/Chicago", "Pacific/Honolulu"]),
    days=st.lists(st.sampled_from(WEEK), min_size=1, unique=True).map(tuple),
    holidays=st.lists(st.dates(date(2026, 1, 1), date(2028, 1, 1)), max_size=5).map(tuple),
    cutoff=st.sampled_from(["", "00:00", "12:00", "21:00"]),
)
TERMS = st.integers(0, 20 * 24).map(lambda hours: timedelta(hours=hours))


@given(MOMENTS, TERMS, TERMS, BUSINESS)
def test_business_time_is_never_shorter_and_a_longer_term_ends_no_sooner(
    sent: datetime, term: timedelta, more: timedelta, business: Business
) -> None:
    """It only leaves time out; and it ends on a working day, or at the midnight that closes one."""
    found = due(sent, Expectation(within=term, business=True), business)
    later = due(sent, Expectation(within=term + more, business=True), business)
    assert found is not None
    assert later is not None
    assert sent + term <= found <= later
    last = (found - timedelta(microseconds=1)).astimezone(ZoneInfo(business.zone)).date()
    assert term == timedelta(0) or works_on(last, business)


@given(MOMENTS, MOMENTS, TERMS, BUSINESS)
def test_what_is_sent_later_is_not_due_sooner(
    one: datetime, other: datetime, term: timedelta, business: Business
) -> None:
    """Order is kept, cutoff or not."""
    first, second = sorted((one, other))
    expected = Expectation(within=term, business=True)
    sooner, later = due(first, expected, business), due(second, expected, business)
    assert sooner is not None
    assert later is not None
    assert sooner <= later


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2026-11-13T22:30", True),  # Friday night
        ("2026-11-14T03:59", True),  # still Friday's window
        ("2026-11-14T04:00", False),
        ("2026-11-14T22:30", False),  # Saturday has none
        ("2026-11-15T03:00", False),
        ("2026-11-16T03:00", False),  # Sunday had none
    ],
)
def test_a_window_past_midnight_belongs_to_the_day_on_which_it_opens(moment: str, taken: bool) -> None:
    """Weekdays from ten at night: the hours after midnight on Saturday are Friday's."""
    window = Window("22:00", "04:00", "America/Chicago", days=("mon", "tue", "wed", "thu", "fri"))
    assert is_open([window], at(moment)) is taken


@pytest.mark.parametrize(
    ("moment", "shut"),
    [("2026-03-07T23:59", False), ("2026-03-08T00:00", True), ("2026-03-08T23:59", True), ("2026-03-09T00:00", False)],
)
def test_midnight_to_midnight_is_all_day(moment: str, shut: bool) -> None:
    """Also on the Sunday whose clocks are put forward; the simulated payer keeps the same hours."""
    sunday = ("00:00", "00:00", "America/Chicago", ("sun",))
    partner = replace(PARTNER, maintenance=(Window(*sunday),))
    assert is_away(partner, at(moment)) is shut
    assert is_down(Server(closures=(Hours(*sunday),)), at(moment)) is shut


def test_maintenance_and_an_announced_outage_close_what_a_window_opens() -> None:
    """From the first moment of an outage up to its last, which is not in it."""
    begins, ends = at("2026-02-21T00:00"), at("2026-03-07T00:00")
    partner = replace(
        PARTNER,
        windows=(Window("06:00", "20:00", "America/Chicago"),),
        maintenance=(Window("12:00", "13:00", "America/Chicago", days=("sun",)),),
        habits=Habits(outages=(Outage(begins, ends, "a security incident"),)),
    )
    assert takes_files(partner, at("2026-02-20T19:59"))
    assert is_away(partner, begins)
    assert is_away(partner, ends - timedelta(seconds=1))
    assert not is_away(partner, ends)
    assert not takes_files(partner, at("2026-03-07T05:59"))
    assert not takes_files(partner, at("2026-03-08T12:30"))
    assert takes_files(partner, at("2026-03-09T12:30"))


def test_the_first_answer_is_due_as_declared_or_after_a_day() -> None:
    """In the partner's business time where it says so; where no 999 comes for each file, none is waited for."""
    sent = at("2026-11-13T10:00")
    assert first_answer_due(PARTNER, sent) == sent + DAY
    for expected, due_at in (
        (Expectation(within=timedelta(hours=1)), sent + timedelta(hours=1)),
        (Expectation(within=DAY, business=True), at("2026-11-16T10:00")),
        (Expectation(Sends.NEVER, timedelta(hours=1)), sent + DAY),
    ):
        partner = replace(PARTNER, expects={"999": expected}, habits=Habits(business=OFFICE))
        assert first_answer_due(partner, sent) == due_at


def test_files_are_taken_by_when_a_window_opens_or_maintenance_and_an_outage_end() -> None:
    """Whichever comes last of those that stand in the way."""
    nightly = Window("22:00", "23:00", "America/Chicago")
    away = Outage(at("2026-11-26T00:00"), at("2026-11-29T16:00"))
    partner = replace(PARTNER, windows=(nightly,), habits=Habits(outages=(away,)))
    now = at("2026-11-27T12:00")
    assert not takes_files_by(partner, now, at("2026-11-29T21:59"))
    assert takes_files_by(partner, now, at("2026-11-29T22:00"))
    shut = replace(partner, maintenance=(Window("21:30", "22:30", "America/Chicago"),))
    assert not takes_files_by(shut, now, at("2026-11-29T22:00"))
    assert takes_files_by(shut, now, at("2026-11-29T22:30"))
