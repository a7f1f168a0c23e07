"""The practice's own people and groups, and what each of them holds. Dated, and never changed, only superseded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.model.enrollment import ANY


class CredentialKind(StrEnum):
    """What runs out and must be renewed. Stored by name."""

    LICENCE = "licence"
    DEA = "dea"
    BOARD = "board"
    MALPRACTICE = "malpractice"
    CAQH = "caqh"
    CLIA = "clia"


@dataclass(frozen=True, slots=True)
class ProviderRecord:
    """One provider. `entity_type` is 1 for a person and 2 for an organization, as in NM102 and NPPES. `last_name` is an
    organization's whole name. `taxonomies` are NUCC codes, the primary one first."""

    npi: str
    entity_type: str
    last_name: str = ""
    first_name: str = ""
    taxonomies: tuple[str, ...] = ()
    source: str = ""
    observed_on: date | None = None
    document: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One billing group: a TIN with a billing NPI and the NPIs (or site numbers) of its locations."""

    tax_id: str
    npi: str
    name: str = ""
    locations: tuple[str, ...] = ()
    source: str = ""
    observed_on: date | None = None
    document: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """A person bills under a group. `payer` narrows it to what one payer has on file; `*` is the practice's own word.
    Both ends are inclusive; None is open, and None at both ends is a link whose dates nobody knows."""

    npi: str
    tax_id: str
    group_npi: str = ANY
    payer: str = ANY
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""
    observed_on: date | None = None
    document: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Credential:
    """A licence, DEA registration, board certificate, malpractice policy or CAQH attestation. `first_day` of a CAQH
    attestation is the day it was attested. `last_day` is the last day on which it is valid; None is open. `state` is
    the two-letter state of a licence or DEA registration."""

    npi: str
    kind: CredentialKind
    number: str = ""
    state: str = ""
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""
    observed_on: date | None = None
    document: int | None = None
    id: int = 0


Statement = ProviderRecord | GroupRecord | Membership | Credential
"""Everything the registry states beside enrollments."""
