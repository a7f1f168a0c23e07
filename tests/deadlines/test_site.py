"""Deadlines of a whole site whose clock the test moves: each step told once, in the log and the list and the calendar."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.bus.told import told_of
from gateway.cli.main import gateway
from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.errors import Refused
from gateway.logs import set_up
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.store import Tx, roster
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers import deadlines as watching
from gateway.workers.site import Site, open_site
from tests.deadlines.test_icalendar import parsed, unescaped
from tests.sites import TestSite, make_site

NPI, STRANGER, OTHER = "2000000010", "2000000028", "2000000036"
SERVED, LIMIT = date(2026, 11, 3), date(2027, 2, 1)
RECEIVED = date(2026, 11, 10)


@dataclass
class Moved:
    """A closed site, to be run on days of the test's choice."""

    site: TestSite

    def at(self, day: date) -> Any:
        return lambda: datetime(day.year, day.month, day.day, 18, tzinfo=UTC)

    def run(self, day: date) -> None:
        """Start the service on this day and let it do all there is to do."""

        async def running() -> None:
            async with open_site(self.site.config, self.at(day)) as site:
                await Daemon(site).run_until_idle()

        stream = set_up(file=self.site.root / "gateway.log")
        asyncio.run(running())
        stream.close()

    def ask(self, day: date, command: str, **arguments: Any) -> Any:
        async def asking() -> Any:
            async with open_site(self.site.config, self.at(day)) as site:
                return await answer(site, command, arguments, "tester")

        return asyncio.run(asking())

    def enroll(self, *records: Enrollment) -> None:
        async def writing() -> None:
            async with open_site(self.site.config, self.at(RECEIVED)) as site:
                await site.store.write(roster.replace, records, [], "test")

        asyncio.run(writing())

    def events(self, like: str = "deadline.%") -> list[dict[str, Any]]:
        rows = self.site.query(f"SELECT * FROM events WHERE name LIKE '{like}' ORDER BY seq")
        return [{"event": row["name"], **json.loads(row["body"])} for row in rows]

    def steps(self) -> list[tuple[str, str, int]]:
        return [(said["event"], said["step"], said["days"]) for said in self.events()]


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def moved(tmp_path: Path, payer: PayerSimulator) -> Moved:
    """A site at one payer with a limit of 90 days, where one doctor is enrolled and another is not."""
    site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(NPI, "alpha")])
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("filing_limit_days = 3650", "filing_limit_days = 90"))
    return Moved(site)


def held(number: str = "CANARY1", **changes: Any) -> bytes:
    return batch837p([ClaimSpec(number, payer_id="77001", rendering=STRANGER, **changes)])


