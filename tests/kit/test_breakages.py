"""Plugins that are broken on purpose: the kit catches each one, and says by which rule."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import paramiko
import pytest

import gateway.naming
from gateway.testing.kit import Outcome, Tier, check_plugin
from gateway.testing.kit.strays import Strays

BROKEN = Path(__file__).parent / "broken"
WIRE = (Tier.DECLARATION, Tier.WIRE)


@pytest.mark.parametrize(
    ("plugin", "trial", "rule", "word"),
    [
        ("final_name", "cut while writing", "whole_files", "a part of a file arrived"),
        ("any_key", "another host key", "pinned_key", "another host key"),
        ("swallows", "opening a file refused", "refusals_told", "told as sent"),
        ("one_name", "none", "names_kept", "another name than was planned"),
        ("fetch_removes", "none", "deletes_late", "removed it at the payer"),
        ("sends_again", "none", "arrives", "arrived twice"),
        ("fetch_removes", "none", "deletes_late", "though keeping them failed here"),
        ("asks_otherwise", "none", "status_asked", "0 arrived; lane SUSPENDED AMENDMENT_CHANGED"),
        ("hears_nothing", "none", "status_asked", "the question still waits for it"),
        ("grows", "none", "sizes_kept", "lane SUSPENDED FILE_TOO_LARGE"),
        ("waits_for_ever", "silent while writing", "silence_ends", "nobody gave up"),
        ("removes_more", "none", "deletes_late", "was not asked to remove"),
        ("tidies_up", "none", "deletes_late", "was not asked to remove"),
        ("writes_over", "none", "parts_hold", "writes over"),
        ("changes_bytes", "none", "whole_files", "other bytes"),
        ("stays_logged_in", "none", "parts_hold", "never ended"),
        ("hides_files", "none", "answers_read", "still wait for them"),
        ("shows_log", "none", "secrets_hidden", "the output"),
        ("shows_repr", "none", "secrets_hidden", "an exception or repr"),
        ("shows_exception", "none", "secrets_hidden", "an exception or repr"),
        ("shows_file_name", "none", "secrets_hidden", "a file name"),
    ],
)
def test_a_breakage_on_the_wire_is_caught(plugin: str, trial: str, rule: str, word: str) -> None:
    """By name, with words for its author; and its declaration is good, so that nothing else can have caught it."""
    report = check_plugin(BROKEN / f"{plugin}.py", tiers=WIRE, trials=(trial,), patience=1)
    assert not report.passed
    assert report.of("loads").outcome is Outcome.PROVEN
    assert rule in report.failed(), report.text()
    assert word in " ".join(report.of(rule).details)


@pytest.fixture
def unchanged(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin is loaded in this process too, and what it changes here must not last."""
    monkeypatch.setattr(gateway.naming, "remote_name", gateway.naming.remote_name)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_what_a_plugin_does_beside_its_work_is_caught(unchanged: None) -> None:
    """Each thing with the line that does it; what the gateway does when it is called is the gateway's."""
    report = check_plugin(BROKEN / "strays.py", tiers=WIRE, trials=("none",))
    assert report.failed() == ("stays_within",), report.text()
    said = " ".join(report.of("stays_within").details)
    for word in (
        "writes a file (strays.py, line 3",
        "reads files of the site",
        "looks into folders of the site",
        "reaches another host",
        "changes the environment",
        "starts a process",
        "a thread that it started goes on",
        "changes gateway.naming.remote_name",
        "changes what signals do",
    ):
        assert word in said
    until = time.monotonic() + 10  # who was killed is gone once it comes to run
    while any(b"600.77" in line for line in command_lines()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [line for line in command_lines() if b"600.77" in line]


def command_lines() -> Iterator[bytes]:
    """Of every process that runs just now."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield file.read_bytes()


def test_a_library_may_have_a_module_of_a_plugins_name(tmp_path: Path) -> None:
    """What that does is not the plugin's doing; an installed plugin is known by where it lies."""
    library = Path(paramiko.__file__).parent
    heard = Strays(tmp_path / "client.py", tmp_path)
    assert not heard.is_its_own(str(library / "client.py"))
    assert heard.is_its_own(str(tmp_path / "client.py"))
    assert heard.is_its_own("/tmp/copied/client.py")
    assert Strays(library, tmp_path).is_its_own(str(library / "client.py"))


def test_each_part_is_tried_by_itself() -> None:
    """Twice, with little and with much, and looked at afterwards."""
    report = check_plugin(BROKEN / "odd_parts.py", tiers=WIRE, trials=("none",))
    assert report.failed() == ("parts_hold",), report.text()
    said = " ".join(report.of("parts_hold").details)
    for word in (
        "leaves another file beside",
        "leaves the file where it is, and says nothing",
        "BROKEN_MOODY: finds something else",
        "BROKEN_TELLING: shows a value",
        "wrapping short: what it wraps does not come back the same",
        "notifier loud: raises RuntimeError",
        "enrollment source numbers: gives rows that are no",
    ):
        assert word in said


@pytest.mark.parametrize(
    ("line", "word"),
    [("import os; os._exit(0)", "ends the process"), ("import time; time.sleep(600)", "hangs")],
)
def test_one_that_ends_or_holds_whoever_loads_it_ends_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, word: str
) -> None:
    """An exit code of 0 without a word would pass for a proof."""
    monkeypatch.setattr("gateway.testing.kit.rehearsing.LOADING", 3.0)
    plugin = tmp_path / "broken.py"
    plugin.write_text(f"{line}\n")
    report = check_plugin(plugin, tiers=(Tier.DECLARATION,))
    assert "loads" in report.failed()
    assert word in " ".join(report.of("loads").details)


def test_what_a_plugin_prints_is_no_part_of_a_report(tmp_path: Path) -> None:
    """Programs read it."""
    plugin = tmp_path / "broken.py"
    plugin.write_text((BROKEN / "hides_files.py").read_text() + '\nprint("hello")\n')
    command = [sys.executable, "-m", "gateway", "plugin", "check", str(plugin), "--tier", "1", "--json"]
    assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["passed"]


@pytest.mark.parametrize(("plugin", "rule"), [("colliding", "file_names"), ("holds_a_secret", "no_secrets")])
def test_a_breakage_in_a_declaration_is_caught(plugin: str, rule: str) -> None:
    """Before anything is tried; what is shown of a secret is its line."""
    report = check_plugin(BROKEN / f"{plugin}.toml", tiers=(Tier.DECLARATION,))
    assert report.failed() == (rule,)
    assert (report.of("loads").outcome is Outcome.PROVEN) == (rule != "file_names")  # it contradicts itself
    assert "Cedar!Falls77" not in report.text() + report.markdown() + str(report.data())


def test_a_rename_that_is_called_refused_while_its_answer_was_lost_doubles_nothing() -> None:
    """The gateway does not rely on that: what lay whole under its hidden name and is gone is never written once more."""
    report = check_plugin(BROKEN / "calls_it_refused.py", tiers=WIRE, trials=("cut after the rename, and taken away",))
    assert report.failed() == (), report.text()
