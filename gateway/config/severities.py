"""How a site weighs findings another way, and which it may."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.checks import FIRM
from gateway.model.claims import Outcome
from gateway.x12.envelope_findings import OF_FILES


def may_change(severity: Mapping[str, str]) -> None:
    """Outcomes by name, by the codes of findings. Raises ValueError with the rule that is broken."""
    whole = sorted(code for code in severity if code in OF_FILES or code.startswith("X12_"))
    if whole:
        raise ValueError(f"cannot change {' or '.join(whole)}: it is said of a file, and holds or rejects no claim")
    weakened = sorted(code for code in FIRM & severity.keys() if Outcome[severity[code]] < Outcome.HOLD)
    if weakened:
        raise ValueError(f"must not weaken {' or '.join(weakened)}: nobody can send such a claim")


def outcomes(severity: Mapping[str, str]) -> dict[str, Outcome]:
    """The same as outcomes themselves."""
    return {code: Outcome[name] for code, name in severity.items()}
