"""Checks of dates of service: missing, reversed, in the future, outside the statement or the stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import of_claim, of_line, pieces_from
from gateway.model.claims import Claim, ClaimKind, Finding, OtherDate, Outcome, ServiceLine
from gateway.x12.syntax import date_of

CLAIM_DATE = "2300/DTP03"
LINE_DATE = "2400/DTP03"
OCCURRENCE = "2300/HI"
# SBR09 of Medicare, which has a limit by calendar year.
_MEDICARE = frozenset({"MA", "MB"})
# Facility types (the first two digits of a bill type) of a patient who was admitted.
_INPATIENT = frozenset({"11", "12", "18", "21", "41", "65", "66", "86"})

STAYS = frozenset({"11", "18", "21", "41"})
"""Those of them whose bills are never without a date of admission."""

# Places of service of an inpatient: hospital, psychiatric facility, rehabilitation.
WARDS = frozenset({"21", "51", "61"})
# HI qualifiers of procedures, and what stands behind a claim's HI.
_PROCEDURES = frozenset({b"BBR", b"BBQ", b"BR", b"BQ"})
_BEHIND = frozenset({b"HCP", b"NM1", b"SBR", b"LX"})


def date_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Each professional line has its date of service; a dental line may take the claim's. A dental claim without any is
    legal by the guide, and is held for its enrollment's sake, so that it only warns. A predetermination has none yet."""
    if claim.kind is ClaimKind.INSTITUTIONAL or claim.predetermination:
        return ()
    outcome = Outcome.REJECT
    if claim.kind is ClaimKind.DENTAL:
        dated = any(line.first_day for line in claim.lines)
        if claim.first_day and not dated:
            return ()
        outcome = Outcome.HOLD if dated else Outcome.WARN
    found = []
    for line in claim.lines:
        if line.first_day is None:
            found.append(
                Finding(
                    "DATE_MISSING",
                    outcome,
                    LINE_DATE,
                    "The line has no valid date of service.",
                    "Correct the date of service and send the claim again.",
                    line=line.number,
                    segment=of_line(claim, line, "DTP", "472"),
                )
            )
    return found


def statement_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An institutional claim states the days it bills for."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or (claim.first_day and claim.last_day):
        return ()
    return [
        Finding(
            "STATEMENT_MISSING",
            Outcome.REJECT,
            CLAIM_DATE,
            "The claim has no valid statement dates.",
            "Enter the first and last day of the statement and send the claim again.",
            segment=of_claim(claim, "DTP", "434"),
        )
    ]


