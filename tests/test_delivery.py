"""Delivery: whatever a payer does, the database says no more than was observed, and nothing goes twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.logs import set_up
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario, Server
from gateway.workers import transmit
from gateway.workers.site import open_site
from tests.oracle import pyx12_verdict
from tests.sites import TestSite, make_site

BATCH = batch837p([ClaimSpec(f"A{n}", payer_id="77001", member_id=f"M{n}") for n in range(3)])


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def site_of(tmp_path: Path, **payers: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", payers, enrolled=[("2000000010", key) for key in payers])


def run(site: TestSite) -> list[dict[str, Any]]:
    stream = set_up(file=site.root / "gateway.log")
    asyncio.run(serve(site.config, until_idle=True))
    stream.close()
    return [json.loads(line) for line in (site.root / "gateway.log").read_text().splitlines()]


def stands(site: TestSite) -> set[str]:
    return {claim["stands"] for claim in site.ask("claims")}


def test_what_is_sent_is_valid_and_each_payer_gets_its_own(tmp_path: Path, payer: PayerSimulator) -> None:
    """A second reader validates every outbound file; claims of two payers never meet."""
    with PayerSimulator(tmp_path / "beta") as beta:
        site = site_of(tmp_path, alpha=payer, beta=beta)
        claims = [ClaimSpec(f"A{n}", payer_id=f"7700{n % 2 + 1}", member_id=f"M{n}") for n in range(6)]
        site.drop("mixed.837", batch837p(claims))
        run(site)
        for simulator in (payer, beta):
            for _, data in simulator.arrivals():
                valid, acknowledgment = pyx12_verdict(data)
                assert valid, acknowledgment
        assert sorted(c.claim for c in payer.received_claims()) == ["A0", "A2", "A4"]
        assert sorted(c.claim for c in beta.received_claims()) == ["A1", "A3", "A5"]


def test_a_dead_payer_is_tried_later_and_delays_nobody(tmp_path: Path, payer: PayerSimulator) -> None:
    """Unreachable is the clock's turn: the submission stays planned, the other lane sends."""
    with PayerSimulator(tmp_path / "beta") as beta:
        site = site_of(tmp_path, alpha=payer, beta=beta)
        payer.stop()
        site.drop("a.837", BATCH)
        site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77002")]))
        log = run(site)
        assert [c.claim for c in beta.received_claims()] == ["B1"]
        assert "lane.unreachable" in {e["event"] for e in log}
        states = {s["lane"]: s["state"] for s in site.ask("submissions")}
        assert states == {"beta_edi/production": "SENT"}
        assert [c["stands"] for c in site.ask("claims") if c["payer"] == "alpha"] == ["READY"] * 3


@pytest.mark.parametrize("fault", ["login", "host key"])
def test_a_refusal_suspends_the_lane_until_a_person_resumes_it(
    tmp_path: Path, payer: PayerSimulator, fault: str
) -> None:
    """Neither a refused login nor another host key is ever tried again in a loop."""
    site = site_of(tmp_path, alpha=payer)
    if fault == "login":
        payer.scenario = replace(payer.scenario, faults=Faults(refuse_login=True))
    else:
        payer.change_host_key()
    site.drop("a.837", BATCH)
    log = run(site) and run(site)
    assert [e["event"] for e in log if e["event"].startswith("lane.")].count("lane.unreachable") == 0
    assert [lane["state"] for lane in site.ask("lanes")] == ["SUSPENDED"]
    assert payer.received_claims() == []
    if fault == "login":
        payer.scenario = Scenario()
        site.ask("resume", lane="alpha_edi/production", reason="password mended")
        run(site)
        assert stands(site) == {"SENT"}
        assert len(payer.received_claims()) == 3


@pytest.mark.parametrize(
    "code", ["NO_COMMON_ALGORITHM", "CREDENTIAL_UNREADABLE", "CREDENTIAL_MISSING", "SECRET_FILE_MODE"]
)
def test_what_no_waiting_mends_stops_a_lane_that_only_fetches(tmp_path: Path, payer: PayerSimulator, code: str) -> None:
    """It is told once with what to do, and not tried in a loop; resumed, the answers come."""
    site = site_of(tmp_path, alpha=payer)
    site.drop("a.837", BATCH)
    run(site)
    payer.tick()
    secret = site.root / "secrets" / "alpha_edi"
    good = secret.read_bytes()
    if code == "CREDENTIAL_UNREADABLE":
        secret.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nno key\n-----END OPENSSH PRIVATE KEY-----\n")
    elif code == "CREDENTIAL_MISSING":
        secret.unlink()
    elif code == "SECRET_FILE_MODE":
        secret.chmod(0o644)
    else:
        payer.scenario = Scenario(server=Server(algorithms=("aes128-cbc",)))
    run(site)
    told = [line for line in run(site) if line["event"].startswith("lane.")]
    assert [(line["event"], line["code"]) for line in told] == [("lane.stopped", code)]
    assert "gateway resume alpha_edi/production" in told[0]["next"]
    assert [(lane["state"], lane["code"]) for lane in site.ask("lanes")] == [("SUSPENDED", code)]
    payer.scenario = Scenario()
    secret.write_bytes(good)
    secret.chmod(0o600)
    site.ask("resume", lane="alpha_edi/production", reason="mended")
    run(site)
    assert stands(site) == {"PAID"}


