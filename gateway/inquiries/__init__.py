"""Claim status: when a silent claim is asked about, and what the payer's answer means for whom."""

from gateway.inquiries.meaning import WORK, about, next_step, quiet_until, word_of
from gateway.inquiries.timing import Facts, first_due, next_due

__all__ = ["WORK", "Facts", "about", "first_due", "next_due", "next_step", "quiet_until", "word_of"]
