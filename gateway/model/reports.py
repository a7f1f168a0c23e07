"""What we tell our own submitter about a dropped file: each interchange, group, set and claim with its verdict."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from gateway.model.claims import ClaimKind, Finding
from gateway.model.x12 import FunctionalGroup, Interchange, TransactionSet


class Verdict(StrEnum):
    """What became of a claim so far. Held is taken: it waits here, and nothing of it was refused."""

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"

    @property
    def taken(self) -> bool:
        """Whether the claim is ours to send."""
        return self in (Verdict.ACCEPTED, Verdict.HELD)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a reply unique: ISA13 (also GS06), and the moment it is written, in the site's own time."""

    control: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """One NM1: NM102, the name, NM108 and NM109. What is not known is empty. Never shown outside an X12 reply."""

    entity_type: str = "2"
    name: str = ""
    first: str = ""
    middle: str = ""
    suffix: str = ""
    qualifier: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """One claim. `claim_id` is our own name for it (`C12`), `payer` the payer's name or key, `position` that of its CLM
    in the set (ST = 1), `trace` an inbound REF*D9, `bill_type` CLM05-1 with CLM05-3 of an institutional claim.
    `code` is the finding that decided, empty where the claim is accepted; passes among `findings` are not told."""

    claim_id: str
    kind: ClaimKind
    control_number: str
    charge: Decimal | None
    first_day: date | None
    last_day: date | None
    position: int
    payer: str
    verdict: Verdict
    billing: Party = Party()
    patient: Party = Party("1")
    trace: str = ""
    bill_type: str = ""
    code: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class SetReport:
    """One transaction set. `claims` may be lazy, but it is gone through more than once. `findings` are faults that
    belong to no claim. `refused`: no claim of it was taken, whatever they hold; `notes` then says why in the codes
    of IK502. `submitter` is 1000A, None where it is not known."""

    set: TransactionSet
    claims: Collection[ClaimReport] = ()
    findings: tuple[Finding, ...] = ()
    refused: bool = False
    notes: tuple[str, ...] = ()
    submitter: Party | None = None


@dataclass(frozen=True, slots=True)
class GroupReport:
    """One functional group. `stated` is GE01, None where it is no number. `notes` are codes of AK905."""

    group: FunctionalGroup
    sets: tuple[SetReport, ...] = ()
    stated: int | None = None
    refused: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InterchangeReport:
    """One interchange. `note` is TA105: 000, or why the interchange itself is refused."""

    interchange: Interchange
    groups: tuple[GroupReport, ...] = ()
    note: str = "000"

    @property
    def refused(self) -> bool:
        """Whether its ISA or IEA is at fault, so that a TA1 is all there is to answer."""
        return self.note != "000"


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A whole dropped file. `name` is what the submitter calls it, `findings` are the problems of the file itself."""

    name: str
    received: date
    interchanges: tuple[InterchangeReport, ...] = ()
    findings: tuple[Finding, ...] = ()
