"""A roster file is taken in by itself: whole, once for each version, and what is wrong with it is told once."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import Daemon
from gateway.desk.founding import found
from gateway.errors import Refused, Transient
from gateway.events import RosterRefused
from gateway.logs import set_up
from gateway.rosterfile import RosterFile
from gateway.store import StoreFailed, roster
from gateway.workers.site import Site, open_site
from gateway.workers.sources import Sources
from tests.sites import TestSite

HEAD = "provider_npi,payer,effective_from\n"
_NO_ROOM = "CREATE TEMP TRIGGER no_room BEFORE INSERT ON enrollments BEGIN SELECT RAISE(ABORT, 'no room'); END"
PAYER = '[[payer]]\nkey = "alpha"\nname = "Alpha Health"\n'


def save(file: Path, text: str, age: float = 60.0) -> None:
    """Save the file as it was so many seconds ago, on the clock of `RosterFile` tests that begins at 1,000,000."""
    file.write_text(text)
    os.utime(file, (1_000_000 - age, 1_000_000 - age))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path, clock: Clock) -> RosterFile:
    return RosterFile(tmp_path / "roster.csv", clock)


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A site that knows one payer, with a roster file."""
    made = TestSite(tmp_path / "site")
    found(made.root, '[roster]\nfile = "roster.csv"\n')
    (made.root / "plugins" / "alpha.toml").write_text(PAYER)
    (made.root / "plugins" / "alpha.toml").chmod(0o644)
    return made


def take_in(site: TestSite, *versions: str | None) -> list[Any]:
    """Start the site once, save these versions of its roster file one after the other, and look three times at each;
    returns every roster event so far."""

    async def run() -> None:
        async with open_site(site.config) as opened:
            sources = Sources(opened)
            for number, text in enumerate(versions):
                if text is not None:
                    save(site.root / "roster.csv", text, age=100 - number)
                for _ in range(3):
                    await sources.take_in(sources.all[0])

    asyncio.run(run())
    return site.query("SELECT name, actor, body FROM events WHERE name LIKE 'roster.%' ORDER BY seq")


def names(events: Sequence[Any]) -> list[str]:
    return [event["name"] for event in events]


async def test_a_version_is_given_once(file: RosterFile, clock: Clock) -> None:
    """And the next one when it changed."""
    save(file.file, HEAD + "2000000010,alpha,2020-01-01\n")
    rows = await file.rows()
    place = {"sheet": "enrollments", "#at": "row 2"}
    assert rows == [{"provider_npi": "2000000010", "payer": "alpha", "effective_from": "2020-01-01", **place}]
    assert await file.rows() is None
    save(file.file, HEAD, age=50)
    assert await file.rows() == []
    assert await file.rows() is None


async def test_a_file_that_is_being_written_is_left_alone(file: RosterFile, clock: Clock) -> None:
    """Until it stood still for two seconds."""
    save(file.file, HEAD, age=0)
    assert await file.rows() is None
    clock.now += 1.9
    save(file.file, HEAD + "2000000010,alpha,2020-01-01\n", age=-1.9)
    assert await file.rows() is None
    clock.now += 1.9
    assert await file.rows() is None
    clock.now += 0.2
    assert len(await file.rows() or ()) == 1


async def test_a_file_saved_in_the_future_is_read_once_it_stood_still(file: RosterFile, clock: Clock) -> None:
    """The clock of the machine that saved it may be wrong."""
    save(file.file, HEAD, age=-5000)
    assert await file.rows() is None
    clock.now += 2
    assert await file.rows() == []


async def test_a_file_that_is_missing_or_goes_is_refused_once(file: RosterFile, clock: Clock) -> None:
    """At once where there never was one; one that is only being replaced is given its two seconds."""
    with pytest.raises(Refused) as wrong:
        await file.rows()
    assert wrong.value.code == "ROSTER_FILE"
    assert await file.rows() is None
    save(file.file, HEAD)
    assert await file.rows() == []
    file.file.unlink()
    assert await file.rows() is None
    clock.now += 2
    with pytest.raises(Refused):
        await file.rows()
    assert await file.rows() is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"2000000010,alpha,2020-01-01\n", "ROSTER_COLUMNS"),
        (b"", "ROSTER_TEXT"),
        (b"PK\x03\x04\xff\xfe", "ROSTER_TEXT"),
        (HEAD.encode() + b'"' + b"x" * 200_000 + b'"', "ROSTER_TEXT"),
    ],
    ids=["no header", "empty", "spreadsheet", "too long a field"],
)
async def test_what_is_no_roster_is_refused_once_for_each_version(
    file: RosterFile, clock: Clock, content: bytes, code: str
) -> None:
    """In words that tell one version from the next."""
    said = set()
    for seconds in (100, 200):
        file.file.write_bytes(content)
        os.utime(file.file, (seconds, seconds))
        with pytest.raises(Refused) as wrong:
            await file.rows()
        assert wrong.value.code == code
        assert wrong.value.next_step
        said.add(wrong.value.message)
        assert await file.rows() is None
    assert len(said) == 2


