"""A site with one simulated payer, its service, and waiting for what that does by itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.testing.payer import PayerSimulator
from tests.commands import on
from tests.sites import TestSite, make_site

PATIENCE = 30


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
