"""All measurements in one run, ours and those of others over the same files, and the ratios between them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from itertools import product
from pathlib import Path

from gateway.testing.builders import realistic_batch
from tests.bench.gate import gate_decisions
from tests.bench.holding import measure_holding
from tests.bench.hostile import measure_hostile
from tests.bench.intake import measure_intake
from tests.bench.isolation import measure_isolation
from tests.bench.latency import measure_latency
from tests.bench.matching import measure_matching
from tests.bench.measuring import Measured, measured, ours
from tests.bench.nppes import measure_nppes
from tests.bench.sftp import measure_sftp

NPPES_ROWS = 100_000
SIZES = {"100": 100, "1k": 1_000, "10k": 10_000}
OURS = {
    "read": "our reader",
    "extract": "our extraction",
    "claims": "our claims",
    "validate": "our full validation, 2 cores",
    "validate_alone": "our full validation, 1 core",
}
PEERS = {
    "pyx12_validate": "pyx12 x12n_document, 999 on",
    "pyx12_reader": "pyx12 reader",
    "lfh_segments": "linuxforhealth-x12 segments",
    "lfh_models": "linuxforhealth-x12 models",
}
TARGETS = {
    "validate_vs_pyx12": (40, "at least"),
    "extract_vs_lfh_segments": (1.5, "at least"),
    "intake_vs_pyx12_validate": (15, "at least"),
    "gate_vs_pyx12": (60, "at least"),
    "peak_ratio_10k_1k": (1.2, "at most"),
    "reevaluated": (1_000, "at most"),
    "reevaluate_s": (2, "at most"),
    "why_ms_1m": (100, "at most"),
    "match_277ca_per_s": (5_000, "at least"),
    "match_835_per_s": (5_000, "at least"),
    "match_cost_1m_vs_10k": (1.3, "at most"),
    "remit_100mb_peak_mb": (200, "at most"),
    "lookup_ms": (1, "at most"),
    "sftp_small_vs_openssh": (0.8, "at least"),
    "sftp_large_vs_openssh": (1.0, "at least"),
    "lane_isolation": (0.9, "at least"),
    "good_lane_beside_hostile": (0.9, "at least"),
}
BUILD = Path("build")
_PYTHON = BUILD / "peers-venv" / "bin" / "python"


def main() -> int:
    """Measure and print, and write what is known after each part: whoever ends it early keeps that."""
    asked = _arguments()
    figures: dict[str, float] = {}
    print(
        f"{'':<30} {'claims':>7} {'seconds':>9} {'work s':>9} {'claims/s':>10} {'MB/s':>7} {'peak MB':>8}", flush=True
    )
    for name, size in product(_wanted(asked.only, OURS | PEERS), asked.sizes or SIZES):
        figures |= row(name, size)
        _keep(figures, asked)
    failed = []
    for part, work in _parts(asked.sizes or ("1k", "10k")).items():
        if asked.only and part.split()[0] not in asked.only:
            continue
        print(f"measuring {part} ...", file=sys.stderr, flush=True)
        try:
            figures |= work()
        except (Exception, SystemExit):
            traceback.print_exc()
            failed.append(part)
        _keep(figures, asked)
    show(figures | ratios(figures))
    if failed:
        print(f"NOT measured, see above: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = [*OURS, *PEERS, "intake", "gate", "holding", "matching", "nppes", "sftp", "latency", "lanes", "hostile"]
    parts += ["compile"]
    parser.add_argument("--only", choices=parts, action="append", help="measure no more than this")
    parser.add_argument("--sizes", choices=SIZES, action="append", help="of these files only")
    return parser.parse_args()


def _keep(figures: Mapping[str, float], asked: argparse.Namespace) -> None:
    """The figures of record are all of one run."""
    BUILD.mkdir(exist_ok=True)
    name = "bench-part.json" if asked.only or asked.sizes else "bench.json"
    (BUILD / name).write_text(json.dumps({**figures, **ratios(figures)}, indent=2) + "\n")


def _parts(intakes: Iterable[str]) -> dict[str, Callable[[], Mapping[str, float]]]:
    """What is measured besides files read: each by itself, so that one that breaks leaves the figures of the others."""
    return {
        **{f"intake {size}": partial(measure_intake, size, SIZES[size]) for size in intakes},
        "gate": lambda: {"gate_decisions_per_s": gate_decisions()},
        "holding": measure_holding,
        "matching": measure_matching,
        "nppes": lambda: measure_nppes(NPPES_ROWS),
        "sftp": measure_sftp,
        "latency": measure_latency,
        "lanes": measure_isolation,
        "hostile": measure_hostile,
        "compile": lambda: {"guide_compile_s": ours("compile", Path(), 3).work},
    }


def _wanted(only: list[str] | None, all_of: dict[str, str]) -> list[str]:
    return [name for name in all_of if not only or name in only]


def row(name: str, size: str) -> dict[str, float]:
    """The figures of one row, which is printed."""
    path = batch(size)
    if found := measure(name, path, size):
        return tell(name, size, path, found)
    print(f"{PEERS[name]:<30} {SIZES[size]:>7,} not measured: it is not installed", flush=True)
    return {}


@cache
def batch(size: str) -> Path:
    """The 837P file of that many claims."""
    path = BUILD / "bench" / f"{size}.837"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(realistic_batch(SIZES[size])))
    return path


def measure(name: str, path: Path, size: str) -> Measured | None:
    """One row; None for a peer that is not installed."""
    slow = name in ("pyx12_validate", "lfh_models") and size == "10k"
    if name in OURS:
        return ours(name, path)
    if not _PYTHON.exists():
        return None
    return measured([str(_PYTHON), "tests/bench/peers.py", name, str(path)], 1 if slow else 3)


def tell(name: str, size: str, path: Path, found: Measured) -> dict[str, float]:
    """Print one row and return its figures."""
    count, megabytes = SIZES[size], path.stat().st_size / 1e6
    rate = count / found.work
    print(
        f"{(OURS | PEERS)[name]:<30} {count:>7,} {found.wall:>9.3f} {found.work:>9.3f} {rate:>10,.0f}"
        f" {megabytes / found.work:>7.2f} {found.peak_mb:>8.1f}",
        flush=True,
    )
    return {
        f"{name}_wall_s_{size}": found.wall,
        f"{name}_s_{size}": found.work,
        f"{name}_claims_per_s_{size}": rate,
        f"{name}_peak_mb_{size}": found.peak_mb,
    }


RATIOS = {
    "validate_vs_pyx12": ("pyx12_validate_s_10k", "validate_s_10k"),
    "validate_vs_pyx12_wall": ("pyx12_validate_wall_s_10k", "validate_wall_s_10k"),
    "extract_vs_lfh_segments": ("lfh_segments_s_10k", "extract_s_10k"),
    "extract_vs_lfh_segments_wall": ("lfh_segments_wall_s_10k", "extract_wall_s_10k"),
    "intake_vs_pyx12_validate": ("pyx12_validate_s_10k", "intake_stored_s_10k"),
    "peak_ratio_10k_1k": ("validate_peak_mb_10k", "validate_peak_mb_1k"),
}
"""Of which figures each is the quotient."""


def ratios(figures: Mapping[str, float]) -> dict[str, float]:
    """Of the 10,000-claim file in this run; those are left out whose parts were not measured."""
    found = {
        name: figures[above] / figures[below]
        for name, (above, below) in RATIOS.items()
        if above in figures and below in figures
    }
    if {"pyx12_validate_s_10k", "gate_decisions_per_s"} <= figures.keys():
        found["gate_vs_pyx12"] = figures["gate_decisions_per_s"] * figures["pyx12_validate_s_10k"] / SIZES["10k"]
    return found


def show(figures: dict[str, float]) -> None:
    """The figures that are no rows, with the targets where there are any."""
    print()
    rows = {f"{name}_" for name in OURS | PEERS}
    for name, value in figures.items():
        if any(name.startswith(row) for row in rows) and name not in TARGETS and not name.endswith("_wall"):
            continue
        target = ""
        if name in TARGETS:
            limit, word = TARGETS[name]
            met = value >= limit if word == "at least" else value <= limit
            target = f"   {word} {limit:g}: {'met' if met else 'NOT MET'}"
        print(f"{name:<34} {value:>12,.3f}{target}")


if __name__ == "__main__":
    subprocess.run([".ci/peers", sys.executable], check=False)
    sys.exit(main())
