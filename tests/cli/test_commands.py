"""The command line, as a person uses it: beside a running service and without one."""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.cli.contents import CONTENTS
from gateway.cli.main import INTERRUPTED, ROOMS
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.defects.editing import recounted
from tests.sites import TestSite, make_site

PATIENCE = 30
ADDING = {"command", "group", "add_command"}


def gateway(*words: str, text: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway", *words],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )


def on(site: TestSite, *words: str) -> subprocess.CompletedProcess[str]:
    return gateway("-c", str(site.config), *words)


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer", interval=0.1) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


@pytest.fixture
def service(site: TestSite) -> Iterator[subprocess.Popen[bytes]]:
    """`gateway run`, until it answers at its socket."""
    command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run"]
    with (site.root / "service.log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log)
    socket = site.root / "run" / "gateway.sock"
    wait_for(socket.exists)
    yield running
    if running.poll() is None:
        running.send_signal(signal.SIGTERM)
    running.wait(PATIENCE)


def wait_for(condition: object) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def stands(site: TestSite) -> dict[str, str]:
    found = on(site, "claims", "--json")
    return {claim["control_number"]: claim["stands"] for claim in json.loads(found.stdout)}


def test_a_running_service_takes_sends_reads_and_answers_questions(
    site: TestSite, service: subprocess.Popen[bytes], payer: PayerSimulator
) -> None:
    """A file dropped beside a running service is paid without anybody's doing; SIGTERM ends it with 0."""
    site.drop(
        "a.837",
        batch837p([ClaimSpec("A1", payer_id="77001"), ClaimSpec("H1", payer_id="77001", rendering="2000000028")]),
    )
    wait_for(lambda: stands(site) == {"A1": "PAID", "H1": "HELD"})
    assert "ENROLLMENT_UNKNOWN" in on(site, "why", "H1").stdout
    assert "claim.paid" in on(site, "timeline", "A1").stdout
    set_record = on(site, "roster", "set", "2000000028", "alpha", "--effective", "2026-01-01", "--source", "letter")
    assert set_record.returncode == 0, set_record.stderr
    wait_for(lambda: stands(site) == {"A1": "PAID", "H1": "PAID"})
    events = json.loads(on(site, "timeline", "H1", "--json").stdout)
    assert {e["event"] for e in events} >= {"claim.held", "claim.passed", "submission.sent", "claim.paid"}
    service.send_signal(signal.SIGTERM)
    assert service.wait(PATIENCE) == 0
    assert not (site.root / "run" / "gateway.sock").exists()


def test_the_socket_knows_who_asks(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """Orders are kept in the name of the user at the other end; the socket is its group's alone."""
    site.drop("h.837", batch837p([ClaimSpec("H1", payer_id="77001", rendering="2000000028")]))
    wait_for(lambda: stands(site) == {"H1": "HELD"})
    assert on(site, "withdraw", "H1", "--reason", "billed elsewhere").returncode == 0
    events = json.loads(on(site, "timeline", "H1", "--json").stdout)
    withdrawn = next(e for e in events if e["event"] == "claim.withdrawn")
    assert withdrawn["actor"] not in ("", "gateway", "nobody")
    assert stat.S_IMODE((site.root / "run" / "gateway.sock").stat().st_mode) == 0o660


def test_only_one_process_has_a_site_open(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """A second service ends at once, to be tried later."""
    second = on(site, "run")
    assert second.returncode == 75
    assert "another gateway process" in second.stderr


def test_exit_codes_are_stable(site: TestSite, tmp_path: Path) -> None:
    """0 done, 1 found problems, 2 wrong usage, 3 cannot reach the store, 78 configuration."""
    assert on(site, "status").returncode == 0
    assert on(site, "why", "NOPE").returncode == 1
    assert on(site, "why").returncode == 2
    assert gateway("-c", str(tmp_path / "none.toml"), "status").returncode == 3
    assert gateway("-c", str(tmp_path / "none.toml"), "run").returncode == 78
    (site.root / "state" / "master.key").write_bytes(b"\x00" * 32)
    assert on(site, "status").returncode == 3
    assert on(site, "run").returncode == 78


def test_check_says_what_would_happen_and_sends_nothing(site: TestSite, payer: PayerSimulator, tmp_path: Path) -> None:
    """By the records on file or another roster, on this or another day; exit 1 when a claim would not go."""
    file = tmp_path / "a.837"
    file.write_bytes(
        batch837p([ClaimSpec("A1", payer_id="77001"), ClaimSpec("H1", payer_id="77001", rendering="2000000028")])
    )
    told = on(site, "check", str(file))
    assert told.returncode == 1
    assert "H1: HELD" in told.stdout
    assert "1 held, 1 released" in told.stdout
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "provider_npi,payer,effective_from\n"
        + "".join(f"{npi},alpha,2020-01-01\n" for npi in ("1234567893", "2000000010", "2000000028"))
    )
    assert on(site, "check", str(file), "--roster", str(roster)).returncode == 0
    roster.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2020-01-01\n2000000028,alpha,soon\n")
    wrong = on(site, "check", str(file), "--roster", str(roster))
    assert wrong.returncode == 1
    assert "row 3, column effective_from" in wrong.stderr
    early = on(site, "check", str(file), "--as-of", "2026-10-01", "--json")
    codes = {f["code"] for c in json.loads(early.stdout)["claims"] for f in c["findings"]}
    assert "DATE_FUTURE" in codes
    assert json.loads(on(site, "claims", "--json").stdout) == []
    assert payer.received_claims() == []


def test_check_alone_counts_the_warnings_on_claims_that_would_go(tmp_path: Path) -> None:
    """Nothing is called clean without a word of what was said about it; a warning alone is no problem found."""
    file = tmp_path / "a.837"
    clean = batch837p([ClaimSpec("A1"), ClaimSpec("A2", member_id="AHP000002")])
    file.write_bytes(clean)
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 0
    assert "2 claims, 2 clean. Nothing was sent. Looked at alone" in told.stdout
    file.write_bytes(clean.replace(b"*AHP000002~", b"*AHP-000-002~", 1))
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 0, told.stdout
    assert "2 claims, 2 clean. Nothing was sent. Warnings on 1 of the claims that would go." in told.stdout
    assert json.loads(gateway("check", "--alone", "--json", str(file)).stdout)["warned"] == 1


def test_check_says_that_a_claim_without_its_clm_is_lost(tmp_path: Path) -> None:
    """As a finding that rejects, and again where the claims are counted."""
    file = tmp_path / "a.837"
    lost = re.sub(rb"CLM\*B2[^~]*~", b"", batch837p([ClaimSpec("B1"), ClaimSpec("B2", dependent=True)]))
    file.write_bytes(recounted(lost))
    told = gateway("check", "--alone", str(file))
    assert told.returncode == 1
    assert "(CLAIM_MISSING at 2300/CLM, ISA 1/GS 1/ST 1/segment " in told.stdout
    assert "nothing is needed" not in told.stdout
    assert "1 claim, 1 clean. Nothing was sent. In 1 place a claim lacks its CLM and is not among them." in told.stdout


def test_check_prints_no_control_character_of_a_claim_number(tmp_path: Path) -> None:
    """A terminal obeys those from 0x80 to 0x9f too."""
    file = tmp_path / "a.837"
    file.write_bytes(batch837p([ClaimSpec("A1")]).replace(b"CLM*A1*", b"CLM*A\x9b1m*"))
    told = gateway("check", "--alone", "--all", str(file)).stdout
    assert "A 1m: " in told
    assert "\x9b" not in told


def test_check_says_which_claims_of_a_file_are_alike(tmp_path: Path) -> None:
    """Two numbers for one service: payers deny the second. Another day is another service."""
    file = tmp_path / "a.837"
    for other, told in ((LineSpec(), 1), (LineSpec(first_day=date(2026, 11, 4)), 0)):
        file.write_bytes(batch837p([ClaimSpec("A1"), ClaimSpec("A2", (other,))]))
        facts = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)
        codes = [finding["code"] for claim in facts["claims"] for finding in claim["findings"]]
        assert codes.count("SIMILAR_CLAIM") == told
        assert {claim["would"] for claim in facts["claims"]} == {"CLEAN"}


def test_check_names_every_place_one_way_and_says_what_is_odd_about_the_wrapping(tmp_path: Path) -> None:
    """ISA, GS, ST and segment, each numbered in the one around it: of claims, of sets, and of what refuses the file."""
    one, two = batch837p([ClaimSpec("A1")], control=5), batch837p([ClaimSpec("B1"), ClaimSpec("B2")], claims_per_set=1)
    file = tmp_path / "a.837"
    wrong = (
        two.replace(b"~CLM*B2*", b"~clm*B2*")
        .replace(b"***11:B:1*", b"***ZZ:B:1*")
        .replace(b"HL*1**20*1", b"HL*1**20*0")
    )
    file.write_bytes(one + wrong + b"THE END 4711\n")
    told = gateway("check", "--alone", str(file)).stdout
    places = "2300/CLM05-1, ISA 2/GS 1/ST 2/segment ", "2000A/HL04, ISA 2/GS 1/ST 1/segment "
    for said in (*places, "TRAILING_DATA at ISA 2/after IEA", "(LOWER_CASE)", "13 bytes"):
        assert said in told
    assert "4711" not in told
    facts = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)
    assert [claim["set"] for claim in facts["claims"]] == ["ISA 1/GS 1/ST 1", "ISA 2/GS 1/ST 1", "ISA 2/GS 1/ST 2"]
    assert {f["set"] for f in facts["file_findings"]} == {"ISA 2/GS 1/ST 1", "ISA 2/GS 1/ST 2", ""}
    file.write_bytes(one + two.replace(b"HL*2*1*22", b"HL*2*7*22", 1))
    assert "Where: ISA 2/GS 1/ST 1/segment " in gateway("check", "--alone", str(file)).stdout
    file.write_bytes(one + two.replace(b"SE*", b"SE*1", 1))
    assert "Where: ISA 2/GS 1/ST 1/SE01" in gateway("check", "--alone", str(file)).stdout


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (rb"DMG\*D8\*\d{8}", b"DMG*D8*19800230", "DATE_INVALID"),
        (rb"DTP\*472\*D8\*\d{8}", b"DTP*472*RD8*20261103-20261131", "DATE_INVALID"),
        (rb"(SV1\*[^*]*\*[^*]*\*UN)\*\d+", rb"\1*+1", "NUMBER_INVALID"),
    ],
)
def test_one_defect_is_one_finding(tmp_path: Path, found: bytes, instead: bytes, code: str) -> None:
    """The guide and the reading see the same element; it is told once."""
    file = tmp_path / "a.837"
    file.write_bytes(re.sub(found, instead, batch837p([ClaimSpec("A1")]), count=1))
    (claim,) = json.loads(gateway("check", "--alone", "--json", str(file)).stdout)["claims"]
    assert [finding["code"] for finding in claim["findings"]] == [code]


