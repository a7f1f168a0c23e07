"""`gateway simulate-payer` as people use it: paste what it prints into a site, and claims are paid."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.main import gateway
from gateway.config.filenames import wrong_with
from gateway.demo.simulated import declaration_text
from gateway.demo.simulating import account_sender
from gateway.desk.founding import found
from gateway.model.habits import Habits, NameRules
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Folder, PayerSimulator, Scenario, Server
from tests.config.test_declarations import PARTNER
from tests.testing.payer_client import session, upload

GATEWAY = (sys.executable, "-m", "gateway")


def asked(*arguments: str) -> Result:
    """In this process: nothing of it listens."""
    return CliRunner().invoke(gateway, arguments)


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GATEWAY_CONFIG": ""}
    return subprocess.run([*GATEWAY, *arguments], capture_output=True, text=True, check=False, env=environment)


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*GATEWAY, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0, rest


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """What it says up to the line with this word."""
    said: list[str] = []
    assert process.stdout
    while word not in (said or [""])[-1]:
        line = process.stdout.readline()
        assert line, "".join(said)
        said.append(line)
    return "".join(said)


def test_the_example_is_a_scenario(tmp_path: Path) -> None:
    """What it prints can be given back to it."""
    example = asked("simulate-payer", "--example")
    (tmp_path / "scenario.toml").write_text(example.output)
    assert asked("simulate-payer", "--check", str(tmp_path / "scenario.toml")).exit_code == 0


def test_all_problems_of_a_scenario_are_shown(tmp_path: Path) -> None:
    """With their places; for a program as JSON. A broken scenario starts nothing."""
    (tmp_path / "scenario.toml").write_text('repeats = "x"\n[server]\nhours = "8-17"\n[faults]\nslow = "very"\n')
    checked = asked("simulate-payer", "--check", str(tmp_path / "scenario.toml"), "--json")
    assert checked.exit_code == 1
    assert json.loads(checked.output)["problems"] == [
        "faults.slow: must be a number, such as 0.5",
        "repeats: 'x' is none of 277CA, 835",
        "server.hours: must be as in 08:00-17:00",
    ]
    (tmp_path / "scenario.toml").write_text('repeats = "x"\n[server]\nhours = "8-17"\n')
    started = asked("simulate-payer", "--scenario", str(tmp_path / "scenario.toml"), "--root", str(tmp_path / "root"))
    assert started.exit_code == 1
    assert [line.split(":")[0] for line in started.stderr.splitlines()] == ["repeats", "server.hours"]
    assert asked("simulate-payer", "--check", "ordinary").exit_code == 0
    (tmp_path / "scenario.toml").write_text("= 3")
    assert asked("simulate-payer", "--check", str(tmp_path / "scenario.toml")).exit_code == 1


def test_what_it_prints_makes_a_site_whose_claims_are_paid(tmp_path: Path) -> None:
    """Pasted word for word; it tells of every file, and of no patient."""
    root, site = tmp_path / "payer", tmp_path / "site"
    config = found(site, "").config
    with running("simulate-payer", "--root", str(root), "--interval", "0.05") as process:
        said = read_until(process, "What happens")
        for piece in said.partition("\nIts key")[0].split("\n--- ")[1:]:
            name, _, text = piece.partition("\n")
            (site / name).write_text(text)
            (site / name).chmod(0o644)
        shutil.copy(root / "keys" / "client", site / "secrets" / "simulated_edi")
        (site / "secrets" / "simulated_edi").chmod(0o600)
        approved = ("--effective", "2020-01-01", "--source", "test")
        for npi in ("2000000010", "1234567893"):
            set_ = ran("-c", str(config), "roster", "set", npi, "simulated", *approved)
            assert set_.returncode == 0, set_.stderr
        (site / "spool" / "incoming" / "a.837").write_bytes(batch837p([ClaimSpec("CLM77", payer_id="77001")]))
        _paid(config)
        lines = read_until(process, "835")
    assert re.search(r"received +OPENGATE_\S+\.837 +folder /in +bytes \d+", lines)
    assert "worked on" in lines
    assert "DOE" not in lines
    assert "CLM77" not in lines


def _paid(config: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        ran("-c", str(config), "run", "--until-idle")
        rows = json.loads(ran("-c", str(config), "claims", "--json").stdout)
        if [row["stands"] for row in rows] == ["PAID"]:
            return
        assert time.monotonic() < deadline, rows


def test_what_it_prints_leaves_the_folders_for_tests_out(tmp_path: Path) -> None:
    """Its account is one of production: a file of that would be lost there, and answers to tests are none of it."""
    folders = (Folder("/TEST/in", "/TEST/out", "T"), Folder("/PROD/in", "/PROD/out", "P"))
    payer = PayerSimulator(tmp_path, Scenario(server=Server(folders=folders)))
    (partner,) = tomllib.loads(declaration_text(payer))["partner"]
    assert (partner["endpoint"]["outbound"], partner["endpoint"]["inbound"]) == ("/PROD/in", ["/PROD/out"])


def test_an_address_that_cannot_be_listened_on_is_told_as_one(tmp_path: Path) -> None:
    """No file is to blame: another program has the port, or the address is none of this machine's."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = ran("simulate-payer", "--port", str(port), "--root", str(tmp_path))
    assert (said.returncode, said.stderr.count("Next: name another address or port")) == (1, 1), said.stderr
    elsewhere = ran("simulate-payer", "--host", "198.51.100.7", "--root", str(tmp_path / "b"))
    assert "Next: name another address or port" in elsewhere.stderr


