"""A payer moved to another of its routes: what can go goes, what may have arrived stays, and old answers still land."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.daemon import Daemon
from gateway.desk.commands import answer
from gateway.errors import Refused
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from gateway.workers import transmit
from gateway.workers.site import open_site
from tests.habits import declare, run, stands, states
from tests.sites import TestSite, make_site

AGREEMENT = 'habits=Habits(agreements=Agreements(payers=("alpha",), days=30))'


@pytest.fixture
def first(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "first") as running:
        yield running


@pytest.fixture
def second(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "second", Scenario(number_prefix="HUB")) as running:
        yield running


def site_of(tmp_path: Path, first: PayerSimulator, second: PayerSimulator, said: str = "") -> TestSite:
    """Payer alpha goes by alpha_edi, and by the exchange as backup."""
    site = make_site(tmp_path / "site", {"alpha": first, "hub": second}, [("2000000010", "alpha")])
    declare(site, "alpha", "claims_per_set=500")
    hub = site.root / "plugins" / "hub.toml"
    hub.unlink()
    declare(site, "hub", said, payer_id="77002")
    source = (site.root / "plugins" / "hub.py").read_text()
    payers = 'payers={"hub": ("77002",)}'
    assert payers in source
    (site.root / "plugins" / "hub.py").write_text(
        source.replace(payers, 'payers={"hub": ("77002",), "alpha": ("77001",)}')
    )
    (site.root / "conf" / "routes.toml").write_text(
        "".join(
            f'[[route]]\npayer = "{payer}"\npartner = "{partner}"\nrank = {rank}\n\n'
            for payer, partner, rank in (("alpha", "alpha_edi", 0), ("alpha", "hub_edi", 1), ("hub", "hub_edi", 0))
        )
    )
    return site


def drop(site: TestSite, name: str, count: int = 3, control: int = 1) -> None:
    claims = [ClaimSpec(f"{name}{n}", payer_id="77001", member_id=f"M{name}{n}") for n in range(count)]
    site.drop(f"{name}.837", batch837p(claims, control=control))


def gateway_says(site: TestSite, *words: str) -> Any:
    return CliRunner().invoke(gateway, ["-c", str(site.config), *words])


def test_what_waits_goes_the_other_way_and_the_answers_of_the_old_way_still_land(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Sent by the old path, moved, sent by the new; the first's answers come late and find their claims; and back."""
    site = site_of(tmp_path, first, second)
    drop(site, "A")
    run(site)
    first.stop()
    drop(site, "B", control=2)
    site.skip_waits()
    run(site)
    assert len(first.received_claims()) == 3
    done = gateway_says(site, "payer", "move", "alpha", "--to", "hub_edi", "--reason", "they are down", "--yes")
    assert done.exit_code == 0, done.output
    run(site)
    assert sorted(claim.claim for claim in second.received_claims()) == ["B0", "B1", "B2"]
    assert stands(site) == {"SENT"}
    first.start()
    first.tick()
    second.tick()
    site.skip_waits()
    run(site)
    assert stands(site) == {"PAID"}
    assert len(first.received_claims()) == len(second.received_claims()) == 3
    drop(site, "C", control=3)
    run(site)
    assert len(second.received_claims()) == 6
    site.ask("payer move", payer="alpha", back=True, reason="they are up")
    drop(site, "D", control=4)
    run(site)
    assert sorted(claim.claim for claim in first.received_claims())[-3:] == ["D0", "D1", "D2"]
    told = [row["name"] for row in site.query("SELECT name FROM events WHERE name LIKE 'payer.%' ORDER BY seq")]
    assert told == ["payer.moved", "payer.moved_back"]


def test_what_was_planned_and_never_sent_goes_the_other_way_once(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """A submission that waits for its partner is taken apart; it never goes by both."""
    site = site_of(tmp_path, first, second)
    first.scenario = Scenario(faults=Faults(disk_full_after=100))
    drop(site, "A")
    run(site)
    assert states(site) == ["PLANNED"]
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="their disk is full")
    first.scenario = Scenario()
    run(site)  # the old lane waits for its next try; the claims do not wait for that
    assert states(site) == ["ABANDONED", "SENT"]
    assert (len(first.received_claims()), len(second.received_claims())) == (0, 3)


def test_what_is_in_doubt_never_goes_the_other_way(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """It is named with its reason, and its own evidence settles it."""
    site = site_of(tmp_path, first, second)
    first.scenario = Scenario(faults=Faults(vanish_on_close=True))
    drop(site, "A")
    run(site)
    assert states(site) == ["IN_DOUBT"]
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    assert plan["stays"]["claims"] == 3
    assert {(row["becomes"], row["code"]) for row in plan["claims"]} == {("STAYS", "IN_DOUBT")}
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="they are down")
    run(site)
    assert second.received_claims() == []
    first.tick()
    site.skip_waits()
    run(site)
    assert states(site) == ["SENT"]
    assert second.received_claims() == []


