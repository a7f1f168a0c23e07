"""Checks of provider identifiers: the NPI's form, by the role it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.checks.engine import Check, CheckContext
from gateway.model.claims import Claim, ClaimKind, Finding, Outcome, Provider
from gateway.npi import is_npi

BILLING = "2010AA/NM109"
# Whom a payer looks up before all else: it refuses the claim when one of these is no NPI.
DECISIVE_ROLES = frozenset({"82", "71"})

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


def npi_missing(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """A billing provider without NPI is atypical and known by the payer's own number for it."""
    if not claim.billing.npi and not claim.billing.secondary_id:
        yield Finding(
            "NPI_MISSING",
            Outcome.HOLD,
            BILLING,
            "The billing provider has neither an NPI nor a number given by the payer.",
            "Enter the NPI, or the payer's number for a provider who can have none, and send the claim again.",
        )


def npi_invalid(claim: Claim, _: CheckContext) -> Iterator[Finding]:
    """Every NPI that is stated has the form of one and a true check digit."""
    if claim.billing.npi and not is_npi(claim.billing.npi):
        yield _invalid(Outcome.REJECT, BILLING, None)
    for provider in claim.providers:
        if provider.npi and not is_npi(provider.npi):
            outcome = Outcome.REJECT if provider.role in DECISIVE_ROLES else Outcome.WARN
            yield _invalid(outcome, f"{_loop(claim.kind, provider)}/NM109", provider.line)


def _invalid(outcome: Outcome, place: str, line: int | None) -> Finding:
    return Finding(
        "NPI_INVALID",
        outcome,
        place,
        "The provider's NPI is mistyped: it has not ten digits, or its check digit is wrong.",
        "Correct the NPI and send the claim again.",
        line=line,
    )


def _loop(kind: ClaimKind, provider: Provider) -> str:
    of_claim, of_line = LOOPS[kind].get(provider.role, ("2310", "2420"))
    return of_claim if provider.line is None else of_line


CHECKS = (Check("NPI_MISSING", npi_missing), Check("NPI_INVALID", npi_invalid))
