"""A claim of the tables as the 837 that it would be read from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from gateway.model.claims import Adjudication, Claim, ClaimKind, Coverage, Diagnosis, OtherDate, ServiceLine
from tests.x12.documents import wrapped

GUIDES = {
    ClaimKind.PROFESSIONAL: "005010X222A1",
    ClaimKind.INSTITUTIONAL: "005010X223A2",
    ClaimKind.DENTAL: "005010X224A2",
}
_HEADER = ("BHT*0019*00*1*20261110*0815*CH", "NM1*41*2*CLINIC*****46*CLINIC1", "NM1*40*2*GATEWAY*****46*GATE01")


def written(claim: Claim) -> bytes:
    """All that checks ask of a claim, at its place in the guide."""
    body = [*_HEADER, *_billing(claim), *_subscriber(claim), *_dependent(claim), *_claim(claim)]
    return wrapped("\n".join(segment.rstrip("*:") for segment in body), version=GUIDES[claim.kind])


def segments_of(document: bytes) -> list[str]:
    """Those of its one set, ST first."""
    segments = document.decode().split("~")
    return segments[next(at for at, segment in enumerate(segments) if segment.startswith("ST*")) :]


def _billing(claim: Claim) -> Iterator[str]:
    billing = claim.billing
    yield "HL*1**20*1"
    if billing.taxonomy:
        yield f"PRV*BI*PXC*{billing.taxonomy}"
    yield f"NM1*85*{billing.entity_type}*CLINIC*****{'XX' if billing.npi else ''}*{billing.npi}"
    if address := billing.address:
        yield f"N3*{address.street}*{address.street2}"
        yield f"N4*{address.city}*{address.state}*{address.zip}*{address.country}"
    yield f"REF*EI*{billing.tax_id}"


def _subscriber(claim: Claim) -> Iterator[str]:
    patient = claim.patient
    yield f"HL*2*1*22*{int(patient.dependent)}"
    relationship, rank = patient.subscriber_relationship, claim.payer_responsibility
    yield f"SBR*{rank}*{relationship}*{patient.group_number}******{claim.filing_indicator}"
    if not patient.dependent and patient.died:
        yield f"PAT*****D8*{patient.died:%Y%m%d}"
    yield f"NM1*IL*{patient.subscriber_entity_type}*BIRCH*BEN****MI*{claim.member_id}"
    if not patient.dependent:
        yield from _lived(claim)
    yield f"NM1*PR*2*ALPHA*****PI*{claim.payer_id}"
    if claim.billing.secondary_id:
        yield f"REF*G2*{claim.billing.secondary_id}"
    if patient.subscriber_billed:
        yield "CLM*OTHER*1***11:B:1*Y*A*Y*Y"


def _dependent(claim: Claim) -> Iterator[str]:
    patient = claim.patient
    if patient.dependent:
        yield "HL*3*2*23*0"
        yield (
            f"PAT*{patient.relationship}****D8*{_day(patient.died)}" if patient.died else f"PAT*{patient.relationship}"
        )
        yield "NM1*QC*1*BIRCH*BO"
        yield from _lived(claim)


def _lived(claim: Claim) -> Iterator[str]:
    patient = claim.patient
    if patient.address:
        lacks = patient.address_lacks
        if lacks != "N3":
            yield "N3*1 EXAMPLE ROAD"
        if lacks != "N4":
            yield f"N4*ALBANY*{'' if lacks == 'N402' else 'NY'}*{'' if lacks == 'N403' else patient.zip or '12207'}"
    if patient.demographics:
        yield f"DMG*D8*{_day(patient.born)}*{patient.sex}"


def _claim(claim: Claim) -> Iterator[str]:
    causes = f"{'AA' if claim.auto_accident else 'OA'}:::{claim.accident_state}" if claim.accident_related else ""
    preview = "PB" if claim.predetermination else ""
    where = f"{claim.place_of_service}:B:{claim.frequency}"
    head = (
        f"CLM*{claim.control_number}*{_amount(claim.charge)}***{where}*Y*A*Y*Y**{causes.rstrip(':')}********{preview}"
    )
    yield f"{head}*{claim.delay_reason}"
    yield from _dates(claim)
    if claim.patient_paid is not None:
        yield f"AMT*F5*{claim.patient_paid}"
    for qualifier, value in (("F8", claim.payer_control_number), ("D9", claim.trace)):
        if value:
            yield f"REF*{qualifier}*{value}"
    yield from _diagnoses(claim)
    for provider in claim.providers:
        if provider.line is None:
            yield from _provider(provider.role, provider.npi, provider.entity_type, provider.taxonomy)
    for coverage in claim.coverages:
        yield from _coverage(coverage)
    for line in claim.lines:
        yield from _line(claim, line)


def _dates(claim: Claim) -> Iterator[str]:
    first, last = claim.first_day, claim.last_day
    if claim.kind is ClaimKind.INSTITUTIONAL and (first or last):
        yield f"DTP*434*RD8*{_day(first)}-{_day(last)}"
    if claim.kind is ClaimKind.DENTAL and first and not any(line.first_day for line in claim.lines):
        yield f"DTP*472*D8*{_day(first)}"
    told = {"435": claim.admitted, "096": claim.discharged, "439": claim.accident_day}
    for qualifier, day in told.items():
        if day:
            yield f"DTP*{qualifier}*D8*{_day(day)}"
    yield from _others(claim.other_dates, None)


def _others(dates: tuple[OtherDate, ...], line: int | None) -> Iterator[str]:
    for other in dates:
        if other.line == line:
            yield f"DTP*{other.qualifier}*RD8*{_day(other.first)}-{_day(other.last)}"


def _diagnoses(claim: Claim) -> Iterator[str]:
    """Those of an institutional claim each in a segment of its own."""
    codes = [_code(each) for each in claim.diagnoses]
    for gap in claim.diagnosis_gaps:
        codes.insert(gap - 1, "")
    together = 1 if claim.kind is ClaimKind.INSTITUTIONAL else 12
    for at in range(0, len(codes), together):
        yield "*".join(("HI", *codes[at : at + together]))


def _code(diagnosis: Diagnosis) -> str:
    return f"{diagnosis.qualifier}:{diagnosis.code}"


def _provider(role: str, npi: str, entity_type: str, taxonomy: str) -> Iterator[str]:
    yield f"NM1*{role}*{entity_type}*ELM*ERIN****{'XX' if npi else ''}*{npi}"
    if taxonomy:
        yield f"PRV*PE*PXC*{taxonomy}"


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"SBR*{coverage.responsibility}*18*******{coverage.filing_indicator}"
    if coverage.adjusted is not None:
        yield f"CAS*CO*45*{coverage.adjusted}"
    for qualifier, amount in (("D", coverage.paid), ("A8", coverage.non_covered)):
        if amount is not None:
            yield f"AMT*{qualifier}*{amount}"
    yield "NM1*IL*1*BIRCH*BEN****MI*OTHER1"
    yield f"NM1*PR*2*OTHER*****PI*{coverage.payer_id}"
    if coverage.paid_on:
        yield f"DTP*573*D8*{_day(coverage.paid_on)}"


def _line(claim: Claim, line: ServiceLine) -> Iterator[str]:
    yield f"LX*{line.number}"
    yield _SERVICES[claim.kind](line)
    if line.first_day and line.last_day:
        yield f"DTP*472*RD8*{_day(line.first_day)}-{_day(line.last_day)}"
    yield from _others(claim.other_dates, line.number)
    if line.control:
        yield f"REF*6R*{line.control}"
    for provider in claim.providers:
        if provider.line == line.number:
            yield from _provider(provider.role, provider.npi, provider.entity_type, provider.taxonomy)
    for paid in line.adjudications:
        yield from _adjudication(paid)


def _adjudication(paid: Adjudication) -> Iterator[str]:
    yield f"SVD*{paid.payer_id}*{_amount(paid.paid)}*HC:99213**1"
    if paid.adjusted is not None:
        yield f"CAS*CO*45*{paid.adjusted}"
    if paid.paid_on:
        yield f"DTP*573*D8*{_day(paid.paid_on)}"


def _procedure(line: ServiceLine) -> str:
    return ":".join((line.procedure_qualifier, line.procedure, *line.modifiers))


def _professional(line: ServiceLine) -> str:
    pointers = ":".join(line.pointers)
    service = f"SV1*{_procedure(line)}*{_amount(line.charge)}*{line.unit}*{_amount(line.units)}"
    return f"{service}*{line.place_of_service}**{pointers}"


def _institutional(line: ServiceLine) -> str:
    return f"SV2*{line.revenue_code}*{_procedure(line)}*{_amount(line.charge)}*{line.unit}*{_amount(line.units)}"


def _dental(line: ServiceLine) -> str:
    pointers = ":".join(line.pointers)
    return f"SV3*{_procedure(line)}*{_amount(line.charge)}****{_amount(line.units)}*****{pointers}"


_SERVICES = {
    ClaimKind.PROFESSIONAL: _professional,
    ClaimKind.INSTITUTIONAL: _institutional,
    ClaimKind.DENTAL: _dental,
}


def _amount(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _day(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""
