"""A claim that looks like one which was let go: the same patient, provider, day and services."""

from __future__ import annotations

from gateway.model.claims import Finding, Outcome


def similar_claim(earlier: int) -> Finding:
    """The warning that an earlier claim, by our id, is much the same though not equal."""
    return Finding(
        "SIMILAR_CLAIM",
        Outcome.WARN,
        "2300/CLM01",
        "A claim for the same member, provider, day and services was let go before.",
        "See that it is no duplicate; a correction is sent as a replacement (frequency 7 with REF*F8).",
        f"claim C{earlier}",
    )
