"""A batch is read off the event loop, a large one in a process of its own, and none is lost to a broken validation."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import Daemon, serve
from gateway.errors import Malformed
from gateway.guidebook import Guidebook, standard_lists
from gateway.screening import Screening
from gateway.store import batches
from gateway.testing.builders import ClaimSpec, batch837p, realistic_batch
from gateway.testing.payer import PayerSimulator
from gateway.workers import intake, screener
from gateway.workers.screener import Screener, ScreeningFailed, chunks, chunks_apart, chunks_of_two
from gateway.workers.site import open_site
from gateway.workers.validating import JudgeAhead
from tests.sites import TestSite, make_site

BATCH = b"".join(realistic_batch(300, claims_per_set=100))
TWO = batch837p([ClaimSpec("G1", payer_id="77001"), ClaimSpec("G2", payer_id="77001", place_of_service="98")])


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def blocks(document: bytes, size: int = 10_000) -> Iterator[bytes]:
    return (document[at : at + size] for at in range(0, len(document), size))


def stands(site: TestSite) -> dict[str, tuple[str, str]]:
    return {claim["control_number"]: (claim["stands"], claim["code"]) for claim in site.ask("claims")}


def test_a_process_of_its_own_gives_the_same_rows(tmp_path: Path) -> None:
    """Whatever runs where, the same is read."""
    here = [row for chunk in chunks(blocks(BATCH), Guidebook()) for row in chunk]
    apart = [row for chunk in chunks_apart(blocks(BATCH), Screener(tmp_path)) for row in chunk]
    assert apart == here
    assert sum(row[0] == "C" for row in here) == 300


def test_a_header_of_a_day_to_come_is_told_apart_and_here(tmp_path: Path) -> None:
    """The day crosses over to the other process too; who gives none is told nothing."""
    day = date(2026, 11, 1)  # before the file was made
    apart = [row for chunk in chunks_apart(blocks(BATCH), Screener(tmp_path, today=day)) for row in chunk]
    here = [row for chunk in chunks(blocks(BATCH), Guidebook(), day) for row in chunk]
    assert apart == here
    assert "HEADER_FUTURE" in repr(here)
    assert "HEADER_FUTURE" not in repr(list(chunks(blocks(BATCH), Guidebook())))


def test_what_is_wrong_with_a_file_is_said_alike(tmp_path: Path) -> None:
    """Code, place, words and next step cross over."""
    bad = BATCH.replace(b"GE*3*", b"GE*2*")
    with pytest.raises(Malformed) as here:
        list(chunks(blocks(bad), Guidebook()))
    with pytest.raises(Malformed) as apart:
        list(chunks_apart(blocks(bad), Screener(tmp_path)))
    assert vars(apart.value) == vars(here.value)


@pytest.mark.parametrize(
    "document",
    [
        BATCH,
        TWO,
        BATCH.replace(b"GE*3*", b"GE*2*"),
        BATCH.replace(b"HL*7*", b"HL*3*"),
        BATCH.replace(b"DMG*D8*19", b"DMG*D8*29"),
        BATCH[:90_000],
        b"no X12 at all",
        BATCH.replace(b"~CLM*", b"~clm*") + b"\nTHE END\n" * 200_000,
        BATCH + b"THE END" * 100_000 + b"~CLM*A1*1~",
    ],
    ids=["clean", "faults", "counts", "hierarchy", "many faults", "cut off", "rubbish", "odd", "claims outside"],
)
@pytest.mark.parametrize("size", [10_000, 1 << 18])
def test_two_processes_judge_as_one_does(document: bytes, size: int) -> None:
    """The same rows, or the same refusal, whatever is wrong, and though the first block is told in small ones."""

    def told(rows: Iterator[list[Any]]) -> object:
        try:
            return [row for chunk in rows for row in chunk]
        except Malformed as wrong:
            return wrong.code, wrong.place, wrong.message

    here = told(chunks(blocks(document, size), Guidebook()))
    assert told(chunks_of_two(blocks(document, size), Guidebook())) == here


def test_a_second_process_that_dies_is_noticed() -> None:
    """Not validated, and not taken for faultless."""
    with JudgeAhead(Guidebook(), standard_lists()) as ahead:
        os.kill(ahead._pid, signal.SIGKILL)
        rows = screener._rows(Screening(Guidebook(), standard_lists(), judge=ahead).items(ahead.fed(blocks(BATCH))))
        with pytest.raises(ScreeningFailed):
            list(rows)


def test_a_failure_of_the_source_is_the_sources_own(tmp_path: Path) -> None:
    """A disk that fails says nothing about the file."""

    def failing() -> Iterator[bytes]:
        yield BATCH[:50_000]
        raise OSError("the disk")

    with pytest.raises(OSError, match="the disk"):
        list(chunks_apart(failing(), Screener(tmp_path)))


def test_a_process_that_dies_is_noticed_at_once(tmp_path: Path) -> None:
    """kill -9 from outside, as when memory runs out."""
    with Screener(tmp_path) as running:
        os.kill(running._process.pid, signal.SIGKILL)
        with pytest.raises(ScreeningFailed):
            list(running.chunks(blocks(BATCH)))


def test_a_process_outlives_the_signals_that_stop_the_service(tmp_path: Path) -> None:
    """The service manager signals every process; this one ends when nobody feeds it any more."""
    with Screener(tmp_path) as running:
        rows = running.chunks(blocks(BATCH))
        next(rows)
        os.kill(running._process.pid, signal.SIGTERM)
        assert sum(len(chunk) for chunk in rows) >= 0
        assert running._process.stdin
        assert running._process.wait(10) == 0


@pytest.mark.parametrize("large", [1, 10**9])
def test_one_claim_with_a_fault_is_rejected_and_the_other_goes(
    site: TestSite, payer: PayerSimulator, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """Read apart or here."""
    monkeypatch.setattr(screener, "LARGE", large)
    site.drop("two.837", TWO)
    asyncio.run(serve(site.config, until_idle=True))
    assert stands(site)["G2"] == ("REJECTED", "CODE_UNKNOWN")
    assert [claim.claim for claim in payer.received_claims()] == ["G1"]


def test_a_broken_validation_holds_and_never_rejects(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not validated is not refused: the claims wait for a person, who may let them go."""

    def broken(*_: Any) -> Iterator[list[Any]]:
        raise ScreeningFailed("KeyError")
        yield []

    monkeypatch.setattr(screener, "chunks", broken)
    site.drop("two.837", TWO)
    asyncio.run(serve(site.config, until_idle=True))
    assert stands(site) == {"G1": ("HELD", "NOT_VALIDATED"), "G2": ("HELD", "NOT_VALIDATED")}
    site.ask("release", claim="G1", reason="looked at")
    assert stands(site)["G1"][0] == "READY"