def test_a_held_claim_is_told_at_every_step_exactly_once(moved: Moved) -> None:
    """Over all days around the limit, the service starting anew on each of them; and of its age as a held one. From two
    weeks before the limit on every day tells something, and no day twice."""
    moved.site.drop("a.837", held())
    for day in sorted(
        {RECEIVED + timedelta(days=n) for n in (0, 6, 7, 8, 29, 30, 31)}
        | {LIMIT - timedelta(days=n) for n in (31, 30, 29, 15, 14, 13, 11, 10, 9, 6, 5, 4, 1, 0, -1, -2)}
    ):
        moved.run(day)
        moved.run(day)
    assert moved.steps() == [
        ("deadline.hold_aged", "age_7", 7),
        ("deadline.hold_aged", "age_30", 30),
        ("deadline.near", "supervisor", 30),
        ("deadline.near", "daily", 14),
        ("deadline.near", "daily", 13),
        ("deadline.near", "daily", 11),
        ("deadline.near", "send_by", 10),
        ("deadline.near", "daily", 9),
        ("deadline.near", "daily", 6),
        ("deadline.near", "must_decide", 5),
        ("deadline.near", "daily", 4),
        ("deadline.near", "daily", 1),
        ("deadline.near", "last_day", 0),
        ("deadline.passed", "passed", -1),
    ]
    log = (moved.site.root / "gateway.log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if '"deadline.' in line]
    assert [line["step"] for line in lines] == [step for _, step, _ in moved.steps()]
    assert {line["claim"] for line in lines} == {1}
    assert "dropped" not in {key for line in lines for key in line}
    assert "CANARY" not in log
    assert STRANGER not in log


def test_a_service_that_was_off_tells_only_the_furthest_step(moved: Moved) -> None:
    """And a clock that jumps back tells nothing of what lies before it."""
    moved.site.drop("a.837", held())
    moved.run(RECEIVED)
    moved.run(LIMIT - timedelta(days=4))
    moved.run(LIMIT - timedelta(days=12))
    moved.run(LIMIT - timedelta(days=20))
    assert moved.steps() == [("deadline.near", "must_decide", 4), ("deadline.hold_aged", "age_30", 79)]


def test_a_claim_that_the_payer_took_has_no_clock(moved: Moved, payer: PayerSimulator) -> None:
    """One that is sent keeps it until somebody says that the payer has it; one that is declined runs on until it is sent
    anew."""
    moved.site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
    moved.run(RECEIVED)
    assert [claim["stands"] for claim in moved.ask(RECEIVED, "claims")] == ["SENT"]
    moved.run(LIMIT - timedelta(days=30))
    [said] = moved.events()
    assert said["next"].startswith("Find out whether the payer has it")
    [line] = moved.ask(LIMIT - timedelta(days=30), "deadlines")
    assert (line["command"], line["days_left"], line["money"]) == ("gateway timeline C1", 30, "120")
    _stand(moved.site, "ACCEPTED")
    assert moved.ask(LIMIT, "deadlines") == []
    _stand(moved.site, "DECLINED")
    [line] = moved.ask(LIMIT, "deadlines")
    assert line["next"].startswith("Correct the claim and send a new one")
    moved.site.drop("b.837", batch837p([ClaimSpec("A1", payer_id="77001", diagnoses=("J029",))], control=2))
    moved.run(LIMIT)
    assert [line["who"] for line in moved.ask(LIMIT, "deadlines")] == ["C2"]


def _stand(site: TestSite, standing: str) -> None:
    async def writing() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(lambda tx: tx.run("UPDATE claims SET standing = ? WHERE id = 1", standing))

    asyncio.run(writing())


def test_a_replacement_counts_from_the_payers_own_decision(moved: Moved) -> None:
    """Where the payer's rule says so, and a remittance here tells when that was: the earlier of its two days."""
    rule = 'filing_rules = [{anchor = "denial", count = 60, claims = "corrected", source = "manual"}]'
    plugin = moved.site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("filing_limit_days = 90", f"filing_limit_days = 90\n{rule}"))
    moved.site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
    moved.run(RECEIVED)

    def remitted(tx: Tx) -> None:
        tx.run("INSERT INTO answers (id, document, ordinal, lane, form, read_at) VALUES (1, 1, 1, '', '835', '')")
        tx.run(
            "INSERT INTO remittances (id, answer, payer, trace, originator, amount, paid_on, produced_on, balanced)"
            " VALUES (1, 1, 'alpha', 't', 'o', '0', '2026-12-03', '2026-12-01', 1)"
        )
        tx.run(
            "INSERT INTO adjudications (remittance, ordinal, claim, outcome, reference, control_number, status, charge,"
            " paid, patient) VALUES (1, 1, 1, 'DENIED', 'ICN1', 'A1', '4', '120', '0', '0')"
        )

    async def writing() -> None:
        async with open_site(moved.site.config) as site:
            await site.store.write(remitted)

    asyncio.run(writing())
    again = [ClaimSpec(f"A{n}", payer_id="77001", frequency="7", payer_control_number=f"ICN{n}") for n in (1, 2)]
    moved.site.drop("b.837", batch837p(again, control=2))
    moved.run(date(2026, 12, 10))
    dues = {claim["claim"]: claim["filing_due"] for claim in moved.ask(date(2026, 12, 10), "claims")}
    assert dues == {"C1": "2027-02-01", "C2": "2027-01-30", "C3": "2027-02-01"}


