"""Measure, never assert: `make bench` prints a table and writes build/bench.json, one flat object of figures.

The gateway runs as its own process, as the service does; the payer is a simulator in this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from gateway.testing.builders import realistic_batch, realistic_claims
from gateway.testing.payer import PayerSimulator, Scenario
from gateway.x12.claims import read_claims
from gateway.x12.envelope import check_envelope
from tests.sites import TestSite, make_site

SIZES = {"1k": 1_000, "10k": 10_000}
BLOCK = 256 * 1024


def main() -> int:
    """Run all measurements."""
    figures: dict[str, float] = {}
    for name, size in SIZES.items():
        batch = b"".join(realistic_batch(size))
        figures |= _reading(name, size, batch)
        figures |= _intake(name, size, batch)
    for figure, value in figures.items():
        print(f"{figure:<28} {value:>12,.2f}")
    Path("build").mkdir(exist_ok=True)
    Path("build/bench.json").write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _reading(name: str, size: int, batch: bytes) -> dict[str, float]:
    """The envelope check and the extraction of every claim, in this process."""
    blocks = [batch[at : at + BLOCK] for at in range(0, len(batch), BLOCK)]
    checked = _seconds(lambda: check_envelope(blocks))
    read = _seconds(lambda: sum(1 for _ in read_claims(blocks)))
    return {
        f"batch_mb_{name}": len(batch) / 1e6,
        f"check_envelope_claims_per_s_{name}": size / checked,
        f"read_claims_per_s_{name}": size / read,
    }


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _intake(name: str, size: int, batch: bytes) -> dict[str, float]:
    """From a dropped file to every claim in a submission that lies at the payer; seconds by the journal's own times."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
            site = _site(root / "site", payer, size)
            site.drop("batch.837", batch)
            begun = time.perf_counter()
            peak = _run(site)
            seconds = time.perf_counter() - begun
            events = _journal(site)
            stands = {c["stands"] for c in site.ask("claims", limit=size)}
            assert stands == {"SENT"}, stands
        first, judged, composed = events
        return {
            f"intake_claims_per_s_{name}": size / (composed - first).total_seconds(),
            f"judged_claims_per_s_{name}": size / (judged - first).total_seconds(),
            f"sent_claims_per_s_{name}": size / seconds,
            f"intake_peak_mb_{name}": peak,
        }
    finally:
        rmtree(root)


def _site(root: Path, payer: PayerSimulator, size: int) -> TestSite:
    """One partner for all payers of the batch, and everybody in it enrolled."""
    site = make_site(root, {"alpha": payer})
    plugin = root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace('["77001"]', '["ALPHA1", "BETA1", "GAMMA1", "DELTA1"]'))
    specs = list(realistic_claims(size))
    npis = {s.rendering for s in specs} | {line.rendering for s in specs for line in s.lines}
    npis |= {s.billing.npi for s in specs if s.billing} | {"1234567893"}
    rows = [{"provider_npi": n, "payer": "alpha", "effective_from": "2020-01-01"} for n in sorted(npis - {""})]
    site.ask("roster apply", rows=rows, source="bench")
    return site


def _run(site: TestSite) -> float:
    """Run the gateway until it is idle; returns the peak of its memory in MB."""
    command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run", "--until-idle"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the gateway ended with {child.returncode}")
    return usage.ru_maxrss / 1024


def _journal(site: TestSite) -> tuple[datetime, datetime, datetime]:
    """When the file was received, its last claim judged, and its last submission composed."""
    marks = site.query(
        "SELECT name, min(at) AS first, max(at) AS last FROM events"
        " WHERE name IN ('batch.received', 'claim.passed', 'submission.composed') GROUP BY name"
    )
    times = {row["name"]: (_moment(row["first"]), _moment(row["last"])) for row in marks}
    return times["batch.received"][0], times["claim.passed"][1], times["submission.composed"][1]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