def test_a_validation_that_broke_once_is_tried_again(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the rows were stored already; none is there twice."""
    tries = []
    right = screener.chunks

    def broken_once(*arguments: Any) -> Iterator[list[Any]]:
        tries.append(1)
        for chunk in right(*arguments):
            yield chunk
            if len(tries) == 1:
                raise ScreeningFailed("MemoryError")

    monkeypatch.setattr(screener, "chunks", broken_once)
    monkeypatch.setattr(screener, "CHUNK", 5)
    site.drop("two.837", TWO)
    asyncio.run(serve(site.config, until_idle=True))
    assert len(tries) == 2
    assert {number: stand for number, (stand, _) in stands(site).items()}.keys() == {"G1", "G2"}


async def test_a_stop_ends_a_long_reading_which_begins_anew_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file does not keep the service from stopping, and nothing of it counts before it is whole."""
    monkeypatch.setattr(screener, "CHUNK", 50)
    with PayerSimulator(tmp_path / "payer") as payer:
        site = await asyncio.to_thread(make_site, tmp_path / "site", {"alpha": payer})
        site.drop("large.837", BATCH)
        async with open_site(site.config) as opened:
            daemon = Daemon(opened)
            add = intake.reading.add

            def stopping(*arguments: Any) -> None:
                add(*arguments)
                assert opened.reading
                assert 0 <= opened.reading.percent <= 100
                daemon.stopping.set()

            monkeypatch.setattr(intake.reading, "add", stopping)
            await daemon.intake.sweep(1e9)
            await daemon.intake.sweep(2e9)
            [row] = await opened.store.read(batches.rows)
            assert row["state"] == "SPOOLED"
            assert opened.reading is None
            monkeypatch.setattr(intake.reading, "add", add)
            daemon.stopping.clear()
            await daemon.intake.recover()
            [row] = await opened.store.read(batches.rows)
            assert (row["state"], row["claims"]) == ("OPEN", 300)


def test_the_process_loads_no_more_than_it_needs() -> None:
    """It is started for every large file, and each module that it loads is time before the first claim."""
    script = "import sys, gateway.workers.screener; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "gateway.checks.lines" in loaded
    needless = {
        "asyncio",
        "sqlite3",
        "pydantic",
        "gateway.store",
        "gateway.events",
        "gateway.enrollment",
        "gateway.vault",
    }
    assert needless.isdisjoint(loaded)
