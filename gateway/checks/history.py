"""Checks of what a claim tells beside its services: days that are still to come, or in an order that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from gateway.checks.dates import CLAIM_DATE, place_of
from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import DEPENDENT, SUBSCRIBER, of_level, of_other_payer, pieces_from
from gateway.model.claims import Adjudication, Claim, Coverage, Finding, OtherDate, Outcome

PAYMENT_DATE, LINE_PAYMENT_DATE = "2330B/DTP03", "2430/DTP03"
"""DTP*573."""

# DTP01 of what has happened when it is told: received by a repricer, discharge, last X-ray, onset, last seen, treatment,
# test and so on. Disability, return to work, therapy and care given up may well be still to come.
_PAST = frozenset({
    "011", "050", "090", "096", "139", "297", "304", "431", "441", "444", "453", "454", "455", "461", "471", "484", "738",
    "739",
})  # fmt: skip
# Occurrences of a bill that may be still to come: end of benefits, a bed, an admission, an operation that was put off.
_SCHEDULED = frozenset({"BH25", "BH26", "BH40", "BH43"})
# DTP01 of what comes before a service: last seen, onset, accident, acute manifestation, first treatment, last X-ray,
# prescription, last menstrual period.
_BEFORE = frozenset({"304", "431", "439", "453", "454", "455", "471", "484"})
# Those of them that a life begins before; a last menstrual period may be a mother's.
_IN_LIFE = (_BEFORE | {"435", "297", "360"}) - {"484"}
# DTP01 of a first and of a last day that are stated apart: disability, out of work, in care, treatment.
_PAIRS = (("360", "361"), ("297", "296"), ("090", "091"), ("196", "198"))


class Told(NamedTuple):
    """What a claim says has happened on a day: where it says so, and which segment does."""

    place: str
    line: int | None
    day: date
    segment: int | None


def date_not_yet(claim: Claim, context: CheckContext) -> Sequence[Finding]:
    """What the claim tells of, such as an accident, an onset, an admission or another payer's payment, has happened."""
    return [
        Finding(
            "DATE_NOT_YET",
            Outcome.HOLD,
            told.place,
            "The claim tells of something that has happened, on a day that is still to come.",
            "Correct the date in the billing software and send the claim again.",
            line=told.line,
            segment=told.segment,
        )
        for told in told_of(claim)
        if told.day > context.today
    ]


def told_of(claim: Claim) -> list[Told]:
    """What the claim says has happened, services apart. A predetermination tells of plans, but for an accident."""
    found = [_of_claim(claim, "439", claim.accident_day)]
    if not claim.predetermination:
        found.append(_of_claim(claim, "435", claim.admitted))
        past = (other for other in claim.other_dates if _is_past(other.qualifier))
        found += [Told(place_of(other), other.line, _told_on(other), other.segment or None) for other in past]
    found.append(_died(claim))
    found += [_paid(claim, PAYMENT_DATE, payer, None) for payer in claim.coverages]
    found += [_paid(claim, LINE_PAYMENT_DATE, paid, line.number) for line in claim.lines for paid in line.adjudications]
    return [told for told in found if told]


def _of_claim(claim: Claim, qualifier: str, day: date | None) -> Told | None:
    if day is None:
        return None
    stated = (other.segment for other in claim.other_dates if other.qualifier == qualifier and other.line is None)
    return Told(CLAIM_DATE, None, day, next(stated, claim.position))


def _died(claim: Claim) -> Told | None:
    if claim.patient.died is None:
        return None
    level = DEPENDENT if claim.patient.dependent else SUBSCRIBER
    place = "2000C/PAT06" if claim.patient.dependent else "2000B/PAT06"
    return Told(place, None, claim.patient.died, of_level(claim, level, "PAT"))


def _paid(claim: Claim, place: str, payer: Coverage | Adjudication, line: int | None) -> Told | None:
    return Told(place, line, payer.paid_on, of_other_payer(claim, payer, "DTP", "573")) if payer.paid_on else None


def _is_past(qualifier: str) -> bool:
    return qualifier in _PAST or (qualifier[:2] in ("BH", "BI") and qualifier not in _SCHEDULED)


def _told_on(other: OtherDate) -> date:
    """A span of days may well last: it has begun."""
    return other.first if other.qualifier[:2] == "BI" else other.last


