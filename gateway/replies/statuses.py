"""What our findings are called in code source 508: each finding's code with a claim status category, code and entity.

The values are those of gateway/data/claim_status.toml. An entity of `@` is the party that the finding's place names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gateway.checks.providers import LOOPS
from gateway.model.answers import Status
from gateway.model.claims import ClaimKind, Finding, Outcome
from gateway.model.reports import ClaimReport, Verdict
from gateway.replies.faults import is_guide_fault

TAKEN, REFUSED = "WQ", "U"
RECEIVER = "40"
RECEIVED = Status("A1", "19", RECEIVER, TAKEN)
"""Received by the receiver of the 837, which we are. A claim that is held was received all the same."""


class Row(NamedTuple):
    """Category (A6 something is missing, A7 invalid, A8 contradictory, A3 not processable), status code, entity."""

    category: str
    code: str
    entity: str = ""


GUIDE = Row("A3", "684")
"""A guide fault: the 999 says which."""

OTHER = Row("A7", "21")
"""Anything without a row, a plugin's own codes among them."""

_PLACE = "@"
_DUPLICATE = Row("A3", "54")

ROWS: Mapping[str, Row] = MappingProxyType(
    {
        # What a claim is known by.
        "CLAIM_NUMBER_MISSING": Row("A6", "478"),
        "CLAIM_NUMBER_TOO_LONG": Row("A7", "478"),
        "CLAIM_NUMBER_LONG": Row("A7", "478"),
        "PAYER_ID_MISSING": Row("A6", "153", "PR"),
        "PAYER_UNKNOWN": Row("A7", "153", "PR"),
        "MEMBER_ID_MISSING": Row("A6", "164", "IL"),
        "PAYER_NUMBER_MISSING": Row("A6", "464"),
        "PAYER_NUMBER_SAME": Row("A7", "464"),
        "PAYER_NUMBER_UNEXPECTED": Row("A8", "464"),
        "FREQUENCY_UNKNOWN": Row("A7", "535"),
        "REPLACEMENT_NOT_TAKEN": Row("A7", "535"),
        "TRACE_TOO_LONG": Row("A7", "543"),
        "LINES_MISSING": Row("A6", "247"),
        "LINE_CONTROL_REPEATED": Row("A7", "584"),
        "LINE_NUMBER_ORDER": Row("A7", "247"),
        "LINE_REPEATED": Row("A7", "247"),
        "MEMBER_ID_DOUBTFUL": Row("A7", "164", "IL"),
        "MEMBER_ID_MARKS": Row("A7", "164", "IL"),
        "PLAN_KIND_MISSING": Row("A6", "480"),
        "COB_RANK_REPEATED": Row("A8", "480"),
        "INSURANCE_TYPE_MISSING": Row("A6", "480"),
        "ADJUSTMENT_REASON_UNKNOWN": Row("A8", "480"),
        "ADJUSTMENT_REPEATED": Row("A8", "480"),
        "REMARK_UNKNOWN": Row("A8", "480"),
        "COB_PAYER_REPEATED": Row("A8", "479"),
        "COB_DATE_MISSING": Row("A6", "479"),
        "COB_RANK_MISSING": Row("A6", "479"),
        "COB_PAYER_UNMATCHED": Row("A8", "479"),
        # Providers.
        "NPI_MISSING": Row("A6", "562", "85"),
        "PROVIDER_NUMBER_MISSING": Row("A6", "562", _PLACE),
        "NPI_INVALID": Row("A7", "562", _PLACE),
        "NPI_ILLUSTRATION": Row("A7", "562", _PLACE),
        "TAX_ID_INVALID": Row("A7", "128", "85"),
        "TAXONOMY_INVALID": Row("A7", "145", _PLACE),
        "CONTACT_NUMBER_SHAPE": Row("A7", "125", _PLACE),
        "ADDRESS_ZIP_INVALID": Row("A7", "500", _PLACE),
        "ADDRESS_ZIP_MISSING": Row("A6", "500", _PLACE),
        "ADDRESS_STATE_MISSING": Row("A6", "501", _PLACE),
        "STATE_ZIP_DIFFER": Row("A8", "500", _PLACE),
        "ORGANIZATION_FIRST_NAME": Row("A7", "125", _PLACE),
        "PERSON_FIRST_NAME_MISSING": Row("A6", "125", _PLACE),
        "FACILITY_ZIP_INVALID": Row("A7", "500", _PLACE),
        "FACILITY_ZIP4_MISSING": Row("A6", "500", _PLACE),
        "TAX_ID_MARKS": Row("A7", "128", _PLACE),
        "PERSON_NUMBER_SHAPE": Row("A7", "128", _PLACE),
        "CLIA_NUMBER_SHAPE": Row("A7", "142"),
        "ATTENDING_MISSING": Row("A6", "562", "71"),
        "BILLING_PO_BOX": Row("A7", "503", "85"),
        "BILLING_ZIP4_MISSING": Row("A6", "500", "85"),
        "ZIP_INVALID": Row("A7", "500", _PLACE),
        "STATE_INVALID": Row("A7", "501", _PLACE),
        "CITY_MISSING": Row("A6", "502", _PLACE),
        "TAX_ID_DOUBTFUL": Row("A7", "128", "85"),
        "RENDERING_IS_BILLING": Row("A8", "562", "82"),
        "REFERRING_REPEATED": Row("A8", "504", "DN"),
        "REFERRING_NOT_PERSON": Row("A7", "504", "DN"),
        # Money and units.
        "CHARGE_INVALID": Row("A7", "178"),
        "CHARGE_NEGATIVE": Row("A7", "402"),
        "CHARGE_ZERO": Row("A7", "402"),
        "CHARGE_SUM": Row("A8", "400"),
        "CHARGE_CENTS": Row("A7", "178"),
        "LINE_CHARGE_ZERO": Row("A7", "402"),
        "PATIENT_PAID_MORE": Row("A8", "400"),
        "PATIENT_PAID_NEGATIVE": Row("A8", "400"),
        "COB_PAID_MISSING": Row("A6", "479"),
        "COB_PAID_DIFFERS": Row("A8", "400"),
        "UNITS_ZERO": Row("A7", "476"),
        "UNITS_MISSING": Row("A6", "476"),
        "UNITS_NEGATIVE": Row("A7", "476"),
        # Services.
        "LINES_TOO_MANY": Row("A7", "121"),
        "PROCEDURE_INVALID": Row("A7", "454"),
        "MODIFIER_INVALID": Row("A7", "453"),
        "MODIFIER_REPEATED": Row("A7", "453"),
        "UNIT_DIFFERS": Row("A7", "476"),
        "REVENUE_CODE_UNKNOWN": Row("A7", "455"),
        "BILL_TYPE_UNKNOWN": Row("A7", "228"),
        "BILL_CODE_SHAPE": Row("A7", "21"),
        "PROCEDURE_SHAPE": Row("A7", "454"),
        "DRUG_CODE_SHAPE": Row("A7", "218"),
        "DRUG_QUANTITY_ZERO": Row("A7", "476"),
        "PAID_UNITS_ZERO": Row("A7", "476"),
        "PAID_PROCEDURE_SHAPE": Row("A7", "454"),
        "BUNDLED_LINE_UNKNOWN": Row("A8", "247"),
        "BUNDLED_LINE_INVALID": Row("A7", "247"),
        "UNITS_SHAPE": Row("A7", "476"),
        "DESCRIPTION_MISSING": Row("A6", "454"),
        "AMOUNT_NEGATIVE": Row("A7", "21"),
        "QUANTITY_ZERO": Row("A7", "476"),
        "AMOUNT_SHAPE": Row("A7", "178"),
        "AUTHORIZATION_DOUBTFUL": Row("A7", "252"),
        "REFERENCE_INVALID": Row("A7", "21"),
        "CONDITION_CONTRADICTS": Row("A8", "21"),
        "DIAGNOSIS_EXTERNAL": Row("A7", "254"),
        "NAME_DOUBTFUL": Row("A7", "125", _PLACE),
        "ADDRESS_DOUBTFUL": Row("A7", "503", _PLACE),
        "WEIGHT_ZERO": Row("A7", "21"),
        "DISTANCE_NEGATIVE": Row("A7", "21"),
        "ATTACHMENT_NUMBER_MISSING": Row("A6", "21"),
        "IDENTIFIER_SPACE": Row("A7", "21"),
        "REVENUE_CODE_INVALID": Row("A7", "455"),
        "PLACE_OF_SERVICE_MISSING": Row("A6", "249"),
        "COB_CLAIM_UNBALANCED": Row("A8", "400"),
        "COB_LINE_UNBALANCED": Row("A8", "400"),
        "COB_MISSING": Row("A6", "479"),
        "CLM02_NOT_A_NUMBER": Row("A7", "178"),
        "SV102_NOT_A_NUMBER": Row("A7", "178"),
        "SV203_NOT_A_NUMBER": Row("A7", "178"),
        "SV302_NOT_A_NUMBER": Row("A7", "178"),
        "SV104_NOT_A_NUMBER": Row("A7", "476"),
        "SV205_NOT_A_NUMBER": Row("A7", "476"),
        "SV306_NOT_A_NUMBER": Row("A7", "476"),
        "LX01_NOT_A_NUMBER": Row("A7", "247"),
        "PROCEDURE_PLACE_DIFFERS": Row("A8", "249"),
        "PROCEDURE_AGE_DIFFERS": Row("A8", "454"),
        "PROCEDURE_SEX_DIFFERS": Row("A8", "454"),
        "DIAGNOSIS_SEX_DIFFERS": Row("A8", "255"),
        "MODIFIERS_CONTRADICT": Row("A8", "453"),
        "PROCEDURE_MISSING": Row("A6", "454"),
        "TOOTH_MISSING": Row("A6", "21"),
        "SURFACES_DIFFER": Row("A8", "21"),
        "QUADRANT_MISSING": Row("A6", "21"),
        # What a stay has.
        "PATIENT_STATUS_DIFFERS": Row("A8", "21"),
        "ADMITTING_DIAGNOSIS_MISSING": Row("A6", "255"),
        "ON_ADMISSION_MISSING": Row("A6", "255"),
        "ADMISSION_INCOMPLETE": Row("A6", "189"),
        "OPERATING_MISSING": Row("A6", "562", "72"),
        "STAY_DAYS_DIFFER": Row("A8", "476"),
        "BILL_CODE_REPEATED": Row("A7", "21"),
        # What one kind of plan asks for.
        "MEDICARE_DEPENDENT": Row("A8", "732"),
        "MEDICARE_NUMBER_SHAPE": Row("A7", "164", "IL"),
        "MEDICARE_PART_DIFFERS": Row("A7", "480"),
        "INSURANCE_TYPE_UNEXPECTED": Row("A8", "480"),
        "FIRST_PAYMENT_MISSING": Row("A6", "479"),
        "INJURY_CAUSE_MISSING": Row("A6", "21"),
        "CLIA_NUMBER_MISSING": Row("A6", "142"),
        "ORDERING_MISSING": Row("A6", "562", "DK"),
        "MAMMOGRAPHY_NUMBER_MISSING": Row("A6", "142", "77"),
        "FIRST_TREATMENT_MISSING": Row("A6", "187"),
        "MODIFIER_MISSING": Row("A6", "453"),
        "DRUG_CODE_MISSING": Row("A6", "218"),
        "FACILITY_MISSING": Row("A6", "125", "77"),
        # Dates.
        "DATE_MISSING": Row("A6", "187"),
        "DATE_REVERSED": Row("A7", "187"),
        "DATE_SPANS_YEARS": Row("A7", "187"),
        "DATE_FUTURE": Row("A7", "510"),
        "DATE_NOT_YET": Row("A7", "510"),
        "DATES_CROSSED": Row("A8", "187"),
        "TOLD_BEFORE_BIRTH": Row("A8", "158", "QC"),
        "ACCIDENT_CAUSE_MISSING": Row("A6", "21"),
        "TOLD_AFTER_SERVICE": Row("A8", "187"),
        "PAID_BEFORE_SERVICE": Row("A8", "187"),
        "ADMISSION_MISSING": Row("A6", "189"),
        "STATEMENT_MISSING": Row("A6", "188"),
        "LINE_OUTSIDE_STATEMENT": Row("A8", "187"),
        "DTP_DATE_INVALID": Row("A7", "187"),
        "DMG_DATE_INVALID": Row("A7", "158", _PLACE),
        "FILING_SOON": Row("A3", "718"),
        "FILING_PAST": Row("A3", "718"),
        "DISCHARGE_BEFORE_ADMISSION": Row("A8", "190"),
        "PROCEDURE_AFTER_STATEMENT": Row("A8", "187"),
        "SERVICE_OUTSIDE_STAY": Row("A8", "189"),
        "SERVICE_BEFORE_ADMISSION": Row("A8", "189"),
        # Diagnoses and the patient.
        "DIAGNOSIS_NOT_PRINCIPAL": Row("A7", "254"),
        "DIAGNOSIS_SHAPE": Row("A7", "255"),
        "DIAGNOSIS_REPEATED": Row("A7", "255"),
        "DIAGNOSIS_GAP": Row("A7", "255"),
        "POINTER_REPEATED": Row("A7", "477"),
        "SUBSCRIBER_NOT_PATIENT": Row("A8", "732"),
        "SUBSCRIBER_NOT_PERSON": Row("A8", "732"),
        "PATIENT_ZIP_INVALID": Row("A7", "500", _PLACE),
        "PATIENT_ADDRESS_MISSING": Row("A6", "503", _PLACE),
        "PATIENT_ADDRESS_PART_MISSING": Row("A6", "503", _PLACE),
        "BORN_AFTER_SERVICE": Row("A8", "158", _PLACE),
        "ACCIDENT_DATE_MISSING": Row("A6", "187"),
        "ACCIDENT_STATE_MISSING": Row("A6", "501"),
        "AGE_IMPOSSIBLE": Row("A7", "158", _PLACE),
        "SERVICE_AFTER_DEATH": Row("A8", "187"),
        "DIED_BEFORE_BIRTH": Row("A8", "158", _PLACE),
        "PREGNANCY_OF_MAN": Row("A8", "21"),
        "AMBULANCE_INCOMPLETE": Row("A6", "21"),
        "EQUIPMENT_CODE_DIFFERS": Row("A8", "454"),
        "DIAGNOSIS_MISSING": Row("A6", "254"),
        "DIAGNOSIS_DOT": Row("A7", "255"),
        "DIAGNOSIS_MIXED": Row("A8", "255"),
        "ICD9_AFTER_2015": Row("A7", "255"),
        "ICD10_BEFORE_2015": Row("A7", "255"),
        "POINTER_MISSING": Row("A6", "477"),
        "POINTER_INVALID": Row("A7", "477"),
        "DEMOGRAPHICS_MISSING": Row("A6", "158", _PLACE),
        "SUBSCRIBER_IS_PATIENT": Row("A8", "732"),
        # The practice's own records of enrollment.
        "ENROLLMENT_UNKNOWN": Row("A7", "743", _PLACE),
        "ENROLLMENT_PENDING": Row("A7", "743", _PLACE),
        "ENROLLMENT_UNDATED": Row("A7", "743", _PLACE),
        "ENROLLMENT_NOT_LINKED": Row("A7", "677", _PLACE),
        "ENROLLMENT_NO_DATE": Row("A6", "187"),
        "ENROLLMENT_SPLIT_NEEDED": Row("A7", "91", _PLACE),
        "ENROLLMENT_STARTS_LATER": Row("A7", "91", _PLACE),
        "ENROLLMENT_ENDED": Row("A7", "91", _PLACE),
        "ENROLLMENT_DENIED": Row("A7", "25", _PLACE),
        "ENROLLMENT_EVIDENCE_OLD": Row("A7", "743", _PLACE),
        "ENROLLMENT_REVALIDATION_DUE": Row("A7", "743", _PLACE),
        "ENROLLMENT_RECREDENTIALING_DUE": Row("A7", "743", _PLACE),
        "ENROLLMENT_RECREDENTIALING_OVER": Row("A7", "743", _PLACE),
        "ENROLLMENT_IN_QUESTION": Row("A7", "743", _PLACE),
        "OUT_OF_NETWORK": Row("A7", "96", _PLACE),
        "OUT_OF_NETWORK_BILLABLE": Row("A7", "96", _PLACE),
        # What public lists say.
        "NPI_NOT_FOUND": Row("A7", "562", _PLACE),
        "NPI_UNCONFIRMED": Row("A7", "562", _PLACE),
        "NPI_DEACTIVATED": Row("A7", "562", _PLACE),
        "NPI_DEACTIVATED_LATER": Row("A7", "562", _PLACE),
        "NPI_TYPE_DIFFERS": Row("A8", "562", _PLACE),
        "EXCLUDED": Row("A7", "109", _PLACE),
        "EXCLUDED_FEDERAL": Row("A7", "109", _PLACE),
        "EXCLUDED_WAIVER": Row("A7", "109", _PLACE),
        "EXCLUSION_NAME": Row("A7", "109", _PLACE),
        "OPTED_OUT": Row("A7", "109", _PLACE),
        "MEDICARE_FILE_UNLISTED": Row("A7", "743", _PLACE),
        "MEDICARE_REVOKED": Row("A7", "91", _PLACE),
        "MEDICARE_REVALIDATION_DUE": Row("A7", "743", _PLACE),
        "ORDER_REFER_NOT_LISTED": Row("A7", "109", _PLACE),
        "ORDER_REFER_NOT_LISTED_HERE": Row("A7", "109", _PLACE),
        "ORDER_REFER_NAME_DIFFERS": Row("A8", "504", _PLACE),
        # What else the records say.
        "ENROLLMENT_LOAD_EXPECTED": Row("A7", "743", _PLACE),
        "ENROLLMENT_RETRO_ASSUMED": Row("A7", "91", _PLACE),
        "ENROLLMENT_LIST_OLD": Row("A7", "743", _PLACE),
        "ENROLLMENT_LINK_UNDATED": Row("A7", "677", _PLACE),
        "ENROLLMENT_LINK_OTHER_DAYS": Row("A7", "677", _PLACE),
        "ENROLLMENT_OTHER_BUSINESS": Row("A7", "91", _PLACE),
        "SUBSTITUTE_OVER_60_DAYS": Row("A7", "91", _PLACE),
        "PROVIDER_UNKNOWN": Row("A7", "743", _PLACE),
        "ATTENDING_UNKNOWN": Row("A7", "743", _PLACE),
        "LOCATION_DIFFERS": Row("A7", "743", _PLACE),
        "TAXONOMY_DIFFERS": Row("A7", "145", _PLACE),
        "LICENCE_EXPIRED": Row("A7", "142", _PLACE),
        "LICENCE_EXPIRING": Row("A7", "142", _PLACE),
        "DEA_EXPIRED": Row("A7", "142", _PLACE),
        "EDI_NOT_AGREED": Row("A7", "496", _PLACE),
        "ERA_NOT_AGREED": Row("A7", "496", _PLACE),
        "SIMILAR_CLAIM": _DUPLICATE,
        # What speaks against sending, whatever the claim says.
        "CHANGED_AFTER_SENDING": _DUPLICATE,
        "CLAIM_NUMBER_REPEATED": Row("A7", "478"),
        "NEVER_ADJUDICATED": Row("A7", "535"),
        "ORIGINAL_UNKNOWN": Row("A7", "464"),
        "ORIGINAL_UNANSWERED": Row("A7", "464"),
        "NEW_CLAIM_WANTED": Row("A7", "535"),
        "PAYER_NUMBER_OURS": Row("A7", "464"),
        "PAYER_NUMBER_OTHER": Row("A7", "464"),
        "NEWER_VERSION": _DUPLICATE,
        "PAYER_TAKES_NO_REPLACEMENT": Row("A7", "535"),
        "VERSION_NOT_ACCEPTED": Row("A7", "481"),
        "CLAIM_TOO_LARGE": Row("A7", "481"),
    }
)

