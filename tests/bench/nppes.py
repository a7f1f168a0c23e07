"""A large NPPES file imported, and looked up in: `python -m tests.bench.nppes --rows 1000000`. It deletes what it made."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random
from shutil import rmtree
from statistics import quantiles

from gateway.desk.founding import found
from gateway.model.lists import Generation, ListKind
from gateway.store.lists import Loaded, _shelf
from gateway.store.shelf import Shelves
from gateway.testing.nppes import nppes_lines
from tests.bench.measuring import Watch

LOOKUPS, BATCHES, BATCH = 20_000, 50, 1_500
"""Single look-ups, and questions of as many NPIs as 500 claims name."""


def measure_nppes(rows: int, zipped: bool = False) -> dict[str, float]:
    """Import that many rows by the command, as a process of its own, then look NPIs up."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        found(root)
        file = _file(root / "npidata_pfile_20050523-20260208.csv", rows, zipped)
        seconds, work, peak = _imported(root, file)
        shelf = root / "state" / "lists" / "nppes-1.list"
        size = _csv_bytes(file)
        return {
            "nppes_rows": rows,
            "nppes_import_s": seconds,
            "nppes_import_cpu_s": work,
            "nppes_rows_per_s": rows / seconds,
            "nppes_mb_per_s": size / 1e6 / seconds,
            "nppes_csv_mb": size / 1e6,
            "nppes_kept_mb": shelf.stat().st_size / 1e6,
            "nppes_import_peak_mb": peak,
            **_looked_up(shelf, rows),
        }
    finally:
        rmtree(root)


def _file(path: Path, rows: int, zipped: bool) -> Path:
    lines = nppes_lines(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        while some := list(islice(lines, 10_000)):
            file.write("\n".join(some) + "\n")
    if not zipped:
        return path
    archive = path.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as target:
        target.write(path, path.name)
    path.unlink()
    return archive


def _csv_bytes(file: Path) -> int:
    if file.suffix != ".zip":
        return file.stat().st_size
    with zipfile.ZipFile(file) as archive:
        return archive.infolist()[0].file_size


def _imported(root: Path, file: Path) -> tuple[float, float, float]:
    """Seconds by the clock and of the processors, start-up and all, and megabytes at the peak."""
    command = [sys.executable, "-m", "gateway", "-c", str(root / "conf" / "gateway.toml"), "lists", "import", "nppes"]
    begun, before = time.perf_counter(), os.times()
    with subprocess.Popen([*command, str(file)], stdout=sys.stderr) as child:
        watch = Watch(child.pid)
        if child.wait():
            raise SystemExit("the import failed")
        seconds = time.perf_counter() - begun
        watch.stop()
    after = os.times()
    work = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, work, watch.peak_mb


def _looked_up(shelf: Path, rows: int) -> dict[str, float]:
    """One NPI at a time, and as many at once as 500 claims name; three of four are on the list."""
    random, shelves = Random(7), Shelves(shelf.parent)
    loads = {ListKind.NPPES: Loaded(Generation(ListKind.NPPES, 1, date(2026, 2, 8), rows), shelf.name)}
    npis = [str(2_000_000_000 + random.randrange(rows * 4 // 3) * 7919 % 900_000_000) for _ in range(LOOKUPS)]
    one = _milliseconds([lambda npi=npi: _shelf(shelves, loads, (npi,), {}) for npi in npis])  # type: ignore[misc]
    many = _milliseconds(
        [lambda k=k: _shelf(shelves, loads, random.sample(npis, BATCH), {}) for k in range(BATCHES)]  # type: ignore[misc]
    )
    shelves.close()
    return {"lookup_ms_p50": one[49], "lookup_ms": one[98], "lookup_batch_ms_p50": many[49]}


def _milliseconds(acts: list[Callable[[], object]]) -> list[float]:
    """The percentiles of how long these take."""
    taken = []
    for act in acts:
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1e3)
    return quantiles(taken, n=100)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--zip", action="store_true", help="as the archive that CMS publishes")
    asked = parser.parse_args()
    print(json.dumps(measure_nppes(asked.rows, asked.zip), indent=2))


if __name__ == "__main__":
    main()