def dates_crossed(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Of a first and a last day that stand in two segments, the last is not before the first."""
    if len(claim.other_dates) < 2:
        return ()
    days = {(other.line, other.qualifier): other for other in claim.other_dates}
    found = []
    for begun, ended in _PAIRS:
        for (line, qualifier), other in days.items():
            last = days.get((line, ended)) if qualifier == begun else None
            if last and last.last < other.first:
                found.append(
                    Finding(
                        "DATES_CROSSED",
                        Outcome.REJECT,
                        place_of(last),
                        "Of two dates that belong together, the last day is before the first one.",
                        "Correct the two dates, such as begin and end of the disability, and send the claim again.",
                        line=line,
                        segment=last.segment or None,
                    )
                )
    return found


def told_after_service(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An onset, an accident or a first treatment is what a service follows."""
    if claim.last_day is None or claim.predetermination or not claim.other_dates:
        return ()
    served = {line.number: line.last_day for line in claim.lines}
    return [
        Finding(
            "TOLD_AFTER_SERVICE",
            Outcome.HOLD,
            place_of(other),
            "The claim tells of an onset, accident, treatment, prescription or other event after its last service.",
            "Correct that date, or the date of service, and send the claim again.",
            line=other.line,
            segment=other.segment or None,
        )
        for other in claim.other_dates
        if other.qualifier in _BEFORE and other.first > (served.get(other.line or 0) or claim.last_day)
    ]


def told_before_birth(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An accident, an onset or an admission of a patient is in the patient's life."""
    born = claim.patient.born
    if born is None:
        return ()
    return [
        Finding(
            "TOLD_BEFORE_BIRTH",
            Outcome.WARN,
            place_of(other),
            "The claim tells of an onset, accident, admission or treatment before the patient was born.",
            "Check both dates.",
            line=other.line,
            segment=other.segment or None,
        )
        for other in claim.other_dates
        if other.qualifier in _IN_LIFE and other.first < born
    ]


def accident_cause_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """The day of an accident (DTP*439) stands beside what kind of accident it was (CLM11)."""
    if claim.accident_day is None or claim.text is None:
        return ()
    if b"".join(next(pieces_from(claim))[1][11:12]):
        return ()
    return [
        Finding(
            "ACCIDENT_CAUSE_MISSING",
            Outcome.WARN,
            "2300/CLM11",
            "The claim has the day of an accident, and does not say that it is related to one.",
            "Say what kind of accident it was, or leave its day out.",
            segment=claim.position,
        )
    ]


def paid_before_service(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Another payer decides after the service. A line's days are its own, else the claim's."""
    if claim.predetermination or not claim.coverages:
        return ()
    found = []
    for payer in claim.coverages:
        if _is_before(payer, claim.first_day):
            found.append(_paid_early(claim, PAYMENT_DATE, payer, None))
    for line in claim.lines:
        for paid in line.adjudications:
            if _is_before(paid, line.first_day or claim.first_day):
                found.append(_paid_early(claim, LINE_PAYMENT_DATE, paid, line.number))
    return found


def _is_before(payer: Coverage | Adjudication, served: date | None) -> bool:
    return payer.paid_on is not None and served is not None and payer.paid_on < served


def _paid_early(claim: Claim, place: str, payer: Coverage | Adjudication, line: int | None) -> Finding:
    return Finding(
        "PAID_BEFORE_SERVICE",
        Outcome.HOLD,
        place,
        "Another payer is said to have decided before the service was given.",
        "Correct the date of the decision as on that payer's remittance, or the date of service, and send the claim again.",
        line=line,
        segment=of_other_payer(claim, payer, "DTP", "573"),
    )


CHECKS = (
    Check("DATE_NOT_YET", date_not_yet, worst=Outcome.HOLD),
    Check("DATES_CROSSED", dates_crossed, worst=Outcome.REJECT, once=True),
    Check("PAID_BEFORE_SERVICE", paid_before_service, worst=Outcome.HOLD, once=True),
    Check("TOLD_BEFORE_BIRTH", told_before_birth, worst=Outcome.WARN, once=True),
    Check("ACCIDENT_CAUSE_MISSING", accident_cause_missing, worst=Outcome.WARN, once=True),
    Check("TOLD_AFTER_SERVICE", told_after_service, worst=Outcome.HOLD, once=True),
)
