"""All our own edits, in the order in which people should see what they find.

`CONTENT` holds the checks that look at a claim and its set alone, run once when the claim is read; `BUILT_IN` those that
ask for the payer or the calendar and are run whenever the gate judges. Enrollment is judged beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from gateway.checks import (
    adjustments,
    billing,
    charges,
    cob,
    dates,
    diagnoses,
    filing,
    fitting,
    frequency,
    history,
    identity,
    lines,
    patient,
    plans,
    providers,
    specialties,
    stays,
    teeth,
    units,
)
from gateway.checks.concerned import CONCERNED
from gateway.checks.engine import Check, CheckContext, check_alone
from gateway.deadlines import add_days
from gateway.model.claims import Claim, Finding

_ROOMS = (
    identity,
    frequency,
    patient,
    charges,
    lines,
    units,
    diagnoses,
    dates,
    history,
    providers,
    billing,
    cob,
    adjustments,
    specialties,
    plans,
    fitting,
    stays,
    teeth,
    filing,
)
_ALL = tuple(check for room in _ROOMS for check in room.CHECKS)
CONTENT = tuple(replace(check, concerns=CONCERNED.get(check.code)) for check in _ALL if check.once)
BUILT_IN = tuple(check for check in _ALL if not check.once)


def check_content(claim: Claim, context: CheckContext, checks: Sequence[Check] = CONTENT) -> tuple[Finding, ...]:
    """What the content checks find in a claim that was just read, and one CONTENT_PASSED for those that found nothing.

    `context` needs neither payer nor today. The findings are to be added to `claim.findings`.
    """
    [found] = check_alone([(claim, context)], checks)
    return found


def next_change(claim: Claim, context: CheckContext) -> date | None:
    """The next day on which a built-in check could change its word by the calendar alone. None if none will."""
    limit = filing.limit_of(claim, context)
    clocks = [add_days(limit.due, -filing.DUE_SOON), add_days(limit.due, timedelta(days=1))] if limit else []
    days = [claim.first_day, claim.last_day, *(d for line in claim.lines for d in (line.first_day, line.last_day))]
    days += [told.day for told in history.told_of(claim)]
    return min((day for day in (*clocks, *days) if day and day > context.today), default=None)
