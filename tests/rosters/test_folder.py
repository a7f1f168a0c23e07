"""Roster files that people drop into a folder: each applied once, each answered, nothing lost and no link followed."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import Daemon, serve
from gateway.desk.commands import answer
from gateway.desk.founding import found
from gateway.logs import set_up
from gateway.rosterfile.folder import RosterFolder
from gateway.rosterfile.pages import as_workbook
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.dropped import Dropped
from gateway.workers.site import open_site
from tests.sites import TestSite, make_site

DOCTOR, COLLEAGUE = "2000000010", "2000000028"
HEAD = "provider_npi,payer,state,effective_from\n"
GOOD = HEAD + f"{DOCTOR},alpha,active,2020-01-01\n"
WORSE = HEAD + f"{DOCTOR},alpha,denied,2020-01-01\n"
BAD = HEAD + f"123,alpha,active,2020-01-01\n{DOCTOR},nobody,active,soon\n"
CAQH_HEAD = (
    "Action_Flag|Provider_First_Name|Provider_Last_Name|Provider_Birthdate|Provider_SSN|Provider_NPI|CAQH_Provider_ID"
    "|Next_Recredential_Date"
)
CAQH_LINE = f"A|ANNA|ARBOR|19700102|999123456|{DOCTOR}|10000001|20270531"
PAYER = '[[payer]]\nkey = "alpha"\nname = "Alpha Health"\n'


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A site that knows one payer, with a folder for rosters."""
    made = TestSite(tmp_path / "site")
    found(made.root, '[roster]\nfolder = "rosters"\n')
    (made.root / "plugins" / "alpha.toml").write_text(PAYER)
    (made.root / "plugins" / "alpha.toml").chmod(0o644)
    (made.root / "rosters").mkdir()
    return made


def drop(site: TestSite, name: str, content: str | bytes, age: float = 60) -> Path:
    """A file that was saved so many seconds ago."""
    file = site.root / "rosters" / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    seconds = file.stat().st_mtime - age
    os.utime(file, (seconds, seconds))
    return file


def look(site: TestSite, times: int = 3) -> int:
    """Start the site and look into the folder so often; returns how many files left it."""

    async def run() -> int:
        async with open_site(site.config) as opened:
            dropped = Dropped(opened)
            done = 0
            for _ in range(times):
                done += await dropped.take_in()
            return done

    return asyncio.run(run())


def lying(site: TestSite) -> dict[str, list[str]]:
    """What lies where, but for empty folders."""
    folders = ["", "done", "refused"]
    found = {f: sorted(p.name for p in (site.root / "rosters" / f).glob("*") if not p.is_dir()) for f in folders}
    return {folder: names for folder, names in found.items() if names}


def states(site: TestSite) -> list[str]:
    return [row["state"] for row in site.ask("roster")]


def text(site: TestSite, *parts: str) -> str:
    return (site.root / "rosters").joinpath(*parts).read_text()


def events(site: TestSite) -> list[tuple[str, str]]:
    return [(r["name"], r["actor"]) for r in site.query("SELECT name, actor FROM events WHERE name LIKE 'roster.%'")]


def test_a_file_that_stands_still_is_applied_and_answered(site: TestSite) -> None:
    """It lies in done/ then, beside what it changed; CSV and XLSX alike."""
    drop(site, "july.csv", GOOD)
    assert look(site) == 1
    assert states(site) == ["active"]
    assert lying(site) == {"done": ["july.csv", "july.csv.txt"]}
    assert "1 added, 0 superseded, 0 were known already; 0 waiting claims" in text(site, "done", "july.csv.txt")
    assert f"provider_npi {DOCTOR}, payer alpha, state active" in text(site, "done", "july.csv.txt")
    row = {**site.ask("roster")[0], "state": "denied"}
    drop(site, "august.xlsx", as_workbook([row]))
    look(site)
    assert states(site) == ["denied"]
    assert "1 added, 1 superseded" in text(site, "done", "august.xlsx.txt")
    assert events(site) == [("roster.changed", "roster_folder")] * 2


