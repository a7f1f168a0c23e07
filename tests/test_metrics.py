"""Metrics: each by its definition, over courses made by hand and over a site that sent, held and was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cli.main import gateway
from gateway.metrics import DEFINITIONS, PREVENTABLE, Course, Denied, Ratio, Spread, Sum, as_data, measure, spread
from gateway.testing.builders import ClaimSpec, LineSpec, batch837p
from gateway.testing.payer import Deny, PayerSimulator, PayPartly, Reject277, Rule, Scenario
from tests.sites import TestSite, make_site
from tests.test_answers import exchange

TODAY = date(2026, 6, 30)
HUNDRED = Decimal(100)
RECEIVED = Course("alpha", "2000000010", HUNDRED, TODAY - timedelta(20), TODAY - timedelta(25), waiting=True)
SENT = replace(RECEIVED, sent=True)
ACCEPTED = replace(SENT, first_status=True, passed=True, to_277ca=Decimal(2), waiting=False)
DECIDED = replace(ACCEPTED, decided=True, first_charge=HUNDRED, first_lines=2, to_remittance=Decimal(14))
PAID = replace(DECIDED, paid=Decimal(60), contractual=Decimal(30), to_pay=Decimal(14))


def denied(
    category: str, amount: int = 100, worked: bool = False, outcome: str = "", stands: bool = True, **more: Any
) -> Course:
    return replace(
        DECIDED, first_denied=True, first_categories=(category,), first_refused=Decimal(amount), first_denied_lines=1,
        denials=(Denied(category, Decimal(amount), worked, outcome, stands),), **more,
    )  # fmt: skip


OVERTURNED = denied("CRED", outcome="paid", stands=False)


def ratio(part: int, whole: int) -> Ratio:
    return Ratio(Decimal(part), Decimal(whole))


def value(name: str, *courses: Course) -> Any:
    return measure(courses, TODAY).values()[name]


@pytest.mark.parametrize(
    ("name", "courses", "wanted"),
    [
        ("received", [RECEIVED, PAID], Sum(2, 2 * HUNDRED)),
        ("clean_claims", [RECEIVED, ACCEPTED, replace(ACCEPTED, stopped=True)], ratio(1, 3)),
        ("first_pass", [SENT, ACCEPTED, replace(SENT, passed=False)], ratio(1, 2)),
        ("rejections", [RECEIVED, SENT, replace(SENT, rejected=True)], ratio(1, 2)),
        ("denials", [SENT, PAID, denied("CRED")], ratio(1, 2)),
        ("denied_dollars", [PAID, denied("CRED", 40)], ratio(40, 200)),
        ("denied_lines", [PAID, denied("CRED")], ratio(1, 4)),
        ("preventable", [PAID, denied("CRED"), denied("MEDN")], ratio(1, 2)),
        ("enrollment_missed", [denied("CRED", missed=True), denied("CRED", missed=False), denied("MEDN")], ratio(1, 2)),
        ("overturned", [denied("CRED"), denied("CRED", worked=True), OVERTURNED], ratio(1, 2)),
        ("days_to_277ca", [SENT, ACCEPTED], Spread(1, Decimal(2), Decimal(2))),
        ("held", [replace(RECEIVED, held=True, holds=("X",)), SENT], Sum(1, HUNDRED)),
        ("open_balance", [SENT, PAID, denied("CRED", 40, outcome="written_off", paid=Decimal(60))], Sum(2, Decimal(110))),
        ("days_in_ar", [SENT, PAID], Decimal("49.5")),
        ("collected", [SENT, PAID, denied("CRED")], ratio(60, 170)),
        ("late_risk", [replace(RECEIVED, due=TODAY + timedelta(30)), replace(RECEIVED, due=TODAY + timedelta(31)),
                       replace(ACCEPTED, due=TODAY)], Sum(1, HUNDRED)),
    ],
)  # fmt: skip
def test_each_metric_is_as_defined(name: str, courses: list[Course], wanted: Any) -> None:
    """What counts, of what."""
    assert value(name, *courses) == wanted


@pytest.mark.parametrize(
    ("outcome", "stands", "balance", "overturned"),
    [
        ("", True, 100, ratio(0, 1)),
        ("paid", True, 100, ratio(0, 1)),
        ("paid", False, 100, ratio(1, 1)),
        ("appealed_won", True, 100, ratio(0, 1)),
        ("appealed_lost", True, 60, ratio(0, 1)),
        ("written_off", True, 60, ratio(0, 1)),
        ("changed", False, 100, ratio(0, 1)),
        ("reversed", False, 100, ratio(0, 1)),
    ],
)
def test_only_a_remittance_says_that_the_payer_paid(
    outcome: str, stands: bool, balance: int, overturned: Ratio
) -> None:
    """A person's word can give dollars up, not bring them in; what the payer decided otherwise is not given up."""
    course = denied("CRED", 40, worked=True, outcome=outcome, stands=stands)
    assert course.balance == balance
    assert value("overturned", course) == overturned


