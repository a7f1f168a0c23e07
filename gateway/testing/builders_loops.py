"""The loops of an 837 from 2000A down, as segments: the levels, the claim, its providers and its service lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import count, groupby

from gateway.model.claims import ClaimKind
from gateway.testing.builders_specs import BillingSpec, ClaimSpec, LineSpec, Money, Person, Segment

_NAMES = (("ARBOR", "ANNA"), ("BIRCH", "BENJAMIN"), ("CYPRESS", "CARLA"), ("DOGWOOD", "DAVID"), ("ELM", "ERIN"))


def money(amount: Money) -> str:
    """X12 decimal notation: no trailing zeros, no exponent. Text is taken as it stands."""
    return amount if isinstance(amount, str) else f"{Decimal(amount).normalize():f}"


def hierarchy(kind: ClaimKind, claims: Iterable[ClaimSpec], billing: BillingSpec) -> Iterator[Segment]:
    """Levels and claims of one set. `billing` serves the claims that name no other.

    A subscriber's own claims and those of dependents share a 2000B, but not in 837I, where the published map that our
    second reader uses takes no 2000C after a claim.
    """

    def family(claim: ClaimSpec) -> tuple[object, ...]:
        apart = claim.dependent and kind is ClaimKind.INSTITUTIONAL
        return (claim.member_id, claim.payer_id, claim.responsibility, apart)

    numbers = count(1)
    for provider, provided in groupby(claims, key=lambda claim: claim.billing or billing):
        parent = str(next(numbers))
        yield from _billing_level(parent, provider)
        for _, members in groupby(provided, key=family):
            yield from _subscriber(kind, numbers, parent, provider, list(members))


def _subscriber(
    kind: ClaimKind, numbers: Iterator[int], parent: str, billing: BillingSpec, family: list[ClaimSpec]
) -> Iterator[Segment]:
    own = [claim for claim in family if not claim.dependent]
    dependents = [claim for claim in family if claim.dependent]
    number = str(next(numbers))
    yield from _subscriber_level(number, parent, billing, family[0], bool(own), bool(dependents))
    for claim in own:
        yield from claim_loop(kind, claim)
    for patient, theirs in groupby(dependents, key=lambda claim: claim.patient):
        yield ("HL", str(next(numbers)), number, "23", "0")
        yield ("PAT", "19")
        yield ("NM1", "QC", "1", patient.last, patient.first)
        yield from _demographics(patient)
        for claim in theirs:
            yield from claim_loop(kind, claim)


def _billing_level(number: str, billing: BillingSpec) -> Iterator[Segment]:
    yield ("HL", number, "", "20", "1")
    if billing.taxonomy:
        yield ("PRV", "BI", "PXC", billing.taxonomy)
    identified = ("XX", billing.npi) if billing.npi else ()
    yield ("NM1", "85", billing.entity_type, billing.name, billing.first, "", "", "", *identified)
    yield ("N3", billing.street)
    yield ("N4", billing.city, billing.state, billing.zip)
    yield ("REF", billing.tax_qualifier, billing.tax_id)


def _subscriber_level(
    number: str, parent: str, billing: BillingSpec, claim: ClaimSpec, is_patient: bool, has_dependents: bool
) -> Iterator[Segment]:
    relationship = "18" if is_patient else ""
    yield ("HL", number, parent, "22", "1" if has_dependents else "0")
    yield ("SBR", claim.responsibility, relationship, *[""] * 6, claim.filing_indicator)
    yield ("NM1", "IL", "1", claim.subscriber.last, claim.subscriber.first, "", "", "", "MI", claim.member_id)
    if is_patient:
        yield from _demographics(claim.subscriber)
    yield ("NM1", "PR", "2", claim.payer_name, "", "", "", "", "PI", claim.payer_id)
    if billing.secondary_id:
        yield ("REF", "G2", billing.secondary_id)


def _demographics(person: Person) -> Iterator[Segment]:
    yield ("N3", person.street)
    yield ("N4", person.city, person.state, person.zip)
    yield ("DMG", "D8", f"{person.born:%Y%m%d}", person.sex)


def claim_loop(kind: ClaimKind, claim: ClaimSpec) -> Iterator[Segment]:
    """Loop 2300: the claim, its providers, another coverage, its lines."""
    yield from _claim_header(kind, claim)
    yield from _claim_providers(kind, claim)
    if claim.other_payer_id:
        yield from _other_coverage(claim)
    for number, line in enumerate(claim.lines, start=1):
        yield ("LX", str(number))
        yield from _SERVICES[kind](claim, line)
        yield ("REF", "6R", line.control or f"{claim.control_number}L{number}")
        yield from _line_providers(kind, claim, line)


def _claim_header(kind: ClaimKind, claim: ClaimSpec) -> Iterator[Segment]:
    total = sum((Decimal(line.charge) for line in claim.lines), Decimal()) if claim.charge is None else claim.charge
    signed, place = ("", (claim.facility_type, "A")) if kind is ClaimKind.INSTITUTIONAL else ("Y", _place(claim))
    delay = (*[""] * 10, claim.delay_reason) if claim.delay_reason else ()
    where = (*place, claim.frequency)
    yield ("CLM", claim.control_number, money(total), "", "", where, signed, "A", "Y", "Y", *delay)
    yield from _claim_dates(kind, claim)
    yield from claim.supplements
    for qualifier, value in (
        ("F8", claim.payer_control_number),
        ("G1", claim.prior_authorization),
        ("D9", claim.trace),
        ("EA", claim.record_number),
    ):
        if value:
            yield ("REF", qualifier, value)
    yield from claim.notes
    if claim.diagnoses and kind is ClaimKind.INSTITUTIONAL:  # other diagnoses stand in a segment of their own
        yield ("HI", ("ABK", claim.diagnoses[0]))
        if claim.diagnoses[1:]:
            yield ("HI", *(("ABF", code) for code in claim.diagnoses[1:]))
    elif claim.diagnoses:
        yield ("HI", ("ABK", claim.diagnoses[0]), *(("ABF", code) for code in claim.diagnoses[1:]))


def _place(claim: ClaimSpec) -> tuple[str, str]:
    return (claim.place_of_service, "B")


def _claim_dates(kind: ClaimKind, claim: ClaimSpec) -> Iterator[Segment]:
    first = claim.first_day or min(line.first_day for line in claim.lines)
    last = claim.last_day or max(line.last_day or line.first_day for line in claim.lines)
    if kind is ClaimKind.INSTITUTIONAL:
        yield ("DTP", "434", "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}")
        yield ("CL1", "3", "1", "01")
    if kind is ClaimKind.DENTAL:
        yield service_date(first, None)


def _claim_providers(kind: ClaimKind, claim: ClaimSpec) -> Iterator[Segment]:
    if kind is ClaimKind.INSTITUTIONAL:
        yield from provider("71", claim.attending)
        yield from provider("72", claim.operating)
        yield from provider("82", claim.rendering if claim.rendering != claim.attending else "")
        yield from _facility(claim)
        yield from provider("DN", claim.referring)
        return
    yield from provider("DN", claim.referring)
    yield from provider("82", claim.rendering, claim.rendering_taxonomy)
    yield from _facility(claim)
    yield from provider("DQ", claim.supervising)


def _line_providers(kind: ClaimKind, claim: ClaimSpec, line: LineSpec) -> Iterator[Segment]:
    institutional = kind is ClaimKind.INSTITUTIONAL
    yield from provider("82", line.rendering, "" if institutional else claim.rendering_taxonomy)
    if kind is ClaimKind.PROFESSIONAL:
        yield from provider("DK", line.ordering)


def provider(role: str, npi: str, taxonomy: str = "") -> Iterator[Segment]:
    """NM1 with its PRV*PE; nothing without an NPI. The name goes with the NPI."""
    if npi:
        last, first = _NAMES[int(npi[-4:]) // 10 % len(_NAMES)] if npi[-4:].isdigit() else _NAMES[0]
        yield ("NM1", role, "1", last, first, "", "", "", "XX", npi)
        if taxonomy:
            yield ("PRV", "PE", "PXC", taxonomy)


def _facility(claim: ClaimSpec) -> Iterator[Segment]:
    if claim.facility:
        yield ("NM1", "77", "2", "RIVERSIDE SURGERY CENTER", "", "", "", "", "XX", claim.facility)
        yield ("N3", "40 EXAMPLE WAY")
        yield ("N4", "CEDAR FALLS", "IA", "506130001")


def _other_coverage(claim: ClaimSpec) -> Iterator[Segment]:
    yield ("SBR", "P" if claim.responsibility != "P" else "S", "18", *[""] * 6, "CI")
    yield ("OI", "", "", "Y", "", "", "Y")
    yield ("NM1", "IL", "1", claim.subscriber.last, claim.subscriber.first, "", "", "", "MI", "OTHER0001")
    yield ("NM1", "PR", "2", "OMEGA INSURANCE", "", "", "", "", "PI", claim.other_payer_id)


def service_date(first: date, last: date | None) -> Segment:
    """DTP*472, a day or a range."""
    if last is None:
        return ("DTP", "472", "D8", f"{first:%Y%m%d}")
    return ("DTP", "472", "RD8", f"{first:%Y%m%d}-{last:%Y%m%d}")


def _professional_service(claim: ClaimSpec, line: LineSpec) -> Iterator[Segment]:
    procedure = ("HC", line.procedure, *line.modifiers)
    emergency = ("", "Y") if line.emergency else ()
    quantity = (money(line.units), line.place_of_service, "", tuple(line.pointer.split(":")))
    yield ("SV1", procedure, money(line.charge), "UN", *quantity, *emergency)
    yield service_date(line.first_day, line.last_day)


def _institutional_service(claim: ClaimSpec, line: LineSpec) -> Iterator[Segment]:
    procedure = ("HC", line.procedure, *line.modifiers) if line.procedure else ""
    yield ("SV2", line.revenue_code, procedure, money(line.charge), "UN", money(line.units))
    yield service_date(line.first_day, line.last_day)


def _dental_service(claim: ClaimSpec, line: LineSpec) -> Iterator[Segment]:
    procedure = ("AD", line.procedure, *line.modifiers)
    yield ("SV3", procedure, money(line.charge), line.place_of_service, "", "", money(line.units))
    if line.tooth:
        yield ("TOO", "JP", line.tooth)
    yield service_date(line.first_day, line.last_day)


_SERVICES: dict[ClaimKind, Callable[[ClaimSpec, LineSpec], Iterator[Segment]]] = {
    ClaimKind.PROFESSIONAL: _professional_service,
    ClaimKind.INSTITUTIONAL: _institutional_service,
    ClaimKind.DENTAL: _dental_service,
}
