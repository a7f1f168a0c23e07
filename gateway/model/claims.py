"""A claim as the 837 states it, and what our checks found. Money is Decimal dollars, dates are dates of service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

from gateway.model.x12 import Delimiters, Span


class ClaimKind(StrEnum):
    """Which 837 implementation guide: professional X222, institutional X223, dental X224."""

    PROFESSIONAL = "P"
    INSTITUTIONAL = "I"
    DENTAL = "D"


class Outcome(IntEnum):
    """What a finding asks for; the worst over all findings decides."""

    PASS = 0
    WARN = 1
    HOLD = 2
    REJECT = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's word on one claim, hit or pass.

    `code` is stable (`ENROLLMENT_UNKNOWN`), `place` is loop and element (`2310B/NM109`), `segment` the position in
    its transaction set with ST = 1, `line` the LX number. `message` and `next_step` are for a biller and never hold
    a value of the claim. `evidence` names what was consulted: record id, source, date observed.
    """

    code: str
    outcome: Outcome
    place: str = ""
    message: str = ""
    next_step: str = ""
    evidence: str = ""
    line: int | None = None
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """N3 and N4 of one party: N301, N302, N401, N402, N403, N404 (empty or US within the United States)."""

    street: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Loop 2010AA with 2000A PRV. `npi` is empty for an atypical provider, who is known by `secondary_id` (2010BB
    REF*G2). `entity_type` is NM102 (1 person, 2 organization), `tax_id` is REF*EI or REF*SY with dashes removed.
    `segment` is the position of its NM1 in the set, ST = 1; 0 where it is not known. `address` is None where the
    provider has no N3 and no N4, or the claim comes from the store."""

    npi: str
    entity_type: str
    tax_id: str
    taxonomy: str = ""
    secondary_id: str = ""
    address: PostalAddress | None = None
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Patient:
    """Who was treated, and how he or she is insured. Only what a check asks; never a name.

    `dependent`: the claim hangs on a 2000C. `relationship` is SBR02 where the patient is the subscriber and PAT01
    where not; `subscriber_relationship` is SBR02 in both cases. `born` and `sex` are DMG02 and DMG03 of the patient's
    own loop (2010BA, or 2010CA of a dependent); None and empty where that loop has no valid one. `demographics` is
    whether that loop has a DMG at all, `address` whether it has an N3 or N4, `zip` N403 of an address in the United
    States, empty where the claim comes from the store. `died` is PAT06 of the same level.
    `subscriber_billed`: a dependent whose subscriber has claims of his or her own at the level above. `address_lacks`
    is the first that is not there of N402 and N403 (of an address in the United States), N3 and N4; empty where none is
    missing, the whole address is, or the claim comes from the store.
    """

    dependent: bool = False
    relationship: str = ""
    subscriber_relationship: str = ""
    subscriber_entity_type: str = ""
    born: date | None = None
    sex: str = ""
    demographics: bool = False
    address: bool = False
    died: date | None = None
    group_number: str = ""
    segment: int = 0
    subscriber_billed: bool = False
    zip: str = ""
    address_lacks: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Any other provider named on the claim. `role` is NM101 (82 rendering, DQ supervising, DN referring, DK ordering,
    71 attending, 72 operating, 77 location ...), `line` the LX number, or None at claim level."""

    role: str
    npi: str
    entity_type: str
    taxonomy: str = ""
    line: int | None = None
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One composite of an HI: its qualifier (ABK, ABF, BK, ABJ ...) and code, as written."""

    qualifier: str
    code: str


@dataclass(frozen=True, slots=True)
class Adjudication:
    """Loop 2430: what another payer paid for a line. `payer_id` is SVD01, `paid` SVD02, `adjusted` the sum of all CAS
    amounts below it; None where one is not a number. `paid_on` is DTP*573."""

    payer_id: str
    paid: Decimal | None
    adjusted: Decimal | None
    units: Decimal | None = None
    paid_on: date | None = None
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Loop 2320 with 2330: another payer of the same claim. `responsibility` is SBR01, `payer_id` 2330B NM109, `paid`
    AMT*D, `adjusted` the sum of all CAS amounts of the claim; None where it is not stated or not a number.
    `paid_on` is 2330B DTP*573. `segment` is the position of its SBR."""

    responsibility: str
    payer_id: str = ""
    filing_indicator: str = ""
    paid: Decimal | None = None
    adjusted: Decimal | None = None
    non_covered: Decimal | None = None
    paid_on: date | None = None
    segment: int = 0


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400. `charge` is None where the element is not a number; `first_day`/`last_day` are None where no valid
    DTP*472 stands on the line. `control` is REF*6R, `procedure` without its qualifier, `revenue_code` only in 837I.
    `pointers` are the components of SV107 (SV311 of a dental line), `unit` is SV103 or SV204, `segment` the position
    of its LX in the set, ST = 1."""

    number: int
    procedure: str
    modifiers: tuple[str, ...]
    charge: Decimal | None
    units: Decimal | None
    first_day: date | None
    last_day: date | None
    place_of_service: str = ""
    emergency: bool = False
    revenue_code: str = ""
    control: str = ""
    procedure_qualifier: str = ""
    unit: str = ""
    pointers: tuple[str, ...] = ()
    adjudications: tuple[Adjudication, ...] = ()
    segment: int = 0


class OtherDate(NamedTuple):
    """A DTP of loop 2300 or 2400 that is neither the date of service nor the statement's, where it is a valid date:
    DTP01, first and last day, the LX number or None at claim level, and its position in the set. So are the occurrences and
    their spans of an institutional claim, whose qualifier is that of their HI and their code (`BH11`, `BI71`)."""

    qualifier: str
    first: date
    last: date
    line: int | None = None
    segment: int = 0


class ClaimText(NamedTuple):
    """What a claim was read from: the levels from 2000A down, each with the position of its HL, and the claim. Each is
    its segments without padding, joined by the terminator."""

    levels: tuple[tuple[int, bytes], ...]
    claim: bytes
    delimiters: Delimiters


@dataclass(frozen=True, slots=True)
class Claim:
    """Loop 2300 with what it inherits from the levels above it.

    `control_number` is CLM01 (the practice's own number), `payer_id` 2010BB NM109 trimmed (it says whom the
    subscriber's loop names as destination; 2330B payers are never the destination), `payer_responsibility` SBR01,
    `frequency` CLM05-3, `payer_control_number` REF*F8, `trace` an inbound REF*D9. `first_day`/`last_day` are the
    range over all lines, or DTP*434 for an institutional claim. `levels` are ordinals from 2000A down to the level
    the claim hangs on; `span` is its bytes from CLM to before the next claim or level; `position` is CLM's place in
    its set with ST = 1; `fingerprint` is a digest of the claim's and its levels' content without HL numbers and D9:
    equal content gives equal fingerprints in any wrapper.

    `assignment` is CLM07, `patient_paid` AMT*F5, `admitted` DTP*435, `discharged` DTP*096, `accident_related` whether
    CLM11 names an accident (`auto_accident` one with a car, not abroad, in the `accident_state` of CLM11-4), `accident_day`
    DTP*439.
    `diagnoses` are all of HI that code an illness, in order; pointer n means the n-th place, and `diagnosis_gaps` are the
    places before the last that are empty. `findings` are what reading found: guide errors, and elements that are not what
    they should be. `payer_segment` is the position of 2010BB NM1, 0 where it is not known. `text` is what tells where a
    segment stands; None for a claim from the store.
    """

    kind: ClaimKind
    transaction_set: int
    levels: tuple[int, ...]
    span: Span
    position: int
    control_number: str
    charge: Decimal | None
    place_of_service: str
    frequency: str
    payer_id: str
    payer_responsibility: str
    filing_indicator: str
    member_id: str
    billing: BillingProvider
    providers: tuple[Provider, ...]
    lines: tuple[ServiceLine, ...]
    first_day: date | None
    last_day: date | None
    payer_control_number: str = ""
    prior_authorization: str = ""
    trace: str = ""
    delay_reason: str = ""
    fingerprint: bytes = b""
    findings: tuple[Finding, ...] = ()
    patient: Patient = Patient()
    diagnoses: tuple[Diagnosis, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    assignment: str = ""
    patient_paid: Decimal | None = None
    admitted: date | None = None
    discharged: date | None = None
    accident_related: bool = False
    predetermination: bool = False
    auto_accident: bool = False
    accident_state: str = ""
    accident_day: date | None = None
    payer_segment: int = 0
    other_dates: tuple[OtherDate, ...] = ()
    diagnosis_gaps: tuple[int, ...] = ()
    text: ClaimText | None = field(default=None, compare=False, repr=False)
