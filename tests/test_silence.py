"""Silence: when an answer is due on the partner's own calendar, what is told of one that does not come, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.habits import WEEK, Business, Expectation, Habits, Outage, Sends
from gateway.model.partners import Endpoint, Partner, Window
from gateway.model.x12 import Address
from gateway.silence import ESCALATE, WARN, Awaited, Sight, excuse, next_step, steps
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator, Rule, Scenario, Silent
from tests.answers import interchange, status_report
from tests.habits import Clock, declare, order, run
from tests.sites import TestSite, make_site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARTNER = Partner("alpha_edi", "ALPHA", {}, Address("ZZ", "ALPHAHP"), Endpoint("sftp", "127.0.0.1"))
ZONES = ("UTC", "America/New_York", "America/Chicago", "Asia/Kolkata", "Pacific/Auckland")
LANE = "alpha_edi/production"


def partner(expects: dict[str, Expectation], business: Business | None = None, **habits: object) -> Partner:
    return replace(
        PARTNER,
        expects=expects,
        habits=Habits(business=business or Business(), **habits),  # type: ignore[arg-type]
    )


def local(year: int, month: int, day: int, hour: int, zone: str = "America/New_York") -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


# The calendar.

NEW_YORK = Business("America/New_York", holidays=(date(2026, 11, 19),), cutoff="17:00")


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (local(2026, 11, 23, 10), local(2026, 11, 24, 10)),  # a Monday
        (local(2026, 11, 18, 16), local(2026, 11, 20, 16)),  # over a holiday of its own
        (local(2026, 11, 25, 16), local(2026, 11, 27, 16)),  # over Thanksgiving, which nobody needs to declare
        (local(2026, 11, 25, 17), datetime(2026, 11, 28, 5, tzinfo=UTC)),  # after the cutoff: all of the Friday
        (local(2026, 11, 27, 12), local(2026, 11, 30, 12)),  # over a weekend
        (local(2026, 10, 30, 12), local(2026, 11, 2, 12)),  # over the end of summer time
        (local(2026, 11, 24, 1), local(2026, 11, 25, 1)),  # Tuesday there and in UTC
        (datetime(2026, 11, 28, 3, tzinfo=UTC), local(2026, 12, 1, 0)),  # Saturday in UTC, Friday evening there: cutoff
    ],
)
def test_a_business_day_is_the_partners(sent: datetime, due: datetime) -> None:
    expects = {"999": Expectation(within=DAY, business=True)}
    assert steps(Awaited.GROUP, sent, partner(expects, NEW_YORK))[0] == (WARN, due)


def test_who_works_every_day_of_the_week_works_on_holidays() -> None:
    expects = {"999": Expectation(within=DAY, business=True)}
    always = partner(expects, Business("America/New_York", days=tuple(WEEK)))
    assert steps(Awaited.GROUP, local(2026, 11, 25, 16), always)[0] == (WARN, local(2026, 11, 26, 16))


@given(
    sent=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),
    later=st.timedeltas(timedelta(0), timedelta(days=20)),
    zone=st.sampled_from(ZONES),
    days=st.sets(st.sampled_from(WEEK), min_size=1).map(tuple),
    holidays=st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=5).map(tuple),
    cutoff=st.sampled_from(["", "00:00", "17:00", "23:59"]),
    within=st.sampled_from([None, HOUR, DAY, 3 * DAY]),
    business=st.booleans(),
    away=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 200)), max_size=3),
    kind=st.sampled_from(list(Awaited)),
)
def test_no_calendar_makes_an_answer_due_before_its_time(
    sent: datetime,
    later: timedelta,
    zone: str,
    days: tuple[str, ...],
    holidays: tuple[date, ...],
    cutoff: str,
    within: timedelta | None,
    business: bool,
    away: list[tuple[int, int]],
    kind: Awaited,
) -> None:
    """Whatever the calendar: never sooner than asked for, in order, never sooner for what was sent later, and an outage
    only ever gives more time."""
    told = {name: Expectation(within=within, business=business) for name in ("TA1", "999", "277CA", "835")}
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    outages = tuple(Outage(begun + a * DAY, begun + a * DAY + h * HOUR) for a, h in away)
    working = partner(told, Business(zone, days, holidays, cutoff))
    absent = replace(working, habits=replace(working.habits, outages=outages))
    (warn, first), (escalate, second) = steps(kind, sent, working)
    assert (warn, escalate) == (WARN, ESCALATE)
    assert sent + (within or HOUR if kind is not Awaited.PAYER_REPORT else HOUR) <= first <= second
    assert first <= steps(kind, sent + later, working)[0][1]
    assert first <= steps(kind, sent, absent)[0][1] <= first + sum((o.ends - o.begins for o in outages), timedelta(0))


@pytest.mark.parametrize("sends", [Sends.NEGATIVE_ONLY, Sends.NEVER])
def test_silence_of_who_sends_only_bad_news_says_nothing(sends: Sends) -> None:
    told = {name: Expectation(sends, HOUR) for name in ("TA1", "999", "277CA", "835")}
    assert not any(steps(kind, datetime(2026, 11, 2, tzinfo=UTC), partner(told)) for kind in Awaited)


def test_medicare_money_is_due_by_its_own_ceiling() -> None:
    sent, told = datetime(2026, 11, 2, tzinfo=UTC), partner({"835": Expectation()})
    assert [(at - sent).days for _, at in steps(Awaited.REMITTANCE, sent, told)] == [30, 45]
    assert [(at - sent).days for _, at in steps(Awaited.REMITTANCE, sent, told, medicare=True)] == [16, 30]


def test_what_nobody_could_look_for_is_explained() -> None:
    due = datetime(2026, 11, 2, 12, tzinfo=UTC)
    now = due + HOUR
    looked = Sight(polled_at=due)
    assert excuse(PARTNER, looked, due, now) == ""
    assert excuse(PARTNER, Sight(), due, now) == "NOT_LOOKED"
    assert excuse(PARTNER, replace(looked, polled_at=due - HOUR), due, now) == "NOT_LOOKED"
    assert excuse(PARTNER, replace(looked, out_since=due), due, now) == "OUTAGE"
    assert excuse(PARTNER, replace(looked, troubles=("FOLDER",)), due, now) == "MAILBOX"
    closed = replace(PARTNER, maintenance=(Window("12:00", "14:00"),))
    assert excuse(closed, looked, due, now) == "ANNOUNCED"


def test_every_step_has_its_words() -> None:
    assert all(
        next_step(kind, step, why) for kind in Awaited for step in (WARN, ESCALATE) for why in ("LATE", "NEVER_SEEN")
    )


# A real site.

EXPECTS = (
    'expects={"999": Expectation(within=timedelta(hours=24)), "277CA": Expectation(within=timedelta(hours=48)),'
    ' "835": Expectation()}'
)


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def site_at(tmp_path: Path, payer: PayerSimulator, said: str = EXPECTS) -> TestSite:
    site = make_site(tmp_path / "site", {"alpha": payer}, [("2000000010", "alpha")])
    declare(site, "alpha", said)
    site.drop("a.837", batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(2)]))
    return site


def exchange(site: TestSite, payer: PayerSimulator, clock: Clock) -> list[str]:
    """Send, let the payer answer, fetch; returns the names of the events."""
    sent = run(site, clock)
    payer.tick()
    return sent + run(site, clock)


def silences(events: list[str]) -> list[str]:
    return [name for name in events if name in ("answer.overdue", "answer.never_seen", "answer.arrived_late")]


def silent(site: TestSite, clock: Clock, **narrow: str) -> list[tuple[str, str, int]]:
    return [(row["answer"], row["code"], row["claims"]) for row in order(site, clock, "overdue", **narrow)]


def test_what_never_came_from_a_partner_is_told_once_for_its_lane(tmp_path: Path, payer: PayerSimulator) -> None:
    """It is a matter of set-up: one event, however many files wait, and another next step than for what is late."""
    payer.scenario, clock = Scenario(answers=("999",)), Clock()
    site = site_at(tmp_path, payer)
    assert silences(exchange(site, payer, clock)) == []
    clock.move(days=3)
    assert silences(run(site, clock)) == ["answer.never_seen"]
    clock.move(days=10)
    assert silences(run(site, clock)) == []
    assert silent(site, clock) == [("277CA", "NEVER_SEEN", 2)]
    assert silent(site, clock, payer="alpha") == silent(site, clock, lane="alpha_edi/production") == silent(site, clock)
    assert "switch them on" in order(site, clock, "why", claim="C1")["silence"][0]["next"]
    assert order(site, clock, "status")["overdue"] == "1 never seen"


def test_what_is_late_is_told_once_a_step_until_it_comes(tmp_path: Path, payer: PayerSimulator) -> None:
    """The first file was answered in full, so the partner does send them; the second waits, and the timeline says so."""
    clock = Clock()
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    payer.scenario = Scenario(answers=("999",))
    site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77001", member_id="M9")], control=2))
    assert silences(exchange(site, payer, clock)) == []
    clock.move(hours=47)
    assert silences(run(site, clock)) == []
    clock.move(hours=2)
    assert silences(run(site, clock)) == ["answer.overdue"]
    assert silences(run(site, clock)) == []
    (row,) = order(site, clock, "overdue")
    assert (row["answer"], row["code"], row["step"], row["command"]) == ("277CA", "LATE", "warn", "gateway why C3")
    clock.move(hours=48)
    assert silences(run(site, clock)) == ["answer.overdue"]
    assert silent(site, clock) == [("277CA", "LATE", 1)]
    told = [one["step"] for one in order(site, clock, "timeline", claim="C3") if one["event"] == "answer.overdue"]
    assert told == ["warn", "escalate"]
    assert not [one for one in order(site, clock, "timeline", claim="C1") if one["event"] == "answer.overdue"]
    _answer(payer, site)
    assert silences(run(site, clock)) == ["answer.arrived_late"]
    assert silent(site, clock) == []


def _answer(payer: PayerSimulator, site: TestSite) -> None:
    """The payer's 277CA of the second file, at last: what it wrote of the first one, for the other trace."""
    (row,) = site.query("SELECT trace FROM attempts ORDER BY id LIMIT 1 OFFSET 2")
    report = status_report(
        "HL*2*1*21*1", "NM1*41*2*OPENGATE*****46*OGT77", "HL*3*2*19*1", "NM1*85*2*BIRCH LANE*****XX*1234567893",
        "HL*4*3*PT", "NM1*QC*1*SAMPLE*ADA****MI*M9", "TRN*2*B1", "STC*A2:20*20261116*WQ*100", f"REF*D9*{row['trace']}",
    )  # fmt: skip
    (payer.outbox / "late.277").write_bytes(interchange(report, receiver="OPENGATE"))