def date_reversed(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A range of days ends on or after the day it starts."""
    found = []
    if _is_reversed(claim.first_day, claim.last_day) and _states_days(claim):
        found.append(_reversed(CLAIM_DATE, None, of_claim(claim, "DTP", "434", "472")))
    for line in claim.lines:
        first, last = line.first_day, line.last_day
        if last is not first and _is_reversed(first, last):
            found.append(_reversed(LINE_DATE, line.number, of_line(claim, line, "DTP", "472")))
    for other in claim.other_dates:
        if other.last < other.first:
            found.append(_reversed(place_of(other), other.line, other.segment or None))
    return found


def place_of(other: OtherDate) -> str:
    """Of a day beside the services: an occurrence stands in an HI."""
    if other.qualifier[:2] in ("BH", "BI"):
        return OCCURRENCE
    return CLAIM_DATE if other.line is None else LINE_DATE


def _is_reversed(first: date | None, last: date | None) -> bool:
    return first is not None and last is not None and last < first


def _reversed(place: str, line: int | None, segment: int | None) -> Finding:
    return Finding(
        "DATE_REVERSED",
        Outcome.REJECT,
        place,
        "The range of dates ends before it starts.",
        "Correct the dates and send the claim again.",
        line=line,
        segment=segment,
    )


def date_future(claim: Claim, context: CheckContext) -> Sequence[Finding]:
    """A service starts, and a statement ends, today at the latest. The calendar alone may cure that, so it holds.
    A professional range may end later: supplies are billed on delivery for the days they last."""
    institutional = claim.kind is ClaimKind.INSTITUTIONAL
    found = []
    for line, first, last in _ranges(claim):
        begun, ended = (first or last), (last or first)
        if not begun or not ended or max(begun, ended) <= context.today:
            continue
        binding = ended if institutional and line is None else begun
        found.append(
            Finding(
                "DATE_FUTURE",
                Outcome.HOLD if binding > context.today else Outcome.WARN,
                LINE_DATE if line else CLAIM_DATE,
                "A date of service lies in the future.",
                "Correct the date, or let the claim wait until the day has come.",
                line=line.number if line else None,
                segment=of_line(claim, line, "DTP", "472") if line else of_claim(claim, "DTP", "434", "472"),
            )
        )
    return found


def admission_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A stay has its day of admission (DTP*435), and so have a physician's visits during one; not all payers ask for it."""
    if claim.admitted or not _is_stay(claim):
        return ()
    return [
        Finding(
            "ADMISSION_MISSING",
            Outcome.WARN,
            CLAIM_DATE,
            "The claim is for a stay, or for services during one, and has no valid date of admission.",
            "Enter the date of admission; most payers refuse the claim without it.",
            segment=of_claim(claim, "DTP", "435"),
        )
    ]


def _is_stay(claim: Claim) -> bool:
    if claim.kind is ClaimKind.INSTITUTIONAL:
        return claim.place_of_service in STAYS
    if claim.kind is ClaimKind.DENTAL:
        return False
    if claim.place_of_service in WARDS:
        return True
    for line in claim.lines:  # noqa: SIM110 - no generator, for the sake of speed
        if line.place_of_service in WARDS:
            return True
    return False


def line_outside_statement(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The lines of an institutional claim lie within its statement dates."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or claim.first_day is None or claim.last_day is None:
        return ()
    found = []
    for line in claim.lines:
        days = [day for day in (line.first_day, line.last_day) if day]
        if days and not claim.first_day <= min(days) <= max(days) <= claim.last_day:
            found.append(
                Finding(
                    "LINE_OUTSIDE_STATEMENT",
                    Outcome.HOLD,
                    LINE_DATE,
                    "The line's date of service lies outside the statement dates.",
                    "Correct the line or the statement dates and send the claim again.",
                    line=line.number,
                    segment=of_line(claim, line, "DTP", "472"),
                )
            )
    return found


def date_spans_years(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Medicare counts deductibles and filing limits by calendar year and wants one line for each."""
    if claim.filing_indicator not in _MEDICARE:
        return ()
    found = []
    for line in claim.lines:
        if line.first_day and line.last_day and line.first_day.year != line.last_day.year:
            found.append(
                Finding(
                    "DATE_SPANS_YEARS",
                    Outcome.WARN,
                    LINE_DATE,
                    "The line's dates of service lie in two calendar years, which Medicare wants on two lines.",
                    "Split the line at the end of the year.",
                    line=line.number,
                    segment=of_line(claim, line, "DTP", "472"),
                )
            )
    return found


def discharge_before_admission(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Nobody leaves before he came."""
    if claim.discharged is None or claim.admitted is None or claim.discharged >= claim.admitted:
        return ()
    return [
        Finding(
            "DISCHARGE_BEFORE_ADMISSION",
            Outcome.REJECT,
            CLAIM_DATE,
            "The discharge is before the admission.",
            "Correct the two dates and send the claim again.",
            segment=of_claim(claim, "DTP", "096"),
        )
    ]


def service_before_admission(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A stay is billed from its admission; a few payers take services of the days before with it."""
    if claim.admitted is None or claim.kind is not ClaimKind.INSTITUTIONAL or claim.place_of_service not in _INPATIENT:
        return ()
    if claim.first_day is None or claim.first_day >= claim.admitted:
        return ()
    return [
        Finding(
            "SERVICE_BEFORE_ADMISSION",
            Outcome.WARN,
            CLAIM_DATE,
            "The statement of this stay begins before the admission.",
            "Check both dates; leave them where the payer bundles the days before a stay with it.",
            segment=of_claim(claim, "DTP", "434"),
        )
    ]


def service_outside_stay(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """What a physician did in a hospital's ward lies between the admission and the discharge that the claim tells of."""
    if claim.kind is not ClaimKind.PROFESSIONAL or claim.place_of_service not in WARDS:
        return ()
    first, last = claim.first_day, claim.last_day
    early = claim.admitted is not None and last is not None and last < claim.admitted
    late = claim.discharged is not None and first is not None and first > claim.discharged
    if not early and not late:
        return ()
    return [
        Finding(
            "SERVICE_OUTSIDE_STAY",
            Outcome.HOLD,
            CLAIM_DATE,
            "All services were given in a hospital's ward, before the admission or after the discharge.",
            "Correct these dates, or the place of service, and send the claim again.",
            segment=of_claim(claim, "DTP", "435" if early else "096"),
        )
    ]


def procedure_after_statement(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A bill names the procedures of the days it bills for, and of a few before."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or claim.last_day is None or claim.text is None:
        return ()
    return [
        Finding(
            "PROCEDURE_AFTER_STATEMENT",
            Outcome.HOLD,
            f"2300/HI{number:02}-4",
            "A procedure is dated after the last day of the statement.",
            "Correct the procedure's date or the statement dates and send the claim again.",
            segment=position,
        )
        for position, number, day in _procedure_days(claim)
        if day > claim.last_day
    ]


def _procedure_days(claim: Claim) -> Iterator[tuple[int, int, date]]:
    mark = claim.text.delimiters.component if claim.text else b":"
    for position, elements in pieces_from(claim):
        if elements[0] in _BEHIND:
            return
        for number, composite in enumerate(elements[1:] if elements[0] == b"HI" else (), 1):
            kind, *said = composite.split(mark)
            if kind in _PROCEDURES and len(said) > 2 and (day := date_of(said[2])):
                yield position, number, day


def _states_days(claim: Claim) -> bool:
    """Whether the claim has days of its own, and not just those of its lines."""
    return claim.kind is ClaimKind.INSTITUTIONAL or not any(line.first_day for line in claim.lines)


def _ranges(claim: Claim) -> list[tuple[ServiceLine | None, date | None, date | None]]:
    """Every range of days the claim states: those of its lines, and the statement's where there is one."""
    own = [(None, claim.first_day, claim.last_day)] if _states_days(claim) else []
    return [*own, *((line, line.first_day, line.last_day) for line in claim.lines)]


CHECKS = (
    Check("DATE_MISSING", date_missing, worst=Outcome.REJECT, once=True),
    Check("STATEMENT_MISSING", statement_missing, worst=Outcome.REJECT, once=True),
    Check("DATE_REVERSED", date_reversed, worst=Outcome.REJECT, once=True),
    Check("DATE_FUTURE", date_future, worst=Outcome.HOLD),
    Check("ADMISSION_MISSING", admission_missing, worst=Outcome.WARN, once=True),
    Check("LINE_OUTSIDE_STATEMENT", line_outside_statement, worst=Outcome.HOLD, once=True),
    Check("DATE_SPANS_YEARS", date_spans_years, worst=Outcome.WARN, once=True),
    Check("DISCHARGE_BEFORE_ADMISSION", discharge_before_admission, worst=Outcome.REJECT, once=True),
    Check("PROCEDURE_AFTER_STATEMENT", procedure_after_statement, worst=Outcome.HOLD, once=True),
    Check("SERVICE_OUTSIDE_STAY", service_outside_stay, worst=Outcome.HOLD, once=True),
    Check("SERVICE_BEFORE_ADMISSION", service_before_admission, worst=Outcome.WARN, once=True),
)