def test_a_roster_file_changes_the_roster_in_its_own_name(site: TestSite) -> None:
    """What it says again changes nothing, also after a restart; what it no longer says stays on record."""
    first = HEAD + "2000000010,alpha,2020-01-01\n"
    events = take_in(site, first, HEAD + "2000000028,alpha,2021-01-01\n")
    assert [(e["name"], e["actor"]) for e in events] == [("roster.changed", "roster_file")] * 2
    assert {json.loads(e["body"])["source"] for e in events} == {"roster_file"}
    assert {row["provider_npi"] for row in site.ask("roster")} == {"2000000010", "2000000028"}
    assert len(take_in(site, first)) == 2


def test_what_was_applied_last_is_not_applied_again_at_the_next_start(site: TestSite) -> None:
    """What a person changed since then stays; what the file says anew is taken, also if it said it once before."""
    first, second = (HEAD + f"2000000010,alpha,{day}\n" for day in ("2020-01-01", "2021-01-01"))
    take_in(site, first)
    left = [{"provider_npi": "2000000010", "payer": "alpha", "state": "denied", "effective_from": "2020-01-01"}]
    site.ask("roster apply", rows=left, source="test")
    assert len(take_in(site, first)) == 2
    assert [row["state"] for row in site.ask("roster")] == ["denied"]
    assert len(take_in(site, second, first)) == 4
    assert [row["state"] for row in site.ask("roster")] == ["active"]


def test_problems_are_told_once_and_all_of_them_stand_in_a_report(site: TestSite) -> None:
    """By row and column; nothing of the file is applied, and a restart tells nothing again."""
    bad = HEAD + "2000000010,alpha,2020-01-01\n123,alpha,2020-01-01\n2000000028,nobody,soon\n"
    (refused,) = take_in(site, bad)
    assert refused["actor"] == "roster_file"
    body = json.loads(refused["body"])
    assert (body["code"], body["place"], body["count"]) == ("ROSTER_PROBLEMS", "row 3, column provider_npi", 3)
    assert body["next"]
    report = site.spool / "reports" / "roster-problems.txt"
    for place in ("row 3, column provider_npi", "row 4, column payer", "row 4, column effective_from"):
        assert report.read_text().count(place) == 1
    assert site.ask("roster") == []
    assert RosterRefused.kind == ""
    assert len(take_in(site, None)) == 1


def test_each_wrong_version_is_told_and_a_right_one_takes_the_report_away(site: TestSite) -> None:
    """Also when two versions have the same problems."""
    bad, good = HEAD + "123,alpha,2020-01-01\n", HEAD + "2000000010,alpha,2020-01-01\n"
    assert names(take_in(site, bad, bad + "\n", "nonsense\n")) == ["roster.refused"] * 3
    assert "must name the columns" in (site.spool / "reports" / "roster-problems.txt").read_text()
    assert names(take_in(site, good))[3:] == ["roster.changed"]
    assert list((site.spool / "reports").iterdir()) == []
    assert names(take_in(site, bad, good))[4:] == ["roster.refused"]
    assert list((site.spool / "reports").iterdir()) == []


def test_what_is_wrong_once_more_after_it_was_right_is_told_once_more(site: TestSite) -> None:
    """Also when it is what was told before the start."""
    bad, good = HEAD + "123,alpha,2020-01-01\n", HEAD + "2000000010,alpha,2020-01-01\n"
    take_in(site, bad)
    assert names(take_in(site, None, good, bad)) == ["roster.refused", "roster.changed", "roster.refused"]
    assert names(take_in(site, good, bad))[3:] == ["roster.refused"]
    assert (site.spool / "reports" / "roster-problems.txt").exists()


