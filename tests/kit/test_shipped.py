"""The payers that come with the gateway pass its own kit, and hold nothing that only a site may have."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.config.site import load_site
from gateway.desk.founding import found
from gateway.testing.kit import Outcome, Report, Tier, check_plugin
from gateway.testing.kit.shipped import SHIPPED, folder

WIRE = (Tier.DECLARATION, Tier.WIRE)


@pytest.fixture(scope="module")
def reports() -> Mapping[str, Report]:
    """Each one's report. The trials run in processes of their own, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(lambda name: check_plugin(folder() / f"{name}.toml", tiers=WIRE), SHIPPED)
        return dict(zip(SHIPPED, made, strict=True))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_payer_passes_the_kit(reports: Mapping[str, Report], name: str) -> None:
    """The declaration and the wire, without an exemption."""
    report = reports[name]
    assert report.passed, report.text()
    assert not [one for one in report.results if one.outcome is Outcome.EXEMPT]
    assert report.of("nothing_doubled").outcome is Outcome.PROVEN
    assert report.facts.sources
    assert report.facts.unverified


def test_marks_were_proven_where_they_are_declared(reports: Mapping[str, Report]) -> None:
    """Not passed over for want of a mark."""
    proven = {name for name, one in reports.items() if one.of("receipts_noticed").outcome is Outcome.PROVEN}
    assert proven == {"availity", "owcp"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_payer_names_no_host_that_it_does_not_know(name: str) -> None:
    """A host that the payer must say never resolves, and what is open is told."""
    (partner,) = tomllib.loads((folder() / f"{name}.toml").read_text())["partner"]
    report = check_plugin(folder() / f"{name}.toml", tiers=(Tier.DECLARATION,))
    invalid = partner["endpoint"]["host"].endswith(".invalid")
    assert invalid == (f"{partner['key']}: endpoint.host" in report.facts.open)
    assert invalid or "host" in " ".join(report.facts.unverified)


def test_a_shipped_payer_comes_into_a_site_by_one_command_and_opens_no_lane(tmp_path: Path) -> None:
    """It is listed with one line, copied, and waits for an account; a second time it is refused."""
    site = found(tmp_path / "site")
    said = CliRunner().invoke(gateway, ["-c", str(site.config), "plugin", "shipped"])
    assert all(name in said.output for name in SHIPPED)
    for name in SHIPPED:
        done = CliRunner().invoke(gateway, ["-c", str(site.config), "plugin", "add", name])
        assert done.exit_code == 0, done.output
        assert "To do:" in done.output
    _, registry, directory = load_site(site.config)
    assert {"office_ally", "owcp_wcmbp", "medicare_contractor"} <= set(registry.partners)
    assert not directory.lanes
    again = CliRunner().invoke(gateway, ["-c", str(site.config), "plugin", "add", "stedi"])
    assert again.exit_code != 0
    assert (tmp_path / "site" / "plugins" / "stedi.toml").read_bytes() == (folder() / "stedi.toml").read_bytes()
