"""A payer that two partners know by two ids: moved to its backup, its claims go with the id that they have there."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.store import planning, submissions
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from gateway.workers import composing
from gateway.workers.site import open_site
from tests.habits import run, stands, states
from tests.oracle import pyx12_verdict
from tests.sites import TestSite
from tests.test_moving import drop, gateway_says
from tests.test_moving import site_of as moving_site

NAMED = 'payer_id = "A7"'
ROUTE = 'payer = "alpha"\npartner = "hub_edi"\nrank = 1\n'
KNOWN = '"alpha": ("77001",)'


@pytest.fixture
def first(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "first") as running:
        yield running


@pytest.fixture
def second(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "second", Scenario(number_prefix="HUB")) as running:
        yield running


def site_of(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator, named: str = NAMED, said: str = ""
) -> TestSite:
    """Payer alpha is 77001 at alpha_edi and A7 or A8 at the exchange, its backup, as the route there says."""
    site = moving_site(tmp_path, first, second, said)
    hub = site.root / "plugins" / "hub.py"
    assert KNOWN in hub.read_text()
    hub.write_text(hub.read_text().replace(KNOWN, '"alpha": ("A7", "A8")'))
    name(site, named)
    return site


def name(site: TestSite, line: str) -> None:
    """What the backup route says of the payer's id there."""
    routes = site.root / "conf" / "routes.toml"
    assert ROUTE in routes.read_text()
    routes.write_text(re.sub(f"({re.escape(ROUTE)})(payer_id.*\n)?", f"\\1{line}\n", routes.read_text()))


def move(site: TestSite, **way: Any) -> None:
    site.ask("payer move", payer="alpha", reason="they are down", **(way or {"partner": "hub_edi"}))


def payers(data: bytes) -> list[str]:
    """NM109 of every payer in a file."""
    return [found.decode() for found in re.findall(rb"NM1\*PR\*[^~]*\*PI\*([^~]*)~", data)]


def sent(payer: PayerSimulator) -> list[list[str]]:
    """The payers of each file that arrived."""
    return [payers(data) for _, data in payer.arrivals()]


def test_claims_with_one_partners_id_go_by_the_other_with_its_own_and_are_paid(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Dropped for the first partner, which is down; the second gets them as valid as ever, answers and pays."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A")
    run(site)
    done = gateway_says(site, "payer", "move", "alpha", "--to", "hub_edi", "--reason", "they are down", "--yes")
    assert done.exit_code == 0, done.output
    assert "3 claims go with payer id A7 in place of the one named" in done.output
    run(site)
    assert sent(second) == [["A7"] * 3]
    valid, answer = pyx12_verdict(second.arrivals()[0][1])
    assert valid, answer
    for _ in range(2):
        second.tick()
        run(site)
    assert stands(site) == {"PAID"}
    assert site.ask("why", claim="A1")["payer_id"] == "A7 in place of 77001"
    assert "A7 in place of 77001" in gateway_says(site, "why", "A1").output
    assert "claims to alpha go with payer id A7 in place of 77001" in gateway_says(site, "timeline", "A1").output
    name(site, 'payer_id = "A8"')
    assert site.ask("why", claim="A1")["payer_id"] == "A7 in place of 77001"
    drop(site, "A", control=8)
    run(site)
    assert stands(site) == {"PAID", "DUPLICATE"}
    assert sent(second) == [["A7"] * 3]


def test_the_proof_of_filing_shows_what_went(tmp_path: Path, first: PayerSimulator, second: PayerSimulator) -> None:
    """Byte for byte, with the id that it went with."""
    site = site_of(tmp_path, first, second)
    move(site)
    drop(site, "A", 1)
    run(site)
    done = gateway_says(site, "proof", "A0", "--out", str(tmp_path / "packet"))
    assert done.exit_code == 0, done.output
    packet = json.loads((tmp_path / "packet" / "packet.json").read_text())
    (submission,) = packet["submissions"]
    assert "*PI*A7~" in "".join(one["text"] for one in submission["excerpts"])


def test_nothing_else_of_a_claim_changes(tmp_path: Path, first: PayerSimulator, second: PayerSimulator) -> None:
    """Of all segments of the levels and claims, only that of this payer is none that came in; another payer's in the same
    file is let alone, and so is the story of its claim."""
    site = site_of(tmp_path, first, second)
    enrolled = {"provider_npi": "2000000010", "payer": "hub", "state": "active", "effective_from": "2020-01-01"}
    site.ask("roster apply", rows=[enrolled], source="letter")
    move(site)
    claims = [ClaimSpec("A0", payer_id="77001"), ClaimSpec("A1", payer_id="77001", dependent=True),
              ClaimSpec("H0", payer_id="77002", member_id="MH0")]  # fmt: skip
    dropped = batch837p(claims)
    site.drop("a.837", dropped)
    run(site)
    ((_, arrived),) = second.arrivals()
    assert payers(arrived) == ["A7", "77002"]
    assert copied(arrived) - copied(dropped) == {b"NM1*PR*2*ALPHA HEALTH PLAN*****PI*A7"}
    assert copied(dropped) - copied(arrived) == {b"NM1*PR*2*ALPHA HEALTH PLAN*****PI*77001"}
    assert site.ask("why", claim="H0")["payer_id"] == ""
    assert not [one for one in site.ask("timeline", claim="H0") if "instead_of" in one]
    assert [one["payer_id"] for one in site.ask("timeline", claim="A1") if "instead_of" in one] == ["A7"]