def test_a_wrong_file_is_refused_whole_with_all_its_problems(site: TestSite) -> None:
    """By row and column, in refused/; the event says so without a word of the file."""
    drop(site, "july of Dr Quixwood.csv", BAD)
    assert look(site) == 1
    assert states(site) == []
    assert lying(site) == {"refused": ["july of Dr Quixwood.csv", "july of Dr Quixwood.csv.txt"]}
    told = text(site, "refused", "july of Dr Quixwood.csv.txt")
    for place in ("row 2, column provider_npi", "row 3, column payer", "row 3, column effective_from"):
        assert told.count(place) == 1
    assert events(site) == [("roster.refused", "roster_folder")]
    (event,) = site.query("SELECT body FROM events WHERE name = 'roster.refused'")
    assert json.loads(event["body"])["place"] == "row 2, column provider_npi"
    assert "Quixwood" not in event["body"]


def test_an_answer_names_nobody(site: TestSite) -> None:
    """It lies in clear: numbers and days are enough to find the rest."""
    drop(
        site, "p.csv", f"provider_npi,entity_type,last_name,first_name,source\n{DOCTOR},1,Quixwood,Zelda,her own word\n"
    )
    look(site)
    told = text(site, "done", "p.csv.txt")
    assert DOCTOR in told
    assert not any(word in told for word in ("Quixwood", "Zelda", "her own word"))


def test_the_same_file_dropped_again_changes_nothing(site: TestSite) -> None:
    """Not even what somebody changed since then."""
    drop(site, "july.csv", GOOD)
    look(site)
    drop(site, "other.csv", WORSE)
    look(site)
    drop(site, "july.csv", GOOD)
    assert look(site) == 1
    assert states(site) == ["denied"]
    assert "the same file was applied before" in text(site, "done", "july.csv.2.txt")
    assert len(events(site)) == 2


def test_a_stop_between_applying_and_moving_applies_nothing_twice(site: TestSite) -> None:
    """The file is found again where it was; what a person changed in between stays."""
    drop(site, "july.csv", GOOD)

    async def run() -> None:
        async with open_site(site.config) as opened:
            dropped = Dropped(opened)
            assert dropped.folder

            def stopped(*_: Any) -> bool:
                raise OSError("the process ends here")

            dropped.folder.finish = stopped  # type: ignore[method-assign]
            await dropped.take_in()
            with pytest.raises(OSError, match="ends here"):
                await dropped.take_in()
            change = [{"provider_npi": DOCTOR, "payer": "alpha", "state": "denied", "effective_from": "2020-01-01"}]
            await answer(opened, "roster apply", {"rows": change, "source": "test"}, "tester")

    asyncio.run(run())
    assert lying(site) == {"": ["july.csv"]}
    assert look(site) == 1
    assert states(site) == ["denied"]
    assert lying(site) == {"done": ["july.csv", "july.csv.txt"]}


def test_a_file_that_is_being_written_is_left_alone(site: TestSite) -> None:
    """Until it was the same for a while; hidden and unfinished ones for ever."""
    drop(site, "july.csv", GOOD, age=0)
    for name in (".july.csv", "~$july.xlsx", "july.csv.tmp", "july.csv.part"):
        drop(site, name, GOOD)
    assert look(site) == 0
    assert states(site) == []
    assert len(lying(site)[""]) == 5


def test_a_file_is_looked_at_twice_before_it_counts(site: TestSite) -> None:
    """A copy may bring the time of its original along."""
    folder = RosterFolder(site.root / "rosters")
    drop(site, "a.csv", HEAD)
    assert folder.settled() == []
    assert folder.unsettled() == 1
    drop(site, "a.csv", GOOD)
    assert folder.settled() == []
    ((name, _),) = folder.settled()
    assert (name, folder.unsettled()) == ("a.csv", 0)


