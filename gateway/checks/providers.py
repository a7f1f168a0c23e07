"""Checks of providers: identifiers by the role they stand in, and who may stand in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gateway.checks.engine import Check, CheckContext
from gateway.checks.places import BILLING as BILLING_LEVEL
from gateway.checks.places import of_level, of_party
from gateway.data import npi_illustrations
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, Provider
from gateway.npi import is_npi

BILLING = "2010AA/NM109"

# NM101 to the loop of the claim and the loop of the line.
_PROFESSIONAL = {
    "DN": ("2310A", "2420F"),
    "P3": ("2310A", "2420F"),
    "82": ("2310B", "2420A"),
    "77": ("2310C", "2420C"),
    "DQ": ("2310D", "2420D"),
    "DK": ("2310", "2420E"),
    "QB": ("2310", "2420B"),
}
_INSTITUTIONAL = {
    "71": ("2310A", "2420"),
    "72": ("2310B", "2420A"),
    "ZZ": ("2310C", "2420B"),
    "82": ("2310D", "2420C"),
    "77": ("2310E", "2420"),
    "DN": ("2310F", "2420D"),
}
_DENTAL = {
    "DN": ("2310A", "2420"),
    "P3": ("2310A", "2420"),
    "82": ("2310B", "2420A"),
    "77": ("2310C", "2420D"),
    "DD": ("2310D", "2420B"),
    "DQ": ("2310E", "2420C"),
}
LOOPS: Mapping[ClaimKind, Mapping[str, tuple[str, str]]] = {
    ClaimKind.PROFESSIONAL: _PROFESSIONAL,
    ClaimKind.INSTITUTIONAL: _INSTITUTIONAL,
    ClaimKind.DENTAL: _DENTAL,
}

ILLUSTRATIONS = npi_illustrations()
_IN_CHARGE = frozenset({"82", "71"})
_NUMBERED = _IN_CHARGE | {"72", "ZZ", "DN", "P3", "DK", "DQ", "DD", "QB"}
REFERRING = frozenset({"DN", "P3"})
# Group (10 to 40, but for 35), type, classification and specialization, X.
_TAXONOMY = re.compile("(?:[12][0-9]|3[0-46-9]|40)[0-9][0-9A-Z]{2}[0-9]{4}X")


def npi_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A billing provider without NPI is atypical and known by the payer's own number for it."""
    billing = claim.billing
    if billing.npi or billing.secondary_id:
        return ()
    return [
        Finding(
            "NPI_MISSING",
            Outcome.HOLD,
            BILLING,
            "The billing provider has neither an NPI nor a number given by the payer.",
            "Enter the NPI, or the payer's number for a provider who can have none, and send the claim again.",
            segment=billing.segment or None,
        )
    ]


def npi_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Every NPI that is stated has the form of one and a true check digit: payers refuse a claim for one that has not,
    whoever it names. A number from an example is NPI_ILLUSTRATION's."""
    billing = claim.billing
    if billing.npi and not is_npi(billing.npi) and billing.npi not in ILLUSTRATIONS:
        found = [_invalid(BILLING, billing.segment, None)]
    else:
        found = []
    for provider in claim.providers:
        npi = provider.npi
        if npi and not is_npi(npi) and npi not in ILLUSTRATIONS:
            found.append(_invalid(_place(claim, provider, "NM109"), provider.segment, provider.line))
    return found


def _invalid(place: str, segment: int, line: int | None) -> Finding:
    return Finding(
        "NPI_INVALID",
        Outcome.REJECT,
        place,
        "The provider's NPI is mistyped: it has not ten digits, or its check digit is wrong.",
        "Correct the NPI and send the claim again.",
        line=line,
        segment=segment or None,
    )


