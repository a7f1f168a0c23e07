"""From a dropped batch to its bytes at the payer: the gateway as a service, with its settings as they come."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import rmtree
from statistics import median

from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from tests.sites import TestSite, make_site

CLAIMS = 100
DROPS = 5
_PATIENCE = 120
_TESTED = ("settle_seconds", "scan_seconds", "quarantine_minutes", "poll_seconds")
"""What a site for tests sets shorter; here the defaults are what is measured."""


def measure_latency() -> dict[str, float]:
    """`drop_to_payer_s` is the median of some drops: settling, taking, validating, judging, composing, logging in and
    sending."""
    root = Path(tempfile.mkdtemp(prefix="bench-latency-"))
    try:
        with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
            site = make_site(root / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
            settings = site.config.read_text().splitlines()
            site.config.write_text("\n".join(line for line in settings if not line.startswith(_TESTED)) + "\n")
            command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run"]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as service:
                found = [_dropped(site, payer, number) for number in range(DROPS)]
                service.send_signal(signal.SIGTERM)
    finally:
        rmtree(root)
    return {"drop_to_payer_s": median(found), "drop_to_payer_slowest_s": max(found)}


def _dropped(site: TestSite, payer: PayerSimulator, number: int) -> float:
    """The service may still be starting at the first drop, which is the slowest then."""
    claims = [ClaimSpec(f"D{number}C{n}", payer_id="77001", member_id=f"M{number}X{n}") for n in range(CLAIMS)]
    before = len(payer.arrivals())
    site.drop(f"{number}.837", batch837p(claims, control=100 + number))
    begun = time.monotonic()
    while len(payer.arrivals()) == before:
        if time.monotonic() - begun > _PATIENCE:
            raise SystemExit("nothing arrived at the payer")
        time.sleep(0.01)
    return time.monotonic() - begun
