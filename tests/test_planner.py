"""The planner: what a lane does next follows from what is known and the clock, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.partners import Account, Endpoint, Lane, Partner, Stage, Window
from gateway.model.x12 import Address, Delimiters
from gateway.planner import (
    PROBE_WAITS,
    RETRY_WAITS,
    Action,
    Compose,
    LaneView,
    OpenSubmission,
    Plan,
    Poll,
    Probe,
    ReadyGroup,
    Send,
    View,
    is_open,
    parse_moment,
    plan_lane,
    probe_wait,
    retry_wait,
)

NOW = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
EVERY = timedelta(minutes=5)
ENDPOINT = Endpoint("sftp", "sftp.example.com")
PARTNER = Partner("alpha_edi", "ALPHA HEALTH", {"alpha": ("77001",)}, Address("ZZ", "ALPHAHP"), ENDPOINT)
ACCOUNT = Account(
    "alpha_edi", Address("ZZ", "OPENGATE"), "OGT77", "OPENGATE GATEWAY", "5555550100", "user", "secret",
    ("ssh-ed25519 AAAA",), Stage.PRODUCTION, ENDPOINT,
)  # fmt: skip
LANE = Lane(PARTNER, ACCOUNT)
KEY = LANE.key
SOON, LATER = date(2026, 11, 12), date(2026, 12, 24)


def group(lane: str = KEY, due: date | None = LATER) -> ReadyGroup:
    return ReadyGroup(lane, "005010X222A1", "CH", "P", Delimiters(b"*", b":", b"~", b"^"), 3, due)


def submission(id_: int, state: str = "PLANNED", **more: Any) -> OpenSubmission:
    known: dict[str, Any] = {"lane": KEY, "composed": True, "not_before": None, "filing_due": LATER, **more}
    return OpenSubmission(id_, state=state, **known)


def plan(
    *submissions: OpenSubmission, groups: tuple[ReadyGroup, ...] = (), now: datetime = NOW, **known: Any
) -> list[Action]:
    """What the lane does at `now`; it was polled just before, unless the test says otherwise."""
    lane = LaneView(**{"lane": LANE, "active": True, "not_before": None, "polled_at": now, **known})
    return plan_lane(View({KEY: lane}, groups, submissions), KEY, now, EVERY)


def windowed(opens: str, closes: str, zone: str = "UTC") -> Lane:
    return Lane(replace(PARTNER, windows=(Window(opens, closes, zone),)), ACCOUNT)


WORK: dict[str, Any] = {"groups": (group(),), "polled_at": None}


@pytest.mark.parametrize(
    "stopped",
    [
        {"active": False},
        {"lane": Lane(PARTNER, replace(ACCOUNT, host_keys=()))},
        {"not_before": NOW + timedelta(seconds=1)},
    ],
    ids=["suspended", "unpinned", "backing off"],
)
def test_a_lane_that_is_stopped_does_nothing_at_all(stopped: dict[str, Any]) -> None:
    """It neither dials nor takes claims, which stay free to be judged again."""
    open_ones = (submission(1, "IN_DOUBT"), submission(2))
    assert len(plan(*open_ones, **WORK)) == 3
    assert plan(*open_ones, **WORK, **stopped) == []


def test_a_lane_nobody_knows_has_nothing_to_do() -> None:
    """A submission of a lane that is not configured any more is not sent anywhere."""
    assert plan_lane(View({}, [group()], [submission(1)]), KEY, NOW, EVERY) == []


def test_a_lane_is_due_again_the_moment_its_wait_is_over() -> None:
    """`not_before` is the first moment at which it may be tried, not the last at which it may not."""
    assert plan(**WORK, not_before=NOW) == [Plan(group()), Poll()]


def test_a_wait_no_clock_of_ours_could_have_set_is_no_wait() -> None:
    """A clock that once ran years ahead does not stop a lane or a submission for years."""
    assert plan(**WORK, not_before=NOW + timedelta(days=400)) == [Plan(group()), Poll()]
    assert plan(submission(1, not_before=NOW + timedelta(days=400))) == [Send(1)]
    longest = timedelta(seconds=RETRY_WAITS[-1])
    assert plan(submission(1, not_before=NOW + longest)) == []


def test_doubt_comes_first_and_urgency_decides_within() -> None:
    """Probe, then send, then fetch; the nearest filing limit first, and one without a limit last."""
    mine = (
        submission(1, filing_due=None),
        submission(2, filing_due=LATER),
        submission(3, filing_due=SOON),
        submission(4, "IN_DOUBT", filing_due=LATER),
        submission(5, "IN_DOUBT", filing_due=SOON),
    )
    assert plan(*mine, polled_at=None) == [Probe(5), Probe(4), Send(3), Send(2), Send(1), Poll()]


def test_equally_urgent_ones_go_in_the_order_they_were_planned() -> None:
    """Whatever order the database gave them in."""
    assert plan(submission(9), submission(3), submission(5)) == [Send(3), Send(5), Send(9)]


def test_what_is_not_written_yet_is_written_before_it_is_sent() -> None:
    """One whose bytes are sealed is never composed again."""
    assert plan(submission(1, composed=False), submission(2)) == [Compose(1), Send(1), Send(2)]


def test_nothing_new_is_planned_while_something_planned_waits_to_be_sent() -> None:
    """Claims of a group stay free until the lane can take them."""
    assert plan(submission(1), groups=(group(),)) == [Send(1)]


def test_doubt_does_not_stop_new_claims() -> None:
    """One submission in doubt may wait for a person for days; the others must meet their filing limits."""
    waiting = submission(1, "IN_DOUBT", not_before=NOW + timedelta(minutes=1))
    assert plan(waiting, groups=(group(),)) == [Plan(group())]


def test_one_group_is_planned_at_a_time_and_the_first_given_is_the_most_urgent() -> None:
    """The groups come sorted by filing limit; another lane's are none of its business."""
    urgent, calm, foreign = group(due=SOON), group(due=LATER), group("beta_edi/production", SOON)
    assert plan(groups=(foreign, urgent, calm)) == [Plan(urgent)]


