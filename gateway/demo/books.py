"""Compares a site's books with its payers': every claim in one known state, each received once, money to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from gateway.partnership.phrases import counted
from gateway.testing.payer import PayerSimulator
from gateway.testing.payer.wire import read_segments

AT_A_PAYER = ("SENT", "ACKNOWLEDGED", "ACCEPTED", "DECLINED", "PAID", "PARTLY_PAID", "DENIED", "REVERSED")
NOT_SENT = ("HELD", "REJECTED", "DUPLICATE", "WITHDRAWN")
RETURNED = ("RETURNED",)
SETTLED = (*NOT_SENT, *RETURNED, "DECLINED", "PAID", "PARTLY_PAID", "DENIED", "REVERSED")


@dataclass(frozen=True)
class Books:
    """Both sides. `dropped` counts each CLM01 that the practice dropped; `rows` are the site's claims, `posted` its
    adjudications."""

    dropped: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]
    posted: Sequence[Mapping[str, Any]]
    payers: Sequence[PayerSimulator]

    @cached_property
    def received(self) -> Counter[str]:
        """How often each claim was taken by a payer, by CLM01 and content."""
        return Counter(f"{claim.claim}/{claim.digest}" for payer in self.payers for claim in payer.claims_taken())

    @property
    def doubled(self) -> int:
        """How many claims a payer took more than once."""
        return sum(count - 1 for count in self.received.values())

    @property
    def lost(self) -> list[str]:
        """The claims that were dropped and are nowhere, or stand as sent and never arrived."""
        known = Counter(row["control_number"] for row in self.rows)
        arrived = {name.partition("/")[0] for name in self.received}
        nowhere = [name for name, count in self.dropped.items() if known[name] < count]
        return nowhere + [
            row["control_number"]
            for row in self.rows
            if row["stands"] in AT_A_PAYER and row["control_number"] not in arrived
        ]

    def paid_by_us(self) -> Decimal:
        """What our ledger says was paid for claims."""
        return sum((Decimal(row["paid"]) for row in self.posted), Decimal(0))

    def paid_by_payers(self) -> Decimal:
        """What the payers' own remittances say, read by the payers' own reader."""
        return sum((Decimal(clp[4]) for clp in self._remitted("CLP")), Decimal(0))

    def transferred(self) -> Decimal:
        """BPR02 of all remittances: what reached the bank, with interest and without what was held back."""
        return sum((Decimal(bpr[2]) for bpr in self._remitted("BPR")), Decimal(0))

    def _remitted(self, name: str) -> Iterator[Any]:
        for payer in self.payers:
            for path in sorted(payer.outbox.glob("*_835*")):
                yield from (segment for segment in read_segments(path.read_bytes()) if segment.id == name)

    def wrong(self) -> Iterator[str]:
        """Everything that does not agree."""
        known, dropped = len(self.rows), sum(self.dropped.values())
        if known != dropped:
            yield f"dropped: {counted(dropped, 'claim')}, and {known} are known"
        unsettled = Counter(row["stands"] for row in self.rows if row["stands"] not in SETTLED)
        yield from (f"{counted(count, 'claim')} still {stands}" for stands, count in sorted(unsettled.items()))
        if self.doubled:
            yield f"received twice: {counted(self.doubled, 'claim')}"
        if self.lost:
            yield f"lost: {counted(len(self.lost), 'claim')}, {self.lost[0]} first"
        names = {row["control_number"] for row in self.rows if row["stands"] in NOT_SENT}
        names -= {row["control_number"] for row in self.rows if row["stands"] not in NOT_SENT}
        leaked = [name for name in self.received if name.partition("/")[0] in names]
        if leaked:
            yield f"received though not to be sent: {counted(len(leaked), 'claim')}"
        if self.paid_by_us() != self.paid_by_payers():
            yield f"the payers paid {self.paid_by_payers()}, and {self.paid_by_us()} was posted"
        if any(row["claim"] is None for row in self.posted):
            yield "money was posted to no claim"