DEFAULTED = frozenset(
    {
        "CHECKS_PASSED",
        "CHECK_FAILED",
        "CHECKS_LEFT_OUT",
        "CONTENT_PASSED",
        "HELD_BY_PERSON",
        "MAY_HAVE_ARRIVED",
        "PAYER_ID_OTHER",
        "ROUTE_MISSING",
        "SEX_INVALID",
    }
)
"""Codes that take OTHER knowingly: they speak of us and not of the claim."""

# STC01-3 as far as 2200D takes it.
_ENTITIES = frozenset({"40", "41", "71", "72", "77", "82", "85", "87", "DK", "DN", "DQ", "IL", "PR", "QB", "QC"})
_OF_LEVELS = {"2010AA": "85", "2010AB": "87", "2010BA": "IL", "2010BB": "PR", "2010CA": "QC", "2000A": "85"}
_OF_CLAIMS: Mapping[ClaimKind, Mapping[str, str]] = {
    kind: {loop: role for role, loops in reversed(list(roles.items())) for loop in loops}
    for kind, roles in LOOPS.items()
}


def statuses_of(claim: ClaimReport) -> tuple[Status, ...]:
    """What a 277CA says of one claim, the deciding finding first; one or more, all of one kind."""
    if claim.verdict.taken:
        return (RECEIVED,)
    if claim.verdict is Verdict.DUPLICATE:
        return (Status(*_DUPLICATE, REFUSED),)
    return tuple(dict.fromkeys(_refusals(claim)))


def _refusals(claim: ClaimReport) -> Iterator[Status]:
    rejecting = [finding for finding in claim.findings if finding.outcome is Outcome.REJECT]
    for finding in sorted(rejecting, key=lambda finding: finding.code != claim.code):
        row = row_of(finding)
        yield Status(row.category, row.code, _entity(row, finding, claim.kind), REFUSED)
    if not rejecting:
        row = ROWS.get(claim.code, OTHER)
        yield Status(row.category, row.code, "" if row.entity == _PLACE else row.entity, REFUSED)


def row_of(finding: Finding) -> Row:
    """The finding's row, or the default of its kind."""
    return ROWS.get(finding.code) or (GUIDE if is_guide_fault(finding) else OTHER)


def _entity(row: Row, finding: Finding, kind: ClaimKind) -> str:
    if row.entity != _PLACE:
        return row.entity
    loop = finding.place.partition("/")[0]
    named = _OF_LEVELS.get(loop) or _OF_CLAIMS[kind].get(loop, "")
    return named if named in _ENTITIES else ""
