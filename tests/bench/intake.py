"""The whole intake: the gateway as its own process, as the service runs it, and a payer simulator in this one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from gateway.testing.builders import realistic_batch, realistic_claims
from gateway.testing.payer import PayerSimulator, Scenario
from tests.bench.measuring import Watch
from tests.sites import TestSite, make_site


def measure_intake(name: str, size: int) -> dict[str, float]:
    """Twice, at two new sites: until every claim is stored, and on to submissions that lie at the payer.

    `intake_stored_s` is from seeing the settled file until it is sealed, validated, and every claim stored and committed
    with its findings. The rates of the second run are by the journal's own times, from batch.received on.
    """
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with PayerSimulator(root / "payer", Scenario(answers=())) as payer:
            stored = _stored(_dropped(root / "first", payer, size))
            site = _dropped(root / "second", payer, size)
            begun = time.perf_counter()
            peak = _run(site)
            seconds = time.perf_counter() - begun
            judged, composed = _journal(site)
            stands = {c["stands"] for c in site.ask("claims", limit=size)}
            assert stands == {"SENT"}, stands
    finally:
        rmtree(root)
    return {
        f"intake_stored_s_{name}": stored,
        f"intake_stored_claims_per_s_{name}": size / stored,
        f"intake_claims_per_s_{name}": size / composed,
        f"judged_claims_per_s_{name}": size / judged,
        f"sent_claims_per_s_{name}": size / seconds,
        f"intake_peak_mb_{name}": peak,
    }


def _dropped(root: Path, payer: PayerSimulator, size: int) -> TestSite:
    site = _site(root, payer, size)
    site.drop("batch.837", b"".join(realistic_batch(size)))
    return site


def _stored(site: TestSite) -> float:
    command = [sys.executable, "-m", "tests.bench.taking", str(site.config)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return float(said.strip().splitlines()[-1])


def _site(root: Path, payer: PayerSimulator, size: int) -> TestSite:
    """One partner for all payers of the batch, who lets large runs go unasked, and everybody in it enrolled."""
    site = make_site(root, {"alpha": payer})
    plugin = root / "plugins" / "alpha.toml"
    declared = plugin.read_text().replace('["77001"]', '["ALPHA1", "BETA1", "GAMMA1", "DELTA1"]')
    plugin.write_text(declared.replace("[[partner]]\n", "[[partner]]\nbrake = {claims = 1000000}\n"))
    specs = list(realistic_claims(size))
    npis = {s.rendering for s in specs} | {line.rendering for s in specs for line in s.lines}
    npis |= {s.billing.npi for s in specs if s.billing} | {"1234567893"}
    rows = [{"provider_npi": n, "payer": "alpha", "effective_from": "2020-01-01"} for n in sorted(npis - {""})]
    site.ask("roster apply", rows=rows, source="bench")
    return site


def _run(site: TestSite) -> float:
    """Run the gateway until it is idle; returns the peak of the memory of all its processes in MB."""
    command = [sys.executable, "-m", "gateway", "-c", str(site.config), "run", "--until-idle"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        watch = Watch(child.pid)
        code = child.wait()
        watch.stop()
    if code:
        raise SystemExit(f"the gateway ended with {code}")
    return watch.peak_mb


def _journal(site: TestSite) -> tuple[float, float]:
    """Seconds from batch.received until the last claim was judged, and until the last submission was composed."""
    marks = site.query(
        "SELECT name, min(at) AS first, max(at) AS last FROM events WHERE name IN"
        " ('batch.received', 'claim.passed', 'submission.composed') GROUP BY name"
    )
    times = {row["name"]: (_moment(row["first"]), _moment(row["last"])) for row in marks}
    begun = times["batch.received"][0]
    judged, composed = (times[name][1] - begun for name in ("claim.passed", "submission.composed"))
    return judged.total_seconds(), composed.total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
