"""Model to JSON and back, for the columns that hold a whole noun."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from gateway.model.claims import (
    Adjudication,
    BillingProvider,
    Claim,
    ClaimKind,
    Coverage,
    Diagnosis,
    Finding,
    OtherDate,
    Outcome,
    Patient,
    Provider,
    ServiceLine,
)
from gateway.model.x12 import Delimiters, Span
from gateway.x12.claims_quick import quick

_claim: Callable[..., Claim] = quick(Claim)
_patient: Callable[..., Patient] = quick(Patient)
_line, _provider, _diagnosis = quick(ServiceLine), quick(Provider), quick(Diagnosis)
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_NOWHERE = Span(0, 0)


@lru_cache(maxsize=4096)  # many claims are of few days
def day(value: date | None) -> str | None:
    """A day as stored."""
    return None if value is None else value.isoformat()


def as_day(text: str | None) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None


def money(value: Decimal | None) -> str | None:
    """An amount as stored: plain decimal text, and 0 without a sign."""
    return None if value is None else format(_unsigned(value), "f")


def as_money(text: str | None) -> Decimal | None:
    """A stored amount."""
    try:
        return None if text is None else _unsigned(Decimal(text))
    except InvalidOperation:
        return None


def _unsigned(value: Decimal) -> Decimal:
    """The same, and 0 without a sign; a plus before it would round what has many digits."""
    return value if value else value.copy_abs()


def delimiters_text(found: Delimiters) -> str:
    """Delimiters as stored: hexadecimal bytes by blanks, `-` for no repetition separator."""
    parts = (found.element, found.component, found.segment, found.repetition)
    return " ".join("-" if part is None else part.hex() for part in parts)


def as_delimiters(text: str) -> Delimiters:
    """Stored delimiters."""
    element, component, segment, repetition = (None if p == "-" else bytes.fromhex(p) for p in text.split(" "))
    if not (element and component and segment):
        raise ValueError("a stored delimiter is missing")
    return Delimiters(element, component, segment, repetition)


def finding_values(finding: Finding) -> list[Any]:
    """A finding as a list, empty tail cut off: passes stay a few bytes."""
    values: list[Any] = [
        finding.code,
        finding.outcome.name,
        finding.place,
        finding.message,
        finding.next_step,
        finding.evidence,
        finding.line,
        finding.segment,
    ]
    while values[-1] in ("", None):
        values.pop()
    return values


def as_finding(values: list[Any]) -> Finding:
    """A stored finding."""
    code, outcome, *rest = values
    names = ("place", "message", "next_step", "evidence", "line", "segment")
    return Finding(code, Outcome[outcome], **dict(zip(names, rest, strict=False)))


def claim_bytes(claim: Claim) -> bytes:
    """The facts of a claim that the gate needs again. Bytes, spans, levels and fingerprint have columns of their own;
    the addresses of billing provider and patient, and its text, are asked for once, when the claim is read."""
    billing, patient = claim.billing, claim.patient
    stored = [
        claim.kind.value,
        claim.position,
        claim.control_number,
        _amount(claim.charge),
        claim.place_of_service,
        claim.frequency,
        claim.payer_id,
        claim.payer_responsibility,
        claim.filing_indicator,
        claim.member_id,
        (billing.npi, billing.entity_type, billing.tax_id, billing.taxonomy, billing.secondary_id, billing.segment),
        [(p.role, p.npi, p.entity_type, p.taxonomy, p.line, p.segment) for p in claim.providers],
        [_line_values(line) for line in claim.lines],
        day(claim.first_day),
        day(claim.last_day),
        claim.payer_control_number,
        claim.prior_authorization,
        claim.trace,
        claim.delay_reason,
        [finding_values(f) for f in claim.findings],
        (
            patient.dependent,
            patient.relationship,
            patient.subscriber_relationship,
            patient.subscriber_entity_type,
            day(patient.born),
            patient.sex,
            patient.demographics,
            patient.address,
            day(patient.died),
            patient.group_number,
            patient.segment,
            patient.subscriber_billed,
        ),
        [(d.qualifier, d.code) for d in claim.diagnoses],
        [_coverage_values(c) for c in claim.coverages],
        claim.assignment,
        _amount(claim.patient_paid),
        day(claim.admitted),
        day(claim.discharged),
        claim.accident_related,
        claim.predetermination,
        claim.auto_accident,
        claim.accident_state,
        day(claim.accident_day),
        claim.payer_segment,
        [(d.qualifier, day(d.first), day(d.last), d.line, d.segment) for d in claim.other_dates],
        claim.diagnosis_gaps,
    ]
    return _encode(stored).encode()


_NOTHING_MORE: tuple[Any, ...] = ("", None, None, None, False, False, False, "", None, 0, (), ())


def as_claim(stored: bytes) -> Claim:
    """A stored claim, without its bytes: span, levels and fingerprint are empty. One that was stored before a fact was
    read has that fact as the noun has it by default."""
    v = json.loads(stored)
    npi, entity_type, tax_id, taxonomy, secondary_id, *segment = v[10]
    more: list[Any] = v[20:] or [(), (), ()]
    patient, diagnoses, coverages, *rest = more
    known = (*rest, *_NOTHING_MORE[len(rest) :])
    assignment, paid, admitted, discharged, accident, predetermination, auto, state, accident_day, payer, *lists = known
    dates, gaps = lists
    return _claim(
        ClaimKind(v[0]),
        0,
        (),
        _NOWHERE,
        v[1],
        v[2],
        as_money(v[3]),
        *v[4:10],
        BillingProvider(npi, entity_type, tax_id, taxonomy, secondary_id, None, *segment),
        tuple([_provider(*values) for values in v[11]]),
        tuple([_as_line(values) for values in v[12]]),
        as_day(v[13]),
        as_day(v[14]),
        *v[15:19],
        b"",
        tuple([as_finding(values) for values in v[19]]),
        _as_patient(patient) if patient else Patient(),
        tuple([_diagnosis(*values) for values in diagnoses]),
        tuple([_as_coverage(values) for values in coverages]),
        assignment,
        as_money(paid),
        as_day(admitted),
        as_day(discharged),
        accident,
        predetermination,
        auto,
        state,
        as_day(accident_day),
        payer,
        tuple([_as_other_date(*values) for values in dates]),
        tuple(gaps),
    )


def _amount(value: Decimal | None) -> str | None:
    """What `money` gives, faster for the amounts that are written without an exponent anyway."""
    if value is None:
        return None
    text = str(value)
    return format(value, "f") if "E" in text else text


def _line_values(line: ServiceLine) -> tuple[Any, ...]:
    return (
        line.number,
        line.procedure,
        line.modifiers,
        _amount(line.charge),
        _amount(line.units),
        day(line.first_day),
        day(line.last_day),
        line.place_of_service,
        line.emergency,
        line.revenue_code,
        line.control,
        line.procedure_qualifier,
        line.unit,
        line.pointers,
        [_adjudication_values(a) for a in line.adjudications] if line.adjudications else (),
        line.segment,
    )


def _as_line(values: list[Any]) -> ServiceLine:
    number, procedure, modifiers, charge, units, first, last, place, emergency, revenue, control, *rest = values
    qualifier, unit, pointers, adjudications, segment = rest or ("", "", (), (), 0)
    return _line(
        number,
        procedure,
        tuple(modifiers),
        as_money(charge),
        as_money(units),
        as_day(first),
        as_day(last),
        place,
        emergency,
        revenue,
        control,
        qualifier,
        unit,
        tuple(pointers),
        tuple([_as_adjudication(each) for each in adjudications]) if adjudications else (),
        segment,
    )


def _adjudication_values(a: Adjudication) -> tuple[Any, ...]:
    return a.payer_id, _amount(a.paid), _amount(a.adjusted), _amount(a.units), day(a.paid_on), a.segment


def _as_adjudication(values: list[Any]) -> Adjudication:
    payer_id, paid, adjusted, units, paid_on, segment = values
    return Adjudication(payer_id, as_money(paid), as_money(adjusted), as_money(units), as_day(paid_on), segment)


def _coverage_values(c: Coverage) -> tuple[Any, ...]:
    amounts = _amount(c.paid), _amount(c.adjusted), _amount(c.non_covered)
    return c.responsibility, c.payer_id, c.filing_indicator, *amounts, day(c.paid_on), c.segment


def _as_coverage(values: list[Any]) -> Coverage:
    responsibility, payer_id, filing_indicator, paid, adjusted, non_covered, paid_on, segment = values
    amounts = as_money(paid), as_money(adjusted), as_money(non_covered)
    return Coverage(responsibility, payer_id, filing_indicator, *amounts, as_day(paid_on), segment)


def _as_patient(values: list[Any]) -> Patient:
    dependent, relationship, of_subscriber, entity_type, born, sex, demographics, address, died, *rest = values
    return _patient(
        dependent,
        relationship,
        of_subscriber,
        entity_type,
        as_day(born),
        sex,
        demographics,
        address,
        as_day(died),
        *rest,
    )


def _as_other_date(qualifier: str, first: str, last: str, line: int | None, segment: int) -> OtherDate:
    return OtherDate(qualifier, date.fromisoformat(first), date.fromisoformat(last), line, segment)
