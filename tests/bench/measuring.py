"""Run one measurement as a process of its own: its seconds with and without the start, the peak of its memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

_TICK = 0.01


class Measured(NamedTuple):
    """Seconds with start-up, seconds of the work alone, megabytes at the peak, all processes together."""

    wall: float
    work: float
    peak_mb: float


def measured(command: Sequence[str], times: int) -> Measured:
    """The medians of some runs that nobody watches, and the highest peak of as many more: a look at the memory of two
    processes every hundredth of a second stops them for a third of it. Raises SystemExit where one fails."""
    runs = [_once(command) for _ in range(times)]
    wall, work = (median(values) for values in zip(*runs, strict=True))
    return Measured(wall, work, max(_peak_mb(command) for _ in range(times)))


def ours(stage: str, path: Path, times: int = 3) -> Measured:
    """One of our stages."""
    return measured([sys.executable, "-m", "tests.bench.ours", stage, str(path)], times)


def _once(command: Sequence[str]) -> tuple[float, float]:
    """Seconds with the start, and of the work alone."""
    begun = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    wall = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return wall, float(done.stdout.strip().splitlines()[-1])


def _peak_mb(command: Sequence[str]) -> float:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        watch = Watch(child.pid)
        child.wait()
        watch.stop()
    return watch.peak_mb


class Watch:
    """The peak of what a process and its children hold in memory together, shared pages shared out (PSS)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over, self.peak_mb = pid, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            self.peak_mb = max(self.peak_mb, sum(_pss(pid) for pid in _family(self._pid)) / 1024)


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            children = Path(f"/proc/{pid}/task/{task}/children").read_text().split()
            for child in children:
                found += _family(int(child))
    except (OSError, ValueError):
        pass
    return found


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return 0