def test_a_running_service_looks_at_the_file_again_and_again(site: TestSite) -> None:
    """It is taken in while the service runs, without anybody's doing."""

    async def run() -> list[str]:
        async with open_site(site.config) as opened:
            daemon = Daemon(opened)
            running = asyncio.create_task(daemon.run())
            save(site.root / "roster.csv", HEAD + "2000000010,alpha,2020-01-01\n")
            async with asyncio.timeout(30):
                while not (records := await opened.store.read(roster.current)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            daemon.stop()
            await running
            return [record.provider_npi for record in records]

    stream = set_up(file=site.root / "gateway.log")
    assert asyncio.run(run()) == ["2000000010"]
    stream.close()


class Saying:
    """A source that answers as told, the last answer again and again."""

    def __init__(self, name: str, *answers: Any) -> None:
        self.name, self.answers = name, list(answers)

    async def rows(self) -> list[dict[str, str]] | None:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]


def asking(site: TestSite, times: int, *sources: Saying) -> list[Any]:
    async def run() -> None:
        async with open_site(site.config) as opened:
            taking = Sources(opened)
            for _ in range(times):
                for source in sources:
                    await taking.take_in(source)

    asyncio.run(run())
    return site.query("SELECT name, actor, body FROM events WHERE name LIKE 'roster.%' ORDER BY seq")


def test_a_source_that_refuses_again_and_again_is_told_once(site: TestSite) -> None:
    """The journal is no place for a source that says the same every few seconds."""
    refused = Refused("the portal wants a new password", code="PORTAL_LOGIN", next_step="Set one.")
    assert names(asking(site, 5, Saying("portal", refused))) == ["roster.refused"]


def test_the_report_keeps_what_is_wrong_with_each_source(site: TestSite) -> None:
    """One that is right does not hide another that is wrong."""
    wrong = [{"provider_npi": "123", "payer": "alpha"}]
    right = [{"provider_npi": "2000000010", "payer": "alpha", "effective_from": "2020-01-01"}]
    asking(site, 2, Saying("a", wrong, None), Saying("b", right, None))
    text = (site.spool / "reports" / "roster-problems.txt").read_text()
    assert "\na:\n" in text
    assert "\nb:\n" not in text


def test_what_could_not_be_stored_is_applied_later(site: TestSite) -> None:
    """The source gives it only once; a full disk must not swallow it."""
    right = [{"provider_npi": "2000000010", "payer": "alpha", "effective_from": "2020-01-01"}]
    source = Saying("a", right, None)

    async def run() -> None:
        async with open_site(site.config) as opened:
            sources = Sources(opened)
            await opened.store.write(lambda tx: tx.run(_NO_ROOM))
            with pytest.raises(StoreFailed):
                await sources.take_in(source)
            await opened.store.write(lambda tx: tx.run("DROP TRIGGER no_room"))
            assert await sources.take_in(source) == 1
            assert await sources.take_in(source) == 0
            assert len(await opened.store.read(roster.current)) == 1

    asyncio.run(run())


def test_a_source_out_of_reach_troubles_nobody_else(site: TestSite) -> None:
    """It is asked again later; what another one knows is applied all the same."""
    save(site.root / "roster.csv", HEAD + "2000000010,alpha,2020-01-01\n")

    def unreachable(settings: Any, secrets: Any) -> Saying:
        return Saying("away", Transient("nobody answers", code="PORTAL_AWAY"))

    async def run() -> None:
        async with open_site(site.config) as opened:
            makers = {"away": unreachable, **opened.registry.enrollment_sources}
            opened.registry = replace(opened.registry, enrollment_sources=makers)
            await Daemon(opened).run_until_idle()

    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(run())
    stream.close()
    assert "PORTAL_AWAY" in (site.root / "gateway.log").read_text()
    assert [row["provider_npi"] for row in site.ask("roster")] == ["2000000010"]


def test_without_the_setting_there_is_no_source(tmp_path: Path) -> None:
    """Nothing is watched that nobody named."""
    made = TestSite(tmp_path / "site")
    found(made.root)

    async def sources() -> list[Any]:
        async with open_site(made.config) as opened:
            return _names(opened)

    assert asyncio.run(sources()) == []


def _names(site: Site) -> list[str]:
    return [source.name for source in site.enrollment_sources()]
