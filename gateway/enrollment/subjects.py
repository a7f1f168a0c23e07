"""Whom the gate asks about: the billing and the effective rendering provider of each line, with its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gateway.model.claims import Claim, ClaimKind, ServiceLine

RENDERING = "82"
EMERGENCY_ROOM = "23"
# Q5: reciprocal arrangement. Q6: fee-for-time. Both bill a substitute's work in the regular physician's name.
SUBSTITUTE_MODIFIERS = frozenset({"Q5", "Q6"})


class Role(StrEnum):
    """In which role a provider is asked about, in a biller's words."""

    BILLING = "the billing provider"
    RENDERING = "the rendering provider under this billing provider"


class Days(NamedTuple):
    """A range of days, both ends inclusive."""

    first: date
    last: date


class Pair(NamedTuple):
    """A provider and the billing provider it must be linked to: an enrollment's key without the payer."""

    npi: str
    tax_id: str
    billing_npi: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One provider in one role on some days. `npi` is a payer's own number for an atypical billing provider and empty
    where the claim names nobody; `days` is None where no valid date is stated."""

    role: Role
    npi: str
    place: str
    days: Days | None
    emergency: bool = False
    substitute: bool = False


def subjects_of(claim: Claim) -> dict[Subject, list[int | None]]:
    """Every subject with the lines that ask about it, most often all of them. An institutional claim is billed by the
    facility over its statement dates, so it asks once, for no line, and about no rendering provider."""
    whole = claim.kind is ClaimKind.INSTITUTIONAL or not claim.lines
    lines: tuple[ServiceLine | None, ...] = (None,) if whole else claim.lines
    found: dict[Subject, list[int | None]] = {}
    for line in lines:
        for subject in _of_line(claim, line):
            found.setdefault(subject, []).append(line.number if line else None)
    return found


def pairs_of(claim: Claim) -> frozenset[Pair]:
    """Every provider whose enrollment decides about this claim: a changed record of one of them judges it anew."""
    key = billing_key(claim)
    return frozenset(Pair(s.npi, claim.billing.tax_id, key) for s in subjects_of(claim) if s.npi)


def billing_key(claim: Claim) -> str:
    """The billing NPI, or the payer's own number (2010BB REF*G2) of an atypical provider."""
    return claim.billing.npi or claim.billing.secondary_id


def _of_line(claim: Claim, line: ServiceLine | None) -> Iterator[Subject]:
    days = _days(claim, line)
    emergency = line is not None and (
        line.emergency or (line.place_of_service or claim.place_of_service) == EMERGENCY_ROOM
    )
    substitute = line is not None and not SUBSTITUTE_MODIFIERS.isdisjoint(line.modifiers)
    place = "2010AA/NM109" if claim.billing.npi or not claim.billing.secondary_id else "2010BB/REF02"
    yield Subject(Role.BILLING, billing_key(claim), place, days, emergency)
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        for npi, loop in _rendering(claim, line):
            yield Subject(Role.RENDERING, npi, f"{loop}/NM109", days, emergency, substitute)


def _rendering(claim: Claim, line: ServiceLine | None) -> Iterator[tuple[str, str]]:
    """The line's own rendering provider, else the claim's. Where neither is named the billing provider stands for
    both: a person bills for himself, an organization (laboratory, ambulance) as such."""
    named = [provider for provider in claim.providers if provider.role == RENDERING]
    own = next((p for p in named if line and p.line == line.number), None)
    general = next((p for p in named if p.line is None), None)
    if own:
        yield own.npi, "2420A"
    elif general:
        yield general.npi, "2310B"


def _days(claim: Claim, line: ServiceLine | None) -> Days | None:
    source = line if line and line.first_day else claim
    if source.first_day is None:
        return None
    last = source.last_day or source.first_day
    return Days(min(source.first_day, last), max(source.first_day, last))
