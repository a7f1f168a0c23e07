"""One engine for clocks that run out: when something is due, how long is left, which steps of a ladder have come."""

from __future__ import annotations

from gateway.deadlines.days import add_days, add_months, days_left, federal_holidays, is_business_day, next_business_day
from gateway.deadlines.filing import FilingLimit, filing_anchor, filing_due, filing_limit, limit_text
from gateway.deadlines.ladders import FILING_LADDER, LADDERS, STEP_NAMES, Kind, Step, steps_due
from gateway.deadlines.running import Deadline
from gateway.deadlines.stakes import Stake

__all__ = [
    "FILING_LADDER",
    "LADDERS",
    "STEP_NAMES",
    "Deadline",
    "FilingLimit",
    "Kind",
    "Stake",
    "Step",
    "add_days",
    "add_months",
    "days_left",
    "federal_holidays",
    "filing_anchor",
    "filing_due",
    "filing_limit",
    "is_business_day",
    "limit_text",
    "next_business_day",
    "steps_due",
]
