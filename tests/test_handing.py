"""What is handed to the billing software: rows that add up, and each file exactly once through kill -9."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.exports import COLUMNS, written
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, Rule, Scenario
from gateway.workers import handing
from gateway.workers.site import open_site
from tests.habits import Clock, order
from tests.sites import TestSite, make_site

POINTS = (
    ("after exports.written", 2),
    ("after Spool.stage", 1),
    ("after exports.stage", 2),
    ("after Spool.reveal", 1),
    ("after Spool.stage", 4),
    ("after Spool.reveal", 4),
)
"""The first hand-over is the export of postings, the others are the untouched answers."""


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    """A site that hands over every export."""
    payer.scenario = Scenario(rules=(Rule(Deny("50"), claim="D1"),))
    made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    with made.config.open("a") as settings:
        settings.write('\n[handback]\nexport = ["postings.csv", "events.jsonl"]\n')
    return made


def run(site: TestSite, step: str = "never", nth: int = 1, hours: float = 0) -> bool:
    """One run; True when it was killed at the step."""
    words = [str(site.config), step, str(nth), str(hours)]
    child = subprocess.Popen([sys.executable, "-m", "tests.handing_child", *words], stdout=subprocess.PIPE)
    assert child.stdout
    stood = child.stdout.read(1) == b"!"
    if stood:
        child.send_signal(signal.SIGKILL)
    code = child.wait()
    child.stdout.close()
    assert stood or code == 0
    return stood


def test_what_cannot_be_handed_back_is_told_and_keeps_no_claim_waiting(site: TestSite, payer: PayerSimulator) -> None:
    """The folder is gone while the service runs: claims go out, the digest and the doctor say so, and nothing is lost."""
    site.drop("a.837", batch837p([ClaimSpec("P1", payer_id="77001")]))
    run(site)
    payer.tick()

    async def running() -> None:
        async with open_site(site.config) as opened:
            shutil.rmtree(site.spool / "handback")
            with pytest.raises(FileNotFoundError):
                await Daemon(opened).run_until_idle()
            (missing,) = await answer(opened, "doctor", {}, "tester")
            assert missing["what"].endswith("handback is missing; make it, with the service as its user")

    site.drop("b.837", batch837p([ClaimSpec("P2", payer_id="77001")], control=102))
    asyncio.run(running())
    assert len(payer.arrivals()) == 2
    later = Clock(datetime.now(UTC) + timedelta(minutes=11))
    (late,) = [each["what"] for each in order(site, later, "doctor") if "handback" in each["what"]]
    assert late.startswith("3 files of partners are not in handback/")
    lines = [line for each in order(site, later, "digest")["sections"] for line in each["lines"]]
    assert (f"{late}.", "gateway doctor") in {(line["what"], line["command"]) for line in lines}
    run(site)
    assert len(list((site.spool / "handback").glob("*alpha_edi*"))) == 3
    assert order(site, later, "doctor") == []


def collect(site: TestSite, taken: dict[str, list[bytes]]) -> None:
    """What the practice's software does: take every file that it sees, and remove it."""
    for path in sorted((site.spool / "handback").iterdir()):
        if not path.name.startswith("."):
            taken.setdefault(path.name, []).append(path.read_bytes())
            path.unlink()


def answered(payer: PayerSimulator) -> list[bytes]:
    """The answers as the partner wrote them, without its TA1."""
    return sorted(path.read_bytes() for path in payer.outbox.iterdir() if b"~TA1*" not in path.read_bytes())


@pytest.mark.parametrize(("step", "nth"), POINTS)
def test_kill_9_hands_every_file_and_every_row_over_once(
    site: TestSite, payer: PayerSimulator, step: str, nth: int
) -> None:
    """Also when a file was taken away between the rename and the death."""
    taken: dict[str, list[bytes]] = {}
    site.drop("a.837", batch837p([ClaimSpec("P1", payer_id="77001"), ClaimSpec("D1", payer_id="77001")]))
    run(site)
    payer.tick()
    assert run(site, step, nth)
    collect(site, taken)
    run(site)
    collect(site, taken)
    run(site, hours=24)
    collect(site, taken)
    assert all(len(times) == 1 for times in taken.values()), {name: len(times) for name, times in taken.items()}
    untouched = sorted(times[0] for name, times in taken.items() if "alpha_edi" in name)
    assert untouched == answered(payer)
    assert len(untouched) == 3
    rows = [row for name, times in taken.items() if name.startswith("postings") for row in table(times[0])]
    assert [row["control_number"] for row in rows] == ["P1", "D1"]
    numbers = [json.loads(line)["seq"] for name in sorted(taken) if name.startswith("events")
               for line in taken[name][0].splitlines()]  # fmt: skip
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
    assert [path.name for path in (site.spool / "handback").iterdir()] == []


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode().splitlines()))


