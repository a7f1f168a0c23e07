"""The kit's own claims: fictional, a few days old, and marked so that their patients are found wherever they leak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from gateway.testing.builders import BillingSpec, ClaimSpec, LineSpec, Person, batch837d, batch837i, batch837p

PATIENT = "QZXKITPATIENT"
MEMBER = "QZXKITMEMBER"
_BUILDERS = {"005010X222": batch837p, "005010X223": batch837i, "005010X224": batch837d}


def batch_for(version: str, numbers: Sequence[str], payer_id: str, usage: str, control: int, today: date) -> bytes:
    """One interchange of these claims for a payer, by the guide of this version."""
    day = today - timedelta(days=3)
    build = _BUILDERS.get(version[:10], batch837p)
    procedure = "D0120" if build is batch837d else "99213"
    claims = [
        ClaimSpec(
            number, payer_id=payer_id, member_id=f"{MEMBER}{at}", subscriber=Person(last=PATIENT, first="KIT"),
            lines=(LineSpec(procedure, first_day=day),), prior_authorization="KITAUTH1",
        )
        for at, number in enumerate(numbers)
    ]  # fmt: skip
    return build(claims, billing=BillingSpec(), usage=usage, control=control, version=version)
