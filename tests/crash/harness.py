"""Trials of kill -9: drop batches, kill the gateway at a chosen step, let it recover, and count what the payer got.

Then gateways that break a rule, which must be caught, and every fault of a network at every step of the protocol. Run it
at length with `python -m tests.crash.harness --seeds 100`; the suite runs a small part.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from gateway.testing.builders import ClaimSpec, batch837p, valid_npi
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from tests.crash.child import DURABLE
from tests.crash.crew import Crew, nursery
from tests.crash.manners import ALL, PICKUP, POINTS, Manner
from tests.crash.mutants import MUTANTS
from tests.crash.nursery import Nursery
from tests.crash.person import answered_by_a_person
from tests.sftp import matrix
from tests.sites import TestSite, make_site

ENROLLED, UNKNOWN = valid_npi(1), valid_npi(2)
_PATIENCE = 60
_ENOUGH = 10
"""Seeds after which a step that was never reached says that it is none any more."""


@dataclass
class Result:
    """What one trial found. Every list must be empty. `reached` says whether it was killed at its step."""

    manner: str
    point: str
    seed: int
    kills: int = 0
    reached: bool = False
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    truncated: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing twice, nothing half, nothing stuck, no number reused, the chain intact."""
        return not (self.lost or self.doubled or self.truncated or self.stuck or self.reused or self.broken)


def trial(manner: str, point: str, seed: int, root: Path, nursery: Nursery, mutant: str = "") -> Result:
    """One site, one payer that may take files away at random, one or two kills, a third of them by a power cut."""
    how, random = ALL[manner], Random(f"{manner} {point} {seed}")
    result = Result(manner, point, seed)
    faults = Faults(sweep=how.sweeps and random.random() < 0.5)
    with PayerSimulator(root / "payer", Scenario(faults=faults, server=how.server)) as payer:
        site = make_site(root / "site", {"alpha": payer}, enrolled=[(ENROLLED, "alpha")])
        how.bind(site)
        wanted = _drop(site, random)
        life = Life(site, nursery, mutant, random)
        try:
            _lead_to(life, how, payer, answered=manner in PICKUP)
            result.reached = life.run(point, random.choice(how.times))
            if random.random() < 0.5:
                payer.tick()
            if random.random() < 0.5:
                life.run(random.choice(POINTS)[1])
            _settle(life, payer)
        except RuntimeError as ended:
            result.broken.append(str(ended))
        result.kills = life.kills
        _count(result, site, payer, wanted)
    return result


def _lead_to(life: Life, how: Manner, payer: PayerSimulator, *, answered: bool) -> None:
    """To where the step can be reached at all: sent and answered, or killed once before."""
    if how.first:
        life.run(life.random.choice(how.first))
    if answered:
        life.run("never")
        payer.tick()


@dataclass
class Life:
    """One gateway after another at one site."""

    site: TestSite
    nursery: Nursery
    mutant: str
    random: Random
    kills: int = 0

    def run(self, step: str, nth: int = 1) -> bool:
        """Until the step, to be killed there, or to the end; whether it was killed. Raises RuntimeError when it broke by
        itself."""
        killed = self.nursery.run(self.site.config, step, nth, self.mutant)
        if killed:
            self.kills += 1
            if self.random.random() < 0.33:
                self._cut_power()
        return killed

    def _cut_power(self) -> None:
        """Documents that were never made durable lose their bytes; the database sees to its own."""
        record = self.site.root / DURABLE
        kept = set(record.read_text().split()) if record.exists() else set()
        for path in (self.site.root / "state" / "vault").rglob("*"):
            if path.is_file() and str(path.stat().st_ino) not in kept:
                path.chmod(0o600)
                path.write_bytes(b"")
                path.chmod(0o400)


def _drop(site: TestSite, random: Random) -> set[str]:
    """Two batches; some claims go, some are held. Returns the claims that must reach the payer."""
    wanted = set()
    for batch in range(2):
        claims = []
        for number in range(random.randint(1, 6)):
            held = random.random() < 0.3
            name = f"B{batch}N{number}"
            claims.append(
                ClaimSpec(name, payer_id="77001", rendering=UNKNOWN if held else ENROLLED, member_id=f"M{name}")
            )
            if not held:
                wanted.add(name)
        site.drop(f"batch{batch}.837", batch837p(claims, control=100 + batch))
    return wanted


def _settle(life: Life, payer: PayerSimulator) -> None:
    """Run undisturbed until the payer has nothing more to say: what it took is proven by its answers, and what nobody can
    see a person answers. Waits before a next try are taken for over, or a trial would take as long as they do."""
    until = time.monotonic() + _PATIENCE
    quiet = 0
    while time.monotonic() < until and quiet < 2:
        asked = bool(quiet) and answered_by_a_person(life.site, payer)
        if quiet:
            life.site.skip_waits()
        life.run("never")
        quiet = 0 if payer.tick() or asked else quiet + 1