def export(site: TestSite, *words: str) -> str:
    result = CliRunner().invoke(gateway, ["-c", str(site.config), "export", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_what_is_exported_adds_up_and_goes_on_where_it_ended(
    site: TestSite, payer: PayerSimulator, tmp_path: Path
) -> None:
    """A remittance's rows are its amount; --after gives only what is new; claims show what was paid."""
    paid = [ClaimSpec(f"P{n}", payer_id="77001") for n in range(5)]
    site.drop("a.837", batch837p([*paid, ClaimSpec("H1", payer_id="77001", rendering="2000000028")]))
    run(site)
    payer.tick()
    run(site)
    rows = table(export(site, "postings").encode())
    assert list(rows[0]) == list(COLUMNS["postings"])
    assert len(rows) == 5
    assert sum(Decimal(row["paid"]) for row in rows) == Decimal(rows[0]["payment"])
    assert table(export(site, "postings", "--after", rows[-1]["seq"]).encode()) == []
    claims = [json.loads(line) for line in export(site, "claims", "--format", "jsonl").splitlines()]
    assert {row["control_number"]: row["stands"] for row in claims}["H1"] == "HELD"
    assert sum(Decimal(row["paid"]) for row in claims if row["paid"]) == Decimal(rows[0]["payment"])
    out = tmp_path / "events.csv"
    said = export(site, "events", "--out", str(out), "--since", "1h")
    events = table(out.read_bytes())
    assert said == f"{len(events)} rows written to {out}.\n"
    assert [row["event"] for row in events][:2] == ["roster.changed", "batch.received"]
    assert "What" not in export(site, "--schema", "events")


HUGE = """
    INSERT OR IGNORE INTO adjudications
        (remittance, ordinal, claim, outcome, reference, control_number, status, charge, paid, patient)
    WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < {rows})
    SELECT d.remittance, n, NULL, d.outcome, 'P' || n, 'X' || n, '1', '100', '80', '20' FROM more, adjudications d
    WHERE d.ordinal = 0
"""


def handed_over(site: TestSite, rows: int) -> tuple[int, int]:
    """Hand over a remittance of about so many claims: bytes that Python held at most, and rows in the file."""

    async def handed() -> int:
        async with open_site(site.config) as opened:
            await opened.store.write(lambda tx: tx.run("DELETE FROM exported"))
            await opened.store.write(lambda tx: tx.run(HUGE.format(rows=rows)))
            tracemalloc.start()
            assert await handing.export(opened)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found

    held = asyncio.run(handed())
    (path,) = (site.spool / "handback").glob("postings*")
    numbers = [int(row["line"]) for row in table(path.read_bytes())]
    assert numbers == list(range(1, len(numbers) + 1))
    path.unlink()
    return held, len(numbers)


def test_a_remittance_of_any_size_is_handed_over_in_flat_memory(site: TestSite, payer: PayerSimulator) -> None:
    """In one file and in the order of its lines; all of its rows at once take 18 MB, some and their text 5."""
    site.drop("a.837", batch837p([ClaimSpec("P1", payer_id="77001")]))
    run(site)
    payer.tick()
    run(site)
    collect(site, {})
    held, rows = handed_over(site, 15_000)
    assert rows == len(table(export(site, "postings").encode())) == 15_001
    assert held < 8_000_000


def row_of(**cells: str) -> dict[str, str | int]:
    return {**dict.fromkeys(COLUMNS["postings"], ""), **cells}


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("-12.50", "-12.50"),
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ('a "b", c', 'a "b", c'),
        ("two\nlines", "two\nlines"),
    ],
)
def test_no_cell_calculates_and_every_cell_comes_back(cell: str, shown: str) -> None:
    """An amount below zero stays a number."""
    text = "".join(written("postings", "csv", [row_of(trace=cell)]))
    heading, row = read(text)
    assert row[heading.index("trace")] == shown
    assert json.loads("".join(written("postings", "jsonl", [row_of(trace=cell)])))["trace"] == cell


def read(text: str) -> Sequence[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True)))
