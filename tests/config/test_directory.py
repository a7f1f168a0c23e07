"""Two accounts at one partner, and payers that nobody routes yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config.site import load_site
from gateway.errors import ConfigError
from gateway.model.partners import Stage
from gateway.testing.payer import PayerSimulator
from tests.sites import TestSite, make_site


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    with PayerSimulator(tmp_path / "payer") as payer:
        return make_site(tmp_path / "site", {"alpha": payer})


def test_a_partner_may_have_a_test_and_a_production_account(site: TestSite) -> None:
    """KEY.toml and KEY.test.toml make two lanes; each usage finds its own."""
    production = site.config.parent / "partners" / "alpha_edi.toml"
    second = production.with_name("alpha_edi.test.toml")
    second.write_text(production.read_text().replace('"production"', '"test"'))
    directory = load_site(site.config)[2]
    assert set(directory.lanes) == {"alpha_edi/production", "alpha_edi/test"}
    for stage in Stage:
        lane = directory.lane_for("alpha", stage)
        assert lane is not None
        assert lane.account.stage is stage
    second.write_text(production.read_text())
    with pytest.raises(ConfigError, match="a second production account"):
        load_site(site.config)


def test_a_payer_without_a_route_is_known_by_its_id(site: TestSite) -> None:
    """Its claims are held for want of a route, not of a payer."""
    (site.config.parent / "routes.toml").write_text("")
    directory = load_site(site.config)[2]
    payer = directory.payer_of("77001")
    assert payer is not None
    assert payer.key == "alpha"
    assert directory.lane_for("alpha", Stage.PRODUCTION) is None
