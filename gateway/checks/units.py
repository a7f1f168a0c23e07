"""Checks of units: how many of a service a line bills."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import SERVICE, of_line
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, ServiceLine

UNITS = {
    ClaimKind.PROFESSIONAL: "2400/SV104",
    ClaimKind.INSTITUTIONAL: "2400/SV205",
    ClaimKind.DENTAL: "2400/SV306",
}
_ZERO = Decimal(0)
_MINUTES = "MJ"
UNTIMED = frozenset({"01953", "01996"})
"""Anesthesia without time: an add-on by area, daily management."""

# And sedation, which has it in some payers' books.
_EITHER = UNTIMED | {"", "99151", "99152", "99153", "99155", "99156", "99157"}


def units_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Each line says how many units; a dental line without them is for one."""
    if claim.kind is ClaimKind.DENTAL:
        return ()
    found = []
    for line in claim.lines:
        if line.units is None:
            found.append(_units("UNITS_MISSING", Outcome.REJECT, claim, line, "The line does not say how many units."))
    return found


def units_zero(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """No units are no service; an institutional line may stand for its rate code alone."""
    found = []
    for line in claim.lines:
        if not line.units and line.units is not None:
            outcome = Outcome.WARN if claim.kind is ClaimKind.INSTITUTIONAL else Outcome.REJECT
            found.append(_units("UNITS_ZERO", outcome, claim, line, "The line bills no units."))
    return found


def units_negative(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A service is taken back by a void, not by negative units."""
    found = []
    for line in claim.lines:
        if line.units is not None and line.units < _ZERO:
            found.append(_units("UNITS_NEGATIVE", Outcome.REJECT, claim, line, "The line bills negative units."))
    return found


def unit_differs(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Anesthesia (00100 to 01999) is counted in minutes, but for the few codes that have no time; little else is."""
    if claim.kind is not ClaimKind.PROFESSIONAL:
        return ()
    return [
        _odd_unit(claim, line)
        for line in claim.lines
        if (line.unit == _MINUTES or line.procedure[:1] == "0") and is_odd_unit(line.unit, line.procedure)
    ]


@lru_cache(maxsize=1024)
def is_odd_unit(unit: str, procedure: str) -> bool:
    """Whether a procedure of a professional line is counted in minutes and should not be, or the other way round."""
    timed = len(procedure) == 5 and procedure.isdecimal() and "00100" <= procedure <= "01999"
    return (unit == _MINUTES) != timed and procedure not in _EITHER


def _odd_unit(claim: Claim, line: ServiceLine) -> Finding:
    return Finding(
        "UNIT_DIFFERS",
        Outcome.WARN,
        "2400/SV103",
        "Anesthesia is not counted in minutes (MJ), or another service is.",
        "Enter minutes for anesthesia and units for other services, unless the payer wants them otherwise.",
        line=line.number,
        segment=of_line(claim, line, "SV1"),
    )


def _units(code: str, outcome: Outcome, claim: Claim, line: ServiceLine, message: str) -> Finding:
    next_step = "Enter the number of units and send the claim again."
    segment = of_line(claim, line, SERVICE[claim.kind])
    return Finding(code, outcome, UNITS[claim.kind], message, next_step, line=line.number, segment=segment)


CHECKS = (
    Check("UNITS_MISSING", units_missing, worst=Outcome.REJECT, once=True),
    Check("UNITS_ZERO", units_zero, worst=Outcome.REJECT, once=True),
    Check("UNITS_NEGATIVE", units_negative, worst=Outcome.REJECT, once=True),
    Check("UNIT_DIFFERS", unit_differs, worst=Outcome.WARN, once=True),
)