def test_a_site_is_made_used_backed_up_lost_and_restored(tmp_path: Path) -> None:
    """From `init` to `restore` with nothing but the commands and the paper copy of the key."""
    root, config = tmp_path / "site", str(tmp_path / "site" / "conf" / "gateway.toml")
    made = gateway("init", str(root))
    assert made.returncode == 0, made.stderr
    recovery = "\n".join(re.findall(r"^ +((?:[A-Z2-7]{4} ){3}[A-Z2-7]{4})$", made.stdout, re.MULTILINE))
    assert gateway("init", str(root)).returncode == 1
    wants = [found["what"] for found in json.loads(gateway("-c", config, "doctor", "--json").stdout)]
    assert [words.partition(":")[0] for words in wants] == ["no claim can be sent", "the roster is empty"]
    (root / "spool" / "incoming" / "a.837").write_bytes(batch837p([ClaimSpec("A1")]))
    settings = Path(config).read_text().replace("settle_seconds = 3", "settle_seconds = 0")
    Path(config).write_text(settings)
    assert gateway("-c", config, "run", "--until-idle").returncode == 0
    assert gateway("-c", config, "backup", str(tmp_path / "copy")).returncode == 0
    assert not list((tmp_path / "copy").rglob("master.key"))
    assert gateway("-c", config, "restore", str(tmp_path / "copy")).returncode == 1
    for name in ("gateway.db", "gateway.db-wal", "gateway.db-shm", "keyring.json", "master.key"):
        (root / "state" / name).unlink(missing_ok=True)
    assert gateway("-c", config, "keys", "recover", text=recovery).returncode == 0
    restored = gateway("-c", config, "restore", str(tmp_path / "copy"))
    assert restored.returncode == 0, restored.stderr
    claims = json.loads(gateway("-c", config, "claims", "--json").stdout)
    assert [(c["control_number"], c["stands"]) for c in claims] == [("A1", "HELD")]
    assert json.loads(gateway("-c", config, "audit", "verify", "--json").stdout)["intact"]


