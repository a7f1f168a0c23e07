"""Denials as work: which stand, of one root cause, how they ended, until when, and what comes first."""

from gateway.denials.clocks import Due, deadlines_of, dues_of
from gateway.denials.items import OF_PROVIDERS, Ended, Entry, Item, Refusal, items_of
from gateway.denials.work import NO_DEADLINE, OUTCOMES, Open, weight

__all__ = [
    "NO_DEADLINE",
    "OF_PROVIDERS",
    "OUTCOMES",
    "Due",
    "Ended",
    "Entry",
    "Item",
    "Open",
    "Refusal",
    "deadlines_of",
    "dues_of",
    "items_of",
    "weight",
]
