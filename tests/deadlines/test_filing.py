"""Filing rules: which one is about a claim, and the last day it leaves, by every kind of rule that payers have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.checks import CheckContext, run_checks
from gateway.checks.edits import BUILT_IN, next_change
from gateway.config.declarations import read_declaration
from gateway.deadlines import (
    add_months,
    federal_holidays,
    filing_due,
    filing_limit,
    is_business_day,
    limit_text,
    next_business_day,
)
from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Outcome
from gateway.model.partners import Anchor, FilingRule, Payer, Unit
from gateway.testing.kit.shipped import folder
from tests.deadlines.test_ladders import claim, line

FROM, THROUGH, LEFT = date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 4)
REMIT, DENIED = date(2026, 5, 20), date(2026, 6, 15)
P, I, D = ClaimKind.PROFESSIONAL, ClaimKind.INSTITUTIONAL, ClaimKind.DENTAL  # noqa: E741
A = Anchor


def served(kind: ClaimKind = P, **changes: Any) -> Claim:
    """A claim for 2 to 5 March on one line; an institutional one of that statement."""
    return replace(claim(kind, FROM, THROUGH, line(1, FROM, THROUGH)), **changes)


def payer(*rules: FilingRule, days: int = 90) -> Payer:
    return Payer("alpha", "Alpha Health Plan", timedelta(days=days), filing_rules=rules)


def rule(anchor: Anchor, count: int, unit: Unit = Unit.DAYS, **more: Any) -> FilingRule:
    return FilingRule(anchor, count, unit, **more)


SECOND = {"payer_responsibility": "S", "coverages": (Coverage("P", paid_on=REMIT),)}
MEDICARE = (
    rule(A.DOS_FROM, 1, Unit.YEARS, line_of_business="MB", source="42 CFR 424.44"),
    rule(A.DOS_THROUGH, 1, Unit.YEARS, line_of_business="MA", source="42 CFR 424.44"),
)


def test_the_shipped_medicare_profile_counts_each_part_as_the_rule_does() -> None:
    """42 CFR 424.44: a professional claim from its line's first day, an institutional one from its statement's last."""
    payers, _ = read_declaration(folder() / "medicare_contractor.toml")
    assert filing_due(served(filing_indicator="MB"), payers[0]) == date(2027, 3, 2)
    assert filing_due(served(I, filing_indicator="MA"), payers[0]) == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("rules", "one", "due"),
    [
        pytest.param(MEDICARE, served(filing_indicator="MB"), date(2027, 3, 2), id="Medicare Part B, line from date"),
        pytest.param(MEDICARE, served(I, filing_indicator="MA"), date(2027, 3, 5), id="Medicare Part A, through date"),
        pytest.param(MEDICARE, served(), date(2026, 5, 31), id="another line of business has the default"),
        pytest.param([rule(A.DOS_FROM, 365)], served(), date(2027, 3, 2), id="Medicare Advantage, TRICARE: 365 days"),
        pytest.param([rule(A.DOS_FROM, 12, Unit.MONTHS)], served(), date(2027, 3, 2), id="Medicaid: 12 months"),
        pytest.param([rule(A.DOS_FROM, 95)], served(), date(2026, 6, 5), id="a state's Medicaid: 95 days"),
        pytest.param([rule(A.DOS_FROM, 90)], served(), date(2026, 5, 31), id="90 days of participants"),
        pytest.param([rule(A.DOS_THROUGH, 90)], served(), date(2026, 6, 3), id="90 days from the last day"),
        pytest.param([rule(A.DOS_FROM, 180)], served(), date(2026, 8, 29), id="180 days"),
        pytest.param(
            [rule(A.DOS_FROM, 1, Unit.YEAR_ENDS, line_of_business="FI"), rule(A.DOS_FROM, 180)],
            served(filing_indicator="FI"),
            date(2027, 12, 31),
            id="a federal employees' plan: 31 December of the following year",
        ),
        pytest.param([rule(A.DISCHARGE, 120)], served(discharged=LEFT), date(2026, 7, 2), id="from the discharge"),
        pytest.param([rule(A.DISCHARGE, 120)], served(I), date(2026, 7, 3), id="no discharge: from the last day"),
        pytest.param(
            [rule(A.PRIMARY_REMIT, 60, claims="secondary")],
            served(**SECOND),
            date(2026, 7, 19),
            id="secondary: 60 days",
        ),
        pytest.param(
            [rule(A.DOS_FROM, 180), rule(A.PRIMARY_REMIT, 90, claims="secondary")],
            served(**SECOND),
            date(2026, 8, 18),
            id="the class goes before the order",
        ),
        pytest.param(
            [rule(A.DOS_FROM, 365, claims="corrected")],
            served(frequency="7"),
            date(2027, 3, 2),
            id="corrected: from DOS",
        ),
        pytest.param(
            [rule(A.DENIAL, 60, claims="corrected")],
            served(frequency="7"),
            date(2026, 8, 14),
            id="corrected: from denial",
        ),
        pytest.param([], served(), date(2026, 5, 31), id="unknown: the declaration's days"),
        pytest.param([], served(I), date(2026, 6, 3), id="unknown, institutional: from the last day"),
    ],
)
def test_every_kind_of_rule_gives_its_last_day(rules: tuple[FilingRule, ...], one: Claim, due: date) -> None:
    """Anchor plus limit, the last day itself still in time."""
    assert filing_due(one, payer(*rules), adjudicated_on=DENIED) == due


def test_the_payment_of_a_line_starts_the_clock_of_a_secondary_claim_too() -> None:
    """DTP*573 may stand in 2330B or in 2430; the latest counts, for only then was the first payer done."""
    paid = replace(line(1, FROM, THROUGH), adjudications=(Adjudication("P1", None, None, paid_on=DENIED),))
    one = served(**SECOND | {"lines": (paid,)})
    assert filing_due(one, payer(rule(A.PRIMARY_REMIT, 60, claims="secondary"))) == DENIED + timedelta(days=60)


def test_an_exact_line_of_business_goes_before_any() -> None:
    """In whatever order the payer declares them."""
    rules = (rule(A.DOS_FROM, 180), rule(A.DOS_FROM, 365, line_of_business="MB"))
    assert filing_due(served(filing_indicator="MB"), payer(*rules)) == date(2027, 3, 2)
    assert filing_due(served(filing_indicator="CI"), payer(*rules)) == date(2026, 8, 29)
    assert filing_due(served(filing_indicator=""), payer(*rules)) == date(2026, 8, 29)


@pytest.mark.parametrize(
    ("one", "rules"),
    [
        (served(payer_responsibility="S"), [rule(A.PRIMARY_REMIT, 60, claims="secondary")]),
        (served(frequency="7"), [rule(A.DENIAL, 60, claims="corrected")]),
        (served(frequency="7"), [rule(A.DOS_FROM, 90)]),
        (served(payer_responsibility="T"), []),
    ],
)
def test_without_its_own_clock_a_claim_has_the_limit_of_originals_and_is_not_firm(
    one: Claim, rules: list[FilingRule]
) -> None:
    """The nearer day warns; whether it binds nobody here knows, so that it holds nothing."""
    limit = filing_limit(one, payer(*rules))
    assert limit
    assert (limit.due, limit.firm) == (date(2026, 5, 31), False)
    found, _ = run_checks(one, CheckContext(payer(*rules), date(2026, 6, 1)), BUILT_IN)
    assert (found.code, found.outcome) == ("FILING_PAST", Outcome.WARN)


def test_a_limit_of_its_own_class_holds() -> None:
    """A secondary claim whose remittance is too old is a certain denial."""
    alpha = payer(
        rule(A.PRIMARY_REMIT, 60, claims="secondary", source="manual, section 7", verified_on=date(2026, 1, 15))
    )
    last = REMIT + timedelta(days=60)
    assert next(f.code for f in run_checks(served(**SECOND), CheckContext(alpha, last), BUILT_IN)) == "FILING_SOON"
    found, _ = run_checks(served(**SECOND), CheckContext(alpha, last + timedelta(days=1)), BUILT_IN)
    assert (found.code, found.outcome, found.place) == ("FILING_PAST", Outcome.HOLD, "2330B/DTP03")
    assert found.evidence == (
        "filing limit of 60 days, counted from the first payer's remittance, source manual, section 7,"
        " looked up 2026-01-15"
    )
    assert "CLM20" in found.next_step


@pytest.mark.parametrize("changes", [{"frequency": "8"}, {"predetermination": True}])
def test_a_void_and_a_predetermination_have_no_limit(changes: dict[str, Any]) -> None:
    """The one takes a claim back, the other bills nothing."""
    assert filing_due(served(D, **changes), payer(*MEDICARE)) is None


@pytest.mark.parametrize(
    ("anchor", "count", "unit", "day", "due"),
    [
        (A.DOS_FROM, 1, Unit.YEARS, date(2024, 2, 29), date(2025, 2, 28)),
        (A.DOS_FROM, 1, Unit.YEARS, date(2023, 2, 28), date(2024, 2, 28)),
        (A.DOS_FROM, 4, Unit.YEARS, date(2024, 2, 29), date(2028, 2, 29)),
        (A.DOS_FROM, 365, Unit.DAYS, date(2024, 2, 29), date(2025, 2, 28)),
        (A.DOS_FROM, 1, Unit.MONTHS, date(2026, 1, 31), date(2026, 2, 28)),
        (A.DOS_FROM, 12, Unit.MONTHS, date(2024, 2, 29), date(2025, 2, 28)),
        (A.DOS_FROM, 6, Unit.MONTHS, date(2026, 8, 31), date(2027, 2, 28)),
        (A.DOS_FROM, 1, Unit.YEAR_ENDS, date(2026, 1, 1), date(2027, 12, 31)),
        (A.DOS_FROM, 36_500, Unit.YEARS, date(2026, 1, 1), date.max),
    ],
)
def test_months_and_years_end_where_the_calendar_does(
    anchor: Anchor, count: int, unit: Unit, day: date, due: date
) -> None:
    """One calendar year after a leap day is 28 February, a month after 31 January the last of February."""
    one = claim(P, day, day, line(1, day, day))
    assert filing_due(one, payer(rule(anchor, count, unit))) == due


@pytest.mark.parametrize(
    ("day", "closed", "due"),
    [
        (date(2026, 5, 29), (), date(2026, 5, 29)),  # a Friday
        (date(2026, 5, 30), (), date(2026, 6, 1)),
        (date(2026, 5, 23), (), date(2026, 5, 26)),  # Saturday, Sunday, Memorial Day
        (date(2026, 7, 3), (), date(2026, 7, 6)),  # Independence Day falls on a Saturday
        (date(2026, 11, 26), (), date(2026, 11, 27)),
        (date(2026, 11, 26), (date(2026, 11, 27),), date(2026, 11, 30)),
        (date(2027, 12, 31), (), date(2028, 1, 3)),  # New Year's Day falls on a Saturday
        (date.max, (), date.max),
    ],
)
def test_a_limit_rolls_to_the_next_business_day(day: date, closed: tuple[date, ...], due: date) -> None:
    """Over weekends, federal holidays and what the site adds, where the rule says so, and nowhere else."""
    served_on = date.min if day == date.max else day - timedelta(days=10)
    one = claim(P, served_on, served_on, line(1, served_on, served_on))
    count = (day - served_on).days
    assert filing_due(one, payer(rule(A.DOS_FROM, count, roll=True)), frozenset(closed)) == due
    assert filing_due(one, payer(rule(A.DOS_FROM, count)), frozenset(closed)) == day


def test_federal_holidays_are_those_of_the_government() -> None:
    """As the Office of Personnel Management lists them for 2026, and New Year's Day of 2022, observed in 2021."""
    listed = ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]
    assert sorted(day.isoformat()[5:] for day in federal_holidays(2026)) == listed
    assert date(2021, 12, 31) in federal_holidays(2021)
    assert date(2020, 6, 19) not in federal_holidays(2020)
    assert len(federal_holidays(9999)) == 11