def test_a_test_claim_has_no_clock(tmp_path: Path, payer: PayerSimulator) -> None:
    """Nobody pays it, and no money is at stake."""
    site = make_site(tmp_path / "site", {"alpha": payer}, stage="test")
    moved = Moved(site)
    site.drop("a.837", batch837p([ClaimSpec("T1", payer_id="77001", rendering=STRANGER)], usage="T"))
    moved.run(RECEIVED)
    moved.run(RECEIVED + timedelta(days=3620))
    assert moved.events() == []
    assert moved.ask(RECEIVED, "deadlines", within=3660) == []


@pytest.mark.parametrize(("submitted", "late"), [(date(2026, 11, 3), False), (date(2026, 11, 4), True)])
def test_an_approval_that_comes_too_late_goes_to_a_person_at_once(moved: Moved, submitted: date, late: bool) -> None:
    """The payer takes 90 days: expected on the limit itself it is in time, a day later it is not. Once, on day 0."""
    moved.enroll(
        Enrollment(STRANGER, "alpha", EnrollmentState.SUBMITTED, None, submitted_on=submitted, observed_on=RECEIVED)
    )
    moved.site.drop("a.837", held())
    for day in (RECEIVED, RECEIVED, RECEIVED + timedelta(days=1)):
        moved.run(day)
    said = [(each["event"], each["code"], each["claim"]) for each in moved.events()]
    assert said == ([("deadline.decide", "APPROVAL", 1)] if late else [])
    if late:
        [line] = moved.ask(RECEIVED, "deadlines")
        days = (LIMIT - RECEIVED).days
        assert (line["days_left"], line["due"], line["kinds"]) == (days, LIMIT.isoformat(), ["approval"])


def test_an_approval_that_comes_too_late_is_told_behind_any_other_hold(moved: Moved) -> None:
    """Whatever leads, the clock of the approval runs too; and what nobody but a person ends, likewise. Each once."""
    late, early = RECEIVED, SERVED + timedelta(days=1)
    moved.enroll(
        Enrollment(STRANGER, "alpha", EnrollmentState.SUBMITTED, None, submitted_on=late, observed_on=RECEIVED),
        Enrollment(OTHER, "alpha", EnrollmentState.ACTIVE, early, observed_on=RECEIVED),
    )
    twice = [ClaimSpec("A1", payer_id="77001", rendering=npi) for npi in (NPI, STRANGER, OTHER)]
    moved.site.drop("a.837", batch837p(twice))
    for _ in range(2):
        moved.run(RECEIVED)
    held = {claim["claim"]: claim["code"] for claim in moved.ask(RECEIVED, "held")}
    assert held == dict.fromkeys(["C2", "C3"], "CHANGED_AFTER_SENDING")
    said = {(each["event"], each["code"], each["claim"]) for each in moved.events()}
    assert said == {("deadline.decide", "APPROVAL", 2), ("deadline.decide", "DECISION", 3)}
    assert len(moved.events()) == 2
    lines = {line["who"]: line["what"] for line in moved.ask(RECEIVED, "deadlines")}
    assert "after the filing limit" in lines["C2"]
    assert "(ENROLLMENT_STARTS_LATER)" in lines["C3"]


def test_a_date_of_service_that_no_approval_reaches_goes_to_a_person_at_once(moved: Moved) -> None:
    """Waiting changes nothing there."""
    moved.enroll(
        Enrollment(STRANGER, "alpha", EnrollmentState.ACTIVE, SERVED + timedelta(days=1), observed_on=RECEIVED)
    )
    moved.site.drop("a.837", held())
    moved.run(RECEIVED)
    moved.run(RECEIVED + timedelta(days=1))
    [said] = moved.events()
    assert (said["event"], said["code"]) == ("deadline.decide", "DECISION")
    [line] = moved.ask(RECEIVED, "deadlines")
    assert "ENROLLMENT_STARTS_LATER" in line["what"]


def credential(kind: str, number: str, state: str, **days: str) -> dict[str, str]:
    """A row of the roster's sheet of credentials."""
    return {"sheet": "credentials", "provider_npi": NPI, "kind": kind, "number": number, "state": state, **days}


