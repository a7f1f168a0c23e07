"""Clean claims of each kind for the tests of checks, and what the content checks say of them. All fictional."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.checks import CheckContext
from gateway.checks.edits import check_content
from gateway.model.claims import (
    BillingProvider,
    Claim,
    ClaimKind,
    Diagnosis,
    Outcome,
    Patient,
    PostalAddress,
    Provider,
    ServiceLine,
)
from gateway.model.x12 import Span

PASS, WARN, HOLD, REJECT = Outcome
DOS = date(2026, 7, 10)
DAY = timedelta(days=1)
UNDATED = CheckContext(payer=None, today=date.min)
ADDRESS = PostalAddress("12 EXAMPLE STREET", "", "ALBANY", "NY", "122070001")
PATIENT = Patient(
    relationship="18",
    subscriber_relationship="18",
    subscriber_entity_type="1",
    born=date(1980, 2, 29),
    sex="F",
    demographics=True,
    address=True,
)
DEPENDENT = replace(PATIENT, dependent=True, relationship="19", subscriber_relationship="")

Hit = tuple[str, Outcome, str, int | None]


def billing(**changes: Any) -> BillingProvider:
    made = BillingProvider("1234567893", "2", "999990001", "207Q00000X", address=ADDRESS, segment=8)
    return replace(made, **changes)


def at(**changes: Any) -> dict[str, Any]:
    """The billing provider at an address changed as asked."""
    return {"billing": billing(address=replace(ADDRESS, **changes))}


def line(number: int = 1, first: date | None = DOS, last: date | None = None, **changes: Any) -> ServiceLine:
    """Each line another service, so that no two say the same."""
    made = ServiceLine(
        number,
        f"9921{number}",
        (),
        Decimal("100.00"),
        Decimal(1),
        first,
        last or first,
        control=f"L{number}",
        procedure_qualifier="HC",
        unit="UN",
        pointers=("1",),
    )
    return replace(made, **changes)


def claim(*lines: ServiceLine, **changes: Any) -> Claim:
    """A clean professional claim, changed as asked."""
    lines = lines or (line(),)
    days = [day for one in lines for day in (one.first_day, one.last_day) if day]
    made = Claim(
        kind=ClaimKind.PROFESSIONAL,
        transaction_set=0,
        levels=(0, 1),
        span=Span(0, 1),
        position=20,
        control_number="T1001",
        charge=sum((one.charge for one in lines if one.charge), Decimal(0)),
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="1EG4TE5MK73",
        billing=billing(),
        providers=(Provider("82", "2000000010", "1", segment=24),),
        lines=lines,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        patient=PATIENT,
        diagnoses=(Diagnosis("ABK", "E119"),),
    )
    return replace(made, **changes)


def stay(*lines: ServiceLine, **changes: Any) -> Claim:
    """A clean institutional claim over ten days."""
    lines = tuple(replace(one, revenue_code=one.revenue_code or "0450", pointers=()) for one in lines or (line(),))
    own = {
        "kind": ClaimKind.INSTITUTIONAL,
        "place_of_service": "13",
        "providers": (Provider("71", "2000000010", "1"),),
        "first_day": DOS,
        "last_day": DOS + 9 * DAY,
    }
    return claim(*lines, **{**own, **changes})


def dental(*lines: ServiceLine, **changes: Any) -> Claim:
    """A clean dental claim."""
    own = [replace(one, procedure_qualifier="AD", procedure="D2150", pointers=()) for one in lines or (line(),)]
    return claim(*own, **{"kind": ClaimKind.DENTAL, "diagnoses": (), **changes})


def content(one: Claim, context: CheckContext = UNDATED) -> list[Hit]:
    """Everything the content checks object to."""
    return [(f.code, f.outcome, f.place, f.line) for f in check_content(one, context) if f.code != "CONTENT_PASSED"]
