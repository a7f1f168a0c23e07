"""A loop of our own over mutated documents, for where no better fuzzer is installed."""

from __future__ import annotations

import hashlib
import re
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import Broken, seeds, tried

WEIGHED = 50
"""Of so many inputs, the memory of one is measured."""


def fuzz(target: str, runs: int, seconds: float, seed: int, folder: Path) -> int:
    """Print what was done and keep in `folder` one input for each place that breaks; returns how many there are."""
    broken: dict[str, Path] = {}
    done = read = 0
    for done, data in enumerate(_inputs(target, runs, seconds, seed), start=1):
        try:
            read += tried(target, data, weighed=done % WEIGHED == 0)
        except Exception as error:
            where = _where(error)
            if where not in broken:
                broken[where] = kept(folder, target, data)
                print(f"{target}: {where}; kept as {broken[where]}", flush=True)
    print(f"{target}: {done:,} inputs from seed {seed}, {read:,} of them read to the end, {len(broken)} places broken")
    return len(broken)


def kept(folder: Path, target: str, data: bytes) -> Path:
    """Write an input down."""
    path = folder / f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


def _inputs(target: str, runs: int, seconds: float, seed: int) -> Iterator[bytes]:
    """The seeds as they are, then mutants of them and of mutants."""
    random, begun, known = Random(seed), time.monotonic(), seeds(target)
    yield from known[:runs]
    pool = list(known)
    for _ in range(runs - len(known)):
        if seconds and time.monotonic() - begun > seconds:
            return
        data = mutated(random.choice(pool), random, known)
        mutant_stays = random.random() < 0.2 and len(data) < 8_000  # a long one would slow all the rest down
        pool[random.randrange(len(pool))] = data if mutant_stays else random.choice(known)
        yield data


def _where(error: BaseException) -> str:
    """The kind of failure and the line it came from, without anything of the input."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = re.sub("[0-9.,]+", "#", str(error)) if isinstance(error, Broken) else type(error).__name__
    return f"{what} in {Path(frame.filename).name}:{frame.lineno} {frame.name}"
