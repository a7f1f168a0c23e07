"""Which checks can find something in few claims only: they are not asked about all the others, for the sake of speed."""

from __future__ import annotations

from collections.abc import Callable

from gateway.checks.limits import LIMITS
from gateway.model.claims import Claim, ClaimKind

_CHAPTERS = frozenset("CDNOZ")
_PLANS = frozenset({"MA", "MB", "MC", "AM", "WC"})


def institutional(claim: Claim) -> bool:
    """Whether it is an 837I's."""
    return claim.kind is ClaimKind.INSTITUTIONAL


def adjudicated(claim: Claim) -> bool:
    """Whether it names another payer, or a line says what one paid."""
    return bool(claim.coverages) or any(line.adjudications for line in claim.lines)


def by_plan(claim: Claim) -> bool:
    """Whether Medicare, Medicaid or an insurer of injuries is to pay."""
    return claim.filing_indicator in _PLANS


def dental(claim: Claim) -> bool:
    """Whether it is an 837D's."""
    return claim.kind is ClaimKind.DENTAL


def limited(claim: Claim) -> bool:
    """Whether it has a procedure that is for some places, ages or one sex."""
    for line in claim.lines:  # noqa: SIM110 - no generator, for the sake of speed
        if line.procedure in LIMITS:
            return True
    return False


def modified(claim: Claim) -> bool:
    """Whether a line has a modifier."""
    for line in claim.lines:  # noqa: SIM110 - no generator, for the sake of speed
        if line.modifiers:
            return True
    return False


def of_organs(claim: Claim) -> bool:
    """Whether a diagnosis is of a chapter that has illnesses of one sex."""
    for each in claim.diagnoses:  # noqa: SIM110 - no generator, for the sake of speed
        if each.code[:1] in _CHAPTERS:
            return True
    return False


def other_than_original(claim: Claim) -> bool:
    """Whether it is no plain original."""
    return claim.frequency != "1"


def of_accident(claim: Claim) -> bool:
    """Whether it is said to be related to one."""
    return claim.accident_related or claim.auto_accident


def of_deceased(claim: Claim) -> bool:
    """Whether the patient is said to have died."""
    return claim.patient.died is not None


def dated(claim: Claim) -> bool:
    """Whether it tells of a day beside its services."""
    return bool(claim.other_dates)


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
    "REVENUE_CODE_UNKNOWN": institutional,
    "BILL_TYPE_UNKNOWN": institutional,
    "PROCEDURE_AFTER_STATEMENT": institutional,
    "REPLACEMENT_NOT_TAKEN": by_plan,
    "INSURANCE_TYPE_MISSING": by_plan,
    "DATE_SPANS_YEARS": by_plan,
    "MEDICARE_DEPENDENT": by_plan,
    "MEDICARE_NUMBER_SHAPE": by_plan,
    "MEDICARE_PART_DIFFERS": by_plan,
    "INSURANCE_TYPE_UNEXPECTED": by_plan,
    "FIRST_PAYMENT_MISSING": by_plan,
    "INJURY_CAUSE_MISSING": by_plan,
    "CLIA_NUMBER_MISSING": by_plan,
    "ORDERING_MISSING": by_plan,
    "MAMMOGRAPHY_NUMBER_MISSING": by_plan,
    "FIRST_TREATMENT_MISSING": by_plan,
    "MODIFIER_MISSING": by_plan,
    "DRUG_CODE_MISSING": by_plan,
    "FACILITY_MISSING": by_plan,
    "DATES_CROSSED": dated,
    "PAYER_NUMBER_MISSING": other_than_original,
    "PAYER_NUMBER_SAME": other_than_original,
    "FREQUENCY_UNKNOWN": other_than_original,
    "ACCIDENT_DATE_MISSING": of_accident,
    "ACCIDENT_STATE_MISSING": of_accident,
    "SERVICE_AFTER_DEATH": of_deceased,
    "DIED_BEFORE_BIRTH": of_deceased,
    "DIAGNOSIS_SEX_DIFFERS": of_organs,
    "MODIFIER_INVALID": modified,
    "MODIFIER_REPEATED": modified,
    "MODIFIERS_CONTRADICT": modified,
    "PROCEDURE_PLACE_DIFFERS": limited,
    "PROCEDURE_AGE_DIFFERS": limited,
    "PROCEDURE_SEX_DIFFERS": limited,
    "PATIENT_STATUS_DIFFERS": institutional,
    "ADMITTING_DIAGNOSIS_MISSING": institutional,
    "ON_ADMISSION_MISSING": institutional,
    "ADMISSION_INCOMPLETE": institutional,
    "OPERATING_MISSING": institutional,
    "STAY_DAYS_DIFFER": institutional,
    "BILL_CODE_REPEATED": institutional,
    "PROCEDURE_MISSING": institutional,
    "TOOTH_MISSING": dental,
    "SURFACES_DIFFER": dental,
    "QUADRANT_MISSING": dental,
    "TOLD_AFTER_SERVICE": dated,
    "TOLD_BEFORE_BIRTH": dated,
    "ACCIDENT_CAUSE_MISSING": dated,
    "COB_DATE_MISSING": adjudicated,
    "COB_PAYER_REPEATED": adjudicated,
    "COB_RANK_MISSING": adjudicated,
}
"""By code; what is not named here is asked about every claim."""