def test_a_file_that_changed_while_it_was_applied_is_not_moved(site: TestSite) -> None:
    """It is another file by now, and has its own turn."""
    folder = RosterFolder(site.root / "rosters")
    drop(site, "a.csv", GOOD)
    folder.settled()
    ((name, signature),) = folder.settled()
    drop(site, "a.csv", WORSE, age=50)
    assert not folder.finish(name, signature, "done", "applied")
    assert lying(site) == {"": ["a.csv"]}


def test_a_link_is_never_followed(site: TestSite, tmp_path: Path) -> None:
    """Neither a file that is one, nor a done/ that leads elsewhere."""
    outside = tmp_path / "outside.csv"
    outside.write_text(GOOD)
    os.symlink(outside, site.root / "rosters" / "link.csv")
    link = site.root / "rosters" / "link.csv"
    os.utime(link, (1_000_000, 1_000_000), follow_symlinks=False)
    look(site)
    assert states(site) == []
    assert "it is a link" in text(site, "refused", "link.csv.txt")
    assert outside.read_text() == GOOD
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", site.root / "rosters" / "done")
    drop(site, "july.csv", GOOD)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        look(site)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_one_file_that_cannot_be_moved_keeps_none_of_the_others_from_it(site: TestSite) -> None:
    """The next is taken in all the same."""
    drop(site, "bad.csv", BAD, age=90)
    (site.root / "rosters" / "refused").write_text("no folder")
    drop(site, "good.csv", GOOD, age=60)
    with pytest.raises(OSError, match="File exists"):
        look(site)
    assert states(site) == ["active"]
    assert [name for name, _ in events(site)] == ["roster.refused", "roster.changed"]
    assert lying(site)["done"] == ["good.csv", "good.csv.txt"]


def test_a_running_service_takes_what_is_dropped(site: TestSite) -> None:
    """And `run --until-idle` does not end before it."""
    stream = set_up(file=site.root / "gateway.log")
    drop(site, "july.csv", GOOD, age=0)

    async def run() -> None:
        async with open_site(site.config) as opened:
            await Daemon(opened).run_until_idle()

    asyncio.run(run())
    assert states(site) == ["active"]

    async def beside() -> None:
        async with open_site(site.config) as opened:
            daemon = Daemon(opened)
            running = asyncio.create_task(daemon.run())
            drop(site, "august.csv", WORSE)
            async with asyncio.timeout(30):
                while "august.csv.txt" not in lying(site).get("done", []):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            daemon.stop()
            await running

    asyncio.run(beside())
    stream.close()
    assert states(site) == ["denied"]
    assert "august" not in (site.root / "gateway.log").read_text()


# Who may read what lies there.


def mode(site: TestSite, *parts: str) -> int:
    return stat.S_IMODE((site.root / "rosters").joinpath(*parts).stat().st_mode)


def test_what_lies_there_is_for_its_owner_and_group(site: TestSite) -> None:
    """Also where an earlier done/ was open to everybody."""
    (site.root / "rosters" / "done").mkdir(mode=0o755)
    drop(site, "july.csv", GOOD).chmod(0o644)
    drop(site, "bad.csv", BAD).chmod(0o666)
    look(site)
    assert [mode(site, folder) for folder in ("done", "refused")] == [0o750, 0o750]
    for name in ("july.csv", "july.csv.txt"):
        assert mode(site, "done", name) == 0o640
    for name in ("bad.csv", "bad.csv.txt"):
        assert mode(site, "refused", name) == 0o640


def test_a_file_that_nobody_else_could_read_stays_so(site: TestSite) -> None:
    """Nothing is opened to the group."""
    drop(site, "july.csv", GOOD).chmod(0o600)
    look(site)
    assert mode(site, "done", "july.csv") == 0o600


def test_a_folder_that_is_missing_is_made_for_its_owner_and_group(site: TestSite) -> None:
    """Nobody else reads what people drop there."""
    (site.root / "rosters").rmdir()
    look(site)
    assert mode(site) == 0o770


