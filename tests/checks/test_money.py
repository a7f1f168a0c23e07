"""Money and units: each defect is found at its place, and what merely looks odd passes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gateway.checks import CheckContext
from gateway.checks.edits import check_content
from gateway.model.claims import Claim
from tests.checks.claims import HOLD, REJECT, WARN, Hit, claim, content, dental, line, stay

ENCOUNTER = CheckContext(None, date.min, mode="RP")
FREE = Decimal(0)

CASES: list[tuple[Claim, list[Hit]]] = [
    (claim(charge=None), [("CHARGE_INVALID", REJECT, "2300/CLM02", None)]),
    (dental(line(1), line(2, charge=None)), [("CHARGE_INVALID", REJECT, "2400/SV302", 2)]),
    (stay(line(charge=Decimal(-5)), line(2)), [("CHARGE_NEGATIVE", REJECT, "2400/SV203", 1)]),
    (
        claim(line(charge=Decimal("10.005"))),
        [("CHARGE_CENTS", REJECT, "2300/CLM02", None), ("CHARGE_CENTS", REJECT, "2400/SV102", 1)],
    ),
    (claim(line(charge=Decimal("10.500"))), []),
    (stay(line(charge=FREE), frequency="0"), []),
    (claim(line(charge=FREE)), [("CHARGE_ZERO", WARN, "2300/CLM02", None)]),
    (claim(line(1), line(2, charge=FREE)), [("LINE_CHARGE_ZERO", WARN, "2400/SV102", 2)]),
    (claim(line(1), line(2, procedure="3008F", charge=FREE)), []),
    (stay(line(1), line(2, revenue_code="0022", charge=FREE)), []),
    (claim(charge=Decimal("100.01")), [("CHARGE_SUM", REJECT, "2300/CLM02", None)]),
    (claim(patient_paid=Decimal(100)), []),
    (claim(patient_paid=Decimal("100.01")), [("PATIENT_PAID_MORE", WARN, "2300/AMT02", None)]),
    (claim(patient_paid=Decimal(0)), []),
    (claim(patient_paid=Decimal("-0.01")), [("PATIENT_PAID_NEGATIVE", HOLD, "2300/AMT02", None)]),
    (claim(line(units=None)), [("UNITS_MISSING", REJECT, "2400/SV104", 1)]),
    (stay(line(units=None)), [("UNITS_MISSING", REJECT, "2400/SV205", 1)]),
    (dental(line(units=None)), []),
    (claim(line(units=Decimal(0))), [("UNITS_ZERO", REJECT, "2400/SV104", 1)]),
    (dental(line(1), line(2, units=Decimal(0))), [("UNITS_ZERO", REJECT, "2400/SV306", 2)]),
    (stay(line(units=Decimal("0.0"))), [("UNITS_ZERO", WARN, "2400/SV205", 1)]),
    (claim(line(units=Decimal("0.5"))), []),
    (claim(line(units=Decimal(-1))), [("UNITS_NEGATIVE", REJECT, "2400/SV104", 1)]),
]


@pytest.mark.parametrize(("one", "expected"), CASES)
def test_money_and_units(one: Claim, expected: list[Hit]) -> None:
    """Charges are whole cents that add up, and a line bills at least a part of a unit."""
    assert content(one) == expected


def test_an_encounter_report_may_charge_nothing_in_all_or_in_part() -> None:
    """A plan that pays by the head wants to know of the service and not of its price."""
    assert content(claim(line(charge=FREE)), ENCOUNTER) == []
    assert content(claim(line(1), line(2, charge=FREE)), ENCOUNTER) == []


def test_a_predetermination_may_charge_nothing() -> None:
    """It asks what would be paid."""
    assert content(dental(line(charge=FREE), predetermination=True)) == []


def test_a_finding_of_the_claims_own_charge_names_its_segment() -> None:
    """CLM02 stands in the CLM, whose position the claim knows."""

    assert check_content(claim(charge=None), ENCOUNTER)[0].segment == 20
