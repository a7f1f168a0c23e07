"""A guide fault as a finding, in a biller's words: what is wrong, where, and what to do. Never a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from gateway.guides.advice import Wrong
from gateway.guides.elements import ElementFault
from gateway.guides.faults import AdviceCode, GuideCode
from gateway.guides.walk import Structural
from gateway.model.claims import Finding, Outcome

NO_SEGMENT_ID = "ZZZ"
"""Stands for what is no segment id and may be a value: text without a separator."""

_WRITTEN_ANEW = "ST"
"""The loop of what no payer gets to see: submitter and receiver are ours on the way out."""

_NAMELESS = "What stands here begins with no name of a segment and"
_SEGMENT_ID = re.compile(r"[A-Z][A-Z0-9]{1,2}")


class _Words(NamedTuple):
    message: str
    next_step: str
    outcome: Outcome = Outcome.REJECT


_CORRECT = "Correct it in the billing software and send the claim again."
_ENTER = "Enter it in the billing software and send the claim again."
_VENDOR = "The billing software writes this by itself: have its vendor correct that, then send the claim again."

_LINES_TOO_MANY = _Words(
    "The claim has more service lines than the guide allows.", "Split it into several claims and send them again."
)
WORDS: Mapping[GuideCode, _Words] = {
    GuideCode.SEGMENT_UNKNOWN: _Words("{id} is no segment of this guide.", _VENDOR),
    GuideCode.SEGMENT_UNEXPECTED: _Words("{id} does not belong at this place.", _VENDOR),
    GuideCode.SEGMENT_MISSING: _Words("{name} ({id}) is required in loop {loop} and is missing.", _ENTER),
    GuideCode.LOOP_MISSING: _Words("{name} (loop {loop}) is required and is missing.", _ENTER),
    GuideCode.CLAIM_MISSING: _Words(
        "Diagnoses or service lines stand here without a claim: its CLM is missing. They were not taken.",
        "A claim is lost: create it again in the billing software, and have the vendor correct why its CLM is missing.",
    ),
    GuideCode.LOOP_TOO_MANY: _Words("{name} (beginning with {id}) stands more often than the guide allows.", _CORRECT),
    GuideCode.LOOP_ORDER: _Words(
        "{name} (beginning with {id}) stands behind a loop that the guide has after it; not all payers read that.",
        "Have the vendor of the billing software write the loops in the guide's order, and send the claim again.",
        Outcome.HOLD,
    ),
    GuideCode.SEGMENT_TOO_MANY: _Words("{name} ({id}) stands more often than the guide allows.", _CORRECT),
    GuideCode.SEGMENT_OUT_OF_ORDER: _Words("{id} stands too late: its place was earlier.", _VENDOR),
    GuideCode.SEGMENT_NOT_USED: _Words("{name} ({id}) is not used in this guide.", _VENDOR),
    GuideCode.ELEMENT_MISSING: _Words("{name} is required and is missing.", _ENTER),
    GuideCode.ELEMENT_CONDITION: _Words("{ref} is required, because another element of the segment is there.", _ENTER),
    GuideCode.ELEMENTS_TOO_MANY: _Words("{name} has more elements than the guide knows.", _VENDOR),
    GuideCode.ELEMENT_TOO_SHORT: _Words("{name} is shorter than the guide allows.", _CORRECT),
    GuideCode.ELEMENT_TOO_LONG: _Words("{name} is longer than the guide allows.", _CORRECT),
    GuideCode.CHARACTER_INVALID: _Words(
        "{name} has a character that X12 does not have, such as an accent or a line break.",
        "Write it with plain letters and send the claim again.",
    ),
    GuideCode.NUMBER_INVALID: _Words("{name} should be a number and is none.", _CORRECT),
    GuideCode.CODE_INVALID: _Words("{name} has a code that the guide does not allow here.", _CORRECT),
    GuideCode.CODE_UNKNOWN: _Words("{name} has a code that is in no list we know.", _CORRECT, Outcome.WARN),
    GuideCode.DATE_INVALID: _Words("{name} is not a date in the calendar, or not in the form stated for it.", _CORRECT),
    GuideCode.DATE_NOT_RANGE: _Words(
        "{name} is one day, where its form says a range of days; some payers refuse that.",
        "Have the billing software write the first and the last day, also where they are the same.",
        Outcome.WARN,
    ),
    GuideCode.TIME_INVALID: _Words("{name} is not a time of day.", _CORRECT),
    GuideCode.ELEMENT_EXCLUDED: _Words("{ref} may not stand beside another element of the segment.", _CORRECT),
    GuideCode.REPEATS_TOO_MANY: _Words("{name} is repeated more often than the guide allows.", _CORRECT),
    GuideCode.COMPONENTS_TOO_MANY: _Words("{name} has more components than the guide knows.", _VENDOR),
    GuideCode.ELEMENT_NOT_USED: _Words("{name} is filled and is not used in this guide.", _VENDOR),
    GuideCode.TRAILING_SEPARATOR: _Words(
        "{name} ends with a separator that separates nothing; some payers refuse that.",
        "Have the vendor of the billing software leave out separators at the end.",
        Outcome.WARN,
    ),
    GuideCode.TRAILING_SPACE: _Words(
        "{name} ends with spaces; some payers refuse that.",
        "Remove the spaces at its end in the billing software.",
        Outcome.WARN,
    ),
    GuideCode.SEGMENT_EMPTY: _Words("{name} ({ref}) stands without any element.", _VENDOR),
    GuideCode.HIERARCHY_NUMBER: _Words(
        "The hierarchical levels do not count 1, 2, 3, or one does not follow the level that it hangs on.", _VENDOR
    ),
}

ADVICE: Mapping[AdviceCode, _Words] = {
    AdviceCode.CONTACT_NUMBER_SHAPE: _Words(
        "A telephone or fax number has not ten digits or is one digit ten times, or an address of electronic mail is none.",
        "Enter the ten digits, without marks, in the billing software.",
        Outcome.WARN,
    ),
    AdviceCode.ADDRESS_ZIP_INVALID: _Words(
        "The ZIP code has neither five nor nine digits, or is all zeros.",
        "Enter the digits without a dash.",
        Outcome.WARN,
    ),
    AdviceCode.FACILITY_ZIP_INVALID: _Words(
        "The ZIP code of the service facility has neither five nor nine digits, or is all zeros.",
        "Enter the nine digits without a dash and send the claim again.",
        Outcome.HOLD,
    ),
    AdviceCode.FACILITY_ZIP4_MISSING: _Words(
        "The ZIP code of the service facility lacks its last four digits, or they are zeros.",
        "Enter all nine digits in the facility's record; some payers refuse the claim without them.",
        Outcome.WARN,
    ),
    AdviceCode.TAX_ID_MARKS: _Words(
        "A tax or social security number is written with dashes; some payers refuse that.",
        "Have the billing software write the nine digits alone.",
        Outcome.WARN,
    ),
    AdviceCode.PERSON_NUMBER_SHAPE: _Words("A social security number has not nine digits.", _CORRECT, Outcome.HOLD),
    AdviceCode.CLIA_NUMBER_SHAPE: _Words(
        "A CLIA number has not ten places with a D in the third.",
        "Enter the number as on the laboratory's certificate; payers deny its tests without it.",
        Outcome.WARN,
    ),
    AdviceCode.DRUG_CODE_SHAPE: _Words(
        "A National Drug Code has not eleven digits.",
        "Enter it in its 5-4-2 form, with zeros in front where a part is shorter and without dashes.",
        Outcome.HOLD,
    ),
    AdviceCode.DRUG_QUANTITY_ZERO: _Words("The quantity of a drug is zero or less.", _CORRECT, Outcome.HOLD),
    AdviceCode.PAID_UNITS_ZERO: _Words(
        "Another payer is said to have adjudicated this line for no units, or for fewer.",
        "Enter the units that the payer's remittance shows.",
        Outcome.WARN,
    ),
    AdviceCode.BILL_CODE_SHAPE: _Words(
        "A code of the bill (condition, occurrence, span, value, admission, discharge) has not the form of one.",
        _CORRECT,
        Outcome.HOLD,
    ),
    AdviceCode.PROCEDURE_SHAPE: _Words("A procedure code has not the form of ICD-10-PCS.", _CORRECT, Outcome.HOLD),
    AdviceCode.PAID_PROCEDURE_SHAPE: _Words(
        "The procedure that another payer adjudicated has not the form of a procedure code.",
        "Enter the code that the payer's remittance shows.",
        Outcome.WARN,
    ),
    AdviceCode.BUNDLED_LINE_INVALID: _Words(
        "The number of the line that another payer bundled this one into is zero or less.", _CORRECT, Outcome.HOLD
    ),
    AdviceCode.UNITS_SHAPE: _Words(
        "The units have more than eight digits, or more than three behind the point.", _CORRECT, Outcome.HOLD
    ),
    AdviceCode.DESCRIPTION_MISSING: _Words(
        "The procedure code stands for anything that has no code of its own, and nothing says what was done.",
        "Enter a description of the service, drug or item in the line (it goes into SV101-7) and send the claim again.",
        Outcome.HOLD,
    ),
    AdviceCode.AMOUNT_NEGATIVE: _Words("An amount is negative that cannot be.", _CORRECT, Outcome.HOLD),
    AdviceCode.QUANTITY_ZERO: _Words("A number of days, months or patients is zero or less.", _CORRECT, Outcome.HOLD),
    AdviceCode.WEIGHT_ZERO: _Words("The patient's weight is zero or less.", _CORRECT, Outcome.HOLD),
    AdviceCode.DISTANCE_NEGATIVE: _Words("The distance of a transport is negative.", _CORRECT, Outcome.HOLD),
    AdviceCode.ATTACHMENT_NUMBER_MISSING: _Words(
        "An attachment is sent apart, and its control number is missing: the payer could not put the two together.",
        "Enter the attachment's number, or leave the attachment out where it is sent on request alone.",
        Outcome.HOLD,
    ),
    AdviceCode.ORGANIZATION_FIRST_NAME: _Words(
        "An organization has a first name: either it is a person, or the name belongs into one field.",
        "Say whether it is a person in its record, as the payer has it on file, and send the claim again.",
        Outcome.HOLD,
    ),
    AdviceCode.PERSON_FIRST_NAME_MISSING: _Words(
        "A person has no first name.",
        "Enter it, unless the person has none; or say in the record that it is an organization.",
        Outcome.WARN,
    ),
    AdviceCode.STATE_ZIP_DIFFER: _Words(
        "The ZIP code begins as none in that state does.", "Check both in the address.", Outcome.WARN
    ),
    AdviceCode.ADDRESS_STATE_MISSING: _Words("An address has no state.", _ENTER, Outcome.HOLD),
    AdviceCode.ADDRESS_ZIP_MISSING: _Words("An address has no ZIP code.", _ENTER, Outcome.HOLD),
    AdviceCode.IDENTIFIER_SPACE: _Words(
        "A number or code begins with a space, which payers take for part of it.",
        "Remove the space in front in the billing software and send the claim again.",
        Outcome.HOLD,
    ),
    AdviceCode.AMOUNT_SHAPE: _Words(
        "An amount has more than eight digits before its point, or more than two behind it.", _CORRECT, Outcome.HOLD
    ),
    AdviceCode.AUTHORIZATION_DOUBTFUL: _Words(
        "The number of an authorization or referral is what stands for one in an empty field.",
        "Enter the number, or leave it out where none is needed.",
        Outcome.WARN,
    ),
    AdviceCode.REFERENCE_INVALID: _Words(
        "A reference that has a list of values (4N: 1 to 7, F5: Y or N) has another one.", _CORRECT, Outcome.HOLD
    ),
    AdviceCode.CONDITION_CONTRADICTS: _Words(
        "A child's examination is said to have led to a referral, and to none.", _CORRECT, Outcome.HOLD
    ),
    AdviceCode.DIAGNOSIS_EXTERNAL: _Words(
        "The principal diagnosis tells how an injury came about (V to Y), and not what the patient has.",
        "Put the diagnosis of the injury first and send the claim again.",
        Outcome.HOLD,
    ),
    AdviceCode.NAME_DOUBTFUL: _Words(
        "The name of a person has a digit in it, or is none.", "Enter it as on the insurance card.", Outcome.WARN
    ),
    AdviceCode.ADDRESS_DOUBTFUL: _Words(
        "The street or city of an address is what stands for one in an empty field.", _ENTER, Outcome.WARN
    ),
}


def of_element(fault: ElementFault, loop: str, position: int, listed: Outcome | None = None) -> Finding:
    """An element's fault in the segment at `position`. `listed` is what the outer list itself says of an unknown code."""
    words = WORDS[fault.code]
    return Finding(
        fault.code.value,
        listed if listed is not None and fault.code is GuideCode.CODE_UNKNOWN else words.outcome,
        f"{loop}/{fault.ref}",
        words.message.format(name=fault.name, ref=fault.ref, id=fault.ref, loop=loop),
        words.next_step,
        segment=position,
    )