def test_another_lanes_submissions_are_left_alone() -> None:
    """Each lane has its own turn."""
    assert plan(submission(1, lane="beta_edi/production"), groups=(group(),)) == [Plan(group())]


@pytest.mark.parametrize("state", ["PLANNED", "IN_DOUBT"])
def test_a_submission_that_backs_off_waits_by_itself(state: str) -> None:
    """The lane goes on with the others."""
    waiting = submission(1, state, not_before=NOW + timedelta(seconds=30))
    assert plan(waiting, submission(2)) == [Send(2)]


def test_what_is_being_transmitted_is_not_sent_a_second_time() -> None:
    """Only recovery may touch it."""
    assert plan(submission(1, "TRANSMITTING")) == []


def test_a_closed_window_stops_sending_and_planning_but_not_looking() -> None:
    """Doubt is settled and answers are fetched at any hour."""
    shut = windowed("20:00", "23:00")
    done = plan(submission(1, "IN_DOUBT"), submission(2), groups=(group(),), lane=shut, polled_at=None)
    assert done == [Probe(1), Poll()]


@pytest.mark.parametrize(
    ("hour", "minute", "taken"),
    [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (3, 59, True), (4, 0, False), (12, 0, False)],
)
def test_a_window_may_pass_midnight(hour: int, minute: int, taken: bool) -> None:
    """It opens on one day and closes on the next; the opening minute is in it, the closing one is not."""
    assert is_open([Window("22:00", "04:00")], NOW.replace(hour=hour, minute=minute)) is taken


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        (datetime(2026, 3, 7, 14, 59, tzinfo=UTC), False),  # 08:59 CST, the day before the clocks go forward
        (datetime(2026, 3, 7, 15, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 8, 13, 59, tzinfo=UTC), False),  # 08:59 CDT
        (datetime(2026, 3, 8, 14, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 8, 22, 0, tzinfo=UTC), False),  # 17:00 CDT
        (datetime(2026, 11, 1, 14, 59, tzinfo=UTC), False),  # 08:59 CST, the day they go back
        (datetime(2026, 11, 1, 15, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 1, 22, 59, tzinfo=UTC), True),
    ],
)
def test_a_window_is_local_time_on_both_sides_of_a_clock_change(moment: datetime, taken: bool) -> None:
    """Nine to five in Chicago is nine to five on the wall there, in summer and in winter."""
    assert is_open([Window("09:00", "17:00", "America/Chicago")], moment) is taken


def test_the_hour_that_comes_twice_is_open_twice() -> None:
    """When the clocks go back, half past one is in the window both times."""
    window = Window("01:00", "02:00", "America/Chicago")
    hours = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6, 7, 8)]
    assert [is_open([window], hour) for hour in hours] == [False, True, True, False]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_two_windows_that_share_a_day_leave_no_moment_out_and_share_none(moment: datetime) -> None:
    """A window and its rest: exactly one of the two is open, and without any a partner always takes files."""
    day, night = (Window(*hours, "America/Chicago") for hours in (("06:30", "19:00"), ("19:00", "06:30")))
    assert is_open([day], moment) is not is_open([night], moment)
    assert is_open([day, night], moment)
    assert is_open([], moment)


@pytest.mark.parametrize(
    ("polled_at", "polls"),
    [
        (None, True),
        (NOW - EVERY, True),
        (NOW - EVERY + timedelta(seconds=1), False),
        (NOW, False),
        (NOW + timedelta(seconds=1), True),
    ],
    ids=["never", "long enough ago", "a second too early", "just now", "in the future"],
)
def test_answers_are_fetched_at_their_cadence(polled_at: datetime | None, polls: bool) -> None:
    """Not more often; at once where it never was, or where a clock was wrong when it was noted."""
    assert (Poll() in plan(polled_at=polled_at)) is polls


@pytest.mark.parametrize(("wait", "waits"), [(retry_wait, RETRY_WAITS), (probe_wait, PROBE_WAITS)])
def test_waits_grow_and_end_at_the_longest(wait: Any, waits: tuple[int, ...]) -> None:
    """However often it failed, it is tried again within the hour."""
    grown = [wait(tries) for tries in range(100)]
    assert grown[: len(waits)] == list(waits)
    assert all(before <= after for before, after in pairwise(grown))
    assert grown[-1] == 3600


def test_a_stored_moment_is_read_back_in_utc_and_the_empty_text_is_none() -> None:
    """The form the database keeps."""
    assert parse_moment("2026-11-10T15:00:00.000Z") == NOW
    assert parse_moment("") is None