def test_for_a_program_each_line_is_json(tmp_path: Path) -> None:
    """Where it listens first, then one object for each thing that happens."""
    with running("simulate-payer", "--root", str(tmp_path), "--interval", "0.05", "--json") as process:
        where = json.loads(read_until(process, "listening"))
        assert (where["event"], where["folders"]) == ("listening", [{"takes": "/in", "gives": "/out"}])
        with session(PayerSimulator(tmp_path)) as client:
            upload(client, batch837p([ClaimSpec("A1")]))
        told = [json.loads(line) for line in read_until(process, '"835"').splitlines()]
    assert [each["event"] for each in told] == ["received", "worked on", *["laid down"] * 4]
    assert {each["kind"] for each in told[2:]} == {"TA1", "999", "277CA", "835"}


def test_it_behaves_as_a_partner_of_the_site_is_declared(tmp_path: Path) -> None:
    """Its folders and names; an account to paste under the partner's own key; an unknown partner is said so."""
    config = found(tmp_path / "site", "").config
    plugin = tmp_path / "site" / "plugins" / "prairie.toml"
    plugin.write_text("""
        [[payer]]
        key = "prairie"
        name = "Prairie"
        [[partner]]
        key = "prairie_edi"
        name = "PRAIRIE"
        receiver = "PRAIRIEHP"
        payers = {prairie = ["77001"]}
        endpoint = {host = "edi.prairie.example", outbound = "/drop", inbound = ["/answers"]}
        stages = {test = {sender = "T*"}, production = {sender = "P*9"}}
    """)
    plugin.chmod(0o644)
    options = ("--root", str(tmp_path / "payer"), "--partner")
    with running("-c", str(config), "simulate-payer", *options, "prairie_edi") as process:
        said = read_until(process, "What happens")
    assert "takes '/drop', answers in '/answers'" in said
    assert "--- conf/partners/prairie_edi.toml" in said
    account = tomllib.loads(said.partition("prairie_edi.toml\n")[2].partition("\nIts key")[0])
    assert fnmatchcase(account["sender"], "P*9")  # else what is pasted would not start the site
    assert "--- plugins" not in said
    unknown = ran("-c", str(config), "simulate-payer", *options, "nobody")
    assert "prairie_edi" in unknown.stderr
    assert unknown.returncode != 0


def test_a_partner_whose_names_are_short_gets_an_account_that_fits(tmp_path: Path) -> None:
    """What is pasted would else be refused by the very declaration that it is for."""
    rules = NameRules(longest=13)
    short = replace(PARTNER, filename="{submitter}{isa13}", habits=Habits(names=rules), windows=())
    assert wrong_with(short.filename, None, rules, submitter=account_sender(short)) is None
    assert account_sender(replace(short, habits=Habits())) == ""
    assert account_sender(None) == ""


def test_a_shipped_scenario_goes_by_its_name(tmp_path: Path) -> None:
    """And an unknown one is told which there are."""
    with running("simulate-payer", "--root", str(tmp_path), "--scenario", "strict") as process:
        read_until(process, "What happens")
    missing = asked("simulate-payer", "--scenario", "nonesuch")
    assert missing.exit_code == 1
    assert "ordinary" in missing.stderr


@pytest.mark.parametrize("word", ["simulate-payer", "demo"])
def test_help_is_in_plain_words(word: str) -> None:
    """Every option says what it does."""
    assert asked(word, "--help").exit_code == 0
