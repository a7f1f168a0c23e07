"""`make fuzz`: every target in turn, by a loop of our own and, where it is installed, under atheris."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from math import ceil
from pathlib import Path

from tests.fuzz.plain import fuzz, kept
from tests.fuzz.targets import TARGETS, seeds, tried

FOLDER = Path("build/fuzz")
LONGEST = 1 << 16
"""Of inputs under atheris, which is slow with long ones."""

PLAIN = 0.2
"""The share of our own loop where there is atheris: it tries long documents too."""


def main() -> int:
    """Exit 1 where an input broke a target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30_000, help="inputs in all, shared out over the targets")
    parser.add_argument("--seconds", type=float, default=0, help="no longer than this in all; 0 is without limit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--plain", action="store_true", help="a loop of our own, also where atheris is installed")
    parser.add_argument("--again", type=Path, metavar="FILE", help="try one kept input on the targets and stop")
    asked = parser.parse_args()
    targets = asked.target or list(TARGETS)
    if asked.again:
        return _again(asked.again, targets)
    FOLDER.mkdir(parents=True, exist_ok=True)
    plain = 1.0 if asked.plain or importlib.util.find_spec("atheris") is None else PLAIN
    runs, seconds = asked.runs / len(targets), asked.seconds / len(targets)
    broken = 0
    for target in targets:
        broken += fuzz(target, round(runs * plain), seconds * plain, asked.seed, FOLDER)
        if plain < 1:
            broken += _guided(target, round(runs * (1 - plain)), seconds * (1 - plain), asked.seed)
    return 1 if broken else 0


def _guided(target: str, runs: int, seconds: float, seed: int) -> int:
    corpus = FOLDER / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        kept(corpus, target, data)
    options = {
        "runs": runs,
        "seed": seed,
        "max_len": LONGEST,
        "max_total_time": ceil(seconds),
        "timeout": 60,
        "artifact_prefix": f"{FOLDER}/{target}-",
        "print_final_stats": 1,
    }
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.guided",
        target,
        *(f"-{name}={value}" for name, value in options.items()),
    ]
    said = subprocess.run([*command, str(corpus)], stderr=subprocess.PIPE, text=True, check=False)
    lines = said.stderr.splitlines()
    done = next((line.split()[-1] for line in lines if "number_of_executed_units" in line), "?")
    how = "broken" if said.returncode else "nothing broken"
    print(f"{target}: {done} inputs under atheris from seed {seed}, {how}", flush=True)
    if said.returncode:
        print("\n".join(lines[-40:]))
    return 1 if said.returncode else 0


def _again(path: Path, targets: list[str]) -> int:
    for target in targets:
        print(f"{target}: {'read' if tried(target, path.read_bytes()) else 'refused'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