def test_what_may_still_get_its_name_never_goes_the_other_way(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Its rename was asked for, nobody knows the outcome, and the hidden file was seen since: its claims wait."""
    site = site_of(tmp_path, first, second)
    first.scenario = Scenario(faults=Faults(cut=("before_rename",)))
    drop(site, "A")
    run(site)
    first.scenario = Scenario()
    if states(site) == ["IN_DOUBT"]:
        asyncio.run(_looked_for(site))
    assert states(site) == ["PLANNED"]
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    assert {(row["becomes"], row["code"]) for row in plan["claims"]} == {("WAITS", "MAY_HAVE_ARRIVED")}
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="they are down")
    run(site)
    assert second.received_claims() == []
    assert {claim["code"] for claim in site.ask("claims")} == {"MAY_HAVE_ARRIVED"}


async def _looked_for(site: TestSite) -> None:
    """Only look: what would be sent waits."""
    async with open_site(site.config) as opened:
        await transmit.probe(opened, opened.directory.lanes["alpha_edi/production"], 1)


def test_a_missing_agreement_holds_what_moves_and_says_how_long_one_takes(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Told beforehand; it goes by itself once the record is there."""
    site = site_of(tmp_path, first, second, AGREEMENT)
    first.stop()
    drop(site, "A")
    run(site)
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    assert (plan["moves"]["claims"], plan["waits"]["claims"], plan["agreement_days"]) == (0, 3, 30)
    assert {row["code"] for row in plan["claims"]} == {"EDI_NOT_AGREED"}
    assert all("30 days" in row["next"] for row in plan["claims"])
    assert site.ask("payer moves") == []
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="they are down")
    run(site)
    assert stands(site) == {"HELD"}
    record = {
        "provider_npi": "1234567893", "payer": "alpha", "kind": "edi_837", "state": "active", "submitter": "OGT77",
        "effective_from": "2026-01-01",
    }  # fmt: skip
    site.ask("roster apply", rows=[record], source="letter")
    run(site)
    assert stands(site) == {"SENT"}
    assert len(second.received_claims()) == 3


def test_a_dry_run_changes_nothing_and_is_what_then_happens(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """The claims that it says would move are those that move, at the command line too."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A", 2)
    held = [ClaimSpec("H1", payer_id="77001", member_id="MH1", rendering="2000000028")]
    site.drop("held.837", batch837p(held, control=9))
    run(site)
    before = site.query("SELECT * FROM events")
    said = gateway_says(site, "payer", "move", "alpha", "--to", "hub_edi", "--dry-run")
    assert said.exit_code == 0, said.output
    assert "2 claims" in said.output
    assert len(site.query("SELECT * FROM events")) == len(before)
    plan = site.ask("payer move preview", payer="alpha", partner="hub_edi")
    would = {row["control_number"]: row["becomes"] for row in plan["claims"]}
    assert would == {"A0": "MOVES", "A1": "MOVES", "H1": "WAITS"}
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="they are down")
    run(site)
    assert sorted(c.claim for c in second.received_claims()) == ["A0", "A1"]
    assert {c["control_number"]: c["stands"] for c in site.ask("claims")}["H1"] == "HELD"


def test_claims_whose_filing_limit_falls_into_the_outage_are_counted(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """By the end that a person expects."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A")
    run(site)
    (due,) = {claim["filing_due"] for claim in site.ask("claims")}
    limit = date.fromisoformat(due)
    for until, inside in ((limit, 3), (limit - timedelta(days=1), 0)):
        plan = site.ask("payer move preview", payer="alpha", partner="hub_edi", until=until.isoformat())
        assert plan["inside"]["claims"] == inside


