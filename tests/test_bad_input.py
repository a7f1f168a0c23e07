"""Bad input never crashes, never loses, never half-applies: a clear answer beside the file, and an event."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from tests.defects.editing import recounted
from tests.sites import TestSite, make_site

GOOD = batch837p([ClaimSpec("G1", payer_id="77001")])


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def run(site: TestSite) -> list[dict[str, object]]:
    """Run until idle; returns the log."""
    log = site.root / "gateway.log"
    stream = set_up(file=log)
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    return [json.loads(line) for line in log.read_text().splitlines()]


def changed(pattern: bytes, by: bytes) -> bytes:
    made, count = re.subn(pattern, by, GOOD, count=1)
    assert count == 1
    return made


WRONG = {
    "empty": b"",
    "not X12": b"Dear payer, please pay.\n",
    "binary rubbish": bytes(range(256)) * 40,
    "truncated": GOOD[: len(GOOD) // 2],
    "SE count": changed(rb"SE\*\d+\*", b"SE*9*"),
    "GE number": changed(rb"GE\*1\*\d+", b"GE*1*999"),
    "IEA number": changed(rb"IEA\*1\*\d+", b"IEA*1*000000999"),
    "unknown version": GOOD.replace(b"005010X222A1", b"006020X323A1"),
    "claims behind the IEA": GOOD + b"TRAILER\r\nCLM*G2*100***11:B:1*Y*A*Y*Y~",
    "an ISA that is none behind the IEA": GOOD + b"isa*00*~",
    "two sets with one number": changed(rb"GE\*1\*", b"GE*2*").replace(
        b"GE*2*", GOOD[GOOD.index(b"ST*") : GOOD.index(b"GE*")] + b"GE*2*"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_whole_with_an_answer_beside_it(
    site: TestSite, payer: PayerSimulator, name: str
) -> None:
    """Nothing of it is sent; the answer says what is wrong and what to do; the good file beside it goes out."""
    site.drop("bad.837", WRONG[name])
    site.drop("good.837", GOOD)
    log = run(site)
    answer = (site.spool / "refused" / "bad.837.txt").read_text()
    assert re.search(r"Why: .{10}", answer)
    assert re.search(r"What to do: .{10}", answer)
    assert (site.spool / "refused" / "bad.837").read_bytes() == WRONG[name]
    assert [e["event"] for e in log].count("batch.refused") == 1
    refused = next(e for e in log if e["event"] == "batch.refused")
    assert refused["kind"] == "rejection"
    assert refused["code"]
    assert refused["next"]
    assert [claim.claim for claim in payer.received_claims()] == ["G1"]
    assert [c["stands"] for c in site.ask("claims")] == ["SENT"]
    assert list((site.spool / "incoming").iterdir()) == []
    assert list((site.spool / "work").iterdir()) == []


LOST = recounted(
    re.sub(
        rb"CLM\*G9[^~]*~", b"", batch837p([ClaimSpec("G1", payer_id="77001"), ClaimSpec("G9", member_id="AHP000002")])
    )
)
ODD = {
    "text behind the IEA": (GOOD + b"\r\n*** END OF JOB QX4711 ***\x1a\x00\x00", "TRAILING_DATA", "ISA 1/after IEA"),
    "text between two interchanges": (GOOD + b"PAGE 2\r\n" + batch837p([ClaimSpec("G2", payer_id="77001")], control=9),
                                      "TRAILING_DATA", "ISA 1/after IEA"),
    "a claim without its CLM": (LOST, "CLAIM_MISSING", "2300/CLM"),
    "ids in lower case": (re.sub(rb"(^|~\s*)([A-Z]+)", lambda found: found[0].lower(), GOOD), "LOWER_CASE", ""),
    "one id in lower case": (changed(rb"CLM\*", b"clm*"), "LOWER_CASE", ""),
    "no terminator at the end": (GOOD.rstrip(b"~\r\n"), "TERMINATOR_MISSING", ""),
    "a header of the next century": (changed(rb"(GS(\*[^*]*){3}\*)20", rb"\g<1>21"), "HEADER_FUTURE", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_wrapping_is_read_with_a_warning(site: TestSite, payer: PayerSimulator, name: str) -> None:
    """Its claims are sent, all segment ids in capitals; the log, the report and the check say what is odd, and never
    show it."""
    data, code, place = ODD[name]
    site.drop("odd.837", data)
    log = run(site)
    warned = [e for e in log if e["event"] == "batch.warned"]
    assert [(e["code"], e.get("place", "")) for e in warned] == [(code, place)]
    assert warned[0]["next"]
    assert "QX4711" not in (site.root / "gateway.log").read_text()
    (report,) = (site.spool / "reports").iterdir()
    assert code in report.read_text()
    assert "QX4711" not in report.read_text()
    assert sorted(claim.claim for claim in payer.received_claims()) == ["G1", "G2"][: 1 + (b"G2*" in data)]
    for _, sent in payer.arrivals():
        assert all(segment.split(b"*")[0].isupper() for segment in sent.split(b"~") if segment.strip())
    assert list((site.spool / "incoming").iterdir()) == []


@pytest.mark.parametrize("kind", ["symlink", "fifo", "hard link", "folder"])
def test_what_is_no_plain_file_is_set_aside(site: TestSite, payer: PayerSimulator, kind: str, tmp_path: Path) -> None:
    """It is never followed or read; the good file beside it goes out."""
    incoming = site.spool / "incoming"
    outside = tmp_path / "outside.837"
    outside.write_bytes(GOOD)
    if kind == "symlink":
        (incoming / "x.837").symlink_to(outside)
    elif kind == "fifo":
        os.mkfifo(incoming / "x.837")
    elif kind == "hard link":
        os.link(outside, incoming / "x.837")
    else:
        (incoming / "x.837").mkdir()
    site.drop("good.837", batch837p([ClaimSpec("G2", payer_id="77001")]))
    log = run(site)
    assert "spool.set_aside" in [e["event"] for e in log]
    assert (site.spool / "refused" / "x.837.txt").exists()
    assert [claim.claim for claim in payer.received_claims()] == ["G2"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_set_aside(site: TestSite) -> None:
    """A file the service may not read gets an answer."""
    site.drop("x.837", GOOD)
    (site.spool / "incoming" / "x.837").chmod(0)
    run(site)
    assert (site.spool / "refused" / "x.837.txt").exists()


def test_an_unknown_payer_holds_its_claim_and_no_other(site: TestSite, payer: PayerSimulator) -> None:
    """The id may be added to a declaration; the claim waits for that."""
    site.drop("a.837", batch837p([ClaimSpec("U1", payer_id="99999"), ClaimSpec("U2", payer_id="77001")]))
    run(site)
    stands = {c["control_number"]: (c["stands"], c["code"]) for c in site.ask("claims")}
    assert stands == {"U1": ("HELD", "PAYER_UNKNOWN"), "U2": ("SENT", "")}
    assert [claim.claim for claim in payer.received_claims()] == ["U2"]


def test_a_test_interchange_never_reaches_production(site: TestSite, payer: PayerSimulator) -> None:
    """ISA15 = T goes only to a test-stage lane; here is none."""
    site.drop("t.837", batch837p([ClaimSpec("T1", payer_id="77001")], usage="T"))
    run(site)
    assert [(c["stands"], c["code"]) for c in site.ask("claims")] == [("HELD", "ROUTE_MISSING")]
    assert payer.received_claims() == []


def test_the_same_batch_again_is_a_duplicate_whole_and_in_a_new_wrapper_claim_by_claim(
    site: TestSite, payer: PayerSimulator
) -> None:
    """Known bytes are refused; known claims under another ISA13 are recognised, what is new goes on."""
    site.drop("a.837", GOOD)
    run(site)
    site.drop("b.837", GOOD)
    site.drop("c.837", batch837p([ClaimSpec("G1", payer_id="77001"), ClaimSpec("N1", payer_id="77001")], control=777))
    run(site)
    assert sorted(claim.claim for claim in payer.received_claims()) == ["G1", "N1"]
    assert {b["file"]: b["state"] for b in site.ask("batches")}["b.837"] == "DUPLICATE"
    assert "received before" in (site.spool / "refused" / "b.837.txt").read_text()
    assert sorted(c["stands"] for c in site.ask("claims")) == ["DUPLICATE", "SENT", "SENT"]


def test_no_value_of_a_claim_reaches_the_log(site: TestSite) -> None:
    """Names, member ids, CLM01, NPIs, dates of birth and file names stay inside, also for refused files."""
    canary = batch837p([ClaimSpec("CANARYCLM", payer_id="77001", member_id="CANARYMEM", rendering="2000000028")])
    site.drop("CANARYFILE.837", canary)
    site.drop("CANARYBAD.837", canary.replace(b"SE*", b"SE*1"))
    run(site)
    text = (site.root / "gateway.log").read_text()
    for secret in ("CANARY", "2000000028", "1234567893", "DOE", "DANA", "19800214"):
        assert secret not in text
    assert "claim.held" in text
    assert "batch.refused" in text
    assert [c["control_number"] for c in site.ask("claims")] == ["CANARYCLM"]