def of_advice(wrong: Wrong, id: str, loop: str, position: int) -> Finding:
    """What the segment at `position` was asked beyond its table."""
    words = ADVICE[wrong.code]
    place = f"{loop}/{id}{wrong.element:02d}"
    return Finding(wrong.code.value, words.outcome, place, words.message, words.next_step, segment=position)


def of_structure(fault: Structural, position: int) -> Finding:
    """A structural fault noticed at the segment at `position`."""
    words = _LINES_TOO_MANY if fault.code is GuideCode.LOOP_TOO_MANY and fault.id == "LX" else WORDS[fault.code]
    id = fault.id if _SEGMENT_ID.fullmatch(fault.id) else NO_SEGMENT_ID
    said = id if id != NO_SEGMENT_ID else _NAMELESS
    message = words.message.format(name=fault.name, id=said, loop=fault.loop, ref=said)
    if fault.code is GuideCode.SEGMENT_UNEXPECTED and fault.name:
        message = f"{id} has a qualifier that the guide does not allow at this place."
    outcome = words.outcome
    if fault.code is GuideCode.LOOP_ORDER and fault.loop == _WRITTEN_ANEW:
        outcome = Outcome.WARN
    return Finding(fault.code.value, outcome, f"{fault.loop}/{id}", message, words.next_step, segment=position)


def claim_missing(position: int) -> Finding:
    """A claim's segment at `position`, and no CLM before it."""
    words, code = WORDS[GuideCode.CLAIM_MISSING], GuideCode.CLAIM_MISSING
    return Finding(code.value, words.outcome, "2300/CLM", words.message, words.next_step, segment=position)


def hierarchy_number(loop: str, element: str, position: int) -> Finding:
    """HL01 out of sequence, or HL02 naming a level that ended before."""
    words = WORDS[GuideCode.HIERARCHY_NUMBER]
    code = GuideCode.HIERARCHY_NUMBER
    return Finding(code.value, words.outcome, f"{loop}/{element}", words.message, words.next_step, segment=position)
