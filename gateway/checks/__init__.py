"""Edits of a claim before it is sent: each check is one small pure function, and findings decide.

`BUILT_IN` holds the checks that are true for every payer; enrollment is judged beside them, with the records it needs.
"""

from __future__ import annotations

from datetime import date, timedelta

from gateway.checks import charges, dates, filing, identity, providers
from gateway.checks.engine import FIRM, Check, CheckContext, apply_severities, decide, run_checks
from gateway.deadlines import add_days, filing_due
from gateway.model.claims import Claim

__all__ = [
    "BUILT_IN",
    "FIRM",
    "Check",
    "CheckContext",
    "apply_severities",
    "decide",
    "next_change",
    "run_checks",
]

BUILT_IN = (*identity.CHECKS, *charges.CHECKS, *dates.CHECKS, *providers.CHECKS, *filing.CHECKS)


def next_change(claim: Claim, context: CheckContext) -> date | None:
    """The next day on which a built-in check could change its word by the calendar alone. None if none will."""
    due = filing_due(claim, context.payer) if context.payer else None
    clocks = [add_days(due, -filing.DUE_SOON), add_days(due, timedelta(days=1))] if due else []
    days = [claim.first_day, claim.last_day, *(d for line in claim.lines for d in (line.first_day, line.last_day))]
    return min((day for day in (*clocks, *days) if day and day > context.today), default=None)
