"""What comes back: TA1, 999, 277CA, 277 and 835, as read from the payer's bytes and before any matching.

Codes are data: an unknown one passes through unchanged. Money is Decimal dollars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gateway.model.x12 import Address


def code_of(text: str, longest: int = 3) -> str:
    """A code as it may be shown and logged: letters and digits, no longer than its element. What is none becomes `?`,
    for a partner may put anything there, a name included."""
    return text if len(text) <= longest and text.isascii() and text.isalnum() else "?"


@dataclass(frozen=True, slots=True)
class AnswerEnvelope:
    """Who sent an answer and under which number: ISA06, ISA08, ISA13, ISA15, with GS06 and ST02 where they exist."""

    sender: Address
    receiver: Address
    control: str
    usage: str
    group_control: str = ""
    set_control: str = ""


@dataclass(frozen=True, slots=True)
class InterchangeAcknowledgment:
    """TA1. `control`, `date`, `time` repeat the interchange it answers; `code` is A, E or R."""

    envelope: AnswerEnvelope
    control: str
    date: str
    time: str
    code: str
    note: str


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3 with its IK4s. `position` is IK302 (ST = 1), `loop` IK303 (4 characters at most), `code` IK304;
    `elements` are (IK401, IK403) pairs: the offending value of IK404 is dropped. `claim` is CLM01 from a CTX."""

    segment_id: str
    position: int | None
    loop: str
    code: str
    elements: tuple[tuple[str, str], ...] = ()
    claim: str = ""


@dataclass(frozen=True, slots=True)
class SetAcknowledgment:
    """AK2 to IK5. `control` is ST02 of ours, `code` IK501, `notes` IK502 to IK506."""

    control: str
    code: str
    notes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAcknowledgment:
    """One 999: AK1 to AK9. `control` is AK102 = our GS06, `code` AK901."""

    envelope: AnswerEnvelope
    functional_id: str
    control: str
    version: str
    code: str
    sets: tuple[SetAcknowledgment, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """One STC composite: category, status code and entity, with `action` STC03 (WQ, U or empty)."""

    category: str
    code: str
    entity: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """One level of a 277CA that carries statuses. `level` is 2200B (submitter), 2200C (billing provider) or 2200D
    (claim). At 2200D `claim` is TRN02 (CLM01), `payer_control_number` REF*1K, `trace` REF*D9."""

    level: str
    statuses: tuple[Status, ...]
    billing_npi: str = ""
    claim: str = ""
    trace: str = ""
    payer_control_number: str = ""
    charge: Decimal | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One 277CA transaction set. `reference` is 2200B TRN02 = our BHT03; `issuer` NM101 of 2100A (PR payer, AY
    clearinghouse); `processed_on` DTP*009, where it is missing BHT04; `has_children` of a 2200B or 2200C is implied by
    claims under it."""

    envelope: AnswerEnvelope
    issuer: str
    issuer_id: str
    reference: str
    created: str
    processed_on: date | None
    statuses: tuple[ClaimStatus, ...]


@dataclass(frozen=True, slots=True)
class ToldStatus:
    """One level of a 277 that carries statuses: 2200B (who asked), 2200C (provider), 2200D and 2200E (a claim of the
    subscriber, of a dependent). `trace` is TRN02, at a claim that of our question; `claim` REF*EJ, `attempt` REF*D9,
    `number` REF*1K. `charge` STC04, `paid` STC05, `effective_on` STC02, `finalized_on` STC06, `remitted_on` STC08 and
    `payment` STC09, the check or EFT. `provider` is NM109 of 2100C."""

    level: str
    statuses: tuple[Status, ...]
    trace: str = ""
    claim: str = ""
    attempt: str = ""
    number: str = ""
    provider: str = ""
    charge: Decimal | None = None
    paid: Decimal | None = None
    effective_on: date | None = None
    finalized_on: date | None = None
    remitted_on: date | None = None
    payment: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class StatusResponse:
    """A 277: one for each payer of its set. `payer_id` is NM109 of 2100A, `reference` TRN02 of 2200B where there is one
    (BHT03 of our 276), `created` BHT04 and BHT05, `made_on` the day of it."""

    envelope: AnswerEnvelope
    payer_id: str
    reference: str
    created: str
    made_on: date | None
    statuses: tuple[ToldStatus, ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS triplet: group code, reason (CARC), amount; a positive amount lowers the payment."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LinePayment:
    """Loop 2110. `control` is REF*6R, `remarks` the RARCs of LQ*HE."""

    procedure: str
    charge: Decimal
    paid: Decimal
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()
    control: str = ""
    first_day: date | None = None
    last_day: date | None = None
    submitted_procedure: str = ""
    rendering_npi: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Another payer that a claim payment names, an organization. `entity` is NM101: TT got the claim from this payer, PR
    should have come before it."""

    entity: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """Loop 2100. `claim` is CLP01, `status` CLP02, `payer_control_number` CLP07, `original_reference` REF*F8,
    `remarks` the RARCs of MIA and MOA, `carriers` are NM1*TT and NM1*PR."""

    claim: str
    status: str
    charge: Decimal
    paid: Decimal
    patient_responsibility: Decimal
    filing_indicator: str
    payer_control_number: str
    adjustments: tuple[Adjustment, ...]
    lines: tuple[LinePayment, ...]
    original_reference: str = ""
    rendering_npi: str = ""
    member_id: str = ""
    remarks: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    carriers: tuple[Carrier, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of a PLB: reason, reference (often a claim number), amount; a positive amount lowers the payment."""

    provider: str
    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835 transaction set. `amount` BPR02, `method` BPR04, `payment_date` BPR16, `trace` TRN02,
    `originator` TRN03; the payee is known by `payee_npi` and `payee_tax_id`. Many `claims` are packed: look at them in
    their order."""

    envelope: AnswerEnvelope
    handling: str
    amount: Decimal
    method: str
    payment_date: date | None
    trace: str
    originator: str
    payer_name: str
    payer_id: str
    payee_npi: str
    payee_tax_id: str
    produced_on: date | None
    claims: Sequence[ClaimPayment]
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A document that is no answer we know: kept and shown as mail, never an error. `kind` is what it looks like;
    `envelope` that of a transaction set which nobody here reads."""

    kind: str
    envelope: AnswerEnvelope | None = field(default=None, compare=False)


Answer = InterchangeAcknowledgment | GroupAcknowledgment | StatusReport | StatusResponse | Remittance | Note


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of document is read. Both functions are pure, for a document may be read again.

    `recognises` gets the document's first `HEAD_BYTES` bytes, or all of a shorter one. `reads` gets the whole document
    in blocks of any size and gives what it answers, in document order; it raises Malformed where the document cannot be
    read as what it claims to be, and then nothing of it counts. Whatever else it raises is a mistake of the reader.
    """

    kind: str
    recognises: Callable[[bytes], bool]
    reads: Callable[[Iterable[bytes]], Iterator[Answer]]


HEAD_BYTES = 4096
"""How much of a document a reader may look at to say whether it is one of its kind."""
