"""What a claim that may go waits for is told wherever somebody asks for the claim."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.desk import work
from gateway.desk.morning import waiting_lanes
from gateway.desk.unsent import hours
from gateway.model.habits import Habits, Outage
from gateway.model.partners import Window
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from gateway.workers.site import open_site
from tests.config.test_declarations import PARTNER
from tests.sites import TestSite, make_site
from tests.test_composing import claims, run, site_of

THURSDAY = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
NIGHT = Window("22:00", "04:00", "America/Chicago", ("thu",))
EVENING = Window("17:00", "19:00", "America/Chicago", ("thu",))
AWAY = Outage(THURSDAY, datetime(2026, 11, 29, 16, tzinfo=UTC), "moving")


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


def test_the_partners_hours_are_told_in_its_own_words() -> None:
    """An announced outage first, then maintenance, then the windows; nothing while it takes files."""
    shut = replace(PARTNER, windows=(NIGHT,), maintenance=(), habits=Habits())
    assert hours(shut, THURSDAY).endswith("takes files Thursday 22:00 to 04:00, America/Chicago")
    assert hours(shut, THURSDAY.replace(day=27, hour=9)) == ""  # past midnight, and still Thursday's window
    closed = replace(shut, maintenance=(EVENING,))
    assert "is closed for maintenance" in hours(closed, THURSDAY)
    out = replace(closed, habits=Habits(outages=(AWAY,)))
    assert "announced to take nothing until 2026-11-29 16:00+00:00" in hours(out, THURSDAY)


def test_a_claim_without_a_file_name_says_so(tmp_path: Path, payer: PayerSimulator) -> None:
    """And one that was sent waits for nothing of ours."""
    fields = 'filename="{submitter}_{n}.dat", habits=Habits(counter=Counter("1", "1", period=Period.EVER))'
    site = site_of(tmp_path, payer, f"claims_per_set=1, {fields}")
    site.drop(
        "a.837", batch837p([ClaimSpec("A0", payer_id="77001"), ClaimSpec("A1", payer_id="77001", member_id="M1")])
    )
    run(site)
    assert site.ask("why", claim="A0")["waits_for"] == ""
    assert site.ask("why", claim="A1")["waits_for"].startswith("alpha_edi/production has no file name left: ")


def test_a_claim_whose_lane_is_stopped_says_so(tmp_path: Path) -> None:
    """With the reason, and where to look."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(refuse_login=True))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        site.drop("a.837", batch837p([ClaimSpec("A0", payer_id="77001")]))
        run(site)
        said = site.ask("why", claim="A0")["waits_for"]
        assert said.startswith("alpha_edi/production is SUSPENDED (")
        assert said.endswith(": gateway status")


def test_a_claim_whose_partner_cannot_be_reached_says_so(tmp_path: Path, payer: PayerSimulator) -> None:
    """From the first failure on, long before that is an outage."""
    site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    payer.stop()
    site.drop("a.837", batch837p([ClaimSpec("A0", payer_id="77001")]))
    run(site)
    said = site.ask("why", claim="A0")["waits_for"]
    assert said == "alpha_edi/production did not get through to its partner, and tries again: gateway status"


def test_a_claim_whose_file_is_in_doubt_says_so(tmp_path: Path) -> None:
    """Until somebody's word, or an answer, ends the doubt."""
    with PayerSimulator(tmp_path / "payer", Scenario(faults=Faults(vanish_on_close=True))) as payer:
        site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
        plugin = site.root / "plugins" / "alpha.toml"
        plugin.write_text(plugin.read_text().replace("sweeps = true", "sweeps = false"))
        site.drop("a.837", batch837p([ClaimSpec("A0", payer_id="77001")]))
        run(site)
        assert site.ask("why", claim="A0")["waits_for"].endswith("in doubt: gateway submissions show 1")
        site.ask("settle", submission=1, arrived=True, reason="they say so")
        assert site.ask("why", claim="A0")["waits_for"] == ""


def lane_at(site: TestSite, now: datetime) -> tuple[int, str, list[str]]:
    """How many claims its lane says wait, for what, and what the digest says of lanes."""

    async def asking() -> tuple[int, str, list[str]]:
        async with open_site(site.config, clock=lambda: now) as opened:
            (lane,) = await work.lane_list(opened)
            return lane["waiting"], lane["waits_for"], [each.what for each in (await waiting_lanes(opened)).lines]

    return asyncio.run(asking())