def lying_about(site: TestSite) -> str:
    """All that stands in clear in the folder of rosters."""
    return "".join(p.read_text() for p in (site.root / "rosters").rglob("*") if p.is_file())


def test_a_file_for_caqh_is_not_kept(site: TestSite) -> None:
    """It holds social security numbers: only the answer stays, and says so; and so again for the same file."""
    for time in ("first", "second"):
        drop(site, "caqh.txt", f"{CAQH_HEAD}\n{CAQH_LINE}\n")
        assert look(site) == 1, time
    assert lying(site) == {"done": ["caqh.txt.2.txt", "caqh.txt.txt"]}
    assert "social security numbers" in text(site, "done", "caqh.txt.txt")
    assert "was applied before" in text(site, "done", "caqh.txt.2.txt")
    assert not any(secret in lying_about(site) for secret in ("999123456", "19700102", "ARBOR"))
    assert [row["last_name"] for row in site.ask("roster", sheet="providers")] == ["ARBOR"]


def test_a_refused_file_for_caqh_is_kept_for_correction_and_says_what_it_holds(site: TestSite) -> None:
    """Nothing of it was applied: taking it away would lose it."""
    drop(site, "caqh.txt", f"{CAQH_HEAD}\n{CAQH_LINE.replace(DOCTOR, '')}\n")
    look(site)
    assert lying(site) == {"refused": ["caqh.txt", "caqh.txt.txt"]}
    assert "delete it here" in text(site, "refused", "caqh.txt.txt")


def test_a_roster_of_our_own_that_names_caqh_as_its_source_is_kept(site: TestSite) -> None:
    """What counts is the file, not what its rows say of themselves."""
    drop(site, "own.csv", f"provider_npi,payer,effective_from,source\n{DOCTOR},alpha,2020-01-01,CAQH roster\n")
    look(site)
    assert lying(site) == {"done": ["own.csv", "own.csv.txt"]}


# Which claims a file moves.


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[TestSite]:
    """A site with three held claims of two doctors, and a folder for rosters."""
    with PayerSimulator(tmp_path / "alpha") as alpha:
        made = make_site(tmp_path / "site", {"alpha": alpha})
        with made.config.open("a") as settings:
            settings.write('\n[roster]\nfolder = "rosters"\n')
        (made.root / "rosters").mkdir()
        claims = [
            ClaimSpec("PATIENT01", payer_id="77001", rendering=DOCTOR),
            ClaimSpec("PATIENT02", payer_id="77001", rendering=DOCTOR, member_id="M2"),
            ClaimSpec("PATIENT03", payer_id="77001", rendering=COLLEAGUE, member_id="M3"),
        ]
        made.drop("a.837", batch837p(claims))
        asyncio.run(serve(made.config, until_idle=True))
        yield made


def test_the_answer_names_the_claims_that_move(busy: TestSite) -> None:
    """By our own ids, with what they waited for and no word of a patient; they are counted."""
    drop(busy, "july.csv", GOOD + f"{COLLEAGUE},alpha,denied,2020-01-01\n")
    look(busy)
    told = text(busy, "done", "july.csv.txt")
    assert "3 waiting claims are judged again" in told
    assert "2 released, 1 held, 0 rejected" in told
    ids = {claim["control_number"]: claim["claim"] for claim in busy.ask("claims")}
    for number in ("PATIENT01", "PATIENT02"):
        assert f"{ids[number]} at alpha: held (ENROLLMENT_UNKNOWN), then released" in told
    assert f"{ids['PATIENT03']} at alpha: held (ENROLLMENT_UNKNOWN), then held (ENROLLMENT_DENIED)" in told
    assert "PATIENT" not in told
    assert "$" not in told
    asyncio.run(serve(busy.config, until_idle=True))
    found = {claim["control_number"]: claim["stands"] for claim in busy.ask("claims")}
    assert found == {"PATIENT01": "SENT", "PATIENT02": "SENT", "PATIENT03": "HELD"}