def test_keys_are_made_where_the_settings_say_and_once_only(tmp_path: Path) -> None:
    """For a site that was laid out by hand; keys that are there are never touched."""
    config = tmp_path / "conf" / "gateway.toml"
    config.parent.mkdir()
    (tmp_path / "plugins").mkdir(mode=0o755)
    config.write_text("")
    made = gateway("-c", str(config), "keys", "new")
    assert made.returncode == 0, made.stderr
    assert len(re.findall(r"^(?:[A-Z2-7]{4} ){3}[A-Z2-7]{4}$", made.stdout, re.MULTILINE)) == 4
    key = (tmp_path / "state" / "master.key").read_bytes()
    assert gateway("-c", str(config), "keys", "new").returncode == 3
    assert (tmp_path / "state" / "master.key").read_bytes() == key
    assert gateway("-c", str(config), "status").returncode == 0


def test_every_command_explains_itself() -> None:
    """A help text a person can work from, for each command and group."""
    listed = gateway("--help").stdout
    names = re.findall(r"^  ([a-z-]+) ", listed.partition("Every day:")[2], re.MULTILINE)
    assert {"init", "run", "status", "why", "roster", "payer", "doctor", "demo", "backup", "audit"} <= set(names)
    from gateway.cli.main import gateway as group

    for name, room in group.rooms.items():
        [command] = [each for each in import_module(f"gateway.cli.{room}").COMMANDS if each.name == name]
        assert command.help or command.callback.__doc__, name


