"""A claim as the 837 states it, and what our checks found. Money is Decimal dollars, dates are dates of service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from gateway.model.x12 import Span


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
class BillingProvider:
    """Loop 2010AA with 2000A PRV. `npi` is empty for an atypical provider, who is known by `secondary_id` (2010BB
    REF*G2). `entity_type` is NM102 (1 person, 2 organization), `tax_id` is REF*EI or REF*SY with dashes removed."""

    npi: str
    entity_type: str
    tax_id: str
    taxonomy: str = ""
    secondary_id: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Any other provider named on the claim. `role` is NM101 (82 rendering, DQ supervising, DN referring, DK ordering,
    71 attending, 72 operating, 77 location ...), `line` the LX number, or None at claim level."""

    role: str
    npi: str
    entity_type: str
    taxonomy: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400. `charge` is None where the element is not a number; `first_day`/`last_day` are None where no valid
    DTP*472 stands on the line. `control` is REF*6R, `procedure` without its qualifier, `revenue_code` only in 837I."""

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
