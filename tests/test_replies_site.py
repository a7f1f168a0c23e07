"""The billing software gets our own answers to what it dropped: X12 that pyx12 takes, and reports in words."""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.daemon import serve
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.oracle import pyx12_verdict
from tests.sites import TestSite, make_site

FORMATS = '["TA1", "999", "277CA", "text", "csv"]'


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    made.config.write_text(made.config.read_text() + f"\n[replies]\nformats = {FORMATS}\n")
    return made


def claim(number: str, **more: object) -> ClaimSpec:
    return ClaimSpec(number, payer_id="77001", member_id=f"AHP{number}", **more)  # type: ignore[arg-type]


def files(site: TestSite) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for folder in ("handback", "reports") for path in (site.spool / folder).iterdir()
    }


def test_each_kind_of_claim_is_told_in_every_format(site: TestSite) -> None:
    """Accepted, held, rejected by the guide, rejected by an edit, a duplicate."""
    bad = claim("R1", place_of_service="98")
    site.drop("a.837", batch837p([claim("A1"), claim("H1", rendering="2000000028"), bad, claim("R2", charge=7)]))
    asyncio.run(serve(site.config, until_idle=True))
    site.drop("b.837", batch837p([claim("A1"), claim("A2")], control=102))
    asyncio.run(serve(site.config, until_idle=True))
    told = files(site)
    for name in ("B00000001.999", "B00000001.277ca", "B00000002.277ca", "B00000001.ta1"):
        assert pyx12_verdict(told[name])[0], name
    assert b"CTX*CLM01:R1" in told["B00000001.999"]
    assert b"IK5*E" in told["B00000001.999"]
    assert b"AK9*E*1*1*1" in told["B00000001.999"]
    first = told["B00000001.277ca"]
    assert b"QTY*90*2" in first
    assert b"QTY*AA*2" in first
    assert b"A3:684" in first
    assert b"STC*A3:54" in told["B00000002.277ca"]
    text = told["B00000001.txt"].decode()
    assert "H1" in text
    assert "ENROLLMENT_UNKNOWN" in text
    assert "CLM05-1" in text
    assert "DANA" not in text
    rows = list(csv.DictReader(told["B00000001.csv"].decode().splitlines()))
    assert len(rows) >= 3


def test_a_refused_file_gets_its_999_beside_its_words(site: TestSite) -> None:
    """The set whose count is wrong is named."""
    site.drop("a.837", re.sub(rb"SE\*\d+\*", b"SE*9*", batch837p([claim("A1")])))
    asyncio.run(serve(site.config, until_idle=True))
    assert (site.spool / "refused" / "a.837.txt").exists()
    told = files(site)
    assert b"IK5*R*4" in told["B00000001.999"]
    assert pyx12_verdict(told["B00000001.999"])[0]
    assert "B00000001.txt" not in told


def test_a_batch_is_answered_once(site: TestSite) -> None:
    """Later judgements change no answer that was given."""
    site.drop("a.837", batch837p([claim("H1", rendering="2000000028")]))
    asyncio.run(serve(site.config, until_idle=True))
    before = files(site)
    site.ask(
        "roster apply",
        rows=[{"provider_npi": "2000000028", "payer": "alpha", "effective_from": "2020-01-01"}],
        source="x",
    )
    asyncio.run(serve(site.config, until_idle=True))
    assert {name: content for name, content in files(site).items() if name in before} == before


def test_a_site_that_asks_for_nothing_gets_nothing(tmp_path: Path, payer: PayerSimulator) -> None:
    """And one that says nothing gets the report in words."""
    for number, (formats, names) in enumerate((("[]", set()), (None, {"B00000001.txt"}))):
        made = make_site(tmp_path / f"s{number}", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        if formats:
            made.config.write_text(made.config.read_text() + f"\n[replies]\nformats = {formats}\n")
        made.drop("a.837", batch837p([claim(f"A{number}")]))
        asyncio.run(serve(made.config, until_idle=True))
        assert {path.name for path in (made.spool / "reports").iterdir()} == names