def test_a_lane_says_how_many_claims_wait_for_what(tmp_path: Path, payer: PayerSimulator) -> None:
    """An announced outage of days is told in the morning too, a night's closed window is not; nor is anything of a lane
    whose claims are sent."""
    outage = "Outage(datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 29, 16, tzinfo=UTC))"
    window = 'windows=(Window("22:00", "23:00", "America/Chicago"),)'
    site = site_of(tmp_path, payer, f"{window}, habits=Habits(outages=({outage},))")
    plugin = site.root / "plugins" / "alpha.py"
    plugin.write_text(plugin.read_text().replace("import timedelta", "import UTC, datetime, timedelta"))
    site.drop("a.837", batch837p(claims(2)))
    run(site, THURSDAY)
    said = "alpha_edi announced to take nothing until 2026-11-29 16:00+00:00"
    told = f"Not sent at alpha_edi/production: 2 claims. {said}."
    assert lane_at(site, THURSDAY) == (2, said, [told])
    monday = datetime(2026, 11, 30, 13, tzinfo=UTC)
    assert lane_at(site, monday) == (2, "alpha_edi takes files every day 22:00 to 23:00, America/Chicago", [])
    run(site, datetime(2026, 12, 1, 4, 30, tzinfo=UTC))
    assert lane_at(site, monday) == (0, "", [])


def test_a_window_that_does_not_open_by_the_next_working_day_is_told(tmp_path: Path, payer: PayerSimulator) -> None:
    """Friday's morning waits for Monday's window without a word, Thursday's says that it waits so long."""
    site = site_of(tmp_path, payer, 'windows=(Window("08:00", "09:00", "America/Chicago", ("mon",)),)')
    site.drop("a.837", batch837p(claims(1)))
    run(site, THURSDAY)
    assert [len(lane_at(site, THURSDAY + timedelta(days=days))[2]) for days in (0, 1, 2, 3)] == [1, 0, 0, 0]


def test_claims_without_a_file_name_are_told_in_status_and_in_the_morning(
    tmp_path: Path, payer: PayerSimulator
) -> None:
    """Also while a window is closed; and the one look at the site shows it where people read it."""
    fields = 'filename="{submitter}_{n}.dat", habits=Habits(counter=Counter("1", "1", period=Period.EVER))'
    window = 'windows=(Window("01:00", "02:00", "America/Chicago"),)'
    site = site_of(tmp_path, payer, f"claims_per_set=1, {window}, {fields}")
    site.drop("a.837", batch837p(claims(3)))
    run(site, datetime(2026, 11, 26, 7, 30, tzinfo=UTC))
    count, said, (told,) = lane_at(site, THURSDAY)
    assert count == 2
    assert said.endswith("America/Chicago; alpha_edi/production has no file name left")
    assert told.startswith("Not sent at alpha_edi/production: 2 claims. ")
    shown = CliRunner().invoke(gateway, ["-c", str(site.config), "status"], catch_exceptions=False).stdout
    assert "Claims waiting" in shown
    assert "2 claims: alpha_edi" in " ".join(shown.split())


def test_claims_of_a_partner_that_is_not_reached_are_told(tmp_path: Path, payer: PayerSimulator) -> None:
    """In the morning too: all is not well."""
    site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    payer.stop()
    site.drop("a.837", batch837p(claims(1)))
    run(site, THURSDAY)
    said = "alpha_edi/production did not get through to its partner, and tries again"
    assert lane_at(site, THURSDAY)[2] == [f"Not sent at alpha_edi/production: 1 claim. {said}."]


def test_claims_of_a_lane_without_a_pinned_host_key_are_told(tmp_path: Path, payer: PayerSimulator) -> None:
    """It is never dialled, so that it never fails either."""
    site = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])
    account = site.root / "conf" / "partners" / "alpha_edi.toml"
    account.write_text(re.sub(r"^host_keys.*$", "host_keys = []", account.read_text(), flags=re.MULTILINE))
    site.drop("a.837", batch837p(claims(1)))
    run(site, THURSDAY)
    said = "alpha_edi/production has no pinned host key, and is not dialled without one"
    assert lane_at(site, THURSDAY)[1:] == (said, [f"Not sent at alpha_edi/production: 1 claim. {said}."])