def npi_illustration(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A number from an example. It only warns, because nobody is enrolled under it, which holds the claim."""
    found = [_illustration(BILLING, claim.billing.segment, None)] if claim.billing.npi in ILLUSTRATIONS else []
    for provider in claim.providers:
        if provider.npi in ILLUSTRATIONS:
            found.append(_illustration(_place(claim, provider, "NM109"), provider.segment, provider.line))
    return found


def _illustration(place: str, segment: int, line: int | None) -> Finding:
    return Finding(
        "NPI_ILLUSTRATION",
        Outcome.WARN,
        place,
        "The NPI is a number from published examples and nobody's: its check digit is wrong, so that payers refuse it.",
        "Enter the provider's own NPI; leave it only in a test.",
        line=line,
        segment=segment or None,
    )


def provider_number_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Every provider has an NPI, or a number that a payer, a state or Medicare gave. Facilities may have none."""
    found = []
    for provider in claim.providers:
        if not provider.npi and provider.role in _NUMBERED and not _is_numbered(claim, provider):
            found.append(
                Finding(
                    "PROVIDER_NUMBER_MISSING",
                    Outcome.HOLD if provider.role in _IN_CHARGE else Outcome.WARN,
                    _place(claim, provider, "NM109"),
                    "A provider has neither an NPI nor another number.",
                    "Enter the provider's NPI and send the claim again.",
                    line=provider.line,
                    segment=provider.segment or None,
                )
            )
    return found


def _is_numbered(claim: Claim, provider: Provider) -> bool:
    """By a state's licence, Medicare's older number, the payer's own, or a location's; also where no text tells."""
    return claim.text is None or of_party(claim, provider.segment, "REF", "0B", "1G", "G2", "LU") != provider.segment


def rendering_is_billing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Who bills for himself is not named once more as rendering provider."""
    billing = claim.billing.npi
    found = []
    for provider in claim.providers:
        if provider.npi == billing and provider.role == "82" and billing:
            found.append(
                Finding(
                    "RENDERING_IS_BILLING",
                    Outcome.WARN,
                    _place(claim, provider, "NM109"),
                    "The rendering provider is the billing provider.",
                    "Leave the rendering provider out where both are the same, if the payer asks for that.",
                    line=provider.line,
                    segment=provider.segment or None,
                )
            )
    return found


def referring_not_person(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """Only a person refers."""
    found = []
    for provider in claim.providers:
        if provider.entity_type == "2" and provider.role in REFERRING:
            found.append(
                Finding(
                    "REFERRING_NOT_PERSON",
                    Outcome.WARN,
                    _place(claim, provider, "NM102"),
                    "The referring provider is an organization.",
                    "Name the person who referred the patient.",
                    line=provider.line,
                    segment=provider.segment or None,
                )
            )
    return found


def referring_repeated(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """One provider refers (DN); where a second stands, it is the primary care provider of the first referral (P3)."""
    if len(claim.providers) < 2:
        return ()
    found, seen = [], set[tuple[str, int | None]]()
    for provider in claim.providers:
        if provider.role not in REFERRING:
            continue
        if (provider.role, provider.line) in seen:
            found.append(
                Finding(
                    "REFERRING_REPEATED",
                    Outcome.HOLD,
                    _place(claim, provider, "NM101"),
                    "Two referring providers stand in the same role.",
                    "Leave one out, or mark the primary care provider who referred first (P3).",
                    line=provider.line,
                    segment=provider.segment or None,
                )
            )
        seen.add((provider.role, provider.line))
    return found


def taxonomy_invalid(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """A taxonomy code begins with the two digits of a group of providers, ends in X and has ten characters. Whether there
    is such a code, only a list tells (`gateway lists import taxonomy`)."""
    found = []
    if not is_taxonomy(claim.billing.taxonomy):
        found.append(_no_taxonomy("2000A/PRV03", of_level(claim, BILLING_LEVEL, "PRV"), None))
    for provider in claim.providers:
        if not is_taxonomy(provider.taxonomy):
            segment = of_party(claim, provider.segment, "PRV")
            found.append(_no_taxonomy(_place(claim, provider, "PRV03"), segment, provider.line))
    return found


def _no_taxonomy(place: str, segment: int | None, line: int | None) -> Finding:
    return Finding(
        "TAXONOMY_INVALID",
        Outcome.WARN,
        place,
        "The provider's taxonomy code has not the form of one, or begins as none does.",
        "Look the code up in the provider's NPI record and correct it.",
        line=line,
        segment=segment,
    )


@lru_cache(maxsize=4096)
def is_taxonomy(code: str) -> bool:
    """None is as good as one."""
    return not code or _TAXONOMY.fullmatch(code) is not None


def attending_missing(claim: Claim, _: CheckContext) -> Sequence[Finding]:
    """An institutional claim names who is in charge of the patient's care, unless all it bills is transport. A person
    decides, for some payers know more exceptions."""
    if claim.kind is not ClaimKind.INSTITUTIONAL or any(provider.role == "71" for provider in claim.providers):
        return ()
    if claim.lines and all(line.revenue_code.startswith("054") for line in claim.lines):
        return ()
    return [
        Finding(
            "ATTENDING_MISSING",
            Outcome.HOLD,
            "2310A/NM109",
            "The claim names no attending provider.",
            "Enter the attending provider and send the claim again, or release it where the payer needs none.",
            segment=claim.position,
        )
    ]


def _place(claim: Claim, provider: Provider, element: str) -> str:
    of_claim, of_line = LOOPS[claim.kind].get(provider.role, ("2310", "2420"))
    return f"{of_claim if provider.line is None else of_line}/{element}"


CHECKS = (
    Check("NPI_MISSING", npi_missing, worst=Outcome.HOLD, once=True),
    Check("NPI_INVALID", npi_invalid, worst=Outcome.REJECT, once=True),
    Check("NPI_ILLUSTRATION", npi_illustration, worst=Outcome.WARN, once=True),
    Check("PROVIDER_NUMBER_MISSING", provider_number_missing, worst=Outcome.HOLD, once=True),
    Check("RENDERING_IS_BILLING", rendering_is_billing, worst=Outcome.WARN, once=True),
    Check("REFERRING_NOT_PERSON", referring_not_person, worst=Outcome.WARN, once=True),
    Check("REFERRING_REPEATED", referring_repeated, worst=Outcome.HOLD, once=True),
    Check("TAXONOMY_INVALID", taxonomy_invalid, worst=Outcome.WARN, once=True),
    Check("ATTENDING_MISSING", attending_missing, worst=Outcome.HOLD, once=True),
)
