"""Which submission, attempt or claim an answer speaks of. Nothing is matched by default: every result says how it was
reached, or why it was not and who was in question."""

from gateway.matching.groups import GroupMatch, Implicated, SetMatch, match_group
from gateway.matching.interchanges import InterchangeMatch, match_interchange
from gateway.matching.keys import Keys, keys_of, keys_of_payments
from gateway.matching.payments import PaymentMatch, match_payment, match_payments, match_remittance
from gateway.matching.reports import ReportMatch, StatusMatch, match_report
from gateway.matching.rows import EarlierPayment, Says, SentAttempt, SentSubmission, Unmatched
from gateway.matching.statuses import (
    StatusClass,
    claim_class,
    enrollment_kind,
    is_enrollment_reject,
    status_class,
)

__all__ = [
    "EarlierPayment",
    "GroupMatch",
    "Implicated",
    "InterchangeMatch",
    "Keys",
    "PaymentMatch",
    "ReportMatch",
    "Says",
    "SentAttempt",
    "SentSubmission",
    "SetMatch",
    "StatusClass",
    "StatusMatch",
    "Unmatched",
    "claim_class",
    "enrollment_kind",
    "is_enrollment_reject",
    "keys_of",
    "keys_of_payments",
    "match_group",
    "match_interchange",
    "match_payment",
    "match_payments",
    "match_remittance",
    "match_report",
    "status_class",
]
