"""Do two statements of one payment contradict each other: the same money stated twice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

Said = tuple[str, str, str, Decimal]
"""Of a claim payment our number (CLP01), the payer's (CLP07), CLP02 and CLP04."""


def same_money(posted: Iterable[Said], stated: Iterable[Said]) -> bool:
    """Whether both state money of one adjudication: the same for a claim by our number of it or the payer's, or any under
    both numbers and one CLP02. A claim whose lines are split over two parts has a number of the payer's in each."""
    paid, known = set(), dict[tuple[str, str, str], Decimal]()
    for ours, theirs, status, amount in posted:
        paid |= {(name, status, amount) for name in (ours, theirs) if name}
        known[ours, theirs, status] = amount
    for ours, theirs, status, amount in stated:
        if amount and {(ours, status, amount), (theirs, status, amount)} & paid:
            return True
        if (before := known.get((ours, theirs, status))) is not None and (amount or before):
            return True
    return False
