"""Approved enrollments that the payer has loaded: that it took a claim of theirs shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gateway.model.claims import Claim
from gateway.model.enrollment import ANY, BILLING_KINDS, Enrollment, EnrollmentKind, EnrollmentState
from gateway.named import billing_key

_RENDERING = "82"
_KINDS = BILLING_KINDS | {EnrollmentKind.MEDICARE_REASSIGNMENT}


def awaits_load(record: Enrollment) -> bool:
    """Whether it is approved, and a claim that the payer takes would show that it is loaded."""
    return record.state is EnrollmentState.APPROVED_PENDING_LOAD and record.kind in _KINDS


def shows_loaded(claim: Claim, record: Enrollment) -> bool:
    """Whether this claim, which the payer took, is billed or rendered under the enrollment, on a day that it covers."""
    key, begin, served = billing_key(claim), record.retro_from or record.effective_from, claim.first_day
    paid = {key, *(one.npi for one in claim.providers if one.role == _RENDERING)}
    in_time = served is not None and (begin or date.min) <= served <= (record.effective_to or date.max)
    return (
        in_time
        and record.provider_npi in paid
        and record.billing_npi in (ANY, key)
        and record.tax_id.replace("-", "") in (ANY, claim.billing.tax_id)
        and record.line_of_business in (ANY, claim.filing_indicator)
    )


def loaded(record: Enrollment, on: date) -> Enrollment:
    """The record as active, with the payer's acceptance of that day as its newest evidence."""
    source = "; ".join([*([record.source] if record.source else []), f"277CA of {on} accepted a claim"])
    return replace(record, state=EnrollmentState.ACTIVE, source=source, observed_on=max(record.observed_on or on, on))
