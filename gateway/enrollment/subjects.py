"""Whom the gate asks about: each provider of a claim in its role, with the days of the lines that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gateway.checks.providers import LOOPS
from gateway.enrollment.spans import Days
from gateway.items import Item, item_of
from gateway.model.claims import Claim, ClaimKind, Provider
from gateway.named import SUBSTITUTE_MODIFIERS, billing_key, npis_of

EMERGENCY_ROOM = "23"
FACILITY_LOCATION = "77"


class Role(StrEnum):
    """In which role a provider is asked about, in a biller's words."""

    BILLING = "the billing provider"
    RENDERING = "the rendering provider under this billing provider"
    SUPERVISING = "the supervising provider"
    REFERRING = "the referring provider"
    ORDERING = "the ordering provider"
    ATTENDING = "the attending provider"
    OPERATING = "the operating provider"
    FACILITY = "the service facility"
    OTHER = "another provider of the claim"


PAID = frozenset({Role.BILLING, Role.RENDERING})
"""Whose enrollment is asked about."""

_INSTITUTIONAL = ClaimKind.INSTITUTIONAL
_BILLING, _RENDERING, _OTHER = Role.BILLING, Role.RENDERING, Role.OTHER
_ORDERS = frozenset({Role.REFERRING, Role.ORDERING})
# By NM101. A primary care provider (P3), purchased service (QB) or assistant (DD) is only looked up in public lists.
_ROLES: Mapping[str, Role] = {
    "82": Role.RENDERING,
    "DQ": Role.SUPERVISING,
    "DN": Role.REFERRING,
    "DK": Role.ORDERING,
    "71": Role.ATTENDING,
    "72": Role.OPERATING,
    "ZZ": Role.OPERATING,
    "77": Role.FACILITY,
}
_PLACES = {
    kind: {role: tuple(f"{loop}/NM109" for loop in loops) for role, loops in of_kind.items()}
    for kind, of_kind in LOOPS.items()
}
_NOWHERE = ("2310/NM109", "2420/NM109")


class Pair(NamedTuple):
    """A provider and the billing provider it must be linked to: an enrollment's key without the payer."""

    npi: str
    tax_id: str
    billing_npi: str


class Subject(NamedTuple):
    """One provider in one role on some days. `npi` is a payer's own number for an atypical billing provider and empty
    where the claim names nobody; `days` is None where no valid date is stated. `entity_type` is NM102, `location` the
    NPI of the service facility, `item` what was ordered, of those who order or refer for Medicare."""

    role: Role
    npi: str
    place: str
    days: Days | None
    emergency: bool = False
    substitute: bool = False
    entity_type: str = ""
    taxonomy: str = ""
    location: str = ""
    item: Item | None = None


_new = tuple.__new__

Lines = tuple[int | None, ...]
"""By their numbers; None stands for the whole claim."""

Subjects = dict[Subject, Lines]


def subjects_of(claim: Claim, medicare: bool = False) -> tuple[Subjects, bool]:
    """Every subject with the lines that ask about it, most often all of them. An institutional claim is billed by the
    facility over its statement dates, so it asks once, for no line, and not about the enrollment of who rendered. With
    them: whether all lines ask about all of them, and nobody is named by a line of its own."""
    if claim.kind is _INSTITUTIONAL or not claim.lines:
        whole = not any(one.line is not None for one in claim.providers)
        return dict.fromkeys(_of_whole(claim, medicare), (None,)), whole
    named, own = _named(claim)
    orders = medicare and any(provider.role in ("DN", "DK") for provider in claim.providers)
    in_emergency_room = claim.place_of_service == EMERGENCY_ROOM
    alike: dict[_Asking, list[int | None]] = {}
    before: _Asking | None = None
    together: list[int | None] = []
    for line in claim.lines:
        first, last, place, number = line.first_day, line.last_day, line.place_of_service, line.number
        if first is None:  # the claim's days stand in for those of a line that states none
            first, last = claim.first_day, claim.last_day
        asking = (
            first,
            last,
            line.emergency or (place == EMERGENCY_ROOM if place else in_emergency_room),
            bool(line.modifiers) and not SUBSTITUTE_MODIFIERS.isdisjoint(line.modifiers),
            number if own and number in own else None,
            item_of(claim, line) if orders else None,
        )
        if asking != before:  # most often all lines ask alike
            before, together = asking, alike.setdefault(asking, [])
        together.append(number)
    found: Subjects = {}
    for asking, asked_by in alike.items():
        numbers = tuple(asked_by)
        on = asking[4]
        providers = named if on is None else named | own[on]
        subjects = _of_lines(claim, asking, providers.values(), providers.get(FACILITY_LOCATION))
        if not found:
            found = dict.fromkeys(subjects, numbers)
            continue
        for subject in subjects:
            had = found.setdefault(subject, numbers)
            if had is not numbers:
                found[subject] = had + numbers
    return found, len(alike) == 1 and not own


def pairs_of(claim: Claim) -> frozenset[Pair]:
    """Every provider whose records can change what is said of this claim: a change of one of them judges it anew."""
    key = billing_key(claim)
    return frozenset([Pair(npi, claim.billing.tax_id, key) for npi in npis_of(claim)])


_Asking = tuple[date | None, date | None, bool, bool, int | None, Item | None]
"""What lines that ask alike have in common: first and last day, emergency, substitute, the line that names providers of
its own, what was ordered."""

_Named = dict[str, Provider]


def _named(claim: Claim) -> tuple[_Named, dict[int, _Named]]:
    """The claim's providers by role, and by line where a line has its own. A line without one of its own has the
    claim's; where neither names who rendered, the billing provider stands for both: a person bills for himself, an
    organization as such."""
    named: _Named = {}
    own: dict[int, _Named] = {}
    for provider in claim.providers:
        into = named if provider.line is None else own.setdefault(provider.line, {})
        into.setdefault(provider.role, provider)
    return named, own


def _of_whole(claim: Claim, medicare: bool) -> list[Subject]:
    item = item_of(claim, None) if medicare else None
    facility = next((one for one in claim.providers if one.role == FACILITY_LOCATION), None)
    return _of_lines(claim, (claim.first_day, claim.last_day, False, False, None, item), claim.providers, facility)


def _of_lines(claim: Claim, asking: _Asking, providers: Iterable[Provider], facility: Provider | None) -> list[Subject]:
    first, last, emergency, substitute, _, item = asking
    days = _days(first, last)
    billing, places = claim.billing, _PLACES[claim.kind]
    location = facility.npi if facility else ""
    place = "2010AA/NM109" if billing.npi or not billing.secondary_id else "2010BB/REF02"
    key, person, taxonomy = billing_key(claim), billing.entity_type, billing.taxonomy
    found = [_new(Subject, (_BILLING, key, place, days, emergency, False, person, taxonomy, location, None))]
    for one in providers:
        role, npi = _ROLES.get(one.role, _OTHER), one.npi
        if role is _RENDERING and claim.kind is _INSTITUTIONAL:
            role = _OTHER
        if npi or role is _RENDERING:
            place = places.get(one.role, _NOWHERE)[one.line is not None]
            stood_in = substitute and role is _RENDERING
            ordered = item if role in _ORDERS else None
            facts = (role, npi, place, days, emergency, stood_in, one.entity_type, one.taxonomy, location, ordered)
            found.append(_new(Subject, facts))
    return found


def _days(first: date | None, last: date | None) -> Days | None:
    """A reversed range is read as the days it spans."""
    if first is None:
        return None
    last = last or first
    return Days(first, last) if first <= last else Days(last, first)
