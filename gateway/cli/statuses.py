"""What `gateway why` shows of a claim's status: what its payer was asked, and what it said."""

from __future__ import annotations

from typing import Any

from gateway.cli import show


def of_claim(status: dict[str, Any] | None) -> None:
    """Nothing where nobody asked and nobody said anything."""
    if status is None:
        return
    show.facts(
        {**status, "said": status["word"]},
        {"said": "The payer says", "next": "Next step", "quiet_until": "Waits until", "done": "Done"},
    )
    asked = {"trace": "Trace", "why": "Why", "by": "By", "state": "State", "sent_at": "Sent", "closed_at": "Closed"}
    show.table(status["asked"], asked, empty="", title="\nWhat its payer was asked (276)")
    told = {"made_on": "Day", "word": "Says", "code": "Codes", "means": "", "paid": "Paid", "finalized_on": "Decided",
            "remitted_on": "Remitted", "payment": "Payment", "number": "Payer's number"}  # fmt: skip
    show.table(status["told"], told, empty="Nothing was answered yet.", title="\nWhat its payer said (277)")
