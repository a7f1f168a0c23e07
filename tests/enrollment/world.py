"""A small world for the gate: one group, two doctors, a payer, and claims as the reader makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.enrollment import judge_enrollment
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Finding, Provider, ServiceLine
from gateway.model.enrollment import Enrollment, EnrollmentState
from gateway.model.evidence import Evidence
from gateway.model.lists import Generation, Listed, ListKind, Shelf
from gateway.model.partners import Payer, Policy
from gateway.model.x12 import Span

GROUP, DOCTOR, COLLEAGUE = "1234567893", "2000000010", "2000000028"
TAX_ID, OTHER_TAX_ID = "999990001", "999990002"
ALPHA = Payer(key="alpha", name="Alpha Health Plan")
LEARNING = replace(ALPHA, policy=Policy.LEARNING)
OPEN_NETWORK = replace(ALPHA, out_of_network_billable=True)
TODAY = date(2026, 11, 23)
DOS = date(2026, 7, 10)
DAY = timedelta(days=1)
S = EnrollmentState

PENDING_STATES = [S.NOT_STARTED, S.IN_PREPARATION, S.SUBMITTED, S.IN_REVIEW, S.MORE_INFO_NEEDED]
OVER_STATES = [S.LAPSED, S.STAY, S.DEACTIVATED, S.REVOKED, S.TERMED]


def line(number: int = 1, first: date | None = DOS, last: date | None = None, **more: Any) -> ServiceLine:
    return ServiceLine(
        number, "99213", more.pop("modifiers", ()), Decimal(100), Decimal(1), first, last or first, **more
    )


def claim(*lines: ServiceLine, **changes: Any) -> Claim:
    """A professional claim of a group, rendered by DOCTOR (2310B)."""
    lines = lines or (line(),)
    days = [day for one in lines for day in (one.first_day, one.last_day) if day]
    made = Claim(
        kind=ClaimKind.PROFESSIONAL,
        transaction_set=0,
        levels=(0, 1),
        span=Span(0, 1),
        position=20,
        control_number="T1001",
        charge=Decimal(100 * len(lines)),
        place_of_service="11",
        frequency="1",
        payer_id="ALPHA1",
        payer_responsibility="P",
        filing_indicator="CI",
        member_id="MEMBER1",
        billing=BillingProvider(GROUP, "2", TAX_ID),
        providers=(Provider("82", DOCTOR, "1"),),
        lines=lines,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
    )
    return replace(made, **changes)


def record(npi: str = DOCTOR, state: EnrollmentState = S.ACTIVE, **changes: Any) -> Enrollment:
    """A record of 2026 on, seen this month."""
    made = Enrollment(npi, "alpha", state, date(2026, 1, 1), source="roster", observed_on=date(2026, 11, 1), id=7)
    return replace(made, **changes)


GROUP_ACTIVE = record(GROUP, id=1)


def judge(
    one: Claim, *records: Enrollment, payer: Payer = ALPHA, today: date = TODAY, mode: str = "CH", **known: Any
) -> tuple[Finding, ...]:
    """By these records and whatever else is `known` (fields of Evidence)."""
    return judge_enrollment(one, payer, Evidence(records, **known), today, mode)


def codes(findings: Sequence[Finding], place: str = "2310B/NM109") -> list[str]:
    return [finding.code for finding in findings if finding.place == place]


def the(findings: Sequence[Finding], code: str) -> Finding:
    (found,) = (finding for finding in findings if finding.code == code)
    return found


def shelf(*kinds: ListKind, dated: date = TODAY - 7 * DAY, entries: Mapping[str, Listed] | None = None) -> Shelf:
    """These lists are loaded, all of one day, and say this of some NPIs."""
    return Shelf({kind: Generation(kind, 3, dated, 9) for kind in kinds}, entries or {})
