"""What a fictional 837 batch is made from: people, providers, service lines and claims, with defaults for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Money = Decimal | int | str
"""Dollars. A str is written as it stands, so that a test may write `120.00` or nonsense."""

Segment = tuple[str | tuple[str, ...], ...]
"""One segment as text: the segment id and its elements; a tuple is a composite."""


def valid_npi(number: int | str) -> str:
    """An NPI with a right check digit: of an index (0 to 99999999, the NPI starts with 2) or of nine given digits.

    The check digit is Luhn's over the digits with 80840 in front (45 CFR 162.406 adopts ISO 7812), which adds 24.
    """
    digits = f"2{number:08d}" if isinstance(number, int) else number
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    return f"{digits}{-(24 + sum(doubled) + sum(map(int, digits[1::2]))) % 10}"


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber or patient: name, address and demographics (NM1, N3, N4, DMG)."""

    last: str = "DOE"
    first: str = "DANA"
    born: date = date(1980, 2, 14)
    sex: str = "F"
    street: str = "1 SAMPLE ST"
    city: str = "CEDAR FALLS"
    state: str = "IA"
    zip: str = "50613"


@dataclass(frozen=True, slots=True)
class BillingSpec:
    """Loop 2010AA with 2000A PRV. Without `npi` it is an atypical provider, known by `secondary_id` (2010BB REF*G2).
    `entity_type` is NM102: 2 an organization, 1 a person, whose first name is `first`."""

    npi: str = "1234567893"
    name: str = "CEDAR FALLS FAMILY MEDICINE"
    first: str = ""
    entity_type: str = "2"
    tax_id: str = "999990001"
    tax_qualifier: str = "EI"
    taxonomy: str = "207Q00000X"
    secondary_id: str = ""
    street: str = "12 EXAMPLE WAY"
    city: str = "CEDAR FALLS"
    state: str = "IA"
    zip: str = "506130001"


PRACTICE = BillingSpec()
"""Who bills where a claim names nobody."""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """Loop 2400. `last_day` makes the date of service a range. `rendering` is 2420A in 837P and 837D, 2420C in 837I;
    `ordering` is 2420E (837P). `control` is REF*6R, by default the claim's number with L and the line's."""

    procedure: str = "99213"
    charge: Money = 120
    units: Money = 1
    modifiers: Sequence[str] = ()
    first_day: date = date(2026, 11, 3)
    last_day: date | None = None
    rendering: str = ""
    ordering: str = ""
    place_of_service: str = ""
    emergency: bool = False
    pointer: str = "1"
    revenue_code: str = "0450"
    tooth: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """Loop 2300 with its subscriber, payer and, if `dependent`, its patient.

    Claims that follow each other with the same billing provider, member and payer share their levels, the
    subscriber's own first. `charge` is by default the sum of the lines. In 837I `attending` is 71 and `rendering` is
    written only where it is another; `first_day` and `last_day` are the statement period, by default that of the
    lines. `trace` is an inbound REF*D9, `payer_control_number` REF*F8, `prior_authorization` REF*G1, `record_number`
    REF*EA. `supplements` are further segments between CLM and REF (DTP, DN1, DN2, PWK, CN1, AMT), `notes` those
    between REF and HI (K3, NTE, CR1, CRC). `other_payer_id` adds another coverage (2320, 2330A, 2330B).
    """

    control_number: str = "A1"
    lines: Sequence[LineSpec] = (LineSpec(),)
    charge: Money | None = None
    payer_id: str = "ALPHA1"
    payer_name: str = "ALPHA HEALTH PLAN"
    member_id: str = "AHP000001"
    subscriber: Person = Person()
    dependent: bool = False
    patient: Person = Person("DOE", "ROBIN", date(2015, 6, 5), "M")
    rendering: str = "2000000010"
    rendering_taxonomy: str = "207Q00000X"
    referring: str = ""
    supervising: str = ""
    facility: str = ""
    attending: str = "2000000010"
    operating: str = ""
    place_of_service: str = "11"
    facility_type: str = "13"
    frequency: str = "1"
    payer_control_number: str = ""
    prior_authorization: str = ""
    trace: str = ""
    record_number: str = ""
    delay_reason: str = ""
    responsibility: str = "P"
    filing_indicator: str = "CI"
    diagnoses: Sequence[str] = ("J069",)
    first_day: date | None = None
    last_day: date | None = None
    other_payer_id: str = ""
    supplements: Sequence[Segment] = ()
    notes: Sequence[Segment] = ()
    billing: BillingSpec | None = None