def test_where_there_is_nothing_nothing_is_said() -> None:
    """No division by nothing, and no zero that could be taken for good news."""
    data = as_data(measure([], TODAY))
    assert {*DEFINITIONS} < {*data}
    assert data["days_in_ar"] is None
    assert data["denials"] == {"part": "0", "whole": "0", "percent": None}
    assert data["days_to_pay"] == {"count": 0, "median": None, "p90": None}


def test_the_open_balance_ages_from_the_day_of_service() -> None:
    """Bounds belong to the younger class."""
    courses = [replace(SENT, service_on=TODAY - timedelta(days)) for days in (30, 31, 120, 121)]
    assert measure(courses, TODAY).aging == {
        "0-30": 100, "31-60": 100, "61-90": 0, "91-120": 100, "over 120": 100
    }  # fmt: skip


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_half_wait_at_most_the_median_and_nine_tenths_at_most_p90(days: list[int]) -> None:
    """Both are waits that there were."""
    found = spread([Decimal(day) for day in days])
    for bound, percent in ((found.median, 50), (found.p90, 90)):
        assert bound in days
        assert 100 * sum(day <= bound for day in days) >= percent * len(days)
        assert 100 * sum(day < bound for day in days) < percent * len(days)


courses_of_any_kind = st.sampled_from([RECEIVED, SENT, ACCEPTED, PAID, denied("CRED"), OVERTURNED])


@given(st.lists(courses_of_any_kind), st.randoms(use_true_random=False))
def test_order_says_nothing_and_parts_are_at_most_their_whole(courses: list[Course], random: Any) -> None:
    """Claims come as they are stored."""
    shuffled = random.sample(courses, len(courses))
    found = measure(courses, TODAY)
    assert as_data(measure(shuffled, TODAY)) == as_data(found)
    assert all(0 <= each.part <= each.whole for each in found.values().values() if isinstance(each, Ratio))


@pytest.fixture
def payer(tmp_path: Path) -> Iterator[PayerSimulator]:
    with PayerSimulator(tmp_path / "payer") as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, payer: PayerSimulator) -> TestSite:
    return make_site(tmp_path / "site", {"alpha": payer}, enrolled=[("2000000010", "alpha")])


def test_a_site_knows_how_it_does(site: TestSite, payer: PayerSimulator) -> None:
    """Paid, partly paid, denied, declined, held and sent twice, as the store has them; by payer and by provider."""
    payer.scenario = Scenario(
        rules=(
            Rule(PayPartly(), claim="B"),
            Rule(Deny("B7", "N570"), claim="C"),
            Rule(Reject277("A7", "21", "PR"), claim="D"),
        )
    )
    today = datetime.now(UTC).date()
    lines = (
        LineSpec(charge=100, first_day=today - timedelta(9)),
        LineSpec("36415", charge=15, first_day=today - timedelta(9)),
    )
    specs = [ClaimSpec(n, lines, payer_id="77001", member_id=f"M{n}", rendering="2000000010") for n in "ABCD"]
    held = ClaimSpec("E", lines, payer_id="77001", member_id="ME", rendering="2000000028")
    site.drop("a.837", batch837p([*specs, held], control=1))
    site.drop("b.837", batch837p(specs[:1], control=2))
    exchange(site, payer)
    data = site.ask("metrics", by="provider")
    total = data["total"]
    assert total["received"] == {"count": 5, "dollars": "575"}
    assert (total["clean_claims"]["part"], total["clean_claims"]["whole"]) == ("3", "5")
    assert (total["first_pass"]["part"], total["first_pass"]["whole"]) == ("3", "4")
    assert (total["rejections"]["part"], total["rejections"]["whole"]) == ("1", "4")
    assert (total["denials"]["part"], total["denials"]["whole"]) == ("2", "3")
    assert total["enrollment_missed"]["whole"] == "1"
    assert total["held"]["count"] == 1
    assert total["days_to_999"]["count"] == 4
    assert total["days_to_remittance"]["count"] == 3
    assert {name: group["received"]["count"] for name, group in data["groups"].items()} == {
        "2000000010": 4, "2000000028": 1
    }  # fmt: skip
    assert site.ask("metrics", payer="alpha")["total"] == total
    assert site.ask("metrics", npi="2000000028")["total"]["received"]["count"] == 1
    assert site.ask("metrics", since=(today + timedelta(2)).isoformat())["total"]["received"]["count"] == 0
    assert json.dumps(data)
    assert "CRED" in PREVENTABLE


def test_metrics_and_denials_are_commands() -> None:
    """As people type them."""
    assert {"metrics", "denials"} <= {*gateway.rooms}
    group = gateway.get_command(click.Context(gateway), "denials")
    assert isinstance(group, click.Group)
    assert {*group.commands} == {"show", "assign", "note", "close"}
