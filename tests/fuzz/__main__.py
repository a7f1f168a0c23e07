"""`make fuzz`: every target in turn, under atheris where it is installed."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from pathlib import Path

from tests.fuzz.plain import fuzz, kept
from tests.fuzz.targets import TARGETS, seeds, tried

FOLDER = Path("build/fuzz")
LONGEST = 1 << 16


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
    plain = asked.plain or importlib.util.find_spec("atheris") is None
    each = asked.runs // len(targets), asked.seconds / len(targets), asked.seed
    broken = sum((fuzz(target, *each, FOLDER) if plain else _guided(target, *each)) for target in targets)
    return 1 if broken else 0


def _guided(target: str, runs: int, seconds: float, seed: int) -> int:
    corpus = FOLDER / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        kept(corpus, target, data)
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.guided",
        target,
        f"-runs={runs}",
        f"-seed={seed}",
        f"-max_len={LONGEST}",
    ]
    command += [
        f"-max_total_time={int(seconds)}",
        f"-artifact_prefix={FOLDER}/{target}-",
        "-timeout=60",
        "-verbosity=1",
    ]
    said = subprocess.run(
        [*command, "-print_final_stats=1", str(corpus)], stderr=subprocess.PIPE, text=True, check=False
    )
    lines = said.stderr.splitlines()
    done = next((line.split()[-1] for line in lines if "number_of_executed_units" in line), "?")
    print(
        f"{target}: {done} inputs under atheris from seed {seed}, {'broken' if said.returncode else 'nothing broken'}"
    )
    if said.returncode:
        print("\n".join(lines[-40:]))
    return 1 if said.returncode else 0


def _again(path: Path, targets: list[str]) -> int:
    for target in targets:
        print(f"{target}: {'read' if tried(target, path.read_bytes()) else 'refused'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
