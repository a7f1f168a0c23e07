"""An open item as people work on it: what it is worth today, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NO_DEADLINE = 180
"""As how many days away that counts which has no deadline, or whose deadline passed: it no longer runs away."""

OUTCOMES = {
    "paid": "the payer paid it, by a way that no remittance here shows",
    "corrected": "a corrected claim took its place",
    "appealed_won": "an appeal was won",
    "appealed_lost": "an appeal was lost",
    "patient": "it was billed to the patient",
    "next_payer": "it was billed to the next payer",
    "written_off": "it was written off",
    "no_denial": "it was nothing to work on",
}
"""How a person may close an item."""


@dataclass(frozen=True, slots=True)
class Open:
    """An item as the store has it. `claim_state` is where its claim stands; `filing_due` that claim's filing limit;
    `corrected_due` the payer's own limit for corrected claims, where it has one."""

    id: int
    claim: int
    payer: str
    code: str
    amount: Decimal
    fix: str
    final: bool
    worked: bool
    denied_on: date | None
    opened_on: date
    claim_state: str
    filing_due: date | None
    corrected_due: date | None = None


def weight(amount: Decimal, left: int | None) -> Decimal:
    """Money times urgency: dollars / (days left + 1), with at most NO_DEADLINE days, and so many where nothing runs or
    all has passed. $100 on its last day go before $10,000 with 100 days left or more, and after them with 98."""
    days = NO_DEADLINE if left is None or left < 0 else min(left, NO_DEADLINE)
    return amount / (days + 1)