def practise(moved: Moved) -> None:
    """Ninety days of one doctor's claims: 90 at $120, and a test claim that counts for nothing."""
    for week in range(10):
        day = date(2026, 9, 1) + timedelta(days=9 * week)
        claims = [ClaimSpec(f"W{week}N{n}", payer_id="77001", lines=[LineSpec(first_day=day)]) for n in range(9)]
        moved.site.drop(f"w{week}.837", batch837p(claims, control=week + 1))
        moved.run(day)
    test = batch837p([ClaimSpec("T1", payer_id="77001")], control=99, usage="T")
    moved.site.drop("t.837", test)


def test_a_lapse_is_told_once_a_step_and_in_money(moved: Moved) -> None:
    """In the event's counts, the list and the calendar, from the site's own history; no NPI is in the event."""
    practise(moved)
    day = date(2026, 11, 29)
    ends = day + timedelta(days=30)
    moved.enroll(
        Enrollment(NPI, "alpha", EnrollmentState.ACTIVE, date(2020, 1, 1), recred_due=ends, observed_on=day),
        Enrollment("2000000036", "alpha", EnrollmentState.ACTIVE, date(2020, 1, 1), ends, observed_on=day),
    )
    with moved.site.config.open("a") as settings:
        settings.write('\n[deadlines]\ncalendar = "spool/reports/deadlines.ics"\n')
    moved.run(day)
    moved.run(day)
    said = {each["code"]: each for each in moved.events() if each["event"].startswith("deadline.expiry")}
    recred = said["RECREDENTIALING"]
    assert len([each for each in moved.events() if "expiry" in each["event"]]) == 2
    assert (recred["step"], recred["days"], recred["count"], recred["dollars"]) == ("days_30", 30, 7, 840)
    assert (said["ENROLLMENT"]["count"], said["ENROLLMENT"]["dollars"]) == (0, 0)
    assert NPI not in json.dumps(recred)
    rows = moved.site.query("SELECT * FROM events WHERE name = 'deadline.expiry_near' ORDER BY seq")
    told = told_of(dict(rows[0]))
    assert told
    assert told.facts["dollars"] == 840
    assert set(told.facts) == {"payer", "code", "step", "count", "dollars", "subject"}
    lines = moved.ask(day, "deadlines", kinds=["recredentialing", "enrollment"])
    assert [(line["who"], line["days_left"], line["money"], line["weekly"]) for line in lines] == [
        (NPI, 30, "840", True),
        ("2000000036", 30, "0", True),
    ]
    assert lines[0]["what"].endswith("if it lapses, 7 claims and $840 a week stop at alpha")
    events = parsed((moved.site.spool / "reports" / "deadlines.ics").read_bytes()).inside
    texts = [unescaped(event.properties["DESCRIPTION"][1]) for event in events]
    assert any("7 claims and $840 a week stop at alpha" in text for text in texts)
    filing = [unescaped(e.properties["SUMMARY"][1]) for e in events if "Filing" in e.properties["SUMMARY"][1]]
    assert "Filing limit at Alpha Health: 9 claims, $1,080" in filing


def test_credentials_are_watched(moved: Moved) -> None:
    """As the roster states them, by kind; one that was renewed has the new clock alone."""
    rows = [
        credential("licence", "MD-1/2 x", "IA", last_day="2026-12-10"),
        credential("caqh", "", "IL", first_day="2026-06-01"),
        credential("dea", "X", "IA", first_day="2024-01-01", last_day="2026-12-10"),
    ]
    renewed = credential("dea", "X", "IA", first_day="2024-01-01", last_day="2029-12-10")
    moved.site.ask("roster apply", rows=rows, source="test")
    moved.site.ask("roster apply", rows=[renewed], source="test")
    moved.run(RECEIVED)
    said = {(each["code"], each["step"], each["due"]) for each in moved.events()}
    assert said == {("LICENCE", "days_30", "2026-12-10"), ("CAQH", "days_30", "2026-11-28")}


def test_a_record_that_another_one_continues_has_no_end(moved: Moved) -> None:
    """A roster that was split at some day is not a lapse."""
    until = RECEIVED + timedelta(days=10)
    moved.enroll(
        Enrollment(STRANGER, "alpha", EnrollmentState.ACTIVE, date(2020, 1, 1), until, recred_due=until),
        Enrollment(STRANGER, "alpha", EnrollmentState.ACTIVE, until + timedelta(days=1)),
    )
    moved.run(RECEIVED)
    assert moved.events() == []


