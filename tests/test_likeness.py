"""Two claims for the same service, and services that a substitute did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.likeness import likeness, substituted
from gateway.model.claims import Claim
from gateway.store import evidence
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import PayerSimulator
from gateway.x12.claims import read_claims
from tests.sites import make_site
from tests.test_rehearsal import World, row

DOCTOR = "2000000010"
DAY = date(2026, 6, 1)


def read(*specs: ClaimSpec) -> list[Claim]:
    return [item for item in read_claims([batch837p(specs)]) if isinstance(item, Claim)]


SPEC = ClaimSpec("A1", lines=[LineSpec(first_day=DAY), LineSpec("99214", 80, first_day=DAY)])


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, member_id="AHP000002"),
        replace(SPEC, payer_id="BETA1"),
        replace(SPEC, rendering="2000000028"),
        replace(SPEC, lines=[LineSpec(first_day=DAY + timedelta(days=1)), SPEC.lines[1]]),
        replace(SPEC, lines=[LineSpec("99215", first_day=DAY), SPEC.lines[1]]),
        replace(SPEC, lines=[LineSpec(first_day=DAY, modifiers=("76",)), SPEC.lines[1]]),
        replace(SPEC, lines=SPEC.lines[:1]),
    ],
    ids=["member", "payer", "rendering", "day", "procedure", "modifier", "charge"],
)
def test_what_tells_two_services_apart_tells_their_claims_apart(other: ClaimSpec) -> None:
    """Each of payer, member, provider, day, procedure with its modifiers, and charge."""
    one, two = read(SPEC, replace(other, control_number="A2"))
    assert likeness(one) != likeness(two)


def test_the_number_and_the_order_of_lines_do_not_matter() -> None:
    """Typed in again under another number it is the same service."""
    one, two = read(SPEC, replace(SPEC, control_number="A2", lines=SPEC.lines[::-1]))
    assert likeness(one) == likeness(two) != b""


def test_a_replacement_is_like_nothing() -> None:
    """It says itself what it replaces."""
    (one,) = read(replace(SPEC, frequency="7", payer_control_number="77"))
    assert likeness(one) == b""


def test_a_substitutes_services_are_the_regular_physicians_absence() -> None:
    """Lines with Q5 or Q6, by the rendering provider of each."""
    lines = [LineSpec(first_day=DAY, modifiers=("Q6",)), LineSpec("99214", 80, first_day=DAY)]
    (one,) = read(replace(SPEC, lines=lines))
    assert substituted(one) == ((DOCTOR, DAY),)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("likeness")
    with PayerSimulator(root / "alpha") as alpha:
        made = World(make_site(root / "site", {"alpha": alpha}, [(DOCTOR, "alpha")]))
        yield made
        made.close()


def test_a_claim_like_one_of_another_file_is_let_go_with_a_warning(world: World) -> None:
    """Whether it is the same service only a person knows; in one file two alike are two services."""
    world.today = DAY + timedelta(days=3)
    spec = replace(SPEC, payer_id="77001")
    twins = [replace(spec, control_number=number) for number in ("T1", "T2")]
    assert world.take_in(batch837p(twins, control=1)) == [("RELEASED", "")] * 2
    assert world.take_in(batch837p([replace(spec, control_number="T3")], control=2)) == [("RELEASED", "")]

    def similar(number: str) -> list[str]:
        found = world.ask("why", claim=number)["findings"]
        return [f["evidence"] for f in found if f["code"] == "SIMILAR_CLAIM" and f["outcome"] == "WARN"]

    assert [similar(number) for number in ("T1", "T2", "T3")] == [[], [], ["claim C1"]]


def test_a_withdrawn_claim_is_no_reason_to_warn(world: World) -> None:
    """It was never sent."""
    world.today = DAY + timedelta(days=3)
    spec = replace(SPEC, payer_id="77001")
    world.take_in(batch837p([replace(spec, control_number="W1")], control=1))
    world.ask("withdraw", claim="W1", reason="typed twice")
    world.take_in(batch837p([replace(spec, control_number="W2")], control=2))
    assert "SIMILAR_CLAIM" not in [f["code"] for f in world.ask("why", claim="W2")["findings"]]


def test_an_absence_goes_back_to_the_last_long_pause(world: World) -> None:
    """Day by day with pauses of up to a month; an older absence is another one."""
    world.today = DAY
    days = [DAY - timedelta(days=back) for back in (0, 20, 45, 90, 100)]
    lines = [LineSpec(first_day=day, modifiers=("Q6",)) for day in days]
    specs = [ClaimSpec(f"Q{n}", lines=[line], payer_id="77001") for n, line in enumerate(lines)]
    world.take_in(batch837p(specs, control=1))
    world.ask("roster apply", rows=[row("2000000028", "alpha", effective_from="2020-01-01")], source="test")
    (claim,) = read(specs[0])
    known = world.runner.run(world.site.store.read(evidence.of_claims, {1: claim}))
    assert known[1].away_since == {DOCTOR: DAY - timedelta(days=45)}
