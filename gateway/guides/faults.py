"""What can be wrong by the guide: each fault with its code, its 999 code, and its words for a biller."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from gateway.model.claims import Finding


class GuideCode(StrEnum):
    """Stable codes of findings. Behind each the code a 999 gives it (IK304 of a segment, IK403 of an element)."""

    SEGMENT_UNKNOWN = "SEGMENT_UNKNOWN"  # IK304 1
    SEGMENT_UNEXPECTED = "SEGMENT_UNEXPECTED"  # 2
    SEGMENT_MISSING = "SEGMENT_MISSING"  # 3
    LOOP_MISSING = "LOOP_MISSING"  # 3
    CLAIM_MISSING = "CLAIM_MISSING"  # 3, segments of a claim stand without its CLM
    LOOP_TOO_MANY = "LOOP_TOO_MANY"  # 4
    LOOP_ORDER = "LOOP_ORDER"  # 7
    SEGMENT_TOO_MANY = "SEGMENT_TOO_MANY"  # 5
    SEGMENT_OUT_OF_ORDER = "SEGMENT_OUT_OF_ORDER"  # 7
    SEGMENT_NOT_USED = "SEGMENT_NOT_USED"  # I4
    ELEMENT_MISSING = "ELEMENT_MISSING"  # IK403 1
    ELEMENT_CONDITION = "ELEMENT_CONDITION"  # 2
    ELEMENTS_TOO_MANY = "ELEMENTS_TOO_MANY"  # 3
    ELEMENT_TOO_SHORT = "ELEMENT_TOO_SHORT"  # 4
    ELEMENT_TOO_LONG = "ELEMENT_TOO_LONG"  # 5
    CHARACTER_INVALID = "CHARACTER_INVALID"  # 6
    NUMBER_INVALID = "NUMBER_INVALID"  # 6
    CODE_INVALID = "CODE_INVALID"  # 7
    CODE_UNKNOWN = "CODE_UNKNOWN"  # 7: not in an outer list
    DATE_INVALID = "DATE_INVALID"  # 8
    DATE_NOT_RANGE = "DATE_NOT_RANGE"  # 8, one day where a range is stated
    TIME_INVALID = "TIME_INVALID"  # 9
    ELEMENT_EXCLUDED = "ELEMENT_EXCLUDED"  # 10
    REPEATS_TOO_MANY = "REPEATS_TOO_MANY"  # 12
    COMPONENTS_TOO_MANY = "COMPONENTS_TOO_MANY"  # 13
    ELEMENT_NOT_USED = "ELEMENT_NOT_USED"  # I10
    TRAILING_SEPARATOR = "TRAILING_SEPARATOR"  # 3
    TRAILING_SPACE = "TRAILING_SPACE"  # 6
    SEGMENT_EMPTY = "SEGMENT_EMPTY"  # 8
    HIERARCHY_NUMBER = "HIERARCHY_NUMBER"  # 8, HL01 does not count up by one


class AdviceCode(StrEnum):
    """Codes of what a segment is asked beyond its guide's table: edits, of which a 999 says nothing."""

    CONTACT_NUMBER_SHAPE = "CONTACT_NUMBER_SHAPE"
    ADDRESS_ZIP_INVALID = "ADDRESS_ZIP_INVALID"
    FACILITY_ZIP_INVALID = "FACILITY_ZIP_INVALID"
    FACILITY_ZIP4_MISSING = "FACILITY_ZIP4_MISSING"
    TAX_ID_MARKS = "TAX_ID_MARKS"
    PERSON_NUMBER_SHAPE = "PERSON_NUMBER_SHAPE"
    CLIA_NUMBER_SHAPE = "CLIA_NUMBER_SHAPE"
    DRUG_CODE_SHAPE = "DRUG_CODE_SHAPE"
    DRUG_QUANTITY_ZERO = "DRUG_QUANTITY_ZERO"
    PAID_UNITS_ZERO = "PAID_UNITS_ZERO"
    BILL_CODE_SHAPE = "BILL_CODE_SHAPE"
    PROCEDURE_SHAPE = "PROCEDURE_SHAPE"
    PAID_PROCEDURE_SHAPE = "PAID_PROCEDURE_SHAPE"
    BUNDLED_LINE_INVALID = "BUNDLED_LINE_INVALID"
    UNITS_SHAPE = "UNITS_SHAPE"
    DESCRIPTION_MISSING = "DESCRIPTION_MISSING"
    AMOUNT_NEGATIVE = "AMOUNT_NEGATIVE"
    QUANTITY_ZERO = "QUANTITY_ZERO"
    WEIGHT_ZERO = "WEIGHT_ZERO"
    DISTANCE_NEGATIVE = "DISTANCE_NEGATIVE"
    ATTACHMENT_NUMBER_MISSING = "ATTACHMENT_NUMBER_MISSING"
    ORGANIZATION_FIRST_NAME = "ORGANIZATION_FIRST_NAME"
    PERSON_FIRST_NAME_MISSING = "PERSON_FIRST_NAME_MISSING"
    STATE_ZIP_DIFFER = "STATE_ZIP_DIFFER"
    ADDRESS_STATE_MISSING = "ADDRESS_STATE_MISSING"
    ADDRESS_ZIP_MISSING = "ADDRESS_ZIP_MISSING"
    IDENTIFIER_SPACE = "IDENTIFIER_SPACE"


class Fault(NamedTuple):
    """A finding of the guide with where it belongs: `set` counts the STs of the document from 0, `anchor` is the
    position in that set of the segment that it belongs to (what misses belongs to the segment before the gap);
    `finding.segment` is the position that a 999 names."""

    set: int
    anchor: int
    finding: Finding
