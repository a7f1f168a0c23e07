"""Words that askers and answerers share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STANDS = (
    "RECEIVED", "READY", "HELD", "REJECTED", "DUPLICATE", "WITHDRAWN", "ASSIGNED", "SENT", "ACKNOWLEDGED",
    "RETURNED", "ACCEPTED", "DECLINED", "PAID", "PARTLY_PAID", "DENIED", "REVERSED",
)  # fmt: skip
"""Where a claim can stand."""

GROUPS = ("payer", "provider")
"""By what metrics can be told apart."""

PROBLEMS = "ROSTER_PROBLEMS"
"""The code of a roster that was refused for what its rows say."""

PROBLEMS_HEAD = "the roster has problems:"
"""How its message begins, one problem a line."""


def seen_later(records: Sequence[int]) -> str:
    """That records on file were seen later than what takes their place."""
    numbers = ", ".join(str(number) for number in records)
    return (
        f"Seen later than what takes their place: record {numbers}. If this file is older than what is on record, do not"
        " apply it, or put into observed_on when each row was seen."
    )


def reasons(row: Mapping[str, Any], when: str) -> str:
    """All codes by which a claim is held `before` or `after`, the one that leads first."""
    return ", ".join(dict.fromkeys(code for code in (row[f"{when}_code"], *row[f"{when}_holds"]) if code))
