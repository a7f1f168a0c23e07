"""Whom the gate asks about: the billing and the effective rendering provider of each line, with its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    rendering = _rendering(claim)
    found: dict[Subject, list[int | None]] = {}
    alike: dict[_Asking, list[Subject]] = {}
    for line in lines:
        asking = _asking(claim, line, rendering)
        subjects = alike.get(asking)
        if subjects is None:
            subjects = alike[asking] = list(_of_line(claim, asking))
        for subject in subjects:
            found.setdefault(subject, []).append(line.number if line else None)
    return found


def pairs_of(claim: Claim) -> frozenset[Pair]:
    """Every provider whose enrollment decides about this claim: a changed record of one of them judges it anew."""
    key = billing_key(claim)
    return frozenset([Pair(npi, claim.billing.tax_id, key) for npi in npis_of(claim)])


def npis_of(claim: Claim) -> set[str]:
    """The same providers by number alone."""
    npis = {billing_key(claim)}
    if claim.kind is not ClaimKind.INSTITUTIONAL:
        rendering = _rendering(claim)
        lines: list[int | None] = [line.number for line in claim.lines] or [None]
        npis |= {npi for number in lines if (npi := rendering.get(number, rendering.get(None, "")))}
    return npis - {""}


def billing_key(claim: Claim) -> str:
    """The billing NPI, or the payer's own number (2010BB REF*G2) of an atypical provider."""
    return claim.billing.npi or claim.billing.secondary_id


class _Asking(NamedTuple):
    """What lines that ask alike have in common: the days, what may excuse them, and the rendering provider."""

    days: Days | None
    emergency: bool
    substitute: bool
    rendering: str | None
    loop: str


def _asking(claim: Claim, line: ServiceLine | None, rendering: Mapping[int | None, str]) -> _Asking:
    days = _days(claim, line)
    if line is None:
        return _Asking(days, False, False, rendering.get(None), "2310B")
    place = line.place_of_service or claim.place_of_service
    substitute = bool(line.modifiers) and not SUBSTITUTE_MODIFIERS.isdisjoint(line.modifiers)
    own = rendering.get(line.number)
    npi, loop = (rendering.get(None), "2310B") if own is None else (own, "2420A")
    return _Asking(days, line.emergency or place == EMERGENCY_ROOM, substitute, npi, loop)


def _of_line(claim: Claim, asking: _Asking) -> Iterator[Subject]:
    place = "2010AA/NM109" if claim.billing.npi or not claim.billing.secondary_id else "2010BB/REF02"
    yield Subject(Role.BILLING, billing_key(claim), place, asking.days, asking.emergency)
    if claim.kind is not ClaimKind.INSTITUTIONAL and asking.rendering is not None:
        yield Subject(
            Role.RENDERING, asking.rendering, f"{asking.loop}/NM109", asking.days, asking.emergency, asking.substitute
        )


def _rendering(claim: Claim) -> dict[int | None, str]:
    """The rendering providers by line, None for the claim's own. A line without one of its own has the claim's; where
    neither is named the billing provider stands for both: a person bills for himself, an organization as such."""
    found: dict[int | None, str] = {}
    for provider in claim.providers:
        if provider.role == RENDERING:
            found.setdefault(provider.line, provider.npi)
    return found


def _days(claim: Claim, line: ServiceLine | None) -> Days | None:
    source = line if line and line.first_day else claim
    if source.first_day is None:
        return None
    last = source.last_day or source.first_day
    return Days(min(source.first_day, last), max(source.first_day, last))
