"""A full disk here: intake pauses, nothing is lost, and it goes on by itself when there is space again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.testing.builders import realistic_batch, realistic_claims
from gateway.testing.payer import PayerSimulator, Scenario
from tests.sites import TestSite, make_site

PATIENCE = 60
CLAIMS = 3000


def _mounted(folder: Path, size: str, *options: str) -> bool:
    """Put a small file system of its own under this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    option = ",".join([*options, f"size={size}", "mode=700"])
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", option, "tmpfs", str(folder)], capture_output=True, check=False
    )
    return done.returncode == 0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    """A site whose data lies on a disk of 4 MB."""
    root = tmp_path / "site"
    if os.geteuid() != 0 or not _mounted(root / "state", "4m"):
        pytest.skip("needs the right to mount a small file system")
    with PayerSimulator(tmp_path / "payer", Scenario(answers=())) as payer:
        made = make_site(root, {"alpha": payer})
        plugin = root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace('["77001"]', '["ALPHA1", "BETA1", "GAMMA1", "DELTA1"]'))
        yield made
    subprocess.run(["umount", str(root / "state")], check=True)


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


def test_a_full_disk_pauses_intake_until_there_is_space(site: TestSite) -> None:
    """The service stays up, says so once, and takes the whole batch when the disk has grown."""
    log = site.root / "service.log"
    with log.open("wb") as stream:
        service = subprocess.Popen(
            [sys.executable, "-m", "gateway", "-c", str(site.config), "run"], stdout=stream, stderr=stream
        )

    def events() -> list[str]:
        whole = log.read_text().rpartition("\n")[0]  # the last line may be half written
        return [json.loads(line)["event"] for line in whole.splitlines() if line.startswith("{")]

    try:
        _wait_for(lambda: "service.started" in events())
        site.drop("large.837", b"".join(realistic_batch(CLAIMS)))
        _wait_for(lambda: "service.troubled" in events())
        assert service.poll() is None
        assert events().count("service.troubled") == 1
        assert "batch.refused" not in events()
        assert _mounted(site.root / "state", "200m", "remount")
        _wait_for(lambda: "batch.parsed" in events())
        _wait_for(lambda: "service.recovered" in events())
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(PATIENCE)
    found = site.ask("claims", limit=CLAIMS + 1)
    assert sorted(c["control_number"] for c in found) == [s.control_number for s in realistic_claims(CLAIMS)]
    assert [b["claims"] for b in site.ask("batches")] == [CLAIMS]
    assert list((site.spool / "work").iterdir()) == []
    assert site.ask("audit")["intact"]


def test_a_full_spool_ends_a_run_with_the_reason_and_what_to_do(site: TestSite) -> None:
    """The report waits, the claims are kept, and the next run with room writes it."""
    reports = site.spool / "reports"
    assert _mounted(reports, "4k")
    try:
        (reports / "filler").write_bytes(b"\0" * 4096)
        site.drop("small.837", b"".join(realistic_batch(1)))
        ended = _ran_until_idle(site)
        assert ended.returncode == 74
        (failed,) = (one for one in map(json.loads, ended.stdout.splitlines()) if one["event"] == "process.failed")
        assert failed["code"] == "ENOSPC"
        assert "make room" in failed["next"]
        state, full = _doctor(site)
        assert state.startswith(f"the disk of {site.root / 'state'} is nearly full: ")
        assert full == f"the disk of {reports} is full"
        assert f"the disk of {reports} is full" in site.ask("status")["warnings"]
        (room,) = (section for section in site.ask("digest")["sections"] if section["title"] == "Room")
        assert room["lines"][1] == {"what": f"The disk of {reports} is full.", "command": "gateway doctor"}
        (reports / "filler").unlink()
        assert _ran_until_idle(site).returncode == 0
        assert _mounted(reports, "50m", "remount")
        assert _doctor(site)[1].startswith(f"the disk of {reports} is nearly full: 4")
        assert _mounted(site.root / "state", "300m", "remount")
        assert _mounted(reports, "300m", "remount")
        assert _doctor(site) == []
        assert _mounted(reports, "300m", "remount", "nr_inodes=50")
        (few,) = _doctor(site)
        assert few.startswith(f"the disk of {reports} can hold 4")
        assert [path.suffix for path in reports.iterdir()] == [".txt"]
    finally:
        subprocess.run(["umount", str(reports)], check=True)


def _doctor(site: TestSite) -> list[str]:
    return [found["what"] for found in site.ask("doctor")]


def _ran_until_idle(site: TestSite) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run", "--until-idle"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