def copied(data: bytes) -> set[bytes]:
    """Each segment from the first level on, without the numbers that are each file's own."""
    body = data[data.index(b"HL*1*") : data.index(b"SE*")]
    return {piece for piece in body.split(b"~") if piece[:3] != b"HL*" and piece[:6] != b"REF*D9"}


def test_without_an_id_they_wait_and_the_hint_is_what_frees_them(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """The preview counts them, the doctor told beforehand; with the line that the hint names they go."""
    site = site_of(tmp_path, first, second, named="")
    assert [one for one in site.ask("doctor") if "could take no claim" in one["what"]]
    first.stop()
    drop(site, "A")
    run(site)
    said = gateway_says(site, "payer", "move", "alpha", "--to", "hub_edi", "--dry-run").output
    assert "3 claims cannot go: hub_edi knows alpha by another id, and its [[route]]" in said
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    assert (plan["renamed"]["claims"], plan["unnamed"]["claims"], plan["moves"]["claims"]) == (0, 3, 0)
    move(site)
    run(site)
    assert {(claim["stands"], claim["code"]) for claim in site.ask("claims")} == {("HELD", "PAYER_ID_OTHER")}
    step = site.ask("claims")[0]["next"]
    assert step.startswith(
        f"Add the line `{NAMED}` to the [[route]] of payer alpha to partner hub_edi in conf/routes.toml"
    )
    name(site, NAMED)
    run(site)
    assert stands(site) == {"SENT"}
    assert sent(second) == [["A7"] * 3]
    assert not [one for one in site.ask("doctor") if "could take no claim" in one["what"]]


def test_the_preview_tells_beforehand_with_which_id(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Of each claim, and only of those that would go with another; one that names the other partner's id keeps it."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A", 2)
    site.drop("b.837", batch837p([ClaimSpec("B0", payer_id="a8", member_id="MB0")], control=2))
    run(site)
    assert {c["control_number"]: c["code"] for c in site.ask("claims", stands=["HELD"])} == {"B0": "PAYER_ID_OTHER"}
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    assert {row["control_number"]: row["payer_id"] for row in plan["claims"]} == {"A0": "A7", "A1": "A7", "B0": ""}
    assert (plan["renamed"]["claims"], plan["unnamed"]["claims"], plan["moves"]["claims"]) == (2, 0, 3)
    move(site)
    run(site)
    assert sorted(sent(second)[0]) == ["A7", "A7", "a8"]


def test_moved_back_claims_go_with_their_own_id_again(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """What was planned for the backup and never sent there is written anew."""
    site = site_of(tmp_path, first, second)
    second.scenario = Scenario(faults=Faults(disk_full_after=100))
    move(site)
    drop(site, "A")
    run(site)
    assert states(site) == ["PLANNED"]
    assert site.ask("why", claim="A0")["payer_id"] == "A7 in place of 77001"
    move(site, back=True)
    run(site)
    assert (sent(first), states(site)) == ([["77001"] * 3], ["ABANDONED", "SENT"])
    assert site.ask("why", claim="A0")["payer_id"] == ""


def test_a_submission_is_composed_with_the_id_that_it_was_planned_with(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Whatever the routes say by then. But with an id that they do not say any more it is not sent: its claims go in a new
    one."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A")
    run(site)
    move(site)
    asyncio.run(_planned(site))
    name(site, 'payer_id = "A8"')
    assert asyncio.run(_composed(site)) == ["A7"] * 3
    run(site)
    assert sent(second) == [["A8"] * 3]
    assert states(site)[-2:] == ["ABANDONED", "SENT"]
    assert site.ask("why", claim="A0")["payer_id"] == "A8 in place of 77001"


async def _planned(site: TestSite) -> None:
    """Only plan what waits for the exchange; nothing of it is composed."""
    async with open_site(site.config) as opened:
        lane = opened.directory.lanes["hub_edi/production"]
        await opened.store.write(lambda tx: tx.run("UPDATE claims SET state = 'READY', lane = ?", lane.key))
        (group,) = await opened.store.read(planning.ready_groups, lane.key)
        assert await opened.store.write(planning.plan, group, lane, opened.zone)


async def _composed(site: TestSite) -> list[str]:
    """The payers of the newest submission, composed now."""
    async with open_site(site.config) as opened:
        lane, (row, *_) = opened.directory.lanes["hub_edi/production"], await opened.store.read(submissions.rows)
        assert await composing.compose(opened, lane, row["id"])
        sealed = await opened.store.read(submissions.one, row["id"])
        return payers(b"".join(opened.vault.open(sealed["vault_name"])))


def test_a_second_try_is_the_same_file(tmp_path: Path, first: PayerSimulator, second: PayerSimulator) -> None:
    """What was composed is sealed; the same bytes go when there is room again."""
    site = site_of(tmp_path, first, second)
    second.scenario = Scenario(faults=Faults(disk_full_after=100))
    move(site)
    drop(site, "A")
    run(site)
    (before,) = site.query("SELECT document FROM submissions")
    second.scenario = Scenario()
    site.skip_waits()
    run(site)
    (after,) = site.query("SELECT document FROM submissions")
    assert (before["document"], states(site)) == (after["document"], ["SENT"])
    assert sent(second) == [["A7"] * 3]


CHANGING = """

from gateway.amendments import Amendment


def _amend(blocks, partner):
    yield b"".join(blocks).replace(b"*PI*A7~", b"*PI*%s~")


@hookimpl
def register_amendments():
    return (Amendment("ours", _amend, "hub_edi"),)
"""


@pytest.mark.parametrize(("written", "state"), [("A8", "SUSPENDED"), ("77001", "SUSPENDED"), ("A7", "ACTIVE")])
def test_a_plugin_that_changes_the_id_is_still_caught(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator, written: str, state: str
) -> None:
    """Back to the claim's own, too; one that leaves it may write the file otherwise."""
    site = site_of(tmp_path, first, second)
    hub = site.root / "plugins" / "hub.py"
    hub.write_text(hub.read_text() + CHANGING.replace("%s", written))
    move(site)
    drop(site, "A", 1)
    run(site)
    (lane,) = site.query("SELECT state, code FROM lanes WHERE key LIKE 'hub_edi%'")
    assert lane["state"] == state
    assert sent(second) == ([["A7"]] if state == "ACTIVE" else [])


def test_a_longer_id_makes_no_file_larger_than_its_partner_takes(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Each level grows by it, and that is counted on when the claims of a file are chosen."""
    site = site_of(tmp_path, first, second, "", "claims_per_set=500, habits=Habits(largest_file=40_000)")
    hub, long = site.root / "plugins" / "hub.py", "A7" * 40
    hub.write_text(hub.read_text().replace('("A7", "A8")', f'("{long}",)'))
    name(site, f'payer_id = "{long}"')
    move(site)
    drop(site, "A", 150)
    run(site)
    assert sum(len(one) for one in sent(second)) == 150
    assert 30_000 < max(len(data) for _, data in second.arrivals()) <= 40_000
    assert stands(site) == {"SENT"}


def test_where_people_look_the_id_is_told(tmp_path: Path, first: PayerSimulator, second: PayerSimulator) -> None:
    """In the list of payers, in what is said of one, and in a check of a file."""
    site = site_of(tmp_path, first, second)
    rows = {row["payer"]: row for row in json.loads(gateway_says(site, "payer", "list", "--json").output)}
    assert rows["alpha"]["payer_id"] == "77001"
    shown = " ".join(gateway_says(site, "payer", "show", "alpha").output.split())
    assert "as A7 or A8" in shown
    assert "Claims that name it by another id go with A7." in shown
    move(site)
    rows = {row["payer"]: row for row in json.loads(gateway_says(site, "payer", "list", "--json").output)}
    assert rows["alpha"]["payer_id"] == "A7"
    file = tmp_path / "c.837"
    file.write_bytes(batch837p([ClaimSpec("C0", payer_id="77001"), ClaimSpec("C1", payer_id="A8", member_id="M1")]))
    told = gateway_says(site, "check", str(file), "--all").output
    assert "C0: RELEASED, with payer id A7 in place of 77001" in told
    assert "C1: RELEASED\n" in told
    claims = json.loads(gateway_says(site, "check", str(file), "--json").output)["claims"]
    assert [claim["payer_id"] for claim in claims] == ["A7", ""]


def test_a_status_request_names_the_payer_as_its_partner_does(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """By the id that the claim went with, and by its own where it went so: each in a file of its own."""
    site = site_of(tmp_path, first, second, said="habits=Habits(status_requests=StatusRequests())")
    move(site)
    drop(site, "A", 1)
    site.drop("b.837", batch837p([ClaimSpec("B0", payer_id="A8", member_id="MB0")], control=2))
    run(site)
    for claim in ("A0", "B0"):
        site.ask("inquire", claim=claim, reason="where is it?")
    run(site)
    asked = [data for _, data in second.arrivals() if b"ST*276" in data]
    assert sorted(payers(data) for data in asked) == [["A7"], ["A8"]]
