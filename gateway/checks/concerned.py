"""Which checks can find something in few claims only: they are not asked about all the others, for the sake of speed."""

from __future__ import annotations

from collections.abc import Callable

from gateway.checks.limits import LIMITS
from gateway.checks.ordinary import odd_billing, odd_diagnoses, odd_lines, odd_numbers, odd_patient, odd_providers
from gateway.model.claims import Claim, ClaimKind

_CHAPTERS = frozenset("CDNOZ")
_PLANS = frozenset({"MA", "MB", "MC", "AM", "WC"})


def institutional(claim: Claim) -> bool:
    """Whether it is an 837I's."""
    return claim.kind is ClaimKind.INSTITUTIONAL


def adjudicated(claim: Claim) -> bool:
    """Whether it names another payer, or a line says what one paid."""
    if claim.coverages:
        return True
    for line in claim.lines:  # noqa: SIM110 - no generator, for the sake of speed
        if line.adjudications:
            return True
    return False


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
    return bool(claim.other_dates) or claim.accident_day is not None


_ASKED: tuple[tuple[Callable[[Claim], bool], str], ...] = (
    (
        odd_numbers,
        "PAYER_ID_MISSING MEMBER_ID_MISSING MEMBER_ID_MARKS MEMBER_ID_DOUBTFUL CLAIM_NUMBER_MISSING "
        "CLAIM_NUMBER_TOO_LONG CLAIM_NUMBER_LONG TRACE_TOO_LONG PLAN_KIND_MISSING PAYER_NUMBER_UNEXPECTED "
        "COB_MISSING PATIENT_PAID_MORE PATIENT_PAID_NEGATIVE DISCHARGE_BEFORE_ADMISSION",
    ),
    (
        odd_patient,
        "SUBSCRIBER_IS_PATIENT SUBSCRIBER_NOT_PATIENT SUBSCRIBER_NOT_PERSON DEMOGRAPHICS_MISSING "
        "PATIENT_ADDRESS_MISSING PATIENT_ADDRESS_PART_MISSING PATIENT_ZIP_INVALID SEX_INVALID "
        "BORN_AFTER_SERVICE AGE_IMPOSSIBLE",
    ),
    (
        odd_lines,
        "LINES_MISSING LINES_TOO_MANY LINE_NUMBER_ORDER CHARGE_INVALID CHARGE_NEGATIVE CHARGE_CENTS "
        "CHARGE_ZERO LINE_CHARGE_ZERO CHARGE_SUM UNITS_MISSING UNITS_ZERO UNITS_NEGATIVE UNIT_DIFFERS "
        "PROCEDURE_INVALID PLACE_OF_SERVICE_MISSING DATE_MISSING DATE_REVERSED ADMISSION_MISSING "
        "SERVICE_OUTSIDE_STAY POINTER_MISSING POINTER_INVALID POINTER_REPEATED AMBULANCE_INCOMPLETE",
    ),
    (
        odd_diagnoses,
        "DIAGNOSIS_MISSING DIAGNOSIS_NOT_PRINCIPAL DIAGNOSIS_DOT DIAGNOSIS_SHAPE DIAGNOSIS_MIXED "
        "DIAGNOSIS_REPEATED DIAGNOSIS_GAP ICD9_AFTER_2015 ICD10_BEFORE_2015",
    ),
    (
        odd_providers,
        "NPI_INVALID NPI_ILLUSTRATION PROVIDER_NUMBER_MISSING RENDERING_IS_BILLING REFERRING_NOT_PERSON "
        "REFERRING_REPEATED TAXONOMY_INVALID",
    ),
    (
        odd_billing,
        "NPI_MISSING BILLING_PO_BOX CITY_MISSING STATE_INVALID ZIP_INVALID BILLING_ZIP4_MISSING "
        "TAX_ID_INVALID TAX_ID_DOUBTFUL",
    ),
    (
        institutional,
        "STATEMENT_MISSING LINE_OUTSIDE_STATEMENT SERVICE_BEFORE_ADMISSION REVENUE_CODE_INVALID "
        "ATTENDING_MISSING REVENUE_CODE_UNKNOWN BILL_TYPE_UNKNOWN PROCEDURE_AFTER_STATEMENT "
        "PATIENT_STATUS_DIFFERS ADMITTING_DIAGNOSIS_MISSING ON_ADMISSION_MISSING ADMISSION_INCOMPLETE "
        "OPERATING_MISSING STAY_DAYS_DIFFER BILL_CODE_REPEATED PROCEDURE_MISSING",
    ),
    (
        adjudicated,
        "COB_PAYER_UNMATCHED COB_PAID_MISSING COB_CLAIM_UNBALANCED COB_LINE_UNBALANCED COB_PAID_DIFFERS "
        "COB_RANK_REPEATED ADJUSTMENT_REASON_UNKNOWN REMARK_UNKNOWN BUNDLED_LINE_UNKNOWN ADJUSTMENT_REPEATED "
        "PAID_BEFORE_SERVICE COB_DATE_MISSING COB_PAYER_REPEATED COB_RANK_MISSING",
    ),
    (
        by_plan,
        "REPLACEMENT_NOT_TAKEN INSURANCE_TYPE_MISSING DATE_SPANS_YEARS MEDICARE_DEPENDENT "
        "MEDICARE_NUMBER_SHAPE MEDICARE_PART_DIFFERS INSURANCE_TYPE_UNEXPECTED FIRST_PAYMENT_MISSING "
        "INJURY_CAUSE_MISSING CLIA_NUMBER_MISSING ORDERING_MISSING MAMMOGRAPHY_NUMBER_MISSING "
        "FIRST_TREATMENT_MISSING MODIFIER_MISSING DRUG_CODE_MISSING FACILITY_MISSING",
    ),
    (dated, "DATES_CROSSED TOLD_AFTER_SERVICE TOLD_BEFORE_BIRTH ACCIDENT_CAUSE_MISSING"),
    (other_than_original, "PAYER_NUMBER_MISSING PAYER_NUMBER_SAME FREQUENCY_UNKNOWN"),
    (of_accident, "ACCIDENT_DATE_MISSING ACCIDENT_STATE_MISSING"),
    (of_deceased, "SERVICE_AFTER_DEATH DIED_BEFORE_BIRTH"),
    (of_organs, "DIAGNOSIS_SEX_DIFFERS"),
    (modified, "MODIFIER_INVALID MODIFIER_REPEATED MODIFIERS_CONTRADICT"),
    (limited, "PROCEDURE_PLACE_DIFFERS PROCEDURE_AGE_DIFFERS PROCEDURE_SEX_DIFFERS"),
    (dental, "TOOTH_MISSING SURFACES_DIFFER QUADRANT_MISSING"),
)
CONCERNED = {code: which for which, codes in _ASKED for code in codes.split()}
"""By code; what is not named here is asked about every claim."""