def test_every_question_and_order_can_be_loaded() -> None:
    """They are named by module and function, which no type checker sees."""
    from gateway.desk.commands import ORDERS, QUESTIONS, load_all

    load_all()
    assert not set(ORDERS) & set(QUESTIONS)


def test_every_command_of_a_room_is_listed() -> None:
    """A command that stands in its module alone could never be asked for."""
    from gateway.cli.main import ROOMS

    for room, names in ROOMS.items():
        assert {command.name for command in import_module(f"gateway.cli.{room}").COMMANDS} == set(names), room


def test_a_command_is_put_into_a_group_where_the_group_is_loaded() -> None:
    """A module is loaded for its own commands: what it puts into another one's group nobody could type."""
    for path in Path("gateway/cli").glob("*.py"):
        tree = ast.parse(path.read_text())
        here = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | {"click"}
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        groups = [ast.unparse(call.value) for call in calls if isinstance(call, ast.Attribute) and call.attr in ADDING]
        assert set(groups) <= here, path
    assert "--dry-run" in gateway("payer", "move", "--help").stdout


def test_the_roster_goes_out_and_in_unchanged(site: TestSite, tmp_path: Path) -> None:
    """Export, import: nothing is added. All problems of a wrong file are told at once, by row and column."""
    out = tmp_path / "roster.csv"
    assert on(site, "roster", "export", str(out)).returncode == 0
    assert "0 added, 0 superseded" in on(site, "roster", "import", str(out), "--yes").stdout
    bad = tmp_path / "bad.csv"
    bad.write_text("provider_npi,payer,effective_from\n123,alpha,2026-01-01\n2000000010,nobody,soon\n")
    told = on(site, "roster", "import", str(bad))
    assert told.returncode == 1
    for place in ("row 2, column provider_npi", "row 3, column payer", "row 3, column effective_from"):
        assert place in told.stderr


def test_a_workbook_of_all_sheets_goes_out_and_in_unchanged(site: TestSite, tmp_path: Path) -> None:
    """What staff keep in a spreadsheet; only what they changed is shown, and a dry run changes nothing."""
    assert (
        on(site, "roster", "provider", "2000000010", "--last-name", "Arbor", "--taxonomy", "207Q00000X").returncode == 0
    )
    assert on(site, "roster", "group", "999990001", "1234567893", "--name", "Clinic").returncode == 0
    assert on(site, "roster", "link", "2000000010", "99-9990001", "--from", "2020-01-01").returncode == 0
    licence = (
        "roster",
        "credential",
        "2000000010",
        "licence",
        "--number",
        "L1",
        "--state",
        "tx",
        "--until",
        "2027-01-31",
    )
    assert "1 added" in on(site, *licence, "--dry-run", "--json").stdout.replace('"added": [', "1 added [")
    assert json.loads(on(site, "roster", "show", "--sheet", "credentials", "--json").stdout) == []
    assert on(site, *licence).returncode == 0
    out = tmp_path / "roster.xlsx"
    assert "6 records written" in on(site, "roster", "export", str(out)).stdout
    told = on(site, "roster", "import", str(out), "--json")
    seen = json.loads(told.stdout)
    assert (seen["added"], seen["superseded"], seen["unchanged"]) == ([], [], 6)
    assert seen["done"] == {"added": 0, "superseded": 0, "claims": 0}
    shown = on(site, "roster", "show", "--sheet", "all").stdout
    for word in ("Arbor", "Clinic", "207Q00000X", "999990001", "2027-01-31", "alpha"):
        assert word in shown


