"""Loops 2100 and 2110 of an 835 while their segments come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gateway.model.answers import Adjustment, Carrier, ClaimPayment, LinePayment
from gateway.x12.answers.sets import Elements
from gateway.x12.syntax import decimal_of, text_of


@dataclass(slots=True)
class LineLoop:
    """One 2110."""

    procedure: str
    charge: Decimal
    paid: Decimal
    submitted: str
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    control: str = ""
    rendering_npi: str = ""
    days: dict[str, date | None] = field(default_factory=dict)

    def ref(self, qualifier: str, value: str) -> None:
        """6R is our line's number, HPI who rendered it."""
        if qualifier == "6R":
            self.control = value
        elif qualifier == "HPI":
            self.rendering_npi = value

    def dtm(self, qualifier: str, day: date | None) -> None:
        """472 is one day, 150 and 151 begin and end a range."""
        self.days[qualifier] = day

    def built(self) -> LinePayment:
        """The line as the contract has it."""
        first, last = _range(self.days.get("150"), self.days.get("151"), self.days.get("472"))
        return LinePayment(
            procedure=self.procedure,
            charge=self.charge,
            paid=self.paid,
            adjustments=tuple(self.adjustments),
            remarks=tuple(self.remarks),
            control=self.control,
            first_day=first,
            last_day=last,
            submitted_procedure=self.submitted,
            rendering_npi=self.rendering_npi,
        )


@dataclass(slots=True)
class ClaimLoop:
    """One 2100 with its lines."""

    claim: str
    status: str
    charge: Decimal
    paid: Decimal
    patient: Decimal
    filing_indicator: str
    number: str
    adjustments: list[Adjustment] = field(default_factory=list)
    lines: list[LineLoop] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    original: str = ""
    rendering_npi: str = ""
    members: dict[str, str] = field(default_factory=dict)
    days: dict[str, date | None] = field(default_factory=dict)
    carriers: list[Carrier] = field(default_factory=list)

    def carrier(self, entity: str, name: str, number: str) -> None:
        """Another payer: who got the claim (TT), or who should have come first (PR)."""
        self.carriers.append(Carrier(entity, name, number))

    def nm1(self, entity: str, qualifier: str, number: str) -> None:
        """Numbers only: of the rendering provider, the subscriber (IL) and the patient (QC)."""
        if entity == "82" and qualifier == "XX":
            self.rendering_npi = number
        elif entity in {"IL", "QC"} and number:
            self.members[entity] = number

    def ref(self, qualifier: str, value: str) -> None:
        """F8 is the payer's number of the claim that this one replaces or corrects."""
        if qualifier == "F8":
            self.original = value

    def dtm(self, qualifier: str, day: date | None) -> None:
        """232 and 233 begin and end the statement."""
        self.days[qualifier] = day

    def built(self) -> ClaimPayment:
        """The claim as the contract has it. The member is the subscriber, or the patient where he is not named."""
        first, last = _range(self.days.get("232"), self.days.get("233"), None)
        return ClaimPayment(
            claim=self.claim,
            status=self.status,
            charge=self.charge,
            paid=self.paid,
            patient_responsibility=self.patient,
            filing_indicator=self.filing_indicator,
            payer_control_number=self.number,
            adjustments=tuple(self.adjustments),
            lines=tuple(line.built() for line in self.lines),
            original_reference=self.original,
            rendering_npi=self.rendering_npi,
            member_id=self.members.get("IL") or self.members.get("QC", ""),
            remarks=tuple(self.remarks),
            first_day=first,
            last_day=last,
            carriers=tuple(self.carriers),
        )


def triplets(cas: list[bytes], read: Elements) -> Iterator[Adjustment]:
    """The reason, amount and quantity triplets of a CAS, six at most."""
    group = text_of(cas[1])
    for n in range(2, 20, 3):
        reason, amount = text_of(cas[n]), read.money(cas[n + 1], f"CAS{n + 1:02}")
        if reason or amount:
            yield Adjustment(group, reason, amount, decimal_of(cas[n + 2].strip(b" ")))


def _range(first: date | None, last: date | None, day: date | None) -> tuple[date | None, date | None]:
    """A range, or the one day there is."""
    first = first or day or last
    return first, last or day or first