def _count(result: Result, site: TestSite, payer: PayerSimulator, wanted: set[str]) -> None:
    """What the payer has, by each claim's bytes without REF*D9, against what the gateway says."""
    arrived = collections.Counter((claim.claim, claim.digest) for claim in payer.received_claims())
    result.doubled = [control for (control, _), count in arrived.items() if count > 1]
    result.lost = sorted(wanted - {control for control, _ in arrived})
    result.truncated = [arrival.name for arrival, data in payer.arrivals() if b"IEA*" not in data]
    numbers = collections.Counter(data[90:99] for _, data in payer.arrivals())
    result.reused = [number.decode() for number, count in numbers.items() if count > 1]
    for claim in site.ask("claims"):
        if claim["stands"] != ("PAID" if claim["control_number"] in wanted else "HELD"):
            result.stuck.append(f"{claim['control_number']} {claim['stands']}")
    posted = sum(a["matched"] for a in site.ask("answers") if a["form"] == "835")
    if posted != len(wanted):
        result.doubled.append(f"{posted} payments posted for {len(wanted)} claims")
    if not site.ask("audit")["intact"]:
        result.broken.append("the chain of events")
    left = [path.name for name in ("incoming", "work", "refused") for path in (site.root / "spool" / name).iterdir()]
    result.broken += left


def caught(mutant: str, nursery: Nursery, tries: int = 24) -> int | None:
    """After how many trials at the steps where it shows the mutant was caught; None when it was missed."""
    points = MUTANTS[mutant][1]
    for number in range(tries):
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            if not trial(*points[number % len(points)], number, Path(folder), nursery, mutant).clean:
                return number + 1
    return None


def main() -> int:
    """Run trials and print what they found; also as build/faults.json."""
    parser = argparse.ArgumentParser(description="Kill the gateway at every step and count what the payer got.")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    wanted = [(*point, seed) for seed in range(options.seeds) for point in POINTS]
    begun = time.monotonic()
    with Crew(options.jobs) as crew:
        results = list(_told(crew.each(_in_a_folder, wanted), len(wanted)))
        crashed = {**_totals(results), "crash_seconds": round(time.monotonic() - begun)}
        mutants = _mutants(crew)
    cells = asyncio.run(matrix.matrix())
    matrix.show(cells)
    figures = {**crashed, **mutants, **matrix.figures(cells)}
    print(json.dumps(figures, indent=2))
    Path("build").mkdir(exist_ok=True)
    Path("build/faults.json").write_text(json.dumps(figures, indent=2))
    wrong = ("mutants_missed", "network_wrong", "network_late")
    unreached = options.seeds >= _ENOUGH and figures["crash_points_reached"] < figures["crash_points"]
    return 0 if all(r.clean for r in results) and not unreached and not any(figures[name] for name in wrong) else 1


def _told(results: Iterable[Result], count: int) -> Iterable[Result]:
    begun = time.monotonic()
    for number, result in enumerate(results, 1):
        if not result.clean:
            print(result, flush=True)
        if number % 100 == 0:
            print(f"{number} of {count} trials, {time.monotonic() - begun:.0f} s", flush=True)
        yield result


def _totals(results: list[Result]) -> dict[str, int]:
    return {
        "crash_points": len(POINTS),
        "crash_points_reached": len({(r.manner, r.point) for r in results if r.reached}),
        "crash_trials": len(results),
        "crash_kills": sum(r.kills for r in results),
        "crash_lost": sum(len(r.lost) for r in results),
        "crash_doubled": sum(len(r.doubled) for r in results),
        "crash_truncated": sum(len(r.truncated) for r in results),
        "crash_stuck": sum(len(r.stuck) for r in results),
        "crash_reused_numbers": sum(len(r.reused) for r in results),
        "crash_broken": sum(len(r.broken) for r in results),
    }


def _mutants(crew: Crew) -> dict[str, int]:
    """How many gateways that break a rule were let loose, and how many of them nobody noticed."""
    after = dict(zip(MUTANTS, crew.each(_caught, [(mutant,) for mutant in MUTANTS]), strict=True))
    for mutant, tries in after.items():
        print(f"mutant {mutant}: {'MISSED' if tries is None else f'caught in trial {tries}'}", flush=True)
    return {"mutants": len(after), "mutants_missed": sum(tries is None for tries in after.values())}


def _in_a_folder(manner: str, point: str, seed: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="crash-") as root:
        return trial(manner, point, seed, Path(root), nursery())


def _caught(mutant: str) -> int | None:
    return caught(mutant, nursery())


if __name__ == "__main__":
    sys.exit(main())