def test_a_wrong_record_is_corrected_or_taken_back_by_its_number(site: TestSite) -> None:
    """The preview says what stays without that, and how to have it otherwise."""
    typed = ("roster", "set", "2000000028", "alpha", "--effective")
    assert on(site, *typed, "2026-05-01").returncode == 0
    shown = on(site, *typed, "2026-07-01", "--dry-run").stdout
    assert "2026-06-30" in shown
    assert "--instead-of ID" in shown
    (old,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert str(old["id"]) in on(site, "roster", "show", "--npi", "2000000028").stdout.splitlines()[2]
    assert on(site, *typed, "2026-07-01", "--instead-of", str(old["id"])).returncode == 0
    (new,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert (new["effective_from"], new["effective_to"]) == ("2026-07-01", "")
    withdraw = ("roster", "withdraw", str(new["id"]), "--reason", "another clinic's")
    assert "2026-05-01" in on(site, *withdraw, "--dry-run").stdout
    assert json.loads(on(site, *withdraw, "--json").stdout)["done"] == {"withdrawn": new["id"], "claims": 0}
    assert on(site, *withdraw).returncode != 0
    assert "another clinic's" in on(site, "roster", "history", "2000000028").stdout
    assert json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout) == []


def test_a_file_laid_out_by_a_payer_is_taken_in_by_a_mapping(site: TestSite, tmp_path: Path) -> None:
    """With the preview, and every problem at once."""
    file, mapping = tmp_path / "list.csv", tmp_path / "alpha.toml"
    file.write_text("Name,NPI #,Eff\nQuixwood,2000000028,07/01/2026\n")
    mapping.write_text('[columns]\n"NPI #" = "provider_npi"\nEff = "effective_from"\n[constants]\npayer = "alpha"\n')
    assert "1 added" in on(site, "roster", "import", str(file), "--map", str(mapping), "--yes").stdout
    (found,) = json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout)
    assert found["effective_from"] == "2026-07-01"
    mapping.write_text('[columns]\n"NPI #" = "nobody"\n')
    told = on(site, "roster", "import", str(file), "--map", str(mapping))
    assert (told.returncode, "nobody: no column" in told.stderr) == (1, True)


def test_a_roster_is_written_in_what_can_be_read_again(site: TestSite, tmp_path: Path) -> None:
    """Nothing is written under a name that says it is something else."""
    told = on(site, "roster", "export", str(tmp_path / "roster.docx"))
    assert told.returncode == 2
    assert ".xlsx" in told.stderr
    assert ".csv" in told.stderr
    assert list(tmp_path.glob("roster.*")) == []


def test_a_day_is_checked_by_the_rule_for_claims(site: TestSite) -> None:
    """Run-out days before an end are covered; what is not says why, by exit 1; what is mistyped is told."""
    termed = ("roster", "set", "2000000010", "alpha", "--state", "termed", "--effective", "2020-01-01")
    assert on(site, *termed, "--until", "2026-01-31").returncode == 0
    covered = on(site, "roster", "check", "2000000010", "alpha", "2026-01-31")
    assert (covered.returncode, "2026-01-31" in covered.stdout) == (0, True)
    later = on(site, "roster", "check", "2000000010", "alpha", "2026-02-01")
    assert (later.returncode, "ENROLLMENT_ENDED" in later.stdout) == (1, True)
    said = json.loads(on(site, "roster", "check", "2000000028", "alpha", "2026-02-01", "--json").stdout)
    assert (said["covered"], said["code"], said["records"]) == (False, "ENROLLMENT_UNKNOWN", [])
    assert "Payers are alpha" in on(site, "roster", "check", "2000000010", "alhpa", "2026-02-01").stderr
    assert "not an NPI" in on(site, "roster", "check", "12", "alpha", "2026-02-01").stderr
    assert "No such records." in on(site, "roster", "show", "--npi", "2000000028").stdout


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        (
            ("set", "2000000010", "alpha", "--effective", "2026-02-01", "--until", "2026-01-01"),
            "--until: before --effective",
        ),
        (("set", "123", "alpha", "--effective", "2026-02-01"), "NPI: not an NPI"),
        (("set", "2000000010", "nobody", "--effective", "2026-02-01"), "PAYER: not one of alpha"),
        (("set", "2000000010", "alpha", "--state", "denied", "--retro", "30days"), "which day? --effective is empty"),
        (("link", "2000000010", "12345", "--from", "2020-01-01"), "TIN: not a tax id"),
        (
            ("credential", "2000000010", "licence", "--from", "2026-02-01", "--until", "2026-01-01"),
            "--until: before --from",
        ),
    ],
)
def test_what_is_wrong_with_a_typed_record_is_told_by_option(
    site: TestSite, typed: tuple[str, ...], option: str
) -> None:
    """There is no row and no column where nobody gave a file."""
    told = on(site, "roster", *typed)
    assert told.returncode == 1
    assert option in told.stderr
    assert "row" not in told.stderr
    assert "column" not in told.stderr


