"""What an 835 means: does it balance, what was paid or denied, and whose work a denial is (005010X221)."""

from gateway.remittance.adjudication import Adjudication, Denial, Work, adjudge, enrollment_denial
from gateway.remittance.balance import Balance, Imbalance, Level, Sums, balance

__all__ = [
    "Adjudication",
    "Balance",
    "Denial",
    "Imbalance",
    "Level",
    "Sums",
    "Work",
    "adjudge",
    "balance",
    "enrollment_denial",
]
