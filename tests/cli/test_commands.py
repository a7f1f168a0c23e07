"""The command line, as a person uses it."""

from __future__ import annotations

import ast
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.cli.contents import CONTENTS
from gateway.cli.main import INTERRUPTED, ROOMS
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.cli.conftest import PATIENCE, stands
from tests.commands import apart, gateway, on
from tests.habits import run
from tests.sites import TestSite

ADDING = {"command", "group", "add_command"}


def test_exit_codes_are_stable(site: TestSite, tmp_path: Path) -> None:
    """0 done, 1 found problems, 2 wrong usage, 3 cannot reach the store, 78 configuration."""
    assert on(site, "status").returncode == 0
    assert on(site, "why", "NOPE").returncode == 1
    assert on(site, "why").returncode == 2
    assert gateway("-c", str(tmp_path / "none.toml"), "status").returncode == 3
    assert gateway("-c", str(tmp_path / "none.toml"), "run").returncode == 78
    (site.root / "state" / "master.key").write_bytes(b"\x00" * 32)
    assert on(site, "status").returncode == 3
    assert apart("-c", str(site.config), "run").returncode == 78


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
    assert apart("-c", config, "run", "--until-idle").returncode == 0
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


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set the time zone that this machine keeps."""

    def keeps(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield keeps
    monkeypatch.undo()
    time.tzset()


def test_moments_are_of_the_site_and_not_of_the_machine(site: TestSite, machine: Callable[[str], None]) -> None:
    """Tables and tail, wherever the machine stands; the digest is written in the same zone."""
    site.drop("a.837", batch837p([ClaimSpec("Z1", payer_id="77001", rendering="2000000028")]))
    run(site)
    (held,) = (event for event in site.ask("timeline", claim="Z1") if event["event"] == "claim.held")
    there = datetime.fromisoformat(held["at"]).astimezone(ZoneInfo("America/Chicago"))
    for zone in ("UTC", "Asia/Tokyo"):
        machine(zone)
        assert on(site, "tail", "--kind", "claim.held").stdout.startswith(f"{there:%m-%d %H:%M:%S} ")
        assert f"{there:%Y-%m-%d %H:%M:%S}  claim.held" in on(site, "timeline", "Z1").stdout


def test_what_is_ordered_is_told_to_programs_too(site: TestSite) -> None:
    """As what is asked; a hold of a claim that is held already is told as what it is."""
    site.drop("a.837", batch837p([ClaimSpec("O1", payer_id="77001", rendering="2000000028")]))
    run(site)
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


END = "=== END ===\n"
IN_TURN = f"""
import sys
from gateway.cli.main import main

config, *questions = sys.argv[1:]
for question in questions:
    try:
        main(["-c", config, *question.split()])
    except SystemExit as end:
        assert end.code == 0
    print({END!r}, end="")
"""


def test_tables_fit_the_terminal(site: TestSite) -> None:
    """Eighty columns, as most are: nothing that reaches beyond them, and no word cut."""
    site.drop("a.837", batch837p([ClaimSpec("W1", payer_id="77001", rendering="2000000028")]))
    run(site)
    questions = ("claims", "held --causes", "status", "why W1", "timeline W1")
    command = [sys.executable, "-c", IN_TURN, str(site.config), *questions]
    own, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, env={**os.environ, "COLUMNS": "80", "TERM": "dumb"}) as shown:
        os.close(theirs)
        said = b""
        with suppress(OSError):
            while block := os.read(own, 4096):
                said += block
        assert shown.wait(PATIENCE) == 0
    os.close(own)
    answers = said.decode().replace("\r", "").split(END)[:-1]
    for question, answer in zip(questions, answers, strict=True):
        lines = answer.splitlines()
        assert any("ENROLLMENT_UNKNOWN" in line for line in lines) or question == "status"
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
                waiting.wait(10)  # a second one in its last moments would end it by the signal
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
    told = apart("status", cwd=tmp_path)
    assert told.returncode == 3
    assert "there is no site here" in told.stderr
    assert "gateway init FOLDER" in told.stderr


def test_help_lists_every_command_once_by_what_it_is_for() -> None:
    """In whole lines of a narrow terminal; what cuts a sentence off explains nothing."""
    listed = [command for section in CONTENTS.values() for command in section]
    assert sorted(listed) == sorted(command for commands in ROOMS.values() for command in commands)
    told = apart("--help").stdout  # where nobody measures the terminal
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


def test_the_doctor_lists_each_problem_of_a_declaration_by_itself(site: TestSite) -> None:
    """Where nothing loads, too: one line for each, with its place."""
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("[[partner]]", '[[partner]]\nwrite = "x"\nverify = "y"', 1))
    found = json.loads(on(site, "doctor", "--json").stdout)
    assert ["write" in one["what"] for one in found] == [True, False]
    assert ["verify" in one["what"] for one in found] == [False, True]


def test_what_is_not_by_its_guide_is_told_in_words(site: TestSite, payer: PayerSimulator) -> None:
    """A list is for programs."""
    (payer.outbox / "letter.txt").write_text("We are closed on Monday.")
    assert on(site, "run", "--until-idle").returncode == 0
    assert "letter" not in on(site, "answers").stdout
    assert "[]" not in on(site, "answers").stdout
    assert [one["flags"] for one in json.loads(on(site, "answers", "--json").stdout)] == [[]]


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


def test_a_file_that_somebody_names_is_whole_or_as_it_was(tmp_path: Path) -> None:
    """It is written aside and takes the name once it is on disk: whoever has the old one open keeps all of it."""
    site = TestSite(tmp_path / "site")
    assert gateway("init", str(site.root)).returncode == 0
    for number, words in enumerate((
        ["digest", "--out"], ["digest", "--format", "json", "--out"], ["deadlines", "--ics"], ["roster", "export"],
        ["export", "events", "--out"], ["plugin", "check", "office_ally", "--tier", "1", "--report"],
    )):  # fmt: skip
        named, kept = tmp_path / f"{number}.csv", tmp_path / f"{number}.old"
        named.write_text("old")
        named.chmod(0o640)
        kept.hardlink_to(named)
        done = on(site, *words, str(named))
        assert (kept.read_text(), named.read_text() != "old", named.stat().st_mode & 0o777) == ("old", True, 0o640), (
            words,
            done,
        )
