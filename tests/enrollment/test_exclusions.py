"""An exclusion at a real site: two people let a claim pass one, and what a federal payer would refuse is an end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.main import gateway
from gateway.daemon import serve
from gateway.desk.commands import answer
from gateway.errors import Refused
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site
from tests.lists.files import leie
from tests.lists.sites import take
from tests.sites import TestSite, make_site

NPI = "2000000010"
SECOND = "A second person must release it too"


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    """A site whose one doctor is enrolled, and excluded since 2020."""
    made = make_site(tmp_path / "site", {"alpha": payer}, enrolled=[(NPI, "alpha")])
    take(made, "leie", leie({"NPI": NPI}))
    return made


def order(site: TestSite, actor: str, command: str, **arguments: Any) -> Any:
    async def ordering() -> Any:
        async with open_site(site.config) as opened:
            return await answer(opened, command, arguments, actor)

    return asyncio.run(ordering())


def judged(site: TestSite) -> str:
    """What becomes of the doctor's claim."""
    number = len(site.ask("claims")) + 1
    site.drop(f"{number}.837", batch837p([ClaimSpec(f"A{number}", payer_id="77001", rendering=NPI)], control=number))
    asyncio.run(serve(site.config, until_idle=True))
    return str(site.ask("claims")[-1]["stands"])


def test_why_names_who_released_it_first_while_a_second_is_awaited(site: TestSite) -> None:
    """One person's release leaves it held and says so wherever it is asked about; the second lets it go."""
    assert judged(site) == "HELD"
    assert site.ask("why", claim="A1")["decisions"] == []
    for _ in range(2):
        told = order(site, "anna", "release", claim="A1", reason="not the same person")
        assert told["stands"] == "HELD"
        assert told["next"].startswith(SECOND)
        why = site.ask("why", claim="A1")
        assert why["next"].startswith(SECOND)
        assert {(one["by"], one["did"], one["reason"]) for one in why["decisions"]} == {
            ("anna", "release", "not the same person")
        }
    shown = CliRunner().invoke(gateway, ["-c", str(site.config), "why", "A1"]).output
    assert "What people decided" in shown
    assert "anna" in shown
    assert order(site, "ben", "release", claim="A1", reason="agreed")["stands"] == "READY"
    why = site.ask("why", claim="A1")
    assert [one["by"] for one in why["decisions"]] == ["anna", "anna", "ben"]
    assert SECOND not in why["next"]
    assert any("released by anna and ben" in finding["evidence"] for finding in why["findings"])


def federal(site: TestSite) -> None:
    plugin = site.root / "plugins" / "alpha.toml"
    plugin.write_text(plugin.read_text().replace("filing_limit_days", "federal = true\nfiling_limit_days"))


def test_what_a_federal_payer_refuses_is_an_end_and_says_what_can_be_done(site: TestSite) -> None:
    """Nobody releases, holds or withdraws it, and each is told why and what to do instead."""
    federal(site)
    assert judged(site) == "REJECTED"
    for command in ("release", "hold", "withdraw"):
        with pytest.raises(Refused) as refused:
            order(site, "anna", command, claim="A1", reason="compliance says so")
        assert "nobody releases it" in refused.value.next_step
        assert "ASSIGNED" not in refused.value.next_step


def test_compliance_may_decide_case_by_case_at_a_federal_payer(site: TestSite) -> None:
    """Where the site makes it a hold: then two people release it, as any exclusion."""
    federal(site)
    settings = site.config.read_text()
    site.config.write_text(f'{settings}\n[checks]\nseverity = {{EXCLUDED_FEDERAL = "HOLD"}}\n')
    assert judged(site) == "HELD"
    assert order(site, "anna", "release", claim="A1", reason="an error of the list")["stands"] == "HELD"
    assert order(site, "ben", "release", claim="A1", reason="confirmed by letter")["stands"] == "READY"


def test_an_end_of_another_kind_says_which(site: TestSite) -> None:
    """What is withdrawn is never sent, and is not called on its way."""
    assert judged(site) == "HELD"
    order(site, "anna", "withdraw", claim="A1", reason="billed to the patient")
    for command in ("release", "hold", "withdraw"):
        with pytest.raises(Refused) as refused:
            order(site, "anna", command, claim="A1", reason="once more")
        assert refused.value.next_step.startswith("It is withdrawn and is never sent")