@pytest.mark.parametrize(
    ("faults", "states"),
    [
        (Faults(disk_full_after=100), {"PLANNED"}),
        (Faults(permission_denied=True), {"PLANNED"}),
        (Faults(refuse_rename=True), {"PLANNED"}),
        (Faults(drop_after=500), {"PLANNED"}),
        (Faults(cut=("before_rename",)), {"PLANNED", "IN_DOUBT"}),
        (Faults(cut=("after_rename",)), {"SENT", "IN_DOUBT"}),
    ],
)
def test_no_fault_of_writing_looks_like_success(
    tmp_path: Path, payer: PayerSimulator, faults: Faults, states: set[str]
) -> None:
    """Disk full, refused and lost writes end planned or in doubt, never sent; mended, each claim arrives once."""
    site = site_of(tmp_path, alpha=payer)
    payer.scenario = Scenario(faults=faults)
    site.drop("a.837", BATCH)
    run(site)
    assert {s["state"] for s in site.ask("submissions")} <= states
    assert stands(site) <= {"READY", "ASSIGNED"} or "SENT" in states
    payer.scenario = Scenario()
    for lane in site.ask("lanes"):
        if lane["state"] == "SUSPENDED":
            site.ask("resume", lane=lane["lane"], reason="mended")
    _until_sent(site)
    assert sorted(c.claim for c in payer.received_claims()) == ["A0", "A1", "A2"]
    assert all(data.rstrip().endswith(b"~") and b"IEA*" in data for _, data in payer.arrivals())


def _until_sent(site: TestSite) -> None:
    """Run again, past every waiting time, until everything is at its payer."""
    for _ in range(6):
        site.skip_waits()
        run(site)
        if {s["state"] for s in site.ask("submissions")} == {"SENT"}:
            return
    raise AssertionError(site.ask("submissions"))


def test_a_server_that_takes_files_away_at_once_is_believed_if_declared(tmp_path: Path) -> None:
    """`vanished` is an observation of its own; without the declaration it is doubt."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(vanish_on_close=True))) as payer:
        site = site_of(tmp_path, alpha=payer)
        site.drop("a.837", BATCH)
        run(site)
        assert [(s["state"], s["observed"]) for s in site.ask("submissions")] == [("SENT", "vanished")]
        undeclared = (site.root / "plugins" / "alpha.toml").read_text().replace("sweeps = true", "sweeps = false")
        (site.root / "plugins" / "alpha.toml").write_text(undeclared)
        site.drop("b.837", batch837p([ClaimSpec("B1", payer_id="77001")], control=5))
        run(site)
        assert site.ask("submissions")[0]["state"] == "IN_DOUBT"


def test_a_person_settles_what_evidence_cannot(tmp_path: Path) -> None:
    """Given up on the payer's word, the claims are held; a release sends each in a new attempt, once."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(vanish_on_close=True))) as payer:
        site = site_of(tmp_path, alpha=payer)
        plugin = site.root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace("sweeps = true", "sweeps = false"))
        site.drop("a.837", batch837p([ClaimSpec("A1", payer_id="77001")]))
        run(site)
        (submission,) = site.ask("submissions")
        site.ask("settle", submission=submission["submission"], arrived=False, reason="they lost it")
        assert [(c["stands"], c["code"]) for c in site.ask("claims")] == [("HELD", "MAY_HAVE_ARRIVED")]
        run(site)
        assert stands(site) == {"HELD"}
        plugin.write_text(plugin.read_text().replace("sweeps = false", "sweeps = true"))
        site.ask("release", claim="A1", reason="the payer confirmed in writing")
        run(site)
        first, second = payer.received_claims()
        assert first.digest == second.digest
        assert first.trace != second.trace
        assert {s["isa13"] for s in site.ask("submissions")} == {"000000001", "000000002"}


def test_held_claims_go_when_the_roster_says_so_the_most_urgent_first(tmp_path: Path, payer: PayerSimulator) -> None:
    """A change of the roster judges the claims it concerns, and no others, again."""
    site = make_site(tmp_path / "site", {"alpha": payer})
    site.drop("a.837", BATCH)
    run(site)
    assert stands(site) == {"HELD"}
    change = site.ask(
        "roster apply",
        rows=[{"provider_npi": "2000000010", "payer": "alpha", "effective_from": "2026-01-01"}],
        source="x",
    )
    assert change["claims"] == 3
    run(site)
    assert stands(site) == {"SENT"}