def test_the_calendar_is_written_anew_only_when_it_says_something_new(moved: Moved) -> None:
    """So that whoever subscribes to it fetches nothing twice; and it appears whole, for the folder's group."""
    with moved.site.config.open("a") as settings:
        settings.write('\n[deadlines]\ncalendar = "spool/reports/deadlines.ics"\n')
    file = moved.site.spool / "reports" / "deadlines.ics"
    moved.site.drop("a.837", held())
    moved.run(RECEIVED)
    first = file.stat()
    assert first.st_mode & 0o777 == 0o640
    moved.run(RECEIVED + timedelta(days=1))
    assert file.stat().st_ino == first.st_ino
    moved.site.drop("b.837", held("CANARY2", member_id="M2"))
    moved.run(RECEIVED + timedelta(days=1))
    assert file.stat().st_ino != first.st_ino
    text = file.read_bytes().decode()
    assert "CANARY" not in text
    assert text == moved.ask(RECEIVED + timedelta(days=1), "deadlines calendar")


def test_a_calendar_that_cannot_be_written_stops_nothing(moved: Moved) -> None:
    """It is told in the log, and the steps are told and claims go all the same."""
    with moved.site.config.open("a") as settings:
        settings.write('\n[deadlines]\ncalendar = "nowhere/deadlines.ics"\n')
    moved.site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
    moved.run(LIMIT)
    assert [claim["stands"] for claim in moved.ask(LIMIT, "claims")] == ["SENT"]
    assert moved.steps() == [("deadline.near", "last_day", 0)]
    assert '"err": "deadlines", "code": "ENOENT"' in (moved.site.root / "gateway.log").read_text()


def test_the_command_lists_what_runs_out_and_writes_a_calendar(moved: Moved, tmp_path: Path) -> None:
    """For people, for programs, and for calendars."""
    moved.site.drop("a.837", held(lines=[LineSpec(first_day=date.today() - timedelta(days=80))]))
    moved.run(date.today())

    def typed(*words: str) -> str:
        done = CliRunner().invoke(gateway, ["-c", str(moved.site.config), "deadlines", *words])
        assert done.exit_code == 0, done.output
        return done.output

    [row] = json.loads(typed("--json"))
    assert (row["who"], row["kinds"], row["claims"]) == ("C1", ["filing"], 1)
    assert "gateway why C1" in typed()
    assert "Nothing runs out soon" in typed("--kind", "licence")
    assert "Nothing runs out soon" in typed("--within", "2")
    assert [row] == json.loads(typed("--lane", "alpha_edi/production", "--json"))
    wrong = CliRunner().invoke(gateway, ["-c", str(moved.site.config), "deadlines", "--lane", "alpha_edi"])
    assert isinstance(wrong.exception, Refused)
    assert "alpha_edi/production" in wrong.exception.next_step
    assert "no claim" in typed("--ics", str(tmp_path / "year.ics"))
    assert len(parsed((tmp_path / "year.ics").read_bytes()).inside) == 1


async def test_it_looks_once_a_day_or_when_something_happened(
    moved: Moved, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not each second: a look in between costs the number of the last event."""
    looks: list[date] = []
    really = watching.tell

    async def counted(site: Site, today: date) -> int:
        looks.append(today)
        return await really(site, today)

    monkeypatch.setattr(watching, "tell", counted)
    day = [RECEIVED]
    async with open_site(moved.site.config, lambda: moved.at(day[0])()) as site:  # noqa: PLW0108
        watch = watching.Watch(site)
        for _ in range(3):
            await watch.look()
        assert looks == [RECEIVED]
        await site.store.write(roster.replace, [], [], "test")
        await watch.look()
        assert looks == [RECEIVED], "not so soon again"
        watch.pause = 0.0
        day[0] += timedelta(days=1)
        await watch.look()
        await watch.look()
        assert looks == [RECEIVED, day[0]]
        await site.store.write(roster.replace, [], [], "test")
        await watch.look()
        assert len(looks) == 3