def test_of_one_file_only_the_silent_claim_is_told(tmp_path: Path, payer: PayerSimulator) -> None:
    """One of two was answered: the other is overdue by itself, and the timeline of the first does not speak of it."""
    payer.scenario, clock = Scenario(answers=("999", "277CA"), rules=(Rule(Silent(), claim="A1"),)), Clock()
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    clock.move(days=3)
    assert silences(run(site, clock)) == ["answer.overdue"]
    (row,) = order(site, clock, "overdue")
    assert (row["answer"], row["first_claims"], row["claims"]) == ("277CA", ["C2"], 1)
    for claim, told in (("C1", 0), ("C2", 1)):
        names = [one["event"] for one in order(site, clock, "timeline", claim=claim)]
        assert names.count("answer.overdue") == told
        assert len(order(site, clock, "why", claim=claim)["silence"]) == told


def test_the_payers_own_word_is_awaited_after_the_clearinghouses(tmp_path: Path, payer: PayerSimulator) -> None:
    """A clearinghouse that received the claims gave the first 277CA; that of the payer is another, with its own time."""
    payer.scenario, clock = Scenario(answers=("999", "277CA"), clearinghouse=True), Clock()
    site = site_at(tmp_path, payer)
    exchange(site, payer, clock)
    clock.move(days=4)
    assert silences(run(site, clock)) == []
    clock.move(days=5)
    assert silences(run(site, clock)) == ["answer.never_seen"]
    assert silent(site, clock) == [("277CA_PAYER", "NEVER_SEEN", 2)]