def test_a_change_says_who_judges_again(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The running service at once; where none runs, the next run does, and nothing says more than that."""
    site.drop("a.837", batch837p([ClaimSpec("H1", payer_id="77001", rendering="2000000028")]))
    wait_for(lambda: stands(site) == {"H1": "HELD"})
    typed = ("roster", "set", "2000000028", "alpha", "--state", "denied", "--effective")
    assert "1 waiting claim is judged again now." in on(site, *typed, "2026-01-01").stdout
    service.send_signal(signal.SIGTERM)
    service.wait(PATIENCE)
    told = on(site, *typed, "2026-02-01").stdout
    assert "1 waiting claim is to be judged again: `gateway run` does it" in told
    done = on(site, "roster", "set", "2000000036", "alpha", "--state", "denied")
    assert "1 added, 0 superseded.\n" in done.stdout


def test_a_letter_stands_behind_what_was_typed_from_it(site: TestSite, tmp_path: Path) -> None:
    """Its number is shown with the record, and its bytes come back; the history tells both records."""
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 \x00\xff dear doctor")
    typed = ("roster", "set", "2000000010", "alpha", "--effective", "2020-01-01", "--kind", "participation")
    done = on(site, *typed, "--taxonomy", "207q00000x", "--recred-due", "2029-05-31", "--doc", str(letter))
    assert done.returncode == 0, done.stderr
    (record,) = json.loads(on(site, "roster", "show", "--npi", "2000000010", "--json").stdout)
    assert (record["taxonomy"], record["recred_due"]) == ("207Q00000X", "2029-05-31")
    back = tmp_path / "back.pdf"
    assert on(site, "roster", "evidence", str(record["document"]), "--out", str(back)).returncode == 0
    assert back.read_bytes() == letter.read_bytes()
    told = json.loads(on(site, "roster", "history", "2000000010", "--payer", "alpha", "--json").stdout)
    assert [bool(each["superseded_at"]) for each in told] == [True, False]
    assert "2029-05-31" in on(site, "roster", "history", "2000000010").stdout
    assert json.loads(on(site, "roster", "show", "--believed-on", "2019-12-31", "--json").stdout) == []
    assert on(site, "roster", "show", "--believed-on", "31 December").returncode == 2
    assert on(site, "roster", "evidence", "4711").returncode == 1


def test_a_person_is_asked_before_a_file_is_applied(site: TestSite, tmp_path: Path) -> None:
    """Where nobody answers, nothing is applied; `--yes` is an answer in itself."""
    file = tmp_path / "roster.csv"
    file.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2026-01-01\n")

    def at_terminal(typed: bytes, *more: str) -> str:
        command = [sys.executable, "-m", "gateway", "-c", str(site.config), "roster", "import", str(file), *more]
        own, theirs = pty.openpty()
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs) as asked:
            os.close(theirs)
            os.write(own, typed)
            said = b""
            with suppress(OSError):  # that is how a terminal ends
                while block := os.read(own, 4096):
                    said += block
            asked.wait(PATIENCE)
        os.close(own)
        return said.decode()

    def known() -> int:
        return len(json.loads(on(site, "roster", "show", "--npi", "2000000028", "--json").stdout))

    alone = on(site, "roster", "import", str(file))
    assert (alone.returncode, known()) == (2, 0)
    assert "Nothing was done." in alone.stderr
    said = at_terminal(b"n\n")
    assert "Apply this?" in said
    assert "Nothing was done." in said
    assert known() == 0
    assert "1 added" in at_terminal(b"y\n")
    assert known() == 1
    file.write_text("provider_npi,payer,effective_from\n2000000028,alpha,2026-02-01\n")
    assert "Apply this?" not in at_terminal(b"", "--yes")
    assert known() == 2


def test_a_list_is_imported_beside_the_running_service(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The file is read by the command; the service only goes over to it, and answers by it at once."""
    file = site.root / "order_20260131.csv"
    file.write_text("NPI,LAST_NAME,FIRST_NAME,PARTB,DME,HHA\n2000000010,ROE,JANE,Y,N,N\n")
    done = on(site, "lists", "import", "order_refer", str(file))
    assert done.returncode == 0, done.stderr
    assert "order_refer of 2026-01-31 is in force as generation 1: 1 rows" in done.stdout
    said = json.loads(on(site, "lists", "look", "2000000010", "--json").stdout)
    assert said["order_refer"]["part_b"]
    told = on(site, "lists", "look", "2000000010").stdout
    assert "May order or refer  part b" in told
    assert "order_refer of 2026-01-31" in told
    assert "None of the loaded lists names it." in on(site, "lists", "look", "2000000028").stdout
    assert on(site, "lists", "look", "28").returncode == 2
    shown = {row["list"]: row["state"] for row in json.loads(on(site, "lists", "show", "--json").stdout)}
    assert (shown["order_refer"], shown["leie"]) == ("stale", "not loaded")
    file.write_text("NPI\n2000000010\n")
    refused = on(site, "lists", "import", "order_refer", str(file))
    assert refused.returncode == 1
    assert "no column LAST_NAME" in refused.stderr
    assert service.poll() is None


def test_moments_are_of_the_site_and_not_of_the_machine(site: TestSite) -> None:
    """Tables and tail, wherever the machine stands; the digest is written in the same zone."""
    site.drop("a.837", batch837p([ClaimSpec("Z1", payer_id="77001", rendering="2000000028")]))
    on(site, "run", "--until-idle")
    (held,) = (event for event in site.ask("timeline", claim="Z1") if event["event"] == "claim.held")
    there = datetime.fromisoformat(held["at"]).astimezone(ZoneInfo("America/Chicago"))
    for zone in ("UTC", "Asia/Tokyo"):
        words = [sys.executable, "-m", "gateway", "-c", str(site.config)]
        told, shown = (
            subprocess.run([*words, *more], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True)
            for more in (("tail", "--kind", "claim.held"), ("timeline", "Z1"))
        )
        assert told.stdout.startswith(f"{there:%m-%d %H:%M:%S} ")
        assert f"{there:%Y-%m-%d %H:%M:%S}  claim.held" in shown.stdout


def test_settings_that_changed_want_a_restart(site: TestSite, service: subprocess.Popen[bytes]) -> None:
    """The service works by what it read, and says so; what is made and what is removed counts too."""
    assert json.loads(on(site, "doctor", "--json").stdout) == []
    partners = site.root / "conf" / "partners"
    for change in (
        lambda: site.config.write_text(site.config.read_text() + "\n"),
        lambda: (site.root / "plugins" / "more.toml").write_text("# to come\n"),
        lambda: (partners / "alpha_edi.toml").rename(partners / ".alpha_edi.toml"),
    ):
        change()
    (found,) = json.loads(on(site, "doctor", "--json").stdout)
    assert all(name in found["what"] for name in ("gateway.toml", "more.toml", "alpha_edi.toml"))
    assert "routes.toml" not in found["what"]
    assert "restart" in found["next"]
    assert found["what"] in json.loads(on(site, "status", "--json").stdout)["warnings"]
    service.terminate()
    service.wait(PATIENCE)
    (partners / ".alpha_edi.toml").rename(partners / "alpha_edi.toml")
    assert "not in use yet" not in on(site, "doctor").stdout


def test_what_is_ordered_is_told_to_programs_too(site: TestSite) -> None:
    """As what is asked; a hold of a claim that is held already is told as what it is."""
    site.drop("a.837", batch837p([ClaimSpec("O1", payer_id="77001", rendering="2000000028")]))
    on(site, "run", "--until-idle")
    held = json.loads(on(site, "hold", "O1", "--reason", "mine", "--json").stdout)
    assert (held["stands"], held["code"]) == ("HELD", "HELD_BY_PERSON")
    on(site, "roster", "set", "2000000028", "alpha", "--effective", "2020-01-01", "--source", "letter")
    assert stands(site) == {"O1": "HELD"}
    assert json.loads(on(site, "release", "O1", "--reason", "done", "--json").stdout)["stands"] == "READY"
    found = json.loads(on(site, "payer", "test", "alpha_edi", "--json").stdout)
    assert (found["lane"], found["folders"]) == ("alpha_edi/production", {"/in": 0, "/out": 0})
    (key,) = json.loads(on(site, "payer", "trust", "alpha_edi", "--json").stdout)["keys"]
    assert (key["pinned"], key["chosen"]) == (True, False)


@pytest.mark.parametrize("words", [("export", "claims", "--out"), ("digest", "--out"), ("roster", "export")])
def test_a_file_that_cannot_be_written_is_named_as_it_was_given(site: TestSite, words: tuple[str, ...]) -> None:
    """No number of the system's, no name that is only ours."""
    there = site.root / "nowhere" / "out.csv"
    done = on(site, *words, str(there))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"Error: {there}: No such file or directory"


def test_a_day_that_is_none_is_refused_with_one_that_is(site: TestSite) -> None:
    """Whoever pastes what `why` prints has a day to fill in."""
    done = on(site, "roster", "set", "2000000028", "alpha", "--effective", "YYYY-MM-DD", "--source", "...")
    assert done.returncode == 2
    assert "'YYYY-MM-DD' is no day. Write it like 2026-11-25." in done.stderr
    assert "--effective YYYY-MM-DD " in on(site, "roster", "set", "--help").stdout


def test_tables_fit_the_terminal(site: TestSite) -> None:
    """Eighty columns, as most are: nothing that reaches beyond them, and no word cut."""
    site.drop("a.837", batch837p([ClaimSpec("W1", payer_id="77001", rendering="2000000028")]))
    on(site, "run", "--until-idle")
    for words in (("claims",), ("held", "--causes"), ("status",), ("why", "W1"), ("timeline", "W1")):
        command = [sys.executable, "-m", "gateway", "-c", str(site.config), *words]
        own, theirs = pty.openpty()
        with subprocess.Popen(command, stdout=theirs, env={**os.environ, "COLUMNS": "80", "TERM": "dumb"}) as shown:
            os.close(theirs)
            said = b""
            with suppress(OSError):
                while block := os.read(own, 4096):
                    said += block
            assert shown.wait(PATIENCE) == 0
        os.close(own)
        lines = said.decode().replace("\r", "").splitlines()
        assert any("ENROLLMENT_UNKNOWN" in line for line in lines) or words == ("status",)
        assert [line for line in lines if len(line) > 80 and "gateway roster set" not in line] == []


@pytest.fixture
def heard() -> Iterator[None]:
    """What is started hears Ctrl-C, also where the tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_is_quiet_while_the_command_is_loaded(site: TestSite) -> None:
    """Nobody who changed their mind in the first second is shown our insides."""
    command = [sys.executable, "-X", "importtime", "-m", "gateway", "-c", str(site.config), "status"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as loading:
        assert loading.stderr is not None
        assert any("click.core" in line for line in loading.stderr)
        loading.send_signal(signal.SIGINT)
        said, told = loading.communicate(timeout=PATIENCE)
    assert loading.returncode == -signal.SIGINT
    assert said == ""
    assert "Traceback" not in told


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_a_command_with_the_code_that_shells_know(site: TestSite) -> None:
    """It waits for a recovery copy to be typed, and nobody wants to type it."""
    command = [sys.executable, "-X", "importtime", "-m", "gateway", "-c", str(site.config), "keys", "recover"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as waiting:
        assert waiting.stderr is not None
        assert any("gateway.desk.safekeeping" in line for line in waiting.stderr)
        for _ in range(PATIENCE):
            waiting.send_signal(signal.SIGINT)  # as people do: Python loses one that comes while it forgets a lock
            with suppress(subprocess.TimeoutExpired):
                waiting.wait(1)
                break
        told = waiting.stderr.read()
    assert waiting.returncode == INTERRUPTED
    assert "Traceback" not in told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_one_may_not_enter_is_passed_over(tmp_path: Path) -> None:
    """As where root, in its own home, asks as the user of the service."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    script = """
import os, sys, click
from gateway.cli.asking import site_path
os.chdir(sys.argv[1])
os.seteuid(65534)
print(site_path(click.Context(click.Command("status"))))
"""
    command = [sys.executable, "-c", script, str(closed)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.stdout in ("None\n", "/etc/gateway/gateway.toml\n"), told.stderr


def test_where_there_is_no_site_one_is_told_how_to_get_to_one(tmp_path: Path) -> None:
    told = gateway("status", cwd=tmp_path)
    assert told.returncode == 3
    assert "there is no site here" in told.stderr
    assert "gateway init FOLDER" in told.stderr


def test_help_lists_every_command_once_by_what_it_is_for() -> None:
    """In whole lines of a narrow terminal; what cuts a sentence off explains nothing."""
    listed = [command for section in CONTENTS.values() for command in section]
    assert sorted(listed) == sorted(command for commands in ROOMS.values() for command in commands)
    told = gateway("--help").stdout
    for section, commands in CONTENTS.items():
        assert f"\n{section}:\n" in told
        for command, words in commands.items():
            assert re.search(rf"^  {command} +{re.escape(words)}$", told, re.M)
    assert max(map(len, told.splitlines())) <= 80


BY_PAYER = (
    "claims", "metrics", "denials", "denials --causes", "remits", "overdue", "inquiries", "inquiries --work", "tail",
    "proposals reprocess",
)  # fmt: skip


def test_a_payer_that_is_none_is_no_payer_without_claims(site: TestSite) -> None:
    """A name mistyped would else say that all is well."""
    for question in BY_PAYER:
        told = on(site, *question.split(), "--payer", "alhpa")
        assert told.returncode == 1, question
        assert "there is no payer 'alhpa'" in told.stderr
        assert "gateway payer list" in told.stderr
        assert on(site, *question.split(), "--payer", "alpha").returncode == 0, question


def test_a_lane_or_submission_that_is_none_is_told_so(site: TestSite) -> None:
    """Neither is it silence without an answer overdue, nor a lane that was not suspended."""
    orders = (
        "overdue --lane nope/test",
        "tail --lane nope",
        "deadlines --lane nope/test",
        "resume nope/test --reason x",
    )
    for order in orders:
        told = on(site, *order.split())
        assert told.returncode == 1, order
        assert "there is no lane 'nope" in told.stderr
        assert "alpha_edi/production" in told.stderr
    assert "there is no submission 99" in on(site, "settle", "99", "--arrived", "--reason", "x").stderr
    assert on(site, "tail", "--lane", "alpha_edi").returncode == 0
    assert on(site, "overdue", "--lane", "alpha_edi/production").returncode == 0