def test_an_outage_does_not_end_in_the_past(tmp_path: Path, first: PayerSimulator, second: PayerSimulator) -> None:
    """By such a day every filing limit would fall behind the outage, and nobody would see that it was a slip."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A", count=1)
    run(site)
    today = datetime.now(ZoneInfo("America/Chicago")).date()
    words = ("payer", "move", "alpha", "--to", "hub_edi", "--dry-run", "--until")
    past = gateway_says(site, *words, str(today - timedelta(days=1))).exception
    assert isinstance(past, Refused)
    assert past.next_step.startswith(f"Say `--until {today}` or a later day")
    now = gateway_says(site, *words, str(today + timedelta(days=3650)))
    assert now.exit_code == 0
    for line in ("1 claim ($120) can go that way now", "0 claims ($0) must wait", "0 claims ($0) stay with the old",
                 "1 claim ($120) has its filing limit by"):  # fmt: skip
        assert line in now.output, now.output


def test_a_move_outlives_a_restart_and_is_shown_wherever_people_look(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """In the list of payers, the status, of a claim, and in a list of its own."""
    site = site_of(tmp_path, first, second)
    drop(site, "A")
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="they are down")
    run(site)
    assert len(second.received_claims()) == 3
    assert site.ask("status")["moved"] == ["alpha by hub_edi"]
    assert site.ask("why", claim="A1")["way"].startswith("by hub_edi instead of alpha_edi since ")
    (move,) = site.ask("payer moves")
    assert (move["actor"], move["reason"]) == ("tester", "they are down")
    assert '"production": "hub_edi/production"' in gateway_says(site, "payer", "list", "--json").output


def test_a_running_service_takes_a_move_up_at_once(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """What waited for the old way goes by the new one, and so does what comes in later; and back again."""
    site = site_of(tmp_path, first, second)
    first.stop()
    drop(site, "A")

    async def running() -> None:
        async with open_site(site.config) as opened:
            daemon = Daemon(opened)
            await daemon.run_until_idle()
            await answer(opened, "payer move", {"payer": "alpha", "partner": "hub_edi", "reason": "down"}, "tester")
            await daemon.run_until_idle()
            drop(site, "B", control=2)
            await daemon.run_until_idle()
            await answer(opened, "payer move", {"payer": "alpha", "back": True, "reason": "up"}, "tester")
            drop(site, "C", control=3)
            await daemon.run_until_idle()

    asyncio.run(running())
    assert sorted(claim.claim for claim in second.received_claims()) == ["A0", "A1", "A2", "B0", "B1", "B2"]


def test_a_payer_moves_only_along_a_route_with_an_account(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Anything else is refused with what to do, and moves nothing."""
    site = site_of(tmp_path, first, second)
    for payer, partner in (("alpha", "nobody"), ("hub", "alpha_edi"), ("gamma", "hub_edi")):
        with pytest.raises(Refused) as refused:
            site.ask("payer move", payer=payer, partner=partner, reason="x")
        assert refused.value.code == "NO_ROUTE"
    for words in ({"partner": "hub_edi"}, {"back": True}):
        with pytest.raises(Refused, match="no route leads anywhere for a payer 'alhpa'") as refused:
            site.ask("payer move", payer="alhpa", reason="x", **words)
        assert "alpha" in (refused.value.next_step or "")
    with pytest.raises(Refused) as refused:
        site.ask("payer move", payer="alpha", partner="hub_edi", reason=" ")
    assert refused.value.code == "NO_REASON"
    for words in ({"partner": "alpha_edi"}, {"back": True}):
        with pytest.raises(Refused, match="payer alpha goes by alpha_edi already"):
            site.ask("payer move", payer="alpha", reason="x", **words)
    assert site.ask("payer moves") == []


def test_claims_keep_away_from_a_partner_that_knows_their_payer_by_another_id(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """There the id may mean somebody else; the preview says so before the move, and back by the old way they go."""
    site = site_of(tmp_path, first, second)
    hub = site.root / "plugins" / "hub.py"
    hub.write_text(hub.read_text().replace('"alpha": ("77001",)', '"alpha": ("A7", "A8")'))
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="down")
    drop(site, "A", control=1)
    run(site)
    assert second.received_claims() == []
    assert {(claim["stands"], claim["code"]) for claim in site.ask("claims")} == {("HELD", "PAYER_ID_OTHER")}
    assert "(the payer is A7 or A8: whichever is right there)" in site.ask("claims")[0]["next"]
    site.ask("payer move", payer="alpha", back=True, reason="up")
    run(site)
    assert len(first.received_claims()) == 3


def test_a_payer_moved_to_the_partner_of_the_settings_is_moved_back(
    tmp_path: Path, first: PayerSimulator, second: PayerSimulator
) -> None:
    """Whichever way it is said; it is no move any more."""
    site = site_of(tmp_path, first, second)
    site.ask("payer move", payer="alpha", partner="hub_edi", reason="down")
    assert [row["partner"] for row in site.ask("payer moves")] == ["hub_edi"]
    with pytest.raises(Refused, match="already"):
        site.ask("payer move preview", payer="alpha", partner="hub_edi")
    site.ask("payer move", payer="alpha", partner="alpha_edi", reason="up")
    assert site.ask("payer moves") == []
    assert (
        site.query("SELECT name FROM events WHERE name LIKE 'payer.%' ORDER BY seq DESC")[0]["name"]
        == "payer.moved_back"
    )