def test_who_sends_only_bad_news_is_not_late(tmp_path: Path, payer: PayerSimulator) -> None:
    payer.scenario, clock = Scenario(answers=(), negative_only=("999", "277CA")), Clock()
    only = "Expectation(Sends.NEGATIVE_ONLY, timedelta(hours=1))"
    site = site_at(tmp_path, payer, f'expects={{"999": {only}, "277CA": {only}}}')
    exchange(site, payer, clock)
    clock.move(days=60)
    assert silences(run(site, clock)) == []
    assert silent(site, clock) == []


def test_silence_of_a_partner_that_is_out_is_explained(tmp_path: Path, payer: PayerSimulator) -> None:
    """Nobody could look: that is calm, and what lies there when it is back was never late."""
    payer.scenario, clock = Scenario(answers=()), Clock()
    site = site_at(tmp_path, payer)
    run(site, clock)
    payer.stop()
    clock.move(hours=30)
    assert silences(run(site, clock)) == []
    (row,) = order(site, clock, "overdue")
    assert (row["answer"], row["excuse"], row["command"]) == ("999", "NOT_LOOKED", "gateway status")
    assert order(site, clock, "status")["overdue"] == "1 explained"
    payer.start()
    site.skip_waits()
    clock.move(hours=2)
    assert silences(run(site, clock)) == ["answer.never_seen"]


def test_only_what_is_due_is_looked_at(tmp_path: Path, payer: PayerSimulator) -> None:
    """Both questions of every round find their rows by an index, however many wait."""
    site = site_at(tmp_path, payer)
    plans = site.query("EXPLAIN QUERY PLAN SELECT * FROM awaited WHERE look_at <= '2' ORDER BY look_at LIMIT 200")
    assert [row["detail"] for row in plans] == ["SEARCH awaited USING INDEX awaited_to_look_at (look_at<?)"]
    plans = site.query("EXPLAIN QUERY PLAN SELECT c.id FROM claims c WHERE c.submission = 1 AND c.state = 'SENT'")
    assert "claims_by_submission" in plans[0]["detail"]
