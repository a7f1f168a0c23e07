"""Words that askers and answerers share."""

from __future__ import annotations

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