# What a file would do.


def previews(site: TestSite) -> list[str]:
    return sorted(p.name for p in (site.root / "rosters" / "preview").iterdir())


def test_a_file_in_preview_is_answered_and_never_applied(busy: TestSite) -> None:
    """The folder is there for people to find; the file stays, and moved up it does what was said."""
    look(busy)
    assert previews(busy) == []
    file = drop(busy, "preview/july.csv", GOOD + f"{COLLEAGUE},alpha,denied,2020-01-01\n")
    before = busy.ask("roster")
    assert look(busy, times=4) == 1
    assert busy.ask("roster") == before
    assert events(busy)[1:] == []
    assert previews(busy) == ["july.csv", "july.csv.preview.txt"]
    told = text(busy, "preview", "july.csv.preview.txt")
    assert "It would add 2 and supersede 0; 0 are known already; 3 waiting claims would be judged again." in told
    assert "2 released, 1 held, 0 rejected" in told
    assert "at alpha: held (ENROLLMENT_UNKNOWN), then released" in told
    assert "move the file one folder up" in told
    assert "PATIENT" not in told
    file.rename(busy.root / "rosters" / "july.csv")
    look(busy)
    done = text(busy, "done", "july.csv.txt")
    moved = [line for line in told.splitlines() if ", then " in line]
    assert len(moved) == 3
    assert [line for line in done.splitlines() if ", then " in line] == moved


def test_a_preview_tells_every_problem_and_is_given_anew_for_a_corrected_file(site: TestSite) -> None:
    """Saved again under its name it is asked about again."""
    look(site)
    drop(site, "preview/july.csv", BAD)
    look(site)
    told = text(site, "preview", "july.csv.preview.txt")
    assert "would be refused" in told
    assert told.count("row 3, column payer") == 1
    assert events(site) == []
    drop(site, "preview/july.csv", GOOD, age=30)
    look(site)
    assert "It would add 1" in text(site, "preview", "july.csv.preview.txt")
    assert previews(site) == ["july.csv", "july.csv.preview.txt"]


def test_a_preview_of_a_file_that_was_applied_says_so(site: TestSite) -> None:
    """For dropped again it changes nothing."""
    drop(site, "july.csv", GOOD)
    look(site)
    drop(site, "preview/july.csv", GOOD)
    look(site)
    assert "applied before" in text(site, "preview", "july.csv.preview.txt")


def test_a_preview_leads_nowhere_else(site: TestSite, tmp_path: Path) -> None:
    """A link in the place of the folder is not followed, and keeps nothing else from its turn."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "their.csv").write_text(GOOD)
    os.symlink(tmp_path / "elsewhere", site.root / "rosters" / "preview")
    drop(site, "july.csv", GOOD)

    async def twice() -> None:
        async with open_site(site.config) as opened:
            dropped = Dropped(opened)
            with pytest.raises(OSError, match=r"Not a directory|symbolic"):
                await dropped.take_in()
            assert await dropped.take_in() == 1

    asyncio.run(twice())
    assert [p.name for p in (tmp_path / "elsewhere").iterdir()] == ["their.csv"]
    assert states(site) == ["active"]


def test_a_file_for_caqh_in_preview_says_what_it_holds(site: TestSite) -> None:
    """It stays where it was put, with the advice not to leave it there."""
    look(site)
    drop(site, "preview/caqh.txt", f"{CAQH_HEAD}\n{CAQH_LINE}\n")
    look(site)
    told = text(site, "preview", "caqh.txt.preview.txt")
    assert "social security numbers" in told
    assert not any(secret in told for secret in ("999123456", "19700102", "ARBOR"))
    assert mode(site, "preview") == 0o770
    assert mode(site, "preview", "caqh.txt.preview.txt") == 0o640
