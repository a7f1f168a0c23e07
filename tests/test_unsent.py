"""What a claim that may go waits for is told wherever somebody asks for the claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.desk.unsent import hours
from gateway.model.habits import Habits, Outage
from gateway.model.partners import Window
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import Faults, PayerSimulator, Scenario
from tests.config.test_declarations import PARTNER
from tests.sites import make_site
from tests.test_composing import run, site_of

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
    assert said == "alpha_edi/production did not get through to its partner, and tries again"


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
