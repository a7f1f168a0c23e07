"""Who may bill whom: the practice's own records. A record is never changed, only superseded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ANY = "*"
"""Stands for every tax id, billing NPI, line of business, location or submitter."""


class EnrollmentKind(StrEnum):
    """What the payer agreed to. Separate records: one never stands for another. Stored by name."""

    PARTICIPATION = "participation"
    MEDICARE_INDIVIDUAL = "medicare_individual"
    MEDICARE_REASSIGNMENT = "medicare_reassignment"
    MEDICAID = "medicaid"
    ORDER_REFER = "order_refer"
    EDI_837 = "edi_837"
    ERA_835 = "era_835"
    EFT = "eft"


BILLING_KINDS = frozenset({EnrollmentKind.PARTICIPATION, EnrollmentKind.MEDICARE_INDIVIDUAL, EnrollmentKind.MEDICAID})
"""The kinds that let a provider bill; the others link, order, or move files and money."""


class EnrollmentState(StrEnum):
    """How far a provider is with a payer. Stored by name; judged by date of service, never by today."""

    NOT_STARTED = "not_started"
    IN_PREPARATION = "in_preparation"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    MORE_INFO_NEEDED = "more_info_needed"
    APPROVED_PENDING_LOAD = "approved_pending_load"
    ACTIVE = "active"
    ACTIVE_REVALIDATION_DUE = "active_revalidation_due"
    LAPSED = "lapsed"
    STAY = "stay"
    DEACTIVATED = "deactivated"
    REVOKED = "revoked"
    TERMED = "termed"
    DENIED = "denied"
    OUT_OF_NETWORK = "out_of_network"


OVER = frozenset(
    {
        EnrollmentState.LAPSED,
        EnrollmentState.STAY,
        EnrollmentState.DEACTIVATED,
        EnrollmentState.REVOKED,
        EnrollmentState.TERMED,
    }
)
"""The states of what has ended: what was done until `effective_to` is payable, nothing after."""


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One dated statement about one provider at one payer.

    `tax_id` is the billing TIN the provider is linked to, `billing_npi` the billing NPI, `line_of_business` the SBR09
    code of the claims it is about, `location` the NPI of the service facility, `submitter` our own id at the payer (of
    an EDI or ERA enrollment); `*` is any. Both ends of the interval are inclusive; `effective_to` None is open.
    `retro_from` lets earlier dates of service be billed. `observed_on` is the day somebody saw the `source` (letter,
    portal, roster file), `document` the row of that letter in the vault. `loads_on` is the day by which the payer said
    that its system would know an approved enrollment. `id` is 0 until stored.
    """

    provider_npi: str
    payer: str
    state: EnrollmentState
    effective_from: date | None
    effective_to: date | None = None
    retro_from: date | None = None
    tax_id: str = ANY
    billing_npi: str = ANY
    source: str = ""
    observed_on: date | None = None
    kind: EnrollmentKind = EnrollmentKind.PARTICIPATION
    line_of_business: str = ANY
    location: str = ANY
    submitter: str = ANY
    taxonomy: str = ""
    payer_assigned_id: str = ""
    submitted_on: date | None = None
    decided_on: date | None = None
    revalidation_due: date | None = None
    recred_due: date | None = None
    loads_on: date | None = None
    document: int | None = None
    id: int = 0
