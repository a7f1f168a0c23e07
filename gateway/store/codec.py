"""Model to JSON and back, for the columns that hold a whole noun."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from gateway.events import Event
from gateway.model.claims import BillingProvider, Claim, ClaimKind, Finding, Outcome, Provider, ServiceLine
from gateway.model.x12 import Delimiters, Span


def day(value: date | None) -> str | None:
    """A day as stored."""
    return None if value is None else value.isoformat()


def as_day(text: str | None) -> date | None:
    """A stored day."""
    return date.fromisoformat(text) if text else None


def money(value: Decimal | None) -> str | None:
    """An amount as stored: plain decimal text."""
    return None if value is None else format(value, "f")


def as_money(text: str | None) -> Decimal | None:
    """A stored amount."""
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


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
    """The facts of a claim that the gate needs again; bytes, spans and levels have columns of their own."""
    return json.dumps(
        [
            claim.kind.value,
            claim.position,
            claim.control_number,
            money(claim.charge),
            claim.place_of_service,
            claim.frequency,
            claim.payer_id,
            claim.payer_responsibility,
            claim.filing_indicator,
            claim.member_id,
            _values(claim.billing),
            [_values(p) for p in claim.providers],
            [_values(line) for line in claim.lines],
            day(claim.first_day),
            day(claim.last_day),
            claim.payer_control_number,
            claim.prior_authorization,
            claim.trace,
            claim.delay_reason,
            [finding_values(f) for f in claim.findings],
        ],
        separators=(",", ":"),
        default=_plain,
    ).encode()


def as_claim(stored: bytes) -> Claim:
    """A stored claim, without its bytes: span, levels and fingerprint are empty."""
    v = json.loads(stored)
    return Claim(
        kind=ClaimKind(v[0]),
        transaction_set=0,
        levels=(),
        span=Span(0, 0),
        position=v[1],
        control_number=v[2],
        charge=as_money(v[3]),
        place_of_service=v[4],
        frequency=v[5],
        payer_id=v[6],
        payer_responsibility=v[7],
        filing_indicator=v[8],
        member_id=v[9],
        billing=BillingProvider(*v[10]),
        providers=tuple(Provider(*p) for p in v[11]),
        lines=tuple(_line(values) for values in v[12]),
        first_day=as_day(v[13]),
        last_day=as_day(v[14]),
        payer_control_number=v[15],
        prior_authorization=v[16],
        trace=v[17],
        delay_reason=v[18],
        findings=tuple(as_finding(f) for f in v[19]),
    )


def event_text(event: Event) -> str:
    """What an event says, as canonical JSON; empty fields are left out."""
    body = {f.name: getattr(event, f.name) for f in fields(event)}
    said = {key: value for key, value in body.items() if value not in ("", None, ())}
    return json.dumps(said, separators=(",", ":"), sort_keys=True, default=_plain)


def _values(noun: Any) -> list[Any]:
    return [getattr(noun, f.name) for f in fields(noun)]


def _line(values: list[Any]) -> ServiceLine:
    number, procedure, modifiers, charge, units, first, last, *rest = values
    return ServiceLine(
        number, procedure, tuple(modifiers), as_money(charge), as_money(units), as_day(first), as_day(last), *rest
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Finding):
        return finding_values(value)
    raise TypeError(type(value).__name__)
