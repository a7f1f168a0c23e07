"""What nearly all claims are like. Of one that is, most checks need not be asked, for the sake of speed.

Each look here is true of every claim in which one of the checks named beside it in `concerned` could find something (a test
holds it to that), and of few others. It asks once what those ask one by one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from gateway.checks import billing, providers
from gateway.checks.cob import LATER
from gateway.checks.dates import STAYS, WARDS
from gateway.checks.diagnoses import ICD10, ICD10_SINCE, PRINCIPAL, all_point, is_icd10
from gateway.checks.engine import Check, CheckContext
from gateway.checks.identity import is_doubtful
from gateway.checks.lines import MOST_LINES, is_procedure
from gateway.checks.patient import OLDEST, SELF, SEXES
from gateway.checks.specialties import is_transport
from gateway.checks.units import is_odd_unit
from gateway.model.claims import BillingProvider, Claim, ClaimKind
from gateway.npi import is_npi

_ANYWHERE = CheckContext(payer=None, today=date.min)
_ZERO, _CENT = Decimal(0), Decimal("0.01")
_LONGEST = 20


def odd_numbers(claim: Claim) -> bool:
    """Whether a number of the claim, its member or its payer is missing or too long, or it tells what few claims tell."""
    return (
        not 0 < len(claim.control_number) <= _LONGEST
        or len(claim.trace) > _LONGEST
        or not claim.payer_id
        or not claim.member_id.isalnum()
        or is_doubtful(claim.member_id)
        or not claim.filing_indicator
        or claim.payer_control_number != ""
        or claim.payer_responsibility in LATER
        or claim.patient_paid is not None
        or claim.discharged is not None
    )


def odd_patient(claim: Claim) -> bool:
    """Whether the patient is said to be another than the claim's level says, or lacks something, or has an odd age."""
    patient, first = claim.patient, claim.first_day
    born = patient.born
    return (
        patient.sex not in SEXES
        or not patient.demographics
        or not patient.address
        or patient.address_lacks != ""
        or (patient.zip != "" and not billing.is_zip(patient.zip))
        or (patient.subscriber_relationship == SELF) == patient.dependent
        or (patient.subscriber_entity_type == "2" and not patient.dependent)
        or (born is not None and first is not None and (born > first or first.year - born.year > OLDEST))
    )


def odd_lines(claim: Claim) -> bool:
    """Whether a line has an odd number, charge, count of units or day, does not fit the claim's sum, or bills what few
    lines bill."""
    kind, lines, total = claim.kind, claim.lines, _ZERO
    if _is_odd_as_a_whole(claim):
        return True
    count, stay = len(claim.diagnoses), kind is ClaimKind.INSTITUTIONAL
    for number, line in enumerate(lines, 1):
        charge, units, first, last = line.charge, line.units, line.first_day, line.last_day
        if line.number != number or charge is None or charge <= _ZERO or charge % _CENT:
            return True
        if units is None or units <= _ZERO:
            return True
        if last is not first or first is None:
            if first is None or last is None:
                if not stay:
                    return True
            elif last < first:
                return True
        if _is_odd_service(
            kind, line.procedure_qualifier, line.procedure, line.unit, line.place_of_service, line.pointers, count
        ):
            return True
        total += charge
    return total != claim.charge


def _is_odd_as_a_whole(claim: Claim) -> bool:
    first, last = claim.first_day, claim.last_day
    return (
        not 0 < len(claim.lines) <= MOST_LINES[claim.kind]
        or claim.place_of_service in _OF_STAYS[claim.kind]
        or claim.other_dates != ()
        or claim.diagnosis_gaps != ()
        or (last is not first and first is not None and last is not None and last < first)
    )


_OF_STAYS = {
    ClaimKind.PROFESSIONAL: WARDS | {""},
    ClaimKind.INSTITUTIONAL: STAYS | {""},
    ClaimKind.DENTAL: frozenset({""}),
}


@lru_cache(maxsize=16384)
def _is_odd_service(
    kind: ClaimKind, qualifier: str, procedure: str, unit: str, place: str, pointers: tuple[str, ...], diagnoses: int
) -> bool:
    return (
        not is_procedure(qualifier, procedure)
        or is_odd_unit(unit, procedure)
        or is_transport(procedure)
        or place in WARDS
        or len(set(pointers)) < len(pointers)
        or not all_point(pointers, diagnoses, ())
        or (not pointers and kind is ClaimKind.PROFESSIONAL)
    )


def odd_diagnoses(claim: Claim) -> bool:
    """Whether they are not all ICD-10, the principal one first and each once."""
    found, last = claim.diagnoses, claim.last_day
    if not found or claim.diagnosis_gaps or found[0].qualifier not in PRINCIPAL:
        return True
    if last is not None and last < ICD10_SINCE:
        return True
    for each in found:
        if each.qualifier not in ICD10 or not is_icd10(each.code) or "." in each.code:
            return True
    return len(found) > 1 and len({each.code for each in found}) < len(found)


def odd_providers(claim: Claim) -> bool:
    """Whether the billing provider or another has an odd number or taxonomy, or is named twice or where it may not be."""
    own, referring = claim.billing.npi, 0
    if _is_odd_provider(own, claim.billing.taxonomy):
        return True
    for provider in claim.providers:
        npi = provider.npi
        if not npi or npi == own or _is_odd_provider(npi, provider.taxonomy):
            return True
        if provider.role in providers.REFERRING:
            referring += 1
            if referring > 1 or provider.entity_type == "2":
                return True
    return False


@lru_cache(maxsize=16384)
def _is_odd_provider(npi: str, taxonomy: str) -> bool:
    odd = npi != "" and (not is_npi(npi) or npi in providers.ILLUSTRATIONS)
    return odd or not providers.is_taxonomy(taxonomy)


class _OfBilling:
    """Whether some checks, which look at nothing but the billing provider, find anything in it: one provider bills many
    claims that follow each other, and is looked at once. Threads may share it."""

    def __init__(self, checks: tuple[Check, ...]) -> None:
        self._checks = checks
        self._last: tuple[BillingProvider | None, bool] = (None, True)

    def __call__(self, claim: Claim) -> bool:
        provider, odd = self._last
        if provider is not claim.billing:
            odd = self._is_odd(claim)
            self._last = (claim.billing, odd)
        return odd

    def _is_odd(self, claim: Claim) -> bool:
        try:
            return any(tuple(check.looks_at(claim, _ANYWHERE)) for check in self._checks)
        except Exception:  # which the check itself will tell when it is asked
            return True


odd_billing = _OfBilling((*billing.CHECKS, *(check for check in providers.CHECKS if check.code == "NPI_MISSING")))
