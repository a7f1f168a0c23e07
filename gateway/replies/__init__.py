"""Answers to our own submitter: TA1, 999 and 277CA, and a text and a CSV report for software that cannot read X12."""

from __future__ import annotations

from gateway.replies.acknowledgment import acknowledge, element_numbers
from gateway.replies.interchange import interchange_acknowledgment
from gateway.replies.names import Names, names_of, submitter_of
from gateway.replies.refusal import DUPLICATE_FILE, refused_batch
from gateway.replies.sheet import csv_report
from gateway.replies.status import claim_acknowledgment
from gateway.replies.text import text_report

__all__ = [
    "DUPLICATE_FILE",
    "Names",
    "acknowledge",
    "claim_acknowledgment",
    "csv_report",
    "element_numbers",
    "interchange_acknowledgment",
    "names_of",
    "refused_batch",
    "submitter_of",
    "text_report",
]