@given(st.dates(), st.sets(st.dates(), max_size=3))
def test_a_rolled_day_is_the_first_that_is_open(day: date, closed: set[date]) -> None:
    """Never earlier, never further than it must, and never a closed one but at the end of the calendar."""
    rolled = next_business_day(day, closed)
    assert rolled >= day
    assert is_business_day(rolled, closed) or rolled == date.max
    between = (day + timedelta(days=n) for n in range((rolled - day).days))
    assert not any(is_business_day(each, closed) for each in between)


@given(st.dates(), st.integers(-200_000, 200_000))
def test_months_keep_the_day_where_they_have_it(day: date, count: int) -> None:
    """Otherwise they end at their own last day."""
    moved = add_months(day, count)
    if moved not in (date.min, date.max):
        assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == count
        assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


_RULES = st.builds(
    FilingRule,
    anchor=st.sampled_from(Anchor),
    count=st.integers(1, 400),
    unit=st.sampled_from(Unit),
    line_of_business=st.sampled_from(["*", "CI", "MB"]),
    claims=st.sampled_from(["original", "corrected", "secondary"]),
    roll=st.booleans(),
)


@given(
    st.lists(_RULES, max_size=5),
    st.sampled_from(["1", "7"]),
    st.sampled_from(["P", "S"]),
    st.none() | st.just(DENIED),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
)
def test_the_checks_turn_on_exactly_the_due_day(
    rules: list[FilingRule], frequency: str, rank: str, decided: date | None, today: date
) -> None:
    """Whatever the rules: silent until fifteen days before, a warning through the last day, past it from the next; and
    the claim is looked at again on the day on which that changes."""
    one, alpha = served(frequency=frequency, payer_responsibility=rank, payer_control_number="X"), payer(*rules)
    limit = filing_limit(one, alpha, adjudicated_on=decided)
    assert limit
    context = CheckContext(alpha, today, adjudicated_on=decided)
    said = {f.code for f in run_checks(one, context, BUILT_IN) if f.code.startswith("FILING")}
    left = (limit.due - today).days
    assert said == ({"FILING_PAST"} if left < 0 else {"FILING_SOON"} if left <= 14 else set())
    again = next_change(one, context)
    turns = [day for day in (limit.due - timedelta(days=14), limit.due + timedelta(days=1)) if day > today]
    assert not turns or (again is not None and again <= min(turns))
    assert limit_text(limit.rule)
