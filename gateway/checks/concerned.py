"""Which checks can find something in few claims only: they are not asked about all the others, for the sake of speed."""

from __future__ import annotations

from collections.abc import Callable

from gateway.model.claims import Claim, ClaimKind


def institutional(claim: Claim) -> bool:
    """Whether it is an 837I's."""
    return claim.kind is ClaimKind.INSTITUTIONAL


def adjudicated(claim: Claim) -> bool:
    """Whether it names another payer, or a line says what one paid."""
    return bool(claim.coverages) or any(line.adjudications for line in claim.lines)


CONCERNED: dict[str, Callable[[Claim], bool]] = {
    "STATEMENT_MISSING": institutional,
    "LINE_OUTSIDE_STATEMENT": institutional,
    "SERVICE_BEFORE_ADMISSION": institutional,
    "REVENUE_CODE_INVALID": institutional,
    "ATTENDING_MISSING": institutional,
    "COB_PAYER_UNMATCHED": adjudicated,
    "COB_PAID_MISSING": adjudicated,
    "COB_CLAIM_UNBALANCED": adjudicated,
    "COB_LINE_UNBALANCED": adjudicated,
    "COB_PAID_DIFFERS": adjudicated,
    "COB_RANK_REPEATED": adjudicated,
    "ADJUSTMENT_REASON_UNKNOWN": adjudicated,
    "REMARK_UNKNOWN": adjudicated,
    "BUNDLED_LINE_UNKNOWN": adjudicated,
    "ADJUSTMENT_REPEATED": adjudicated,
    "PAID_BEFORE_SERVICE": adjudicated,
}
"""By code; what is not named here is asked about every claim."""
