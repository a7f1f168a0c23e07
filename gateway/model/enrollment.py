"""Who may bill whom: the practice's own records. A record is never changed, only superseded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One dated statement about one provider at one payer.

    `tax_id` is the billing TIN the provider is linked to (`*` any), `billing_npi` the billing NPI (`*` any).
    Both ends of the interval are inclusive; `effective_to` None is open. `retro_from` lets earlier dates of service
    be billed. `observed_on` is the day somebody saw the `source` (letter, portal, roster file). `id` is 0 until stored.
    """

    provider_npi: str
    payer: str
    state: EnrollmentState
    effective_from: date | None
    effective_to: date | None = None
    retro_from: date | None = None
    tax_id: str = "*"
    billing_npi: str = "*"
    source: str = ""
    observed_on: date | None = None
    id: int = 0