def test_a_claim_that_no_longer_passes_at_the_last_moment_is_not_sent(tmp_path: Path, payer: PayerSimulator) -> None:
    """The gate judges once more when the intent to send is committed."""
    site = site_of(tmp_path, alpha=payer)
    payer.scenario = Scenario(faults=Faults(disk_full_after=100))
    site.drop("a.837", BATCH)
    run(site)
    assert stands(site) == {"ASSIGNED"}
    site.ask(
        "roster apply",
        rows=[{"provider_npi": "2000000010", "payer": "alpha", "state": "denied", "effective_from": "2020-01-01"}],
        source="letter",
    )
    payer.scenario = Scenario()
    site.skip_waits()
    run(site)
    assert stands(site) == {"HELD"}
    assert payer.received_claims() == []


def test_a_rename_that_comes_late_never_doubles_a_file(tmp_path: Path, payer: PayerSimulator) -> None:
    """A server may do it long after we gave up, even after we saw that it had not: nothing is written there once more."""
    site = _doubted(tmp_path, payer)
    (hidden,) = [path for path in payer.inbox.iterdir() if path.name.startswith(".")]
    hidden.rename(hidden.with_name(hidden.name[1:].removesuffix(".part")))
    payer.tick()
    assert [path for path in payer.inbox.iterdir() if path.is_file()] == []
    site.skip_waits()
    run(site)
    assert [(row["state"], claim) for row in site.ask("submissions") for claim in stands(site)] == [("SENT", "PAID")]
    assert len(payer.arrivals()) == 1
    assert len(payer.received_claims()) == 3


def test_what_lies_whole_under_its_hidden_name_is_only_renamed(tmp_path: Path, payer: PayerSimulator) -> None:
    """A late rename would else take what is just being written; no byte is sent twice."""
    site = _doubted(tmp_path, payer)
    (hidden,) = [path for path in payer.inbox.iterdir() if path.name.startswith(".")]
    before = hidden.stat()
    payer.scenario = Scenario()
    site.skip_waits()
    run(site)
    (sent,) = [path for path in payer.inbox.iterdir() if path.is_file()]
    assert (sent.stat().st_ino, sent.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert stands(site) == {"SENT"}
    assert len(payer.arrivals()) == 1


def test_what_lay_whole_under_its_hidden_name_and_is_gone_is_in_doubt(tmp_path: Path, payer: PayerSimulator) -> None:
    """The rename was refused; then somebody at the partner took the file as it lay there. It is not written once more."""
    site = site_of(tmp_path, alpha=payer)
    payer.scenario = Scenario(faults=Faults(refuse_rename=True))
    site.drop("a.837", BATCH)
    run(site)
    (hidden,) = [path for path in payer.inbox.iterdir() if path.name.startswith(".")]
    hidden.unlink()
    payer.scenario = Scenario()
    site.ask("resume", lane="alpha_edi/production", reason="they allow it now")
    run(site)
    assert [row["state"] for row in site.ask("submissions")] == ["IN_DOUBT"]
    assert payer.arrivals() == ()


def test_what_is_not_to_go_any_more_may_still_arrive_by_a_late_rename(tmp_path: Path, payer: PayerSimulator) -> None:
    """One claim of the file is stopped: the others go in no new file while the old one may get its name after all."""
    site = _doubted(tmp_path, payer)
    site.ask("hold", claim=site.ask("claims")[0]["claim"], reason="the patient called")
    site.skip_waits()
    run(site)
    assert [row["state"] for row in site.ask("submissions")] == ["ABANDONED"]
    assert [claim["stands"] for claim in site.ask("claims")] == ["HELD"] * 3
    assert {claim["code"] for claim in site.ask("claims")[1:]} == {"MAY_HAVE_ARRIVED"}
    (hidden,) = [path for path in payer.inbox.iterdir() if path.name.startswith(".")]
    hidden.rename(hidden.with_name(hidden.name[1:].removesuffix(".part")))
    payer.tick()
    site.skip_waits()
    run(site)
    assert stands(site) == {"PAID"}
    assert len(payer.received_claims()) == 3


def _doubted(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    """The rename's answer is lost, and a look at the folder says that it was not done: the file waits for its next try."""
    site = site_of(tmp_path, alpha=payer)
    payer.scenario = Scenario(faults=Faults(cut=("before_rename",), sweep=True))
    site.drop("a.837", BATCH)
    run(site)
    payer.scenario = Scenario(faults=Faults(sweep=True))
    if site.ask("submissions")[0]["state"] == "IN_DOUBT":
        _probed(site)
    assert [row["state"] for row in site.ask("submissions")] == ["PLANNED"]
    return site


def _probed(site: TestSite) -> None:
    """Only look: what would be sent waits."""

    async def looking() -> None:
        async with open_site(site.config) as opened:
            lane = opened.directory.lanes["alpha_edi/production"]
            await transmit.probe(opened, lane, 1)

    asyncio.run(looking())
