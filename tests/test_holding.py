"""What holds claims: whom, why, for how many of them, and what to type."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.checks.providers import LOOPS
from gateway.daemon import serve
from gateway.enrollment import Code, whom
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Finding, Outcome, Provider
from gateway.model.x12 import Span
from gateway.store import claims
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.workers.site import open_site
from tests.sites import PRACTICE_NPI, TestSite, make_site

DOCTOR, NURSE = "2000000010", "2000000028"
BLANK = Claim(
    ClaimKind.PROFESSIONAL, 1, (), Span(0, 1), 1, "A1", None, "11", "1", "77001", "P", "", "",
    BillingProvider("1234567893", "2", "999990001"), (), (), None, None,
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    with PayerSimulator(tmp_path / "payer") as alpha:
        made = make_site(tmp_path / "site", {"alpha": alpha})
        made.ask("roster withdraw", sheet="enrollments", record=1, reason="test")
        yield made


def run(site: TestSite, *specs: ClaimSpec) -> None:
    if specs:
        site.drop("a.837", batch837p(specs))
    asyncio.run(serve(site.config, until_idle=True))


def claim(number: str, rendering: str = DOCTOR, charge: int = 100, **more: Any) -> ClaimSpec:
    return ClaimSpec(
        number, [LineSpec(charge=charge)], payer_id="77001", rendering=rendering, member_id=f"AHP{number}", **more
    )


def enroll(site: TestSite, npi: str) -> None:
    row = {"provider_npi": npi, "payer": "alpha", "effective_from": "2020-01-01", "source": "letter"}
    site.ask("roster apply", rows=[row], source="test")


def causes(site: TestSite) -> dict[str, tuple[int, str, int]]:
    """By NPI: how many wait for it, their money, how many for it alone."""
    found = site.ask("held causes")
    assert {row["code"] for row in found} <= {Code.UNKNOWN}
    return {row["npi"]: (row["claims"], row["charge"], row["alone"]) for row in found}


def test_claims_that_wait_are_counted_by_what_somebody_can_mend(site: TestSite) -> None:
    """A claim that waits for two providers counts with both, and for neither alone; what is mended goes from the list
    though the claims stay held for the other one by the same code."""
    run(site, claim("A1"), claim("A2", charge=50), claim("A3", NURSE))
    assert causes(site) == {PRACTICE_NPI: (3, "250", 0), DOCTOR: (2, "150", 0), NURSE: (1, "100", 0)}
    enroll(site, PRACTICE_NPI)
    run(site)
    assert causes(site) == {DOCTOR: (2, "150", 2), NURSE: (1, "100", 1)}
    enroll(site, DOCTOR)
    run(site)
    assert causes(site) == {NURSE: (1, "100", 1)}


def test_why_names_whom_it_is_about_and_what_to_type(site: TestSite) -> None:
    """Of every provider that holds the claim, and after one was mended of the others alone."""
    run(site, claim("A1"))
    told = site.ask("why", claim="A1")
    assert {(f["npi"], f["place"]) for f in told["findings"] if f["outcome"] == "HOLD"} == {
        (PRACTICE_NPI, "2010AA/NM109"),
        (DOCTOR, "2310B/NM109"),
    }
    assert [typed.split()[:5] for typed in told["commands"]] == [
        ["gateway", "roster", "set", npi, "alpha"] for npi in (PRACTICE_NPI, DOCTOR)
    ]
    enroll(site, PRACTICE_NPI)
    run(site)
    told = site.ask("why", claim="A1")
    assert (told["place"], told["npi"]) == ("2310B/NM109", DOCTOR)
    assert [f["npi"] for f in told["findings"] if f["outcome"] == "HOLD"] == [DOCTOR]
    assert [one["npi"] for one in site.ask("held")] == [DOCTOR]


def test_a_hold_that_is_judged_again_to_the_same_is_not_told_again(site: TestSite) -> None:
    """However often all waiting claims are judged."""
    run(site, claim("A1"), claim("A2", NURSE))

    async def judging() -> None:
        async with open_site(site.config) as opened:
            await opened.store.write(claims.judge_all)

    held = "SELECT count(*) AS n FROM events WHERE name = 'claim.held'"
    before = site.query(held)[0]["n"]
    asyncio.run(judging())
    run(site)
    assert (before, site.query(held)[0]["n"]) == (2, 2)
    assert site.query("SELECT count(*) AS n FROM claims WHERE judge_on <= date('now')")[0]["n"] == 0


def test_a_release_does_not_reach_a_hold_that_came_later(site: TestSite) -> None:
    """It was given for whom the claim waited then."""
    enroll(site, PRACTICE_NPI)
    run(site, claim("A1"))
    assert site.ask("release", claim="A1", reason="exception letter")["stands"] == "READY"
    (record,) = [row["id"] for row in site.ask("roster") if row["provider_npi"] == PRACTICE_NPI]
    site.ask("roster withdraw", sheet="enrollments", record=int(record), reason="wrong")
    site.ask("hold", claim="A1", reason="look again")
    told = site.ask("why", claim="A1")
    assert {f["npi"] for f in told["findings"] if f["outcome"] == "HOLD"} == {PRACTICE_NPI, ""}
    assert {f["npi"] for f in told["findings"] if f["code"] == Code.UNKNOWN and f["outcome"] == "WARN"} == {DOCTOR}


def test_a_hold_that_is_about_no_provider_names_none(site: TestSite) -> None:
    """It is a cause of its own, and `why` tells what to do."""
    enroll(site, PRACTICE_NPI)
    enroll(site, DOCTOR)
    run(site, claim("A1"))
    assert site.ask("held causes") == []
    run(site, claim("A2", payer_control_number="X9", frequency="7"), replace(claim("A3"), payer_id="99999"))
    [unknown] = [one for one in site.ask("held causes") if one["code"] == "PAYER_UNKNOWN"]
    assert (unknown["npi"], unknown["claims"], unknown["command"]) == ("", 1, "gateway why C3")


@pytest.mark.parametrize("kind", ClaimKind)
def test_every_loop_of_every_guide_finds_its_provider(kind: ClaimKind) -> None:
    """The claim's by the claim's loop, a line's own by that of the line."""
    for role, (of_claim, of_line) in LOOPS[kind].items():
        providers = (Provider(role, "1", "1"), Provider(role, "2", "1", line=2), Provider(role, "3", "1", line=3))
        one = replace(BLANK, kind=kind, providers=providers)
        assert whom(one, Finding("X", Outcome.HOLD, f"{of_claim}/NM109", "", "")) == "1"
        if of_line:
            assert whom(one, Finding("X", Outcome.HOLD, f"{of_line}/NM109", "", "", line=3)) == "3"


def test_who_bills_is_found_by_its_loop_or_by_the_payers_own_number() -> None:
    """And what is about no provider names none."""
    place = "2010AA/NM109"
    assert whom(BLANK, Finding("X", Outcome.HOLD, place, "", "")) == "1234567893"
    atypical = replace(BLANK, billing=BillingProvider("", "2", "999990001", secondary_id="Z7"))
    assert whom(atypical, Finding("X", Outcome.HOLD, "2010BB/REF02", "", "")) == "Z7"
    assert whom(BLANK, Finding("X", Outcome.HOLD, "2300/CLM02", "", "")) == ""
    assert whom(BLANK, Finding("X", Outcome.HOLD, "", "", "")) == ""
