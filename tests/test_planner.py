"""The planner: what a lane does next follows from what is known and the clock, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.breaker import TRIPS_AT
from gateway.calendar import is_open
from gateway.model.habits import Brake, Expectation, Habits, Outage, Receipts, Sends, Wire
from gateway.model.partners import Account, Endpoint, Lane, Partner, Stage, Window
from gateway.model.x12 import Address, Delimiters
from gateway.planner import (
    Action,
    Ask,
    Compose,
    LaneView,
    LookForMarks,
    Observe,
    OpenSubmission,
    Plan,
    PlanQuestions,
    Poll,
    Probe,
    ReadyGroup,
    Run,
    Send,
    TellDoubt,
    View,
    parse_moment,
    plan_lane,
    question,
)
from gateway.waits import BREAKER_WAITS, PROBE_WAITS, RETRY_WAITS, breaker_wait, probe_wait, retry_wait

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
        {"active": False, "code": "LOGIN_REFUSED"},
        {"active": False, "code": "HOST_KEY_CHANGED"},
        {"lane": Lane(PARTNER, replace(ACCOUNT, host_keys=()))},
        {"not_before": NOW + timedelta(seconds=1)},
    ],
    ids=["login refused", "another host key", "unpinned", "backing off"],
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
    longest = timedelta(seconds=retry_wait(99, 1))
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


@pytest.mark.parametrize(
    ("wait", "waits"), [(retry_wait, RETRY_WAITS), (probe_wait, PROBE_WAITS), (breaker_wait, BREAKER_WAITS)]
)
@given(subject=st.one_of(st.integers(1, 10**9), st.text()), tries=st.integers(0, 10**4))
def test_waits_grow_to_the_longest_and_spread_by_a_quarter(
    wait: Any, waits: tuple[int, ...], subject: object, tries: int
) -> None:
    """However often it failed, it is tried again within the hour and a quarter; planned twice, it waits the same."""
    base = waits[min(tries, len(waits) - 1)]
    assert base <= wait(tries, subject) < base * 1.25
    assert wait(tries, subject) == wait(tries, subject)


def test_not_everybody_comes_back_at_the_same_moment() -> None:
    """A partner that was down is not met by all that waited for it at once."""
    assert len({retry_wait(5, number) for number in range(200)}) > 100


def test_a_stored_moment_is_read_back_in_utc_and_the_empty_text_is_none() -> None:
    """The form the database keeps."""
    assert parse_moment("2026-11-10T15:00:00.000Z") == NOW
    assert parse_moment("") is None


def with_habits(**more: Any) -> Lane:
    return Lane(replace(PARTNER, habits=Habits(**more)), ACCOUNT)


def test_a_lane_that_is_suspended_for_what_it_sent_still_fetches_and_settles() -> None:
    """A rejected interchange stops what is like it; answers to the others come all the same, and doubt is settled."""
    done = plan(submission(1, "IN_DOUBT"), submission(2), **WORK, active=False, code="TA1 006")
    assert done == [Probe(1), Poll()]


@pytest.mark.parametrize("code", ["LOGIN_REFUSED", "LOGIN_UNANSWERED"])
def test_a_login_that_was_refused_is_tried_by_no_other_lane_of_the_same_user(code: str) -> None:
    """Test and production may share a user: once more, and the account may be locked. Another user is not concerned."""
    test = Lane(PARTNER, replace(ACCOUNT, stage=Stage.TEST))
    other = Lane(PARTNER, replace(ACCOUNT, stage=Stage.TEST, user="somebody"))
    for twin, done in ((test, []), (other, [Plan(group()), Poll()])):
        lanes = {KEY: LaneView(LANE, True, None, None), twin.key: LaneView(twin, False, None, None, code=code)}
        assert plan_lane(View(lanes, [group()], []), KEY, NOW, EVERY) == done


def test_a_lane_that_asks_sends_nothing_and_goes_on_looking() -> None:
    """Nothing is planned and nothing that is planned goes, until a person says so."""
    done = plan(submission(1, "IN_DOUBT"), submission(2), **WORK, asks=True)
    assert done == [Probe(1), Poll()]


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (Run(500, 0), ""),
        (Run(501, 0), "RUN_LARGE"),
        (Run(501, 1), "RUN_LARGE"),
        (Run(999, 100), ""),
        (Run(1000, 100), "RUN_LARGE"),
        (Run(1000, 100, sent=19, refused=19), "RUN_LARGE"),
        (Run(5, 100, sent=19, refused=19), ""),
        (Run(5, 100, sent=20, refused=1), ""),
        (Run(5, 100, sent=20, refused=2), "REFUSED_MANY"),
        (Run(5, 100, sent=20, refused=2, waved=True), ""),
    ],
)
def test_a_person_is_asked_before_a_run_far_larger_than_any_or_when_too_much_comes_back(run: Run, code: str) -> None:
    """500 claims are never too many, ten times the largest day is, and a share is of at least twenty claims."""
    brake = Brake(claims=500, times=10, rejected=5)
    assert question(brake, run) == code
    done = plan(groups=(group(),), lane=with_habits(brake=brake), run=run)
    assert done == ([Ask(code, run)] if code else [Plan(group())])


def test_a_partner_whose_refusals_nobody_counts_is_never_asked_about_them() -> None:
    """That brake is off unless it is declared."""
    assert question(Brake(), Run(5, 100, sent=100, refused=100)) == ""


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_run_that_a_person_let_go_never_asks_again(claims: int, largest: int) -> None:
    """What was allowed counts as sent, whatever was sent before."""
    assert question(Brake(times=10), Run(claims, max(claims, largest))) == ""


@given(st.integers(TRIPS_AT, 100), st.booleans())
def test_an_open_breaker_makes_one_trial_and_no_more(failures: int, writing: bool) -> None:
    """Where the partner could not be reached it fetches; where only writing failed it writes one file."""
    waiting = (
        submission(1, filing_due=LATER),
        submission(2, composed=False, filing_due=SOON),
        submission(3, "IN_DOUBT"),
    )
    done = plan(*waiting, **WORK, failures=failures, writing_fails=writing)
    assert done == ([Compose(2), Send(2), Poll()] if writing else [Poll()])
    assert plan(*waiting, **WORK, failures=failures, not_before=NOW + timedelta(minutes=1)) == []


def test_a_lane_below_the_threshold_works_as_ever() -> None:
    """Three failures in a row are no outage."""
    assert plan(submission(1), failures=TRIPS_AT - 1) == [Send(1)]


@pytest.mark.parametrize(
    "away",
    [
        {"maintenance": (Window("14:00", "16:00"),)},
        {"habits": Habits(outages=(Outage(NOW - timedelta(days=1), NOW + timedelta(seconds=1)),))},
    ],
    ids=["maintenance", "outage"],
)
def test_nobody_is_dialled_who_said_he_is_away(away: dict[str, Any]) -> None:
    """Neither to write nor to look: it would only count as a failure. After it, all goes on."""
    lane = Lane(replace(PARTNER, **away), ACCOUNT)
    assert plan(submission(1), submission(2, "IN_DOUBT"), lane=lane, polled_at=None) == []
    later = NOW + timedelta(hours=2)
    assert plan(submission(1), submission(2, "IN_DOUBT"), lane=lane, polled_at=None, now=later)[:2] == [
        Probe(2),
        Send(1),
    ]


def test_what_was_written_before_logging_out_is_looked_at_when_it_has_settled() -> None:
    """In a new session and not before; however long the partner says it needs."""
    lane = with_habits(wire=Wire(commit_on_logout=True, settle_for=timedelta(hours=5)))
    waits = NOW + timedelta(hours=5)
    written = submission(1, "TRANSMITTING", step="settling", not_before=waits)
    assert plan(written, lane=lane) == []
    assert plan(written, lane=lane, now=waits) == [Observe(1)]


def test_marks_are_looked_for_when_answers_are_fetched() -> None:
    """And only while some are awaited."""
    lane = with_habits(receipts=Receipts(arrived="{name}-*-success"))
    assert plan(lane=lane, polled_at=None, awaits_marks=True) == [Poll(), LookForMarks()]
    assert plan(lane=lane, awaits_marks=True) == plan(lane=lane) == []


@pytest.mark.parametrize(
    ("expects", "after"),
    [
        ({}, timedelta(days=1)),
        ({"999": Expectation(within=timedelta(hours=2))}, timedelta(hours=2)),
        ({"999": Expectation(Sends.NEGATIVE_ONLY, timedelta(hours=2))}, timedelta(days=1)),
    ],
)
def test_doubt_is_told_to_a_person_once_the_acknowledgment_is_overdue(
    expects: dict[str, Expectation], after: timedelta
) -> None:
    """Once, whether or not the lane can be dialled; where no 999 comes for each file, after a day."""
    lane = Lane(replace(PARTNER, expects=expects), ACCOUNT)
    doubt = submission(1, "IN_DOUBT", doubted_at=NOW, not_before=NOW + timedelta(days=30))
    for more in ({}, {"active": False, "code": "LOGIN_REFUSED"}, {"not_before": NOW + timedelta(days=2)}):
        for told in (False, True):
            at = replace(doubt, told=told)
            assert TellDoubt(1) not in plan(at, lane=lane, now=NOW + after - timedelta(seconds=1), **more)
            assert (TellDoubt(1) in plan(at, lane=lane, now=NOW + after, **more)) is not told


STATES = st.sampled_from(["PLANNED", "TRANSMITTING", "IN_DOUBT"])
SUBMISSIONS = st.lists(
    st.builds(
        submission,
        st.integers(1, 9),
        STATES,
        composed=st.booleans(),
        step=st.sampled_from(["", "uploading", "settling"]),
        not_before=st.none() | st.just(NOW + timedelta(minutes=1)),
        filing_due=st.none() | st.sampled_from([SOON, LATER]),
        doubted_at=st.none() | st.just(NOW - timedelta(days=3)),
        told=st.booleans(),
    ),
    unique_by=lambda one: one.id,
)
KNOWN = st.fixed_dictionaries(
    {
        "active": st.booleans(),
        "code": st.sampled_from(["", "TA1 006", "LOGIN_REFUSED"]),
        "asks": st.booleans(),
        "failures": st.integers(0, 9),
        "writing_fails": st.booleans(),
        "awaits_marks": st.booleans(),
        "run": st.none() | st.builds(Run, st.integers(0, 9999), st.integers(0, 99)),
        "polled_at": st.none() | st.just(NOW),
    }
)


@given(SUBMISSIONS, KNOWN)
def test_whatever_is_known_only_what_is_planned_is_sent_and_nothing_that_may_have_arrived(
    submissions: list[OpenSubmission], known: dict[str, Any]
) -> None:
    """In doubt, being written, waiting, suspended, asking: none of them is ever sent, and nothing is sent twice."""
    actions = plan(*submissions, groups=(group(),), **known)
    sent = [action.submission for action in actions if isinstance(action, Send)]
    fit = {s.id for s in submissions if s.state == "PLANNED" and s.not_before is None}
    assert set(sent) <= fit
    assert len(sent) == len(set(sent))
    if not known["active"] or known["asks"]:
        assert not [action for action in actions if isinstance(action, Send | Plan | Compose | Ask)]
    if not known["active"] and known["code"] == "LOGIN_REFUSED":
        assert all(isinstance(action, TellDoubt) for action in actions)
    assert actions == plan(*reversed(submissions), groups=(group(),), **known)


def test_questions_for_status_go_after_all_claims() -> None:
    """They are planned only where no claim waits to be sent, and never where nothing may be sent."""
    assert plan(questions=2) == [PlanQuestions()]
    assert plan(questions=2, groups=(group(),), run=Run(3, 0)) == [Plan(group())]
    assert plan(submission(1), questions=2) == [Send(1)]
    for stopped in ({"active": False}, {"asks": True}, {"not_before": NOW + EVERY}):
        assert not [action for action in plan(questions=2, **stopped) if isinstance(action, PlanQuestions)]
