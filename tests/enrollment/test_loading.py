"""An approval that the payer has not loaded yet: its load day, or the first claim that the payer takes, ends the wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.daemon import serve
from gateway.enrollment.loading import awaits_load, loaded, shows_loaded
from gateway.model.claims import Claim, Provider
from gateway.model.enrollment import Enrollment, EnrollmentKind
from gateway.testing.builders import ClaimSpec, batch837p
from gateway.testing.payer import PayerSimulator, Scenario
from tests.enrollment.world import COLLEAGUE, DAY, DOCTOR, DOS, GROUP, OTHER_TAX_ID, TAX_ID, TODAY, S, claim, record
from tests.sites import TestSite, make_site

AWAITING = record(state=S.APPROVED_PENDING_LOAD)


@pytest.mark.parametrize(
    ("taken", "record", "shown"),
    [
        (claim(), AWAITING, True),
        (claim(), replace(AWAITING, tax_id=TAX_ID, billing_npi=GROUP, line_of_business="CI"), True),
        (claim(), replace(AWAITING, provider_npi=GROUP), True),
        (claim(), replace(AWAITING, effective_from=DOS), True),
        (claim(), replace(AWAITING, effective_from=DOS + DAY), False),
        (claim(), replace(AWAITING, effective_from=DOS + DAY, retro_from=DOS), True),
        (claim(), replace(AWAITING, effective_to=DOS - DAY), False),
        (claim(), replace(AWAITING, tax_id=OTHER_TAX_ID), False),
        (claim(), replace(AWAITING, billing_npi=COLLEAGUE), False),
        (claim(), replace(AWAITING, line_of_business="MB"), False),
        (claim(), replace(AWAITING, provider_npi=COLLEAGUE), False),
        (claim(providers=(Provider("DN", DOCTOR, "1"),)), AWAITING, False),
        (claim(first_day=None), AWAITING, False),
    ],
)
def test_a_taken_claim_shows_the_load_of_its_own_enrollments(taken: Claim, record: Enrollment, shown: bool) -> None:
    """Of who billed or rendered it, under this tax id and line of business, on a day that the approval covers."""
    assert shows_loaded(taken, record) is shown


def test_only_an_approval_to_bill_awaits_its_load() -> None:
    """An agreement about files is no enrollment, and what is active or pending awaits no load."""
    kinds = {kind for kind in EnrollmentKind if awaits_load(replace(AWAITING, kind=kind))}
    assert kinds == {"participation", "medicare_individual", "medicare_reassignment", "medicaid"}
    assert {state for state in S if awaits_load(replace(AWAITING, state=state))} == {S.APPROVED_PENDING_LOAD}


def test_what_is_shown_is_cited() -> None:
    """The acceptance and its day, beside the letter."""
    shown = loaded(AWAITING, TODAY)
    assert (shown.state, shown.observed_on, shown.id) == (S.ACTIVE, TODAY, AWAITING.id)
    assert shown.source == f"roster; 277CA of {TODAY} accepted a claim"
    assert loaded(replace(AWAITING, source="", observed_on=TODAY + DAY), TODAY).observed_on == TODAY + DAY


# On a real site.


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    """The practice is enrolled; its doctor's approval is not loaded."""
    made = make_site(tmp_path / "site", {"alpha": payer})
    row = {"provider_npi": DOCTOR, "payer": "alpha", "state": "approved_pending_load", "effective_from": "2020-01-01"}
    made.ask("roster apply", rows=[{**row, "source": "letter"}], source="test")
    return made


def drop(site: TestSite, number: int, *names: str, **changes: Any) -> None:
    specs = [ClaimSpec(name, payer_id="77001", rendering=DOCTOR, member_id=f"M{name}", **changes) for name in names]
    site.drop(f"{number}.837", batch837p(specs, control=number))


def exchange(site: TestSite, payer: PayerSimulator) -> dict[str, str]:
    for _ in range(6):
        asyncio.run(serve(site.config, until_idle=True))
        if not payer.tick():
            break
    return {one["control_number"]: one["code"] or one["stands"] for one in site.ask("claims")}


def test_the_first_claim_that_the_payer_takes_frees_the_others(site: TestSite, payer: PayerSimulator) -> None:
    """A person lets one go; when the payer's own 277CA accepts it, what waited goes by itself, and says on what ground."""
    drop(site, 1, "A1", "A2")
    assert exchange(site, payer) == {"A1": "ENROLLMENT_PENDING", "A2": "ENROLLMENT_PENDING"}
    site.ask("release", claim="A1", reason="the payer said to send one")
    assert set(exchange(site, payer)) == {"A1", "A2"}
    assert site.ask("why", claim="A1")["stands"] in ("ACCEPTED", "PAID")
    told = site.ask("why", claim="A2")
    assert told["stands"] in ("SENT", "ACCEPTED", "PAID")
    found = next(f for f in told["findings"] if f["code"] == "ENROLLMENT_OK" and f["place"].startswith("2310B"))
    assert "277CA of" in found["evidence"]
    assert "letter" in found["evidence"]
    [row] = site.ask("roster", npi=DOCTOR)
    assert row["state"] == "approved_pending_load"


def test_a_clearinghouses_word_shows_no_load(site: TestSite, payer: PayerSimulator) -> None:
    """Only the payer knows what it has loaded."""
    payer.scenario = Scenario(clearinghouse=True)
    drop(site, 1, "A1", "A2")
    exchange(site, payer)
    site.ask("release", claim="A1", reason="the payer said to send one")
    told = exchange(site, payer)
    assert told["A1"] in ("ACCEPTED", "PAID")
    assert told["A2"] == "ENROLLMENT_PENDING"
    drop(site, 2, "A3")
    assert exchange(site, payer)["A3"] == "ENROLLMENT_PENDING"
